"""The store that forgets when the process ends: for tests, replay and the demo's first minutes."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from monitor.core.decisions import (
    Alert,
    AlertOwed,
    DeviceForgotten,
    Incident,
    IncidentChanged,
    IncidentKind,
    IncidentLogged,
    LossRecorded,
    StatusChanged,
)
from monitor.core.publication.bulletins import BulletinChanged
from monitor.store.memory_counts import MemoryCounts
from monitor.store.memory_letters import MemoryLetters
from monitor.store.memory_mailing import MemoryMailing
from monitor.store.memory_timelines import MemoryTimelines
from monitor.store.protocol import (
    AlertState,
    IncidentState,
    Pruned,
    Saved,
    StatusLine,
    Step,
)
from monitor.store.settings import Retention

DAY_SECONDS = 86_400.0

Key = TypeVar("Key")
Item = TypeVar("Item")


class MemoryStore(MemoryLetters):
    """Keeps everything in the process; what was committed is still there after closing and opening again."""

    def __init__(self, retention: Retention | None = None) -> None:
        super().__init__()
        self.mailing = MemoryMailing()
        self._retention = retention or Retention()
        self._saved_at: float | None = None
        self._engine: Mapping[str, Any] = {}
        self._devices: dict[str, dict[str, Any]] = {}
        self._history: dict[tuple[str, float, str, str], StatusLine] = {}
        self._incidents: dict[str, Incident] = {}
        self.timelines = MemoryTimelines(self._incidents)
        self.counts = MemoryCounts()
        self._alerts: dict[str, tuple[Alert, float]] = {}
        self._pruned: Pruned | None = None

    async def open(self) -> Saved:
        """Hand back what was committed so far."""
        return Saved(
            saved_at=self._saved_at,
            engine=dict(self._engine),
            devices=[dict(self._devices[device]) for device in sorted(self._devices)],
            incidents=[incident for incident in self._incidents.values() if incident.resolved_at is None],
            alerts=[alert for alert, _ in self._alerts.values() if alert.state == "firing"],
            bulletins=list(self.mailing.bulletins.values()),
        )

    async def close(self) -> None:
        """Nothing to release."""

    async def commit(self, step: Step) -> None:
        """Take in a step."""
        for made in step.decisions:
            match made:
                case DeviceForgotten():
                    self._devices.pop(made.device, None)
                case StatusChanged():
                    line = StatusLine(made.at, made.device, made.status, made.previous, made.reason)
                    self._history.setdefault((made.device, made.at, made.status, made.previous), line)
                case IncidentLogged() | LossRecorded():
                    self.timelines.take(made)
                case BulletinChanged():
                    self.mailing.publish(made.bulletin, made.at)
                case IncidentChanged():
                    self._incidents[made.incident.id] = made.incident
                case AlertOwed():
                    self._alerts[made.alert.key] = (made.alert, made.at)
        self._devices.update((str(row["id"]), dict(row)) for row in step.devices)
        self._take(step.letters)
        self._saved_at = step.at
        self._engine = self._engine if step.engine is None else dict(step.engine)

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
        found = {incident.id: (incident.opened_at, incident) for incident in self._incidents.values()}

        def wanted(incident: Incident) -> bool:
            return state in ("all", _state_of(incident)) and kind in (None, incident.kind)

        page = _page(found, limit, before, after, wanted)
        return [incident for _, incident in page]

    async def alerts(
        self, *, limit: int, before: float | None = None, after: str | None = None, state: AlertState = "all"
    ) -> Sequence[Alert]:
        """Alerts as they are now, begun before a moment, newest first; `after` is the key that ended the last page."""
        found = {key: (alert.starts_at, alert) for key, (alert, _) in self._alerts.items()}
        page = _page(found, limit, before, after, lambda alert: state in ("all", alert.state))
        return [alert for _, alert in page]

    async def history(self, device: str, *, limit: int) -> Sequence[StatusLine]:
        """Past status changes of one device, newest first."""
        lines = [line for line in self._history.values() if line.device == device]
        return sorted(lines, key=lambda line: line.at)[::-1][:limit]

    async def prune(self, now: float) -> Pruned:
        """Remove what is older than its retention, and remember having done so."""
        keep, alerts_since = self._retention, now - self._retention.alerts * DAY_SECONDS
        changes_since, incidents_since = now - keep.status_changes * DAY_SECONDS, now - keep.incidents * DAY_SECONDS
        rows = {
            "status_changes": _drop(self._history, lambda line: line.at < changes_since),
            "incidents": _drop(
                self._incidents, lambda found: found.resolved_at is not None and found.resolved_at < incidents_since
            ),
            "incident_log": _drop(
                self.timelines.log, lambda line: line.at < incidents_since and line.incident not in self._incidents
            ),
            "incident_losses": _drop(
                self.timelines.lost, lambda loss: loss.at < incidents_since and loss.incident not in self._incidents
            ),
            "deliveries": _drop(self._letters, lambda letter: (letter.finished_at or math.inf) < alerts_since),
        }
        told = {letter.alert.key for letter in self._letters.values()}
        rows["alerts"] = _drop(
            self._alerts,
            lambda found: found[0].state == "resolved" and found[1] < alerts_since and found[0].key not in told,
        )
        counts_since = now - keep.counts * DAY_SECONDS
        rows["fleet_counts"] = _drop(self.counts.kept, lambda count: count.at < counts_since)
        rows["bulletins"] = _drop(self.mailing.bulletins, lambda said: (said.resolved_at or math.inf) < incidents_since)
        self._pruned = Pruned(now, rows)
        return self._pruned

    async def last_pruned(self) -> Pruned | None:
        """The latest retention run; None if there was none."""
        return self._pruned


def _state_of(incident: Incident) -> str:
    return "open" if incident.resolved_at is None else "resolved"


def _page(
    found: Mapping[str, tuple[float, Item]],
    limit: int,
    before: float | None,
    after: str | None,
    wanted: Callable[[Item], bool],
) -> Iterable[tuple[str, Item]]:
    newest = sorted(((at, name) for name, (at, _) in found.items()), reverse=True)
    if before is not None:
        newest = [place for place in newest if place[0] < before]
    if after is not None:
        newest = [place for place in newest if after in found and place < (found[after][0], after)]
    items = ((name, found[name][1]) for _, name in newest)
    return [(name, item) for name, item in items if wanted(item)][:limit]


def _drop(items: dict[Key, Item], old: Callable[[Item], bool]) -> int:
    dead = [key for key, item in items.items() if old(item)]
    for key in dead:
        del items[key]
    return len(dead)
