"""Writes down what leaves, before it leaves.

A sending is recorded by two lines: one before the first byte goes, one with what became of it. So whatever kills this
program in between, no sending is missing. While the book cannot be written, alerts, check-ins and probes leave all the
same: an animal may depend on them. Their lines wait in memory, are counted, and follow as soon as it can be written.
What goes to customers waits for the book.
"""

import asyncio
import contextlib
import secrets
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

import structlog

from monitor.clock import Clock, SystemClock
from monitor.egress.lines import FOLLOW_UP, Line, Outcome, Purpose, names
from monitor.egress.settings import EgressError

MUST_BE_RECORDED: frozenset[Purpose] = frozenset({"customer-mail", "customer-webhook"})
OUTCOMES: tuple[Outcome, ...] = ("accepted", "refused", "failed")
"""What becomes of what goes through a door."""
PATIENCE_SECONDS = 2.0
"""How long a sending waits for its line."""
RETRY_SECONDS = 5.0
KEPT_WAITING = 10_000
"""Lines that are kept in memory while the book cannot be written."""
BATCH = 500

Entry = tuple[Line, asyncio.Future[bool]]

log = structlog.get_logger()


class LedgerError(EgressError):
    """The ledger cannot be read or written; says which file and why."""


class Book(Protocol):
    """Where lines are kept."""

    def append(self, lines: Iterable[Line]) -> None:
        """Add lines to the end of the chain, all or none. Blocks; raises LedgerError."""
        ...


class Scrap:
    """A book that keeps its lines in memory, for trials and tests."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def append(self, lines: Iterable[Line]) -> None:
        """Add lines."""
        self.lines.extend(lines)


@dataclass(slots=True)
class LedgerFigures:
    """What was recorded since the start."""

    messages: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Sendings, by receiver, purpose and outcome."""
    size: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Bytes, by receiver and purpose."""
    unrecorded: Counter[str] = field(default_factory=Counter)
    """By purpose, what left (or, for customers, was held back) while the book could not be written in time."""
    waiting: int = 0
    """Lines in memory that the book does not have yet."""
    lost: int = 0
    """Lines that never came into the book, because too many were waiting."""
    lines: int = 0
    """Lines in the book."""
    oldest_at: float | None = None
    """When the oldest line in the book was written, Unix seconds; None while there is none."""
    verified_at: float | None = None
    """When the chain was last walked along and found whole; None while it was not, or was found broken."""
    fault: str = ""
    """What does not fit in the chain; empty if nothing was found."""


@dataclass(slots=True)
class Sending:
    """One sending under way; whoever sends says what became of it."""

    id: str
    outcome: Outcome = "failed"


class Ledger:
    """The one who writes the book. Lines of sendings that happen together are written together."""

    def __init__(
        self,
        book: Book | None = None,
        clock: Clock | None = None,
        *,
        retry_seconds: float = RETRY_SECONDS,
        kept_waiting: int = KEPT_WAITING,
    ) -> None:
        self.figures = LedgerFigures()
        self._book = book or Scrap()
        self._clock = clock or SystemClock()
        self._waiting: deque[Entry] = deque()
        self._retry_seconds = retry_seconds
        self._kept_waiting = kept_waiting
        self._failing = False
        self._lost_untold = 0
        self._closing = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def expect(self, receiver: str, purpose: Purpose) -> None:
        """Begin to count for a receiver, so that its first sending shows as an increase."""
        for outcome in OUTCOMES:
            self.figures.messages[receiver, purpose, outcome] += 0
        self.figures.size[receiver, purpose] += 0
        self.figures.unrecorded[purpose] += 0

    async def note(
        self,
        *,
        receiver: str,
        purpose: Purpose,
        tenant: str | Iterable[str] = "",
        fields: Iterable[str] = (),
        size: int = 0,
        outcome: Outcome = "sent",
    ) -> None:
        """Record a sending by one line; call it before the sending, or after it with its outcome.

        Raises LedgerError if it cannot be recorded and must not leave unrecorded.
        """
        line = Line(
            self._now_ms(), secrets.token_hex(6), receiver, purpose, outcome, names(tenant), names(fields), size
        )
        self._count(line, outcome)
        await self._must_record(line)

    @contextlib.asynccontextmanager
    async def sending(
        self,
        *,
        receiver: str,
        purpose: Purpose,
        tenant: str | Iterable[str] = "",
        fields: Iterable[str] = (),
        size: int = 0,
    ) -> AsyncIterator[Sending]:
        """Record a sending before it leaves, and its outcome afterwards: set `outcome` on what this yields.

        What carries no field, such as a probe, is one line, written afterwards. Raises LedgerError if it cannot be
        recorded and must not leave unrecorded.
        """
        sending = Sending(secrets.token_hex(6))
        line = Line(self._now_ms(), sending.id, receiver, purpose, "sent", names(tenant), names(fields), size)
        announced = bool(line.fields) or purpose in MUST_BE_RECORDED
        if announced:
            await self._must_record(line)
        try:
            yield sending
        finally:
            self._count(line, sending.outcome)
            if announced:
                self._put(Line(self._now_ms(), sending.id, receiver, purpose, sending.outcome, remark=FOLLOW_UP))
            else:
                self._put(replace(line, outcome=sending.outcome))

    async def aclose(self) -> None:
        """Write what still waits, if it can be written."""
        self._closing.set()
        if self._writer is not None:
            await self._writer  # never cancelled: its thread would write on, and we would write the same again
        with contextlib.suppress(LedgerError):
            while self._waiting:
                await self._write_some()
        if self._waiting:
            log.error("egress_lines_lost", lines=len(self._waiting), advice="what left meanwhile is in no ledger")

    async def _must_record(self, line: Line) -> None:
        """Have a line written; if that fails or takes too long, either go on or raise LedgerError, by the purpose."""
        written = self._put(line)
        if not self._failing:
            await asyncio.wait([written], timeout=PATIENCE_SECONDS)
        if written.done() and written.result():
            return
        self.figures.unrecorded[line.purpose] += 1
        if line.purpose in MUST_BE_RECORDED:
            self._put(Line(line.at_ms, line.sending, line.receiver, line.purpose, "withheld", remark=FOLLOW_UP))
            raise LedgerError("the egress ledger cannot be written, so nothing is sent to customers; trying again")

    def _put(self, line: Line) -> asyncio.Future[bool]:
        """Queue a line; the future tells whether the next attempt to write it succeeded."""
        written = asyncio.get_running_loop().create_future()
        if len(self._waiting) >= self._kept_waiting:
            self._waiting.popleft()
            self.figures.lost += 1
            self._lost_untold += 1
        self._waiting.append((line, written))
        self.figures.waiting = len(self._waiting)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write(), name="egress-ledger")
        return written

    async def _write(self) -> None:
        while self._waiting:
            try:
                await self._write_some()
            except LedgerError as error:
                if not self._failing:
                    log.warning("egress_ledger_failing", error=str(error), retry_seconds=self._retry_seconds)
                self._failing = True
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), self._retry_seconds)
                if self._closing.is_set():
                    return
            else:
                self._failing = False
                self._tell_lost()

    async def _write_some(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
        try:
            await asyncio.to_thread(self._book.append, [line for line, _ in batch])
        except LedgerError:
            self._waiting.extendleft(reversed(batch))
            _settle(self._waiting, written=False)
            raise
        finally:
            self.figures.waiting = len(self._waiting)
        self.figures.lines += len(batch)
        _settle(batch, written=True)

    def _tell_lost(self) -> None:
        lost, self._lost_untold = self._lost_untold, 0
        if lost:
            told = f"{lost} lines before this one were lost: too many waited while the ledger could not be written"
            self._put(Line(self._now_ms(), "", "", "upkeep", "", remark=told))

    def _count(self, line: Line, outcome: Outcome) -> None:
        self.figures.messages[line.receiver, line.purpose, outcome] += 1
        self.figures.size[line.receiver, line.purpose] += line.size

    def _now_ms(self) -> int:
        return round(self._clock.now() * 1000)


def _settle(entries: Iterable[Entry], *, written: bool) -> None:
    for _, told in entries:
        if not told.done():
            told.set_result(written)
