"""The way to a running monitor: its own HTTP API, page by page."""

import os
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from monitor.cli.endings import Ending, end
from monitor.cli.options import configured

PAGE = 500
TIMEOUT_SECONDS = 10.0
TOKEN_VARIABLE = "HEARTHBEAT_WEB__TOKEN"  # noqa: S105 -- the variable's name
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- read, not listened on

Params = Mapping[str, Any]


class UnansweredError(Exception):
    """The monitor gave no answer; says why and what to do, and how a command ends that cannot go on."""

    def __init__(self, reason: str, ending: Ending = Ending.FAILED) -> None:
        super().__init__(reason)
        self.ending = ending


class Remote:
    """Asks one monitor. Every trouble ends the command with what to do."""

    def __init__(self, url: str, token: str | None, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # A proxy for the wide world cannot reach this machine.
        self._client = httpx.Client(
            base_url=self.url,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            transport=transport,
            trust_env=not _is_loopback(self.url),
            # A command asks a few times and ends; nothing is left open when it does.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def items(self, path: str, params: Params, limit: int) -> list[dict[str, Any]]:
        """At most `limit` items of a list."""
        found: list[dict[str, Any]] = []
        for page in self._pages(path, params, limit):
            found += page
        return found[:limit]

    def now(self) -> float:
        """The present of the monitor, which may run faster than ours, or on a machine with another clock."""
        return float(self.get("/api/v1/fleet", {})["at"])

    def _pages(self, path: str, params: Params, limit: int) -> Iterator[list[dict[str, Any]]]:
        cursor = ""
        while limit > 0:
            wanted = {name: value for name, value in params.items() if value not in (None, "", [])}
            page = self.get(path, {**wanted, "limit": min(limit, PAGE), **({"cursor": cursor} if cursor else {})})
            yield page["items"]
            limit -= len(page["items"])
            cursor = page["next"] or ""
            if not cursor:
                return

    def get(self, path: str, params: Params) -> dict[str, Any]:
        """One answer; any trouble ends the command."""
        try:
            return self.ask(path, params)
        except UnansweredError as error:
            end(error.ending, str(error))

    def text(self, path: str) -> str:
        """One answer as it is; any trouble ends the command."""
        try:
            answer = self._client.get(path)
        except httpx.HTTPError as error:
            end(Ending.FAILED, self._unreachable(error))
        if not answer.is_success:
            self.get(path, {})  # what is wrong is said as everywhere
        return answer.text

    def send(self, method: str, path: str, body: object = None, *, operator: str = "") -> dict[str, Any]:
        """Change something in the name of `operator`; what the monitor answers, or the end of the command."""
        headers = {b"X-Operator": operator.encode()} if operator else {}
        try:
            return self._answered(lambda: self._client.request(method, path, json=body, headers=headers))
        except UnansweredError as error:
            end(error.ending, str(error))

    def ask(self, path: str, params: Params) -> dict[str, Any]:
        """One answer. Raises UnansweredError."""
        return self._answered(lambda: self._client.get(path, params=dict(params)))

    def _answered(self, request: Callable[[], httpx.Response]) -> dict[str, Any]:
        try:
            answer = request()
            body = answer.json() if answer.content else {}
        except httpx.HTTPError as error:
            raise UnansweredError(self._unreachable(error)) from None
        except ValueError:
            raise UnansweredError(f"What answers at {self.url} is not Hearthbeat; name its page with --url.") from None
        if answer.is_success and isinstance(body, dict):
            return body
        detail = str(body.get("detail", "")) if isinstance(body, dict) else ""
        raise self._refused(answer.status_code, detail)

    def _refused(self, status: int, detail: str) -> "UnansweredError":
        if status == httpx.codes.UNAUTHORIZED:
            return UnansweredError(f"{self.url} asks for a token; put it into the environment as {TOKEN_VARIABLE}.")
        if status == httpx.codes.UNPROCESSABLE_ENTITY:
            return UnansweredError(detail, Ending.MISUSED)
        return UnansweredError(f"{self.url} answered {status}: {detail or 'no reason given'}")

    def _unreachable(self, error: httpx.HTTPError) -> str:
        if isinstance(error, httpx.TimeoutException):
            return f"{self.url} does not answer within {TIMEOUT_SECONDS:g} s; the monitor may be overloaded or stopped."
        return (
            f"No Hearthbeat answers at {self.url} ({error})."
            " Start one with `hearthbeat run`, or name another with --url."
        )


def reach(url: str | None, config: Path | None) -> Remote:
    """The monitor at `url`, else the one that the configuration describes."""
    if url is not None:
        return Remote(url, os.environ.get(TOKEN_VARIABLE))
    web = configured(config).config.web
    host = EVERYWHERE.get(web.host, web.host)
    if web.port == 0:
        end(Ending.MISUSED, f"web.listen is {web.listen}, any free port; name the one that was found with --url.")
    try:
        token = web.read_token()
    except OSError as error:
        end(Ending.FAILED, f"web.token_file {web.token_file} cannot be read: {error.strerror}")
    return Remote(f"http://{f'[{host}]' if ':' in host else host}:{web.port}", token)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
