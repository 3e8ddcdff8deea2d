"""What open incidents mean, counted over the fleet in bounded bites."""

from collections.abc import Callable, Mapping

from monitor.core.decisions import Incident
from monitor.core.fleet import Device, Fleet
from monitor.core.notices import Cover
from monitor.core.welfare.harm import Toll, meaning

BITE = 20_000
"""Devices counted in one second; a fleet of up to this size is counted at once."""
EVERY_SECONDS = 900.0


class Tolls:
    """Counts the toll of each open incident when it opens, and again every quarter of an hour."""

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
        self._due: float | None = None

    def opened(self, incident: str, since: float, at: float) -> str:
        """What an incident that opens now means; empty if the fleet is too large to say at once."""
        if len(self._fleet) > self._bite:
            self._begin(at, {incident: since})
            return ""
        self._due = min(self._due or at + EVERY_SECONDS, at + EVERY_SECONDS)
        toll = Toll()
        for device in self._fleet:
            if self._cover(device) == ("incident", incident):
                toll.add(device, since, at)
        self.latest[incident] = toll
        return meaning(toll)

    def pass_time(self, now: float) -> dict[str, str]:
        """What the open incidents mean, once all devices were counted; empty until then."""
        if not self._tolls:
            if self._due is None or now < self._due:
                return {}
            self._begin(now, {})
            if not self._tolls:
                self._due = None
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
        self._due = now + EVERY_SECONDS
        return found

    def _begin(self, now: float, opening: Mapping[str, float]) -> None:
        self._begins = {incident.id: incident.started_at for incident in self._incidents.values()} | dict(opening)
        self._tolls = {incident: Toll() for incident in self._begins}
        self._left = list(self._fleet.devices) if self._tolls else []
        self._due = now + EVERY_SECONDS
