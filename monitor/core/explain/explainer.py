"""Explains the incidents and devices of one engine."""

from collections.abc import Sequence

from monitor.core.decisions import Incident
from monitor.core.engine import Engine
from monitor.core.explain.case import explain_case
from monitor.core.explain.device import DeviceExplanation, PastChange, explain_device
from monitor.core.explain.incident import IncidentExplanation, explain_incident
from monitor.core.fleet import Device


class Explainer:
    """Reads the engine as it stands and changes nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def incident(self, incident: Incident, now: float) -> IncidentExplanation:
        """An incident, open or over, in words."""
        if incident.kind != "outage":
            return explain_case(incident, now, self._engine.settings.incidents)
        withheld = sum(explained_by == incident.id for explained_by in self._engine.notices.withheld.values())
        return explain_incident(incident, now, withheld, self._engine.settings.outages)

    def device(self, device: Device, now: float, past: Sequence[PastChange] = ()) -> DeviceExplanation:
        """A device in words; `past` are its latest status changes, newest first."""
        return explain_device(self._engine, device, now, past)
