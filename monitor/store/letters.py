"""What is owed to receivers and what became of it, as a store keeps it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from monitor.core.decisions import Alert
from monitor.core.routing import Delivery, Letter, Reason, thread_of

__all__ = ["DeadLetter", "Debt", "Delivery", "Letters", "Outcome", "Retried", "Sent", "thread_of"]

Outcome = Literal["owed", "delivered", "abandoned", "cancelled"]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up: it is not tried again unless somebody asks for it, and says why."""

    id: int
    receiver: str
    alert: Alert
    owed_at: float
    abandoned_at: float
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one delivery: for the timeline of its incident. `finished_at` is None while it is owed."""

    id: int
    receiver: str
    alert: Alert
    reason: Reason
    owed_at: float
    due_at: float
    attempts: int
    outcome: Outcome
    finished_at: float | None
    error: str


@dataclass(frozen=True, slots=True)
class Debt:
    """What one receiver is owed. `overdue_since` is when the oldest of what should have left was first due.

    `next_due_at` is when the next of what still waits is due.
    """

    owed: int
    overdue_since: float | None
    next_due_at: float | None


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of dead letters that were to be tried again; `outdated` ones were overtaken by later news."""

    owed: int
    outdated: int
    without_receiver: int


class Letters(Protocol):
    """The part of a store that keeps deliveries."""

    async def owe(self, letter: Letter) -> None:
        """Owe something that no step decided: a trial. Raises StoreError."""
        ...

    async def owed(self, receiver: str, now: float, limit: int, *, again: bool = False) -> Sequence[Delivery]:
        """All that is owed to a receiver in at most `limit` threads in which something may leave, oldest first.

        With `again`, what failed before may leave at once.
        """
        ...

    async def delivered(self, delivery: int, at: float, *, remind_at: float | None = None) -> None:
        """The receiver took it; with `remind_at` it is owed again then, as a reminder."""
        ...

    async def postponed(self, delivery: int, due_at: float, error: str) -> None:
        """The receiver did not take it; try again at `due_at`."""
        ...

    async def abandoned(self, delivery: int, at: float, error: str) -> None:
        """It will not be taken: a dead letter, kept and visible."""
        ...

    async def cancelled(self, deliveries: Mapping[int, str], at: float) -> None:
        """These need not leave any more, each with the reason."""
        ...

    async def strand(self, receivers: Collection[str], at: float) -> Mapping[str, int]:
        """Abandon what is owed to anybody but these receivers; how many letters, by receiver."""
        ...

    async def debts(self, now: float) -> Mapping[str, Debt]:
        """What is owed, by receiver; those owed nothing are left out."""
        ...

    async def dead_letters(self, *, limit: int) -> Sequence[DeadLetter]:
        """Abandoned deliveries, newest first, until their retention ends."""
        ...

    async def dead_count(self) -> Mapping[str, int]:
        """How many dead letters each receiver has; those with none are left out."""
        ...

    async def retry(self, deliveries: Collection[int] | None, receivers: Collection[str], at: float) -> Retried:
        """Owe dead letters again, all or those with these ids, with what they left behind of the same alert."""
        ...

    async def deliveries_of(self, thread: str, *, limit: int) -> Sequence[Sent]:
        """What was and is owed about an incident (or an alert without one), newest first."""
        ...

    async def delivery(self, receiver: str, key: str) -> Sent | None:
        """What became of one delivery, by its idempotency key."""
        ...

    async def last_delivered(self, receiver: str) -> float | None:
        """When this receiver last took something."""
        ...
