"""To whom a decided alert is owed, and when."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from monitor.core.decisions import Alert, AlertOwed, Decision, Incident, IncidentChanged
from monitor.core.routing.hours import end_of_span, minutes_of, next_of
from monitor.core.routing.kinds import kinds_of, never_held
from monitor.core.routing.owed import Letter, Owed
from monitor.core.routing.settings import RouteSettings
from monitor.core.upkeep import PAST_THE_STORE

ABOUT_NOBODY = frozenset({"HearthbeatWatchdog", "HearthbeatTest"})
"""Alerts without a word about any tenant."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """A receiver as routing knows it. `tenants` binds it: it never learns of another's, nor of what concerns several.

    One that is not `routed` (an Alertmanager) is told everything at once and does the rest itself. One that keeps
    incidents of its own is also told that somebody `acknowledges`.
    """

    name: str
    tenants: tuple[str, ...] = ()
    routed: bool = True
    acknowledges: bool = False

    def may_know(self, alert: Alert) -> bool:
        """Whether this alert is any of its business."""
        return not self.tenants or alert.name in ABOUT_NOBODY or alert.labels.get("tenant", "") in self.tenants


class Routing:
    """The routes and the receivers that they lead to. Without routes, or where none fits, everybody is told at once."""

    def __init__(self, receivers: Iterable[Addressee], routes: Sequence[RouteSettings] = ()) -> None:
        self.receivers = {receiver.name: receiver for receiver in receivers}
        self._routes = [(route.name or str(number), route) for number, route in enumerate(routes, 1)]

    def letters(
        self, decisions: Iterable[Decision], incidents: Mapping[str, Incident], firing: Sequence[Alert] = ()
    ) -> list[Letter]:
        """What one step owes. A silenced alert is owed to nobody, but its end to whoever was told.

        `firing` are all alerts that fire: those of an incident that was acknowledged go to who keeps its own.
        """
        letters = []
        for made in decisions:
            if isinstance(made, AlertOwed):
                letters.append(Letter(made, tuple(self._of(made, incidents.get(made.alert.incident)))))
            elif isinstance(made, IncidentChanged) and made.state == "acknowledged":
                letters += [self._acknowledged(each, made.at) for each in firing if each.incident == made.incident.id]
        return letters

    def _acknowledged(self, alert: Alert, at: float) -> Letter:
        allowed = [each.name for each in self.receivers.values() if each.acknowledges and each.may_know(alert)]
        owed = (Owed(name, at, "acknowledged", "acknowledged", if_told=True) for name in allowed)
        return Letter(AlertOwed(at, alert), tuple(owed))

    def owed(self, alert: Alert, at: float, incident: Incident | None) -> list[Owed]:
        """To whom this alert is owed from `at` on. Its end is owed to all who may have been told that it fires."""
        allowed = [receiver for receiver in self.receivers.values() if receiver.may_know(alert)]
        found = self._routed(alert, at, incident, {receiver.name for receiver in allowed if receiver.routed})
        over = alert.state == "resolved"
        for receiver in allowed:
            if over or not receiver.routed:
                found.setdefault(receiver.name, Owed(receiver.name, at))
        if over and alert.name not in PAST_THE_STORE:
            return [_if_told(owed) for owed in found.values()]
        return list(found.values())

    def reminder(self, alert: Alert, receiver: str, at: float, incident: Incident | None) -> float | None:
        """When to tell a receiver again of an alert that it was told at `at`; None for never."""
        known = self.receivers.get(receiver)
        if alert.state == "resolved" or known is None or not known.routed:
            return None
        allowed = {name for name, each in self.receivers.items() if each.may_know(alert)}
        for _, route in self._fitting(alert, incident, allowed):
            concerned = receiver in {*route.receivers, *route.escalate_to}
            if concerned and route.remind_seconds is not None and not _in_digest(route, alert):
                due_at = _rounded(at + route.remind_seconds, route.group_wait_seconds)
                return _quiet_until(route, alert, due_at) or due_at
        return None

    def _of(self, made: AlertOwed, incident: Incident | None) -> list[Owed]:
        owed = self.owed(made.alert, made.at, incident)
        if not made.silenced_by:
            return owed
        return [_if_told(each) for each in owed] if made.alert.state == "resolved" else []

    def _routed(self, alert: Alert, at: float, incident: Incident | None, allowed: set[str]) -> dict[str, Owed]:
        found: dict[str, Owed] = {}
        fits = False
        for name, route in self._fitting(alert, incident, allowed):
            fits = True
            for owed in _by_route(name, route, alert, at, incident):
                if owed.receiver in allowed:
                    known = found.setdefault(owed.receiver, owed)
                    found[owed.receiver] = min(known, owed, key=_due)
        return found if fits else {name: Owed(name, at) for name in sorted(allowed)}

    def _fitting(
        self, alert: Alert, incident: Incident | None, allowed: set[str]
    ) -> Iterator[tuple[str, RouteSettings]]:
        """The routes that count for an alert. One whose receivers may not know of it is no way at all."""
        for name, route in self._routes:
            if _fits(route, alert, incident) and allowed & set(route.receivers):
                yield name, route
                if not route.also_next:
                    return


def _fits(route: RouteSettings, alert: Alert, incident: Incident | None) -> bool:
    labels = {**alert.labels, "alertname": alert.name, "severity": alert.severity}
    return (
        (not route.severity or alert.severity in route.severity)
        and (not route.tenant or labels.get("tenant", "") in route.tenant)
        and (not route.kind or not kinds_of(alert, incident).isdisjoint(route.kind))
        and (not route.alerts or any(fnmatchcase(alert.name, pattern) for pattern in route.alerts))
        and all(fnmatchcase(labels.get(label, ""), pattern) for label, pattern in route.match.items())
    )


def _by_route(name: str, route: RouteSettings, alert: Alert, at: float, incident: Incident | None) -> Iterator[Owed]:
    first = _first(name, route, alert, at)
    for receiver in route.receivers:
        yield replace(first, receiver=receiver)
    acknowledged = incident is not None and incident.acknowledged_at is not None
    if route.escalate_seconds is None or alert.state == "resolved" or acknowledged or first.reason == "digest":
        return
    due_at = _rounded(first.due_at + route.escalate_seconds, route.group_wait_seconds)
    for receiver in route.escalate_to:
        yield Owed(receiver, due_at, "escalation", f"{name}/escalation")


def _first(name: str, route: RouteSettings, alert: Alert, at: float) -> Owed:
    """When a route tells its own receivers, whoever they are."""
    if route.digest is not None and _in_digest(route, alert):
        times = [minutes_of(time) for time in route.digest.at]
        return Owed("", next_of(times, route.digest.zone, at), "digest", f"{name}/digest", joins=True)
    due_at = at + route.group_wait_seconds
    quiet_until = _quiet_until(route, alert, due_at)
    if quiet_until is not None:
        return Owed("", quiet_until, "quiet", f"{name}/quiet", joins=True)
    if route.group_wait_seconds == 0:
        return Owed("", at)
    labels = {**alert.labels, "alertname": alert.name, "severity": alert.severity, "incident": alert.incident}
    group = ",".join(f"{label}={labels.get(label, '')}" for label in route.group_by)
    return Owed("", due_at, "grouped", f"{name}/{group}", joins=True)


def _in_digest(route: RouteSettings, alert: Alert) -> bool:
    return route.digest is not None and alert.severity in route.digest.severity and not never_held(alert)


def _quiet_until(route: RouteSettings, alert: Alert, at: float) -> float | None:
    """When the quiet hours end that hold this alert at that moment; None if none do."""
    quiet = route.quiet_hours
    if quiet is None or alert.severity not in quiet.severity or never_held(alert):
        return None
    return end_of_span(minutes_of(quiet.start), minutes_of(quiet.end), quiet.zone, at)


def _rounded(moment: float, step: float) -> float:
    """The next full step, so that what follows a storm is as few messages as the storm was."""
    return math.ceil(moment / step) * step if step else moment


def _if_told(owed: Owed) -> Owed:
    return replace(owed, if_told=True)


def _due(owed: Owed) -> float:
    return owed.due_at
