"""Worker: count the fleet once a minute, and keep the counts over restarts."""

import structlog

from monitor.clock import Clock
from monitor.core.census import MINUTE_SECONDS, MINUTES_KEPT, Census, Count, next_minute
from monitor.core.view import EngineView
from monitor.store.counts import Counts
from monitor.store.protocol import StoreError

log = structlog.get_logger()


class CensusTaker:
    """Counts on every full minute. A count that the store does not take is shown all the same, until a restart."""

    def __init__(self, engine: EngineView, kept: Counts, clock: Clock) -> None:
        self._census = Census()
        self._engine = engine
        self._kept = kept
        self._clock = clock

    async def run(self) -> None:
        """Begin with the last day as it was kept, then count until cancelled."""
        self._census = Census(await self._kept.since(self._clock.now() - MINUTES_KEPT * MINUTE_SECONDS))
        while True:
            await self._count()
            await self._clock.wait(None, next_minute(self._clock.now()))

    def since(self, at: float) -> list[Count]:
        """The counts from this moment on, oldest first."""
        return self._census.since(at)

    async def _count(self) -> None:
        made = self._census.take(self._engine.fleet, self._clock.now(), blind=bool(self._engine.blind))
        if made is None:
            return
        try:
            await self._kept.keep(made)
        except StoreError as error:
            log.warning("count_not_kept", error=str(error))
