"""A real HTTP server that tells what it was sent and answers as told; also badly."""

from __future__ import annotations

import asyncio
import json
import ssl
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from monitor.clock import SystemClock
from tests.waiting import free_port


@dataclass(frozen=True, slots=True)
class Request:
    """What came in; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 -- whatever was sent
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class HttpReceiver:
    """Listens on a free loopback port while entered. Change `status` and its like between requests at will."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    answers: bool = True
    """False: it takes the request and says nothing."""
    endless: bool = False
    """It sends its body again and again until the other side hangs up."""
    pause_seconds: float = 0.0
    """Between two of its endless bodies."""
    halting: bool = False
    """It stops in the middle of its body."""
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    port: int = field(default_factory=free_port)
    _clock: SystemClock = field(default_factory=SystemClock)
    _server: asyncio.Server | None = None
    _talks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._greet, "127.0.0.1", self.port, ssl=self.tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await asyncio.sleep(0)  # what was aborted is closed in the loop's next turn
        await self._server.wait_closed()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        talk = asyncio.ensure_future(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read(reader):
                self.requests.append(request)
                if not self.answers:
                    await asyncio.Event().wait()
                await self._answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        except asyncio.CancelledError:
            writer.transport.abort()
            raise
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        length = {} if self.endless else {"Content-Length": str(len(self.body))}
        headers = {"Content-Type": "application/json", **length, **self.headers}
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", *(f"{k}: {v}" for k, v in headers.items())]
        body = self.body[: len(self.body) // 2] if self.halting else self.body
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
        await writer.drain()
        while self.endless:
            writer.write(self.body)
            await writer.drain()
            await self._clock.wait(None, self._clock.now() + self.pause_seconds)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)
