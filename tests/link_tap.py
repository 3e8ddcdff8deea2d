"""A link to a broker that runs in a test, with everything that comes out of it."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self, TypeVar

from monitor.clock import Clock, SystemClock
from monitor.core.observations import Echo, LinkChanged, SightChanged
from monitor.core.settings import LimitSettings, SightSettings
from monitor.decoders.protocol import Message
from monitor.mqtt import Batch, Item, MqttLink, MqttSettings
from tests.waiting import eventually

Kind = TypeVar("Kind", Message, LinkChanged, Echo, SightChanged)

SIGHT = SightSettings(echo_seconds=0.2, blind_after_seconds=1.0)


def settings_for(port: int, **keys: object) -> MqttSettings:
    """Settings for a broker on this machine, impatient enough for a test."""
    return MqttSettings.model_validate(
        {"url": f"mqtt://127.0.0.1:{port}", "reconnect_seconds": 0.3, "answer_seconds": 5.0, **keys},
    )


class LinkTap:
    """Runs a link, takes what it brings and keeps it; `hold` and `go_on` stop and start the taking.

    With `acknowledge=False` nothing is ever declared safe.
    """

    def __init__(
        self,
        settings: MqttSettings,
        *,
        inbox_messages: int = 20_000,
        sight: SightSettings = SIGHT,
        clock: Clock | None = None,
        acknowledge: bool = True,
    ) -> None:
        self.link = MqttLink(
            settings,
            LimitSettings(inbox_messages=inbox_messages),
            sight,
            clock or SystemClock(),
            dice=random.Random(1),
        )
        self.items: list[Item] = []
        self.unacknowledged: list[Batch] = []
        self._acknowledge = acknowledge
        self._taking = asyncio.Event()
        self._taking.set()
        self.running: asyncio.Task[None]
        self._pump: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        self.running = asyncio.create_task(self.link.run())
        self._pump = asyncio.create_task(self._take())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pump.cancel()
        self.running.cancel()
        await asyncio.gather(self._pump, self.running, return_exceptions=True)

    def hold(self) -> None:
        """Take nothing for now."""
        self._taking.clear()

    def go_on(self) -> None:
        """Take again."""
        self._taking.set()

    def of(self, kind: type[Kind]) -> list[Kind]:
        """What came, of one kind, in order."""
        return [item for item in self.items if isinstance(item, kind)]

    def payloads(self) -> list[bytes]:
        """The payloads of the messages that came, in order."""
        return [message.payload for message in self.of(Message)]

    async def until(self, look: Callable[[], object], promise: str) -> None:
        """Wait until something is true of what came; an end of the link meanwhile fails the test."""

        def come_true() -> bool:
            if self.running.done():
                self.running.result()
            return bool(look())

        await eventually(come_true, promise)

    async def until_sighted(self) -> None:
        """Wait until the last thing that matters is an echo: everything from before is read."""
        seen = len(self.of(Echo))
        await self.until(lambda: len(self.of(Echo)) > seen and self.link.connected, "an echo comes back")

    async def _take(self) -> None:
        while True:
            await self._taking.wait()
            batch = await self.link.take(500, None)
            self.items += batch.items
            if self._acknowledge:
                self.link.acknowledge(batch)
            else:
                self.unacknowledged.append(batch)


def burst(port: int, messages: Iterable[tuple[str, bytes]], *, qos: int = 0, retain: bool = False) -> None:
    """Publish as fast as the broker takes it; returns once the broker has read it all. Blocks: use a thread."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as sock:
        sock.sendall(_packet(0x10, b"\0\4MQTT\4\2\0\0" + _text(b"burst")))
        pieces = bytearray()
        for number, (topic, payload) in enumerate(messages):
            packet_id = struct.pack("!H", number % 65_535 + 1) if qos else b""
            pieces += _packet(0x30 | qos << 1 | retain, _text(topic.encode()) + packet_id + payload)
        pieces += b"\xc0\0"
        sender = memoryview(pieces)
        answers = b""
        sock.settimeout(0)
        while not answers.endswith(b"\xd0\0"):
            if sender:
                sender = sender[_send(sock, sender) :]
            answers = (answers + _receive(sock))[-2:]


def _send(sock: socket.socket, data: memoryview) -> int:
    try:
        return sock.send(data[:65_536])
    except BlockingIOError:
        return 0


def _receive(sock: socket.socket) -> bytes:
    try:
        return sock.recv(65_536)
    except BlockingIOError:
        return b""


def _packet(head: int, body: bytes) -> bytes:
    length, rest = bytearray(), len(body)
    while True:
        rest, digit = rest >> 7, rest & 127
        length.append(digit | (128 if rest else 0))
        if not rest:
            return bytes([head]) + bytes(length) + body


def _text(text: bytes) -> bytes:
    return struct.pack("!H", len(text)) + text
