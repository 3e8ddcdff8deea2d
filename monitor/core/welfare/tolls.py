"""What open incidents mean, counted over the fleet in bounded bites."""

from collections.abc import Callable, Mapping

from monitor.core.decisions import Incident
from monitor.core.fleet import Device, Fleet
from monitor.core.notices import Cover
from monitor.core.welfare.harm import Toll, meaning

BITE = 20_000
"""Devices counted in one second; a fleet of up to this size is counted at once."""
EVERY_SECONDS = 900.0
RECOVERING_SECONDS = 60.0
"""While devices return they tell of their meals, and what an incident meant is what it says when it ends."""


class Tolls:
    """Counts the toll of each open incident when it opens, every quarter of an hour, and each minute of recovery."""

    def __init__(
        self, fleet: Fleet, cover: Callable[[Device], Cover], incidents: Mapping[str, Incident], bite: int = BITE
    ) -> None:
        self._fleet = fleet
        self._bite = bite
        self._cover = cover
        self._incidents = incidents
        self.latest: dict[str, Toll] = {}
        """The toll of each open incident as it was last counted."""
        self._left: list[str] = []
        self._tolls: dict[str, Toll] = {}
        self._begins: dict[str, float] = {}
        self._counted_at: float | None = None

    def opened(self, incident: str, since: float, at: float) -> str:
        """What an incident that opens now means; empty if the fleet is too large to say at once."""
        if len(self._fleet) > self._bite:
            self._begin(at, {incident: since})
            return ""
        self._counted_at = self._counted_at or at
        toll = Toll()
        for device in self._fleet:
            if self._cover(device) == ("incident", incident):
                toll.add(device, since, at)
        self.latest[incident] = toll
        return meaning(toll)

    def pass_time(self, now: float) -> dict[str, str]:
        """What the open incidents mean, once all devices were counted; empty until then."""
        if not self._tolls:
            if self._counted_at is None or now < self._counted_at + self._pause():
                return {}
            self._begin(now, {})
            if not self._tolls:
                self._counted_at = None
                return {}
        bite, self._left = self._left[: self._bite], self._left[self._bite :]
        for name in bite:
            device = self._fleet.get(name)
            kind, incident = self._cover(device) if device is not None else ("", "")
            if device is not None and kind == "incident" and incident in self._tolls:
                self._tolls[incident].add(device, self._begins[incident], now)
        if self._left:
            return {}
        found = {incident: meaning(toll) for incident, toll in self._tolls.items()}
        self.latest = dict(self._tolls)
        self._tolls = {}
        self._counted_at = now
        return found

    def _pause(self) -> float:
        recovering = any(incident.phase == "recovering" for incident in self._incidents.values())
        return RECOVERING_SECONDS if recovering else EVERY_SECONDS

    def _begin(self, now: float, opening: Mapping[str, float]) -> None:
        self._begins = {incident.id: incident.started_at for incident in self._incidents.values()} | dict(opening)
        self._tolls = {incident: Toll() for incident in self._begins}
        self._left = list(self._fleet.devices) if self._tolls else []
        self._counted_at = now
