"""Time for the workers. The core never sees a clock: it is given moments as data."""

import asyncio
import contextlib
import heapq
import itertools
import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """Tells the time in Unix seconds and waits in it."""

    def now(self) -> float:
        """The present moment, Unix seconds; never steps back."""
        ...

    async def wait(self, event: asyncio.Event | None, until: float | None) -> bool:
        """Wait for `event` or the moment `until`, whichever comes first; True if the event is set."""
        ...


class SystemClock:
    """Wall time at the start plus monotonic time since, so a jump of the host clock moves nothing."""

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._offset = wall() - steady()

    def now(self) -> float:
        """Unix seconds."""
        return self._offset + self._steady()

    async def wait(self, event: asyncio.Event | None, until: float | None) -> bool:
        """Wait for `event` or the moment `until`, whichever comes first; True if the event is set."""
        return await _wait_real(event, None if until is None else until - self.now())


class ScaledClock:
    """A clock that starts at `origin` and runs `speed` times as fast as the host's."""

    def __init__(self, speed: float, origin: float | None = None) -> None:
        if speed <= 0:
            message = f"speed is {speed}; it must be greater than 0"
            raise ValueError(message)
        self.speed = speed
        self._started = time.monotonic()
        self._origin = time.time() if origin is None else origin

    def now(self) -> float:
        """Simulated Unix seconds."""
        return self._origin + (time.monotonic() - self._started) * self.speed

    async def wait(self, event: asyncio.Event | None, until: float | None) -> bool:
        """Wait for `event` or the simulated moment `until`; True if the event is set."""
        return await _wait_real(event, None if until is None else (until - self.now()) / self.speed)


class VirtualClock:
    """A clock that moves only when told; waiting tasks wake in the order of their moments."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._waiting: list[tuple[float, int, asyncio.Event]] = []
        self._order = itertools.count()

    def now(self) -> float:
        """The moment it was last moved to, Unix seconds."""
        return self._now

    async def wait(self, event: asyncio.Event | None, until: float | None) -> bool:
        """Wait for `event` or for the clock to be moved to `until`; True if the event is set."""
        if event is not None and event.is_set():
            return True
        if until is not None and until <= self._now:
            await asyncio.sleep(0)
            return event is not None and event.is_set()
        due = asyncio.Event()
        if until is not None:
            heapq.heappush(self._waiting, (until, next(self._order), due))
        await _first_of(due, event)
        return event is not None and event.is_set()

    async def advance_to(self, moment: float) -> None:
        """Move to `moment`, stopping at every awaited moment on the way so that its waiters run first."""
        while self._waiting and self._waiting[0][0] <= moment:
            due_at, _, due = heapq.heappop(self._waiting)
            self._now = max(self._now, due_at)
            due.set()
            await _settle()
        self._now = max(self._now, moment)
        await _settle()


async def _wait_real(event: asyncio.Event | None, seconds: float | None) -> bool:
    if event is None:
        await asyncio.sleep(max(0.0, seconds) if seconds is not None else 3600.0)
        return False
    if event.is_set():
        return True
    if seconds is not None and seconds <= 0:
        await asyncio.sleep(0)
        return event.is_set()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


async def _first_of(*events: asyncio.Event | None) -> None:
    tasks = [asyncio.ensure_future(event.wait()) for event in events if event is not None]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def _settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)
