"""What the monitor asks of a store, whatever it is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from monitor.core.decisions import Alert, Decision, Incident

IncidentState = Literal["open", "resolved", "all"]
AlertState = Literal["firing", "resolved", "all"]

DeviceRow = Mapping[str, Any]
"""One device as `monitor.core.snapshot` writes it: JSON-compatible, with at least `id, status, since, last_seen`."""


class StoreError(Exception):
    """The store did not take a write; nothing of that step is on disk. Says what is wrong and what to do."""


class SchemaTooNewError(StoreError):
    """The database was written by a newer version of this program."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of the engine decided: written in one transaction, or not at all.

    Every `AlertOwed` among the decisions becomes one owed delivery for each of `receivers`. Committing the same step
    again (after an error that left its fate unknown) changes nothing.
    """

    at: float
    decisions: Sequence[Decision] = ()
    devices: Sequence[DeviceRow] = ()
    engine: Mapping[str, Any] | None = None
    receivers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """What a restarted monitor begins with; `saved_at` is the last moment that reached the disk, None for a new store.

    `incidents` are the open ones, `alerts` the firing ones. `unreadable` names rows that were left out because they
    could not be understood, for the log.
    """

    saved_at: float | None = None
    engine: Mapping[str, Any] = field(default_factory=dict)
    devices: Sequence[DeviceRow] = ()
    incidents: Sequence[Incident] = ()
    alerts: Sequence[Alert] = ()
    unreadable: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert owed to one receiver. `id` grows; `attempts` counts failures so far; not tried before `due_at`."""

    id: int
    receiver: str
    alert: Alert
    owed_at: float
    due_at: float
    attempts: int
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up: it will not be tried again, and says why."""

    id: int
    receiver: str
    alert: Alert
    owed_at: float
    abandoned_at: float
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One past status change of a device."""

    at: float
    device: str
    status: str
    previous: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a retention run removed, by class of data, and when it ran."""

    at: float
    rows: Mapping[str, int]


class Store(Protocol):
    """Keeps the registry, status changes, incidents, owed alerts and snapshots."""

    async def open(self) -> Saved:
        """Open or create, migrate, and hand back what was saved. Raises StoreError with what to do."""
        ...

    async def close(self) -> None:
        """Finish and release everything."""
        ...

    async def commit(self, step: Step) -> None:
        """Write a step in one transaction. Raises StoreError; then nothing of it was written."""
        ...

    async def owed(self, receiver: str, now: float, limit: int) -> Sequence[Delivery]:
        """Deliveries due by `now`, oldest first; an alert's later change never before its earlier one."""
        ...

    async def delivered(self, delivery: int, at: float) -> None:
        """The receiver took it."""
        ...

    async def postponed(self, delivery: int, due_at: float, error: str) -> None:
        """The receiver did not take it; try again at `due_at`."""
        ...

    async def abandoned(self, delivery: int, at: float, error: str) -> None:
        """It will never be taken: a dead letter, kept and visible."""
        ...

    async def oldest_owed(self) -> Mapping[str, float]:
        """By receiver, when its oldest undelivered alert was owed."""
        ...

    async def dead_letters(self, *, limit: int) -> Sequence[DeadLetter]:
        """Abandoned deliveries, newest first, until their retention ends."""
        ...

    async def incidents(
        self, *, limit: int, before: float | None = None, after: str | None = None, state: IncidentState = "all"
    ) -> Sequence[Incident]:
        """Incidents opened before a moment, newest first; `after` is the id that the page before ended with."""
        ...

    async def alerts(
        self, *, limit: int, before: float | None = None, after: str | None = None, state: AlertState = "all"
    ) -> Sequence[Alert]:
        """Alerts as they are now, begun before a moment, newest first; `after` is the key that ended the last page."""
        ...

    async def history(self, device: str, *, limit: int) -> Sequence[StatusLine]:
        """Past status changes of one device, newest first."""
        ...

    async def prune(self, now: float) -> Pruned:
        """Remove what is older than its retention, and remember having done so."""
        ...

    async def last_pruned(self) -> Pruned | None:
        """The latest retention run that finished, also one before a restart; None if there was none."""
        ...
