"""A broker that follows a script, for the answers that a real one gives only on bad days."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT = 1, 3, 8, 10, 12, 14


@dataclass
class Script:
    """How it answers. `connect_code` None: not at all; `grant` is the SUBACK code of a topic."""

    connect_code: int | None = 0
    grant: Callable[[str], int] = lambda _topic: 1
    greeting: bytes = b""
    drop_publishers: bool = False
    delivers_echoes: bool = True


@dataclass
class ScriptedBroker:
    """Runs a script on a free port; `seen` lists the packets that came, `topics` the subscriptions."""

    script: Script
    seen: list[int] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    connects: int = 0
    port: int = 0

    async def __aenter__(self) -> Self:
        self._talks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._begin, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connects += 1
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await self._talk(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await writer.wait_closed()
        self._talks.discard(talk)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.script.greeting)
        while True:
            head, body = await _read_packet(reader)
            kind = head >> 4
            self.seen.append(kind)
            if kind == DISCONNECT or (kind == PUBLISH and self.script.drop_publishers):
                return
            writer.write(self._answer(kind, body))
            if kind == PUBLISH and self.script.delivers_echoes:
                topic_bytes = 2 + struct.unpack("!H", body[:2])[0]
                writer.write(_packet(0x30, body[:topic_bytes] + body[topic_bytes + 2 :]))

    def _answer(self, kind: int, body: bytes) -> bytes:
        match kind:
            case 1 if self.script.connect_code is not None:
                return bytes([0x20, 2, 0, self.script.connect_code])
            case 3:
                topic_bytes = 2 + struct.unpack("!H", body[:2])[0]
                return b"\x40\2" + body[topic_bytes : topic_bytes + 2]
            case 8:
                wanted = _topics_of(body[2:])
                self.topics += wanted
                return _packet(0x90, body[:2] + bytes(self.script.grant(topic) for topic in wanted))
            case 10:
                return b"\xb0\2" + body[:2]
            case 12:
                return b"\xd0\0"
            case _:
                return b""


async def _read_packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readexactly(1))[0]
    length = shift = 0
    while True:
        digit = (await reader.readexactly(1))[0]
        length |= (digit & 127) << shift
        shift += 7
        if digit < 128:
            return head, await reader.readexactly(length)


def _packet(head: int, body: bytes) -> bytes:
    assert len(body) < 16_384
    length = bytes([len(body)]) if len(body) < 128 else bytes([len(body) & 127 | 128, len(body) >> 7])
    return bytes([head]) + length + body


def _topics_of(body: bytes) -> list[str]:
    topics = []
    while body:
        end = 2 + struct.unpack("!H", body[:2])[0]
        topics.append(body[2:end].decode())
        body = body[end + 1 :]
    return topics
