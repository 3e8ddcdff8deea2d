"""What the one loop measures about itself; it lives here so that the loop only has to hand over what it decided."""

from collections import Counter
from collections.abc import Iterable

from monitor.core.decisions import Decision, IncidentChanged, Status, StatusChanged
from monitor.core.fleet import Fleet
from monitor.metrics.distribution import LATENCY_BOUNDS, STEP_BOUNDS, Distribution

VERDICTS = ("offline", "outage")


class StepMeter:
    """Counts steps, status changes, and how long verdicts took. Moments are Unix seconds."""

    def __init__(self) -> None:
        self.duration = Distribution(STEP_BOUNDS)
        self.last_at = 0.0
        self.detection = {verdict: Distribution(LATENCY_BOUNDS) for verdict in VERDICTS}
        self.status_changes: Counter[Status] = Counter()

    def record(self, at: float, seconds: float, decisions: Iterable[Decision], fleet: Fleet) -> None:
        """Take in one committed step that took `seconds`, also one that decided nothing."""
        self.duration.observe(seconds)
        self.last_at = at
        for decision in decisions:
            if isinstance(decision, StatusChanged):
                self._record_status(decision, fleet)
            elif isinstance(decision, IncidentChanged):
                self._record_incident(decision)

    def _record_status(self, change: StatusChanged, fleet: Fleet) -> None:
        self.status_changes[change.status] += 1
        device = fleet.get(change.device)
        if change.status == "offline" and device is not None and device.last_seen:
            self.detection["offline"].observe(change.at - device.last_seen)

    def _record_incident(self, change: IncidentChanged) -> None:
        if change.state == "opened" and change.incident.kind == "outage":
            self.detection["outage"].observe(change.at - change.incident.started_at)
