"""What the pages read of the past beyond incidents and alerts: timelines, and what was sent to whom."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from monitor.core.decisions import Alert, Incident, IncidentLogged, LossRecorded


class SentLine(Protocol):
    """One alert for one receiver, and what became of it; moments in Unix seconds."""

    @property
    def receiver(self) -> str:
        """To whom."""
        ...

    @property
    def alert(self) -> Alert:
        """What."""
        ...

    @property
    def reason(self) -> str:
        """Why it was owed: because it is news, as a reminder, an escalation and so on."""
        ...

    @property
    def owed_at(self) -> float:
        """When it was decided."""
        ...

    @property
    def outcome(self) -> str:
        """What became of it: owed, delivered, abandoned, cancelled."""
        ...

    @property
    def finished_at(self) -> float | None:
        """When that was; None while it is owed."""
        ...

    @property
    def error(self) -> str:
        """What went wrong last; empty if nothing did."""
        ...


class Deliveries(Protocol):
    """What was sent; the store is one."""

    async def deliveries_of(self, thread: str, *, limit: int) -> Sequence[SentLine]:
        """What was and is owed about an incident, newest first."""
        ...


class Timelines(Protocol):
    """What happened in incidents; the store has one."""

    async def incident(self, incident: str) -> Incident | None:
        """One incident, open or over; None if there is none of this id."""
        ...

    async def losses(self, incident: str, *, limit: int) -> Sequence[LossRecorded]:
        """What an incident cost, the earliest first."""
        ...

    async def loss_counts(self, incident: str) -> Mapping[tuple[str, str], int]:
        """How much an incident cost, by what was lost and by what is known of it now."""
        ...

    async def lines(self, incident: str, *, limit: int) -> Sequence[IncidentLogged]:
        """The latest lines of a timeline, oldest first."""
        ...
