"""Serves simulated providers over real HTTP on loopback.

Of a provider `aurora`, `/aurora/v1/ping` is the API and `/aurora/api/v2/summary.json` the page; `/control` always
answers. Whoever asks an API that is dead in an outage is hung up on.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from http import HTTPStatus
from types import TracebackType
from typing import Self

from monitor.clock import Clock
from simulators.cloud.provider import Answer, SimulatedProvider

LONGEST_REQUEST = 8192
PATIENCE_SECONDS = 10.0


class CloudServer:
    """Listens on a free loopback port while entered. `providers` may be changed at any time."""

    def __init__(self, clock: Clock, providers: Iterable[SimulatedProvider] = ()) -> None:
        self.providers = {provider.name: provider for provider in providers}
        self.asked: list[str] = []
        """Paths that were asked for, in order."""
        self._clock = clock
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._server is None:
            message = "the server is not running"
            raise RuntimeError(message)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._greet, "127.0.0.1", 0, limit=LONGEST_REQUEST)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up on everybody."""
        if self._server is not None:
            self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def answer(self, path: str) -> Answer:
        """What is answered to a path now."""
        now = self._clock.now()
        if path == "/control":
            return Answer(200, b"here")
        name, _, rest = path.removeprefix("/").partition("/")
        provider = self.providers.get(name)
        if provider is not None and rest == "v1/ping":
            return provider.api(now)
        if provider is not None and rest == "api/v2/summary.json":
            return provider.status_page(now)
        return Answer(404, b"not found")

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        if talk is not None:
            self._talks.add(talk)
            talk.add_done_callback(self._talks.discard)
        with contextlib.suppress(
            OSError, TimeoutError, asyncio.CancelledError, ValueError, asyncio.IncompleteReadError
        ):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._talk(reader, writer)
        writer.close()
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode("ascii", errors="replace").partition("?")[0]
        self.asked.append(path)
        status, body = self.answer(path)
        if status is None:
            return
        lines = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Connection: close",
        ]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()
