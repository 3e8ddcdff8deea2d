"""Timelines and losses, only as long as the process lives."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from monitor.core.decisions import Incident, IncidentLogged, LossRecorded


class MemoryTimelines:
    """Timelines in dictionaries; `incidents` are those of the store, by id."""

    def __init__(self, incidents: Mapping[str, Incident]) -> None:
        self._incidents = incidents
        self.log: dict[IncidentLogged, IncidentLogged] = {}
        self.lost: dict[tuple[str, str, float], LossRecorded] = {}

    def take(self, made: IncidentLogged | LossRecorded) -> None:
        """Take in what a step decided."""
        if isinstance(made, IncidentLogged):
            self.log.setdefault(made, made)
            return
        if made.incident:
            known = self.lost.get((made.device, made.what, made.since), made)
            self.lost[made.device, made.what, made.since] = replace(made, incident=known.incident)
            return
        for key, loss in self.lost.items():
            same = (loss.device, loss.what) == (made.device, made.what)
            if same and (loss.since == made.since or (not made.since and loss.outcome == "showing")):
                self.lost[key] = replace(loss, at=made.at, outcome=made.outcome)

    async def incident(self, incident: str) -> Incident | None:
        """One incident, open or over; None if there is none of this id."""
        return self._incidents.get(incident)

    async def lines(self, incident: str, *, limit: int) -> Sequence[IncidentLogged]:
        """The latest lines of a timeline, oldest first."""
        found = sorted((line for line in self.log if line.incident == incident), key=lambda line: line.at)
        return found[-limit:]

    async def losses(self, incident: str, *, limit: int) -> Sequence[LossRecorded]:
        """What an incident cost, the earliest first."""
        found = [loss for loss in self.lost.values() if loss.incident == incident]
        return sorted(found, key=lambda loss: (loss.since, loss.device, loss.what))[:limit]

    async def loss_counts(self, incident: str) -> Mapping[tuple[str, str], int]:
        """How much an incident cost, by what was lost and by what is known of it now."""
        found = [loss for loss in self.lost.values() if loss.incident == incident]
        return Counter(("meal" if loss.what.startswith("meal ") else loss.what, loss.outcome) for loss in found)
