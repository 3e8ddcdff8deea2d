"""Paces a world by a clock and publishes it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from monitor.clock import Clock
from monitor.core.observations import LinkChanged
from simulators.live.stations import Stations
from simulators.world import World

TICK_SECONDS = 0.02
"""Messages due within this much real time go out together."""
TURN_MESSAGES = 200
PROGRESS_SECONDS = 0.5


class Hooks(Protocol):
    """What the caller does for the scenario: a fault of the broker cannot be staged from a client."""

    async def broker(self, *, up: bool) -> None:
        """Take the broker, or the monitor's way to it, down or bring it back."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the show is; moments are simulated Unix seconds."""

    at: float
    start: float
    end: float
    published: int
    dropped: int
    connected: int
    failure: str = ""

    @property
    def share(self) -> float:
        """How much of the scenario has been shown, 0 to 1."""
        return min(1.0, max(0.0, (self.at - self.start) / (self.end - self.start)))


@dataclass(frozen=True, slots=True)
class LiveReport:
    """How a show ended."""

    ended: Literal["done", "stopped", "limit"]
    published: int
    dropped: int
    failure: str = ""


class Show:
    """One live run. The world must begin at `clock.now()` or later; a faster clock makes a faster show.

    It ends when the scenario does, when `stop` is set, or after `message_limit` messages. `report` is called about
    twice a second of real time.
    """

    def __init__(
        self,
        world: World,
        stations: Stations,
        clock: Clock,
        *,
        hooks: Hooks | None = None,
        report: Callable[[Progress], None] | None = None,
        message_limit: int | None = None,
    ) -> None:
        self._world = world
        self._stations = stations
        self._clock = clock
        self._hooks = hooks
        self._report = report
        self._message_limit = message_limit
        self._reported_at = 0.0

    async def run(self, stop: asyncio.Event, *, clean: bool = False) -> LiveReport:
        """Publish until the end; `clean` removes the fleet's retained messages from the broker afterwards."""
        try:
            ended = await self._play(stop)
        finally:
            await self._stations.leave(clean=clean)
        self._tell(force=True)
        return LiveReport(ended, self._stations.published, self._stations.dropped, self._stations.failure)

    async def _play(self, stop: asyncio.Event) -> Literal["done", "stopped", "limit"]:
        for count, observation in enumerate(self._world.observations(), start=1):
            if not await self._until(observation.at, stop):
                return "stopped"
            if isinstance(observation, LinkChanged):
                if self._hooks is not None:
                    await self._hooks.broker(up=observation.up)
                continue
            self._stations.speak(observation)
            if self._message_limit is not None and self._stations.published >= self._message_limit:
                return "limit"
            if count % TURN_MESSAGES == 0:
                await asyncio.sleep(0)
        return "done" if await self._until(self._world.end, stop) else "stopped"

    async def _until(self, moment: float, stop: asyncio.Event) -> bool:
        """Wait for a moment; False if the show is to stop."""
        while self._clock.now() < moment and not stop.is_set():
            self._tell()
            # A long quiet spell is waited for in pieces, so that progress is told; a short one a tick longer, so that
            # many small waits become one.
            glance = self._clock.now() + self._pace() * PROGRESS_SECONDS
            await self._clock.wait(stop, min(glance, moment + self._pace() * TICK_SECONDS))
        return not stop.is_set()

    def _pace(self) -> float:
        return float(getattr(self._clock, "speed", 1.0))

    def _tell(self, *, force: bool = False) -> None:
        now = asyncio.get_running_loop().time()
        if self._report is None or (not force and now < self._reported_at + PROGRESS_SECONDS):
            return
        self._reported_at = now
        stations = self._stations
        self._report(
            Progress(
                at=min(self._clock.now(), self._world.end),
                start=self._world.start,
                end=self._world.end,
                published=stations.published,
                dropped=stations.dropped,
                connected=stations.connected,
                failure=stations.failure,
            )
        )
