"""The one place where tests let real time pass: wait for what is promised, looking often, never for a fixed while."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE_SECONDS = 30.0
"""How long a promise may take before the test gives up; far longer than anything needs, as machines can be busy."""
GLANCE_SECONDS = 0.02


def wait_for(look: Callable[[], Found | None], promise: str, patience_seconds: float = PATIENCE_SECONDS) -> Found:
    """Look again and again until `look` returns something true, and return it; fails naming the `promise`."""
    give_up = time.monotonic() + patience_seconds
    while True:
        if found := look():
            return found
        if time.monotonic() > give_up:
            raise AssertionError(f"within {patience_seconds:g} s it never came true that {promise}")
        time.sleep(GLANCE_SECONDS)


async def eventually(
    look: Callable[[], Found | Awaitable[Found | None] | None],
    promise: str,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Found:
    """As `wait_for`, leaving the event loop to others meanwhile; `look` may be async."""
    give_up = time.monotonic() + patience_seconds
    while True:
        seen = look()
        found = await seen if isinstance(seen, Awaitable) else seen
        if found:
            return found
        if time.monotonic() > give_up:
            raise AssertionError(f"within {patience_seconds:g} s it never came true that {promise}")
        await asyncio.sleep(GLANCE_SECONDS)


async def again_every(seconds: float) -> AsyncIterator[int]:
    """Count for ever at this pace: `async for turn in again_every(0.1)`, for what a device does again and again."""
    turn = 0
    while True:
        yield turn
        turn += 1
        await asyncio.sleep(seconds)


def free_port() -> int:
    """A loopback port that nobody listens on; never the same one twice in a row."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def accepts_connections(port: int) -> bool:
    """Whether somebody listens on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0
