"""What is owed to receivers and what became of it, as a store keeps it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from monitor.core.routing import DeadLetter, Debt, Delivery, Letter, Outcome, Retried, Sent, thread_of

__all__ = ["DeadLetter", "Debt", "Delivery", "Letters", "Outcome", "Retried", "Sent", "thread_of"]


class Letters(Protocol):
    """The part of a store that keeps deliveries."""

    async def owe(self, letter: Letter) -> None:
        """Owe something that no step decided: a trial. Raises StoreError."""
        ...

    async def owed(self, receiver: str, now: float, limit: int, *, again: bool = False) -> Sequence[Delivery]:
        """All that is owed to a receiver in at most `limit` threads in which something may leave, oldest first.

        All other news of the same alerts is among it, also of before they belonged to an incident. With `again`, what
        failed before may leave at once.
        """
        ...

    async def begun(self, deliveries: Collection[int]) -> None:
        """These are about to be tried: from now on the receiver may have been told."""
        ...

    async def delivered(self, deliveries: Mapping[int, float | None], at: float) -> None:
        """The receiver took these, all or none of which is marked; with a moment, one is owed again then, to remind."""
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
