"""Incidents of single devices, of harm and of the monitor itself: they follow from the alerts that fire.

One incident for each device, and one for the monitor. Trouble within an outage belongs to the outage's incident.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import blake2s
from typing import Any

from monitor.core.decisions import Alert, Decision, Evidence, Incident, IncidentChanged, IncidentKind, Severity
from monitor.core.operations.lives import turned
from monitor.core.operations.settings import IncidentSettings
from monitor.core.snapshot import load_incident, save_incident
from monitor.core.words import count, spell

MONITOR = "monitor"
RANK: dict[Severity, int] = {"critical": 0, "warning": 1, "info": 2}
SILENCE = ("DeviceOffline", "GatewayOffline")
MOST_ENDED = 1000
"""Cases that ended lately and are remembered; they are part of what is saved with every verdict."""
FOLDED = "folded into incident "


class Cases:
    """Open ones by id, and those that ended so lately that a relapse would be the same one."""

    def __init__(self, settings: IncidentSettings) -> None:
        self.open: dict[str, Incident] = {}
        self.ended: dict[str, Incident] = {}
        self.refused = 0
        """Incidents that were not opened because too many are."""
        self._settings = settings
        self._of: dict[str, str] = {}
        self._alerts: dict[str, dict[str, Alert]] = {}
        self._holder: dict[str, str] = {}

    def about(self, subject: str) -> str:
        """The open incident of a device or of the monitor, empty for none."""
        return self._of.get(subject, "")

    def holding(self, key: str) -> str:
        """The open incident that an alert belongs to, empty for none."""
        return self._holder.get(key, "")

    def fired(
        self, alert: Alert, at: float, *, wanted: bool = False, after: tuple[str, ...] = ()
    ) -> tuple[str, list[Decision]]:
        """The incident that a firing alert belongs to, empty for none, and what follows.

        `wanted` opens one anyway; `after` names what it comes from.
        """
        subject = subject_of(alert)
        if not subject:
            return "", []
        known = self._of.get(subject)
        if known is not None:
            return known, self._join(self.open[known], alert, at)
        if not (wanted or self._worth(alert)):
            return "", []
        if len(self.open) >= self._settings.most_open and subject != MONITOR:
            self.refused += 1
            return "", []
        former = self._former(subject, at)
        incident = _opened(alert, subject, at) if former is None else turned(former, "relapsed", at) or former
        incident = replace(
            incident,
            kind=_kind(incident, alert),
            summary=alert.summary,
            evidence=(_evidence(alert),),
            related=tuple(dict.fromkeys((*incident.related, *after))),
        )
        self._of[subject] = incident.id
        self._keep(incident, {alert.key: alert})
        return incident.id, [IncidentChanged(at, "opened" if former is None else "reopened", incident)]

    def cleared(self, alert: Alert, at: float) -> list[Decision]:
        """An alert is over; with the last of its alerts the incident is."""
        holder = self._holder.pop(alert.key, None)
        if holder is None:
            return []
        incident, alerts = self.open[holder], self._alerts[holder]
        del alerts[alert.key]
        if alerts:
            return self._update(incident, alerts.values(), at)
        reason = alert.annotations.get("resolution", "")
        folded = (reason.removeprefix(FOLDED),) if reason.startswith(FOLDED) else ()
        over = turned(incident, "ended", at) or incident
        return [self._end(replace(over, related=(*incident.related, *folded)), reason)]

    def acknowledge(self, incident: str, at: float, author: str) -> list[Decision]:
        """Somebody takes care of one."""
        known = self.open.get(incident)
        taken = turned(known, "acknowledged", at, author) if known is not None else None
        if taken is None:
            return []
        self.open[taken.id] = taken
        return [IncidentChanged(at, "acknowledged", taken)]

    def close(self, incident: str, at: float, author: str, reason: str) -> tuple[list[Decision], list[str]]:
        """Somebody declares one over; also, the keys of the alerts that end with it."""
        known = self.open.get(incident)
        over = turned(known, "closed", at, author) if known is not None else None
        if over is None:
            return [], []
        keys = list(self._alerts[over.id])
        return [self._end(over, f"declared over by hand{f': {reason}' if reason else ''}")], keys

    def pass_time(self, now: float) -> None:
        """Forget what ended too long ago to begin again."""
        since = now - self._settings.reopen_seconds
        for name, incident in list(self.ended.items()):
            if incident.resolved_at is None or incident.resolved_at >= since:
                return
            del self.ended[name]

    def save(self) -> list[dict[str, Any]]:
        """What ended lately, as plain data; what is open is saved as incidents and alerts."""
        return [save_incident(each) for each in self.ended.values()]

    def restore(
        self,
        incidents: Iterable[Incident],
        firing: Mapping[str, Alert],
        ended: Iterable[Mapping[str, Any]],
        at: float,
    ) -> list[Decision]:
        """From what was saved. An incident none of whose alerts fires any more is over."""
        self.ended = {each["id"]: load_incident(each) for each in ended}
        decisions: list[Decision] = []
        members: dict[str, dict[str, Alert]] = {}
        for alert in firing.values():
            members.setdefault(alert.incident, {})[alert.key] = alert
        for incident in incidents:
            self._of[_subject(incident)] = incident.id
            self._keep(incident, members.get(incident.id, {}))
        for name in [name for name, alerts in self._alerts.items() if not alerts]:
            over = turned(self.open[name], "ended", at) or self.open[name]
            decisions.append(self._end(over, "none of its alerts fires any longer"))
        return decisions

    def _worth(self, alert: Alert) -> bool:
        worst = "warning" if subject_of(alert) == MONITOR else self._settings.devices_from
        return RANK[alert.severity] <= RANK[worst]

    def _former(self, subject: str, at: float) -> Incident | None:
        since = at - self._settings.reopen_seconds
        for incident in reversed(list(self.ended.values())):
            if _subject(incident) == subject:
                recent = incident.resolved_at is not None and incident.resolved_at >= since
                return self.ended.pop(incident.id) if recent else None
        return None

    def _join(self, incident: Incident, alert: Alert, at: float) -> list[Decision]:
        alerts = self._alerts[incident.id]
        alerts[alert.key] = alert
        self._holder[alert.key] = incident.id
        return self._update(replace(incident, kind=_kind(incident, alert)), alerts.values(), at)

    def _update(self, incident: Incident, alerts: Iterable[Alert], at: float) -> list[Decision]:
        worst, *others = sorted(alerts, key=lambda each: (RANK[each.severity], each.starts_at, each.key))
        more = f"; and {count(len(others), 'other sign')}" if others else ""
        now = replace(
            incident,
            summary=worst.summary + more,
            evidence=tuple(map(_evidence, (worst, *others))),
            silent=int(any(each.name in SILENCE for each in (worst, *others))),
        )
        if now == self.open[now.id]:
            return []
        self.open[now.id] = now
        return [IncidentChanged(at, "updated", now)]

    def _keep(self, incident: Incident, alerts: dict[str, Alert]) -> None:
        self.open[incident.id] = incident
        self._alerts[incident.id] = alerts
        self._holder.update(dict.fromkeys(alerts, incident.id))

    def _end(self, over: Incident, reason: str) -> IncidentChanged:
        at = over.resolved_at or over.opened_at
        lasted = spell(at - over.started_at)
        over = replace(over, summary=f"{_called(over)}: over after {lasted}" + (f"; {reason}" if reason else ""))
        del self.open[over.id]
        for key in self._alerts.pop(over.id):
            del self._holder[key]
        del self._of[_subject(over)]
        self.ended[over.id] = over
        if len(self.ended) > MOST_ENDED:
            del self.ended[next(iter(self.ended))]
        return IncidentChanged(at, "resolved", over)


def subject_of(alert: Alert) -> str:
    """Whom an alert is about: a device by its id, the monitor itself, or empty for anything larger."""
    if alert.key.startswith("monitor/"):
        return MONITOR
    device = alert.labels.get("device", "")
    return f"{alert.labels.get('tenant', '')}/{device}" if device else ""


def _subject(incident: Incident) -> str:
    return MONITOR if incident.kind == "monitor" else f"{incident.scope['tenant']}/{incident.scope['device']}"


def _kind(incident: Incident, alert: Alert) -> IncidentKind:
    """Harm makes it a matter of welfare, and it remains one."""
    harm = alert.key.startswith("welfare/") and not alert.name.startswith("Device")
    return "welfare" if harm else incident.kind


def _opened(alert: Alert, subject: str, at: float) -> Incident:
    own = subject == MONITOR
    terms = {"monitor": "hearthbeat"} if own else dict(zip(("tenant", "device"), subject.split("/", 1), strict=True))
    return Incident(
        id=blake2s(f"case|{subject}|{at:.0f}".encode(), digest_size=5).hexdigest(),
        kind="monitor" if own else "device",
        layer="monitor" if own else "device",
        scope=terms,
        started_at=alert.starts_at,
        opened_at=at,
        resolved_at=None,
        devices=0 if own else 1,
        silent=int(alert.name in SILENCE),
        confidence=1.0,
    )


def _evidence(alert: Alert) -> Evidence:
    return Evidence(alert.name, alert.summary)


def _called(incident: Incident) -> str:
    return "the monitor" if incident.kind == "monitor" else f"device {_subject(incident)}"
