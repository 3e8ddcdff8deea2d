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
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from monitor.clock import Clock, SystemClock
from monitor.egress.lines import Line, Outcome, Purpose, names
from monitor.egress.settings import EgressError

MUST_BE_RECORDED: frozenset[Purpose] = frozenset({"customer-mail", "customer-webhook"})
PATIENCE_SECONDS = 2.0
"""How long a sending waits for its line."""
RETRY_SECONDS = 5.0
KEPT_WAITING = 10_000
"""Lines that are kept in memory while the book cannot be written."""
BATCH = 500

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


@dataclass(slots=True)
class Sending:
    """One sending under way; whoever sends says what became of it."""

    id: str
    outcome: Outcome = "failed"


class Ledger:
    """The one who writes the book. Lines of sendings that happen together are written together."""

    def __init__(self, book: Book | None = None, clock: Clock | None = None) -> None:
        self.figures = LedgerFigures()
        self._book = book or Scrap()
        self._clock = clock or SystemClock()
        self._waiting: deque[tuple[Line, asyncio.Event]] = deque()
        self._failing = False
        self._closing = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

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

        Raises LedgerError if it cannot be recorded and must not leave unrecorded.
        """
        sending = Sending(secrets.token_hex(6))
        line = Line(self._now_ms(), sending.id, receiver, purpose, "sent", names(tenant), names(fields), size)
        await self._must_record(line)
        try:
            yield sending
        finally:
            self._count(line, sending.outcome)
            self._put(Line(self._now_ms(), sending.id, receiver, purpose, sending.outcome))

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
        """Have a line written; if that takes too long, either go on or raise LedgerError, by the purpose."""
        written = self._put(line)
        if not self._failing:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(written.wait(), PATIENCE_SECONDS)
        if written.is_set():
            return
        self.figures.unrecorded[line.purpose] += 1
        if line.purpose in MUST_BE_RECORDED:
            self._put(Line(line.at_ms, line.sending, line.receiver, line.purpose, "withheld"))
            raise LedgerError("the egress ledger cannot be written, so nothing is sent to customers; trying again")

    def _put(self, line: Line) -> asyncio.Event:
        written = asyncio.Event()
        if len(self._waiting) >= KEPT_WAITING:
            self._waiting.popleft()
            self.figures.lost += 1
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
                    log.warning("egress_ledger_failing", error=str(error), retry_seconds=RETRY_SECONDS)
                self._failing = True
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), RETRY_SECONDS)
                if self._closing.is_set():
                    return
            else:
                self._failing = False

    async def _write_some(self) -> None:
        batch = [self._waiting[place] for place in range(min(BATCH, len(self._waiting)))]
        await asyncio.to_thread(self._book.append, [line for line, _ in batch])
        for _, written in batch:
            written.set()
        self._waiting = deque(entry for entry in self._waiting if not entry[1].is_set())
        self.figures.waiting = len(self._waiting)

    def _count(self, line: Line, outcome: Outcome) -> None:
        self.figures.messages[line.receiver, line.purpose, outcome] += 1
        self.figures.size[line.receiver, line.purpose] += line.size

    def _now_ms(self) -> int:
        return round(self._clock.now() * 1000)
