"""Commands as they are typed, and a page for them to ask."""

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner

from monitor.cli import app

WIDE = {"COLUMNS": "200", "NO_COLOR": "1"}


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


class Type(Protocol):
    def __call__(self, *arguments: str | Path, env: Mapping[str, str] | None = None, stdin: str = "") -> Ended: ...


@pytest.fixture
def type_in(tmp_path: Path) -> Type:
    """Run a command in an empty folder, with nothing of ours in the environment."""

    def run(*arguments: str | Path, env: Mapping[str, str] | None = None, stdin: str = "") -> Ended:
        with contextlib.chdir(tmp_path):
            result = CliRunner().invoke(
                app, [str(each) for each in arguments], input=stdin, env={**WIDE, **(env or {})}
            )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    return run


@dataclass(slots=True)
class Page:
    """A running monitor's API as far as commands ask it: `lists` and `single` are what it has."""

    url: str = ""
    lists: dict[str, Sequence[dict[str, Any]]] = field(default_factory=dict)
    single: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    token: str = ""
    status: int = 200
    body: bytes | None = None

    def answer(self, path: str, query: dict[str, list[str]], token: str) -> tuple[int, bytes]:
        # A port that was free a moment ago may still be asked whether the monitor of another test lives there.
        if path != "/healthz":
            self.asked.append((path, query))
        if self.token and token != f"Bearer {self.token}":
            return 401, b'{"detail":"send the token"}'
        if self.body is not None:
            return self.status, self.body
        if path == "/api/v1/fleet" and "fleet" not in self.single:
            return 200, b'{"at": 1000.0}'
        if (found := self.single.get(path.removeprefix("/api/v1/"))) is not None:
            return 200, json.dumps(found).encode()
        begin, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
        items = self.lists[path.removeprefix("/api/v1/")]
        more = begin + limit < len(items)
        page = {"items": items[begin : begin + limit], "next": str(begin + limit) if more else None}
        return 200, json.dumps(page).encode()


@pytest.fixture
def page() -> Iterator[Page]:
    told = Page()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            status, body = told.answer(parts.path, parse_qs(parts.query), self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield told
        server.shutdown()
        thread.join()
