"""Worker: count the fleet once a minute."""

from monitor.clock import Clock
from monitor.core.census import Census, Count, next_minute
from monitor.core.view import EngineView


class CensusTaker:
    """Counts on every full minute."""

    def __init__(self, engine: EngineView, clock: Clock) -> None:
        self.census = Census()
        self._engine = engine
        self._clock = clock

    async def run(self) -> None:
        """Count until cancelled."""
        while True:
            self.census.take(self._engine.fleet, self._clock.now(), blind=bool(self._engine.blind))
            await self._clock.wait(None, next_minute(self._clock.now()))

    def since(self, at: float) -> list[Count]:
        """The counts from this moment on, oldest first."""
        return self.census.since(at)
