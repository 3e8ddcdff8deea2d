"""Doors to receivers, with limits on time and size."""

import asyncio
import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from monitor.core.decisions import Alert
from monitor.egress.fields import Trust
from monitor.egress.ledger import Ledger, LedgerError, Sending
from monitor.egress.lines import Purpose
from monitor.egress.policy import NOTHING, Content, Policy
from monitor.egress.pseudonyms import Pseudonyms
from monitor.egress.settings import EgressError, EgressSettings
from monitor.egress.trusting import tls_context


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status with the beginning of its body, or no status and the reason why nothing came.

    A status whose body breaks off counts: the other side has decided by then.
    """

    status: int | None
    text: str


@dataclass(slots=True)
class Traffic:
    """What went through one door since the start. `withheld` counts the fields that the receiver may not know."""

    requests: int = 0
    bytes_out: int = 0
    bytes_in: int = 0
    withheld: int = 0


class Egress:
    """Opens one door for each receiver, and keeps count."""

    def __init__(self, settings: EgressSettings, pseudonyms: Pseudonyms, ledger: Ledger | None = None) -> None:
        self.traffic: dict[str, Traffic] = {}
        """By receiver."""
        self.ledger = ledger or Ledger()
        """For those who send without a door (SMTP, apprise); doors write into it by themselves."""
        self._settings = settings
        self._pseudonyms = pseudonyms
        self._doors: dict[str, Door] = {}

    def door(
        self,
        receiver: str,
        *,
        trust: Trust,
        timeout_seconds: float,
        ca_file: Path | None = None,
        purpose: Purpose = "alert",
        fields: tuple[str, ...] | None = None,
    ) -> "Door":
        """The way out to one receiver, the same one each time. Raises EgressError if `ca_file` cannot be used.

        `fields` are those of an alert that it may get; None for what its trust grants.
        """
        if receiver not in self._doors:
            traffic = self.traffic[receiver] = Traffic()
            policy = Policy(trust, self._pseudonyms, fields)
            limits = Limits(timeout_seconds, self._settings.response_bytes)
            self.ledger.expect(receiver, purpose)
            record = Record(self.ledger, receiver, purpose)
            try:
                tls = tls_context(ca_file)
            except OSError as error:
                raise EgressError(f"ca_file {ca_file} cannot be used: {error.strerror or error}") from error
            self._doors[receiver] = Door(policy, limits, traffic, record, tls)
        return self._doors[receiver]

    def admit(self, receiver: str, alert: Alert) -> Alert:
        """The alert as this receiver may see it. A receiver without a door is a KeyError: nothing leaves unjudged."""
        return self._doors[receiver].admit(alert)


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one request may take."""

    timeout_seconds: float
    response_bytes: int


@dataclass(frozen=True, slots=True)
class Record:
    """Where and under which name a door writes down what leaves."""

    ledger: Ledger
    receiver: str
    purpose: Purpose


class Door:
    """The way out to one receiver: no redirects followed, no proxy from the environment, time and size limited."""

    def __init__(self, policy: Policy, limits: Limits, traffic: Traffic, record: Record, tls: ssl.SSLContext) -> None:
        self._policy = policy
        self._limits = limits
        self._traffic = traffic
        self._record = record
        self._tls = tls
        self._client = httpx.AsyncClient(
            verify=tls,
            follow_redirects=False,
            trust_env=False,
            timeout=limits.timeout_seconds,
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=2),
            headers={"User-Agent": "hearthbeat", "Accept-Encoding": "identity"},
        )

    def admit(self, alert: Alert) -> Alert:
        """The alert as this receiver may see it."""
        admitted, withheld = self._policy.admit(alert)
        self._traffic.withheld += withheld
        return admitted

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, content: Content) -> Answer:
        """Send a body and hand back the beginning of the answer. `content` is what the ledger says of the body."""
        return await self._recorded("POST", url, body, headers, content)

    async def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Ask for a page and hand back its beginning."""
        return await self._recorded("GET", url, b"", headers, NOTHING)

    def sending(self, content: Content, size: int) -> contextlib.AbstractAsyncContextManager[Sending]:
        """Record what leaves by another way than HTTP of our own; raises LedgerError if that cannot be recorded."""
        self._traffic.requests += 1
        self._traffic.bytes_out += size
        return self._record.ledger.sending(
            receiver=self._record.receiver,
            purpose=self._record.purpose,
            tenant=content.tenants,
            fields=content.fields,
            size=size,
        )

    async def reach(self, url: str) -> str:
        """Connect (and agree on TLS for https) without sending anything; the reason if that fails, else nothing."""
        address = httpx.URL(url)
        secure = address.scheme == "https"
        port = address.port or (443 if secure else 80)
        try:
            async with asyncio.timeout(self._limits.timeout_seconds):
                _, writer = await asyncio.open_connection(address.host, port, ssl=self._tls if secure else None)
        except TimeoutError:
            return f"{address.host}:{port} does not answer within {self._limits.timeout_seconds:g} s"
        except OSError as error:
            return f"{address.host}:{port}: {error.strerror or error}"
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return ""

    async def aclose(self) -> None:
        """Release connections."""
        await self._client.aclose()

    async def _recorded(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], content: Content
    ) -> Answer:
        record = self._record
        try:
            async with record.ledger.sending(
                receiver=record.receiver,
                purpose=record.purpose,
                tenant=content.tenants,
                fields=content.fields,
                size=len(body),
            ) as sending:
                answer = await self._request(method, url, body, headers)
                if answer.status is not None:
                    sending.outcome = "accepted" if answer.status < 300 else "refused"  # noqa: PLR2004 -- HTTP: success
        except LedgerError as error:
            return Answer(None, str(error))
        return answer

    async def _request(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self._traffic.requests += 1
        self._traffic.bytes_out += len(body)
        status: int | None = None
        try:
            async with (
                asyncio.timeout(self._limits.timeout_seconds),
                self._client.stream(method, url, content=body, headers=dict(headers)) as response,
            ):
                status = response.status_code
                return Answer(status, await self._beginning(response))
        except (TimeoutError, httpx.TimeoutException):
            reason = f"no answer within {self._limits.timeout_seconds:g} s"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            reason = str(error) or type(error).__name__
        return Answer(status, "" if status is not None else reason)

    async def _beginning(self, response: httpx.Response) -> str:
        body = bytearray()
        async for chunk in response.aiter_raw():
            self._traffic.bytes_in += len(chunk)
            body += chunk
            if len(body) >= self._limits.response_bytes:
                break
        return body[: self._limits.response_bytes].decode(errors="replace")
