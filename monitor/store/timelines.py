"""The timelines of incidents and what incidents cost, as a store keeps them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from monitor.core.decisions import Incident, IncidentLogged, LossRecorded


class Timelines(Protocol):
    """The past of incidents, for reading; steps write it."""

    async def incident(self, incident: str) -> Incident | None:
        """One incident, open or over; None if there is none of this id."""
        ...

    async def lines(self, incident: str, *, limit: int) -> Sequence[IncidentLogged]:
        """The latest lines of a timeline, oldest first; of "" those that are about no single incident."""
        ...

    async def losses(self, incident: str, *, limit: int) -> Sequence[LossRecorded]:
        """What an incident cost, the earliest first, as it is known now; losses that proved to be none are among it."""
        ...

    async def loss_counts(self, incident: str) -> Mapping[tuple[str, str], int]:
        """How much an incident cost, by what was lost ("meal", or a sign) and by what is known of it now."""
        ...
