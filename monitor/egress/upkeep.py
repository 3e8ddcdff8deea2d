"""Keeps the ledger in order: walks along its chain, and removes what is older than its retention."""

import asyncio
import threading

import structlog

from monitor.clock import Clock
from monitor.egress.audit import Finding, verify
from monitor.egress.book import SqliteBook
from monitor.egress.ledger import LedgerError, LedgerFigures

DAY_SECONDS = 86_400
BREATH_SECONDS = 0.005
"""A long walk along the chain must not hold up the loop."""

log = structlog.get_logger()


class LedgerUpkeep:
    """What is done at the start and whenever retention runs; what it finds goes into the figures and the log.

    The place of the last line is logged each time: whoever keeps the log elsewhere can hold the ledger against it.
    """

    def __init__(self, book: SqliteBook, key: bytes, figures: LedgerFigures, clock: Clock, days: float) -> None:
        self._book = book
        self._key = key
        self._figures = figures
        self._clock = clock
        self._days = days
        self._closing = threading.Event()

    def close(self) -> None:
        """End a walk that is under way, so that nobody waits for it."""
        self._closing.set()

    def _breathe(self) -> None:
        if self._closing.wait(BREATH_SECONDS):
            raise LedgerError("the walk along the chain was ended")

    async def run(self) -> float | None:
        """Remove what is old, then verify. Returns when, Unix seconds; None if the ledger could not be used."""
        now = self._clock.now()
        try:
            removed = await asyncio.to_thread(
                self._book.prune, round((now - self._days * DAY_SECONDS) * 1000), now_ms(now)
            )
            found = await asyncio.to_thread(verify, self._book.path, self._key, breathe=self._breathe)
            self._figures.lines, oldest = await asyncio.to_thread(self._book.extent)
        except LedgerError as error:
            log.warning("egress_ledger_not_verified", error=str(error))
            self._figures.verified_at = None
            return None
        self._figures.oldest_at = None if oldest is None else oldest / 1000
        self._tell(found, now, removed)
        return now

    def _tell(self, found: Finding, now: float, removed: int) -> None:
        self._figures.fault = found.fault
        self._figures.verified_at = None if found.fault else now
        if found.fault:
            log.error("egress_ledger_broken", fault=found.fault, advice="see the runbook EgressLedgerBroken")
        else:
            log.info("egress_ledger_verified", lines=found.lines, removed=removed, head=str(found.head))


def now_ms(seconds: float) -> int:
    """A moment as the ledger writes it."""
    return round(seconds * 1000)
