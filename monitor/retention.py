"""Worker: remove by age what need not be kept, and remember that it ran."""

from collections.abc import Mapping

import structlog

from monitor.clock import Clock
from monitor.store.protocol import Store, StoreError

RETRY_SECONDS = 600.0

log = structlog.get_logger()


class Retention:
    """Prunes the store every `hours`; `last_success` gives, by class of data, when it last did, Unix seconds."""

    def __init__(self, store: Store, clock: Clock, hours: float) -> None:
        self.last_success: Mapping[str, float] = {}
        self._store = store
        self._clock = clock
        self._seconds = hours * 3600

    async def run(self) -> None:
        """Prune now if the last time is long ago, then again and again until cancelled."""
        previous = await self._store.last_pruned()
        if previous is not None:
            self.last_success = dict.fromkeys(previous.rows, previous.at)
        due_at = self._clock.now() if previous is None else previous.at + self._seconds
        while True:
            await self._clock.wait(None, due_at)
            due_at = self._clock.now() + await self._prune()

    async def _prune(self) -> float:
        try:
            pruned = await self._store.prune(self._clock.now())
        except StoreError as error:
            log.warning("retention_failed", error=str(error), retry_seconds=RETRY_SECONDS)
            return RETRY_SECONDS
        self.last_success = dict.fromkeys(pruned.rows, pruned.at)
        log.info("retention_ran", **pruned.rows)
        return self._seconds
