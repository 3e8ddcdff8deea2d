"""What the monitor asks of a store, whatever it is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from monitor.core.decisions import Alert, Decision, Incident, IncidentKind
from monitor.core.publication.bulletins import Bulletin
from monitor.core.routing import Letter
from monitor.store.counts import Counts
from monitor.store.letters import DeadLetter, Debt, Delivery, Letters, Retried, Sent
from monitor.store.mailing import MailingList
from monitor.store.timelines import Timelines

__all__ = [
    "AlertState",
    "DeadLetter",
    "Debt",
    "Delivery",
    "DeviceRow",
    "IncidentState",
    "Pruned",
    "Retried",
    "Saved",
    "SchemaTooNewError",
    "Sent",
    "StatusLine",
    "Step",
    "Store",
    "StoreError",
]

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

    `letters` say to whom the alerts among the decisions are owed. Committing the same step again (after an error that
    left its fate unknown) changes nothing.
    """

    at: float
    decisions: Sequence[Decision] = ()
    devices: Sequence[DeviceRow] = ()
    engine: Mapping[str, Any] | None = None
    letters: Sequence[Letter] = ()


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
    bulletins: Sequence[Bulletin] = ()
    """What the public was told: all that is open, and the latest of the rest."""


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


class Store(Letters, Protocol):
    """Keeps the registry, status changes, incidents, owed alerts and snapshots."""

    @property
    def mailing(self) -> MailingList:
        """Who asked to hear what the public is told."""
        ...

    @property
    def counts(self) -> Counts:
        """The fleet by the minute."""
        ...

    @property
    def timelines(self) -> Timelines:
        """What happened in incidents, and what they cost."""
        ...

    async def open(self) -> Saved:
        """Open or create, migrate, and hand back what was saved. Raises StoreError with what to do."""
        ...

    async def close(self) -> None:
        """Finish and release everything."""
        ...

    async def commit(self, step: Step) -> None:
        """Write a step in one transaction. Raises StoreError; then nothing of it was written."""
        ...

    async def incidents(
        self,
        *,
        limit: int,
        before: float | None = None,
        after: str | None = None,
        state: IncidentState = "all",
        kind: IncidentKind | None = None,
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
