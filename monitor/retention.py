"""Worker: remove by age what need not be kept, and remember that it ran."""

from collections.abc import Mapping

import structlog

from monitor.clock import Clock
from monitor.egress.upkeep import LedgerUpkeep
from monitor.store.protocol import Store, StoreError

RETRY_SECONDS = 600.0
LEDGER_LINES = "egress_lines"
"""The ledger's class of data."""

log = structlog.get_logger()


class Retention:
    """Prunes store and ledger every `hours`; `last_success` gives, by class of data, when it did, Unix seconds.

    The ledger is also seen to at the start, since that is when it is verified.
    """

    def __init__(self, store: Store, clock: Clock, hours: float, ledger: LedgerUpkeep | None = None) -> None:
        self.last_success: Mapping[str, float] = {}
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._seconds = hours * 3600

    async def run(self) -> None:
        """Prune now if the last time is long ago, then again and again until cancelled."""
        previous = await self._store.last_pruned()
        if previous is not None:
            self.last_success = dict.fromkeys(previous.rows, previous.at)
        await self._see_to_the_ledger()
        due_at = self._clock.now() if previous is None else previous.at + self._seconds
        while True:
            await self._clock.wait(None, due_at)
            due_at = self._clock.now() + await self._prune()
            await self._see_to_the_ledger()

    async def _prune(self) -> float:
        try:
            pruned = await self._store.prune(self._clock.now())
        except StoreError as error:
            log.warning("retention_failed", error=str(error), retry_seconds=RETRY_SECONDS)
            return RETRY_SECONDS
        self.last_success = {**self.last_success, **dict.fromkeys(pruned.rows, pruned.at)}
        log.info("retention_ran", **pruned.rows)
        return self._seconds

    async def _see_to_the_ledger(self) -> None:
        done_at = await self._ledger.run() if self._ledger is not None else None
        if done_at is not None:
            self.last_success = {**self.last_success, LEDGER_LINES: done_at}
