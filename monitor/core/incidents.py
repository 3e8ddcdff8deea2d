"""What the outage detector finds, made into incidents and their alerts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from monitor.core.alerts import AlertBook
from monitor.core.decisions import Decision, Incident, IncidentChanged, Layer, Severity, SuspicionChanged
from monitor.core.notices import Notices
from monitor.core.operations.links import companions, related
from monitor.core.operations.lives import turned
from monitor.core.operations.settings import IncidentSettings
from monitor.core.outages import (
    Confirmed,
    Finding,
    Recovering,
    Relapsed,
    Resolved,
    Suspected,
    SuspicionCleared,
    Updated,
)
from monitor.core.outages.speech import how_it_ended
from monitor.core.snapshot import load_incident, save_incident
from monitor.core.words import count, share, spell

ALERT_OF_LAYER: dict[Layer, str] = {
    "provider": "ProviderOutage",
    "region": "RegionOutage",
    "network": "NetworkOutage",
    "site": "SiteOffline",
    "gateway": "GatewayOffline",
    "release": "FirmwareRegression",
    "fleet": "FleetDown",
}


FORMS: dict[str, str] = {
    "sudden": "fell silent",
    "creeping": "falls silent little by little",
    "degraded": "cannot reach its cloud",
}
OWN_PATH = "It is not the monitor: its own messages came back through the broker all the while."
"""Why a silence of the whole fleet is one; while the monitor is blind no incident opens."""
TROUBLES: dict[str, str] = {"sudden": "silent", "creeping": "silent", "degraded": "without their cloud"}
"""What the devices are that an outage of each form counts."""


COMES_AND_GOES = "It is over when it has been steady for a while; until then its single changes are not announced."

MOST_STRAGGLERS = 1000
"""Ids of devices that an incident names at most when it is over."""

REMEMBERED_SECONDS = 86_400.0
"""How long an outage that ended is remembered: for its relapse, and for what turns out late to have been lost in it."""

BY_HAND = "declared over by hand"

Release = Callable[[str, float, str], Finding | None]
"""Let the detector give up an outage, by id, moment and reason."""


class Incidents:
    """Open outages by id; opens, updates and resolves them as the detector finds, and as people say."""

    def __init__(self, book: AlertBook, notices: Notices, settings: IncidentSettings, release: Release) -> None:
        self.open: dict[str, Incident] = {}
        self.ended: dict[str, Incident] = {}
        """Those that ended within a day, by id."""
        self.suspicions: dict[str, SuspicionChanged] = {}
        """What is suspected now, by scope in words."""
        self.meaning: Callable[[str, float, float], str] = lambda _incident, _since, _at: ""
        """What an incident that opens means for animals and homes, from its id, its onset and now."""
        self._book = book
        self._notices = notices
        self._settings = settings
        self._release = release

    def take(self, finding: Finding, at: float) -> list[Decision]:
        """Turn one finding into decisions."""
        match finding:
            case Suspected():
                raised = self._suspicion(finding, at, "raised")
                self.suspicions[scope_text(finding.scope)] = raised
                return [raised]
            case SuspicionCleared():
                self.suspicions.pop(scope_text(finding.scope), None)
                return [self._suspicion(finding, at, "cleared")]
            case Confirmed():
                return self._open(finding, at)
            case Updated() | Recovering() | Relapsed():
                return self._update(finding, at)
            case _:
                return self._resolve(finding, at)

    def _suspicion(
        self, finding: Suspected | SuspicionCleared, at: float, state: Literal["raised", "cleared"]
    ) -> SuspicionChanged:
        return SuspicionChanged(
            at, state, finding.layer, finding.scope, finding.devices, finding.silent, finding.reason
        )

    def acknowledge(self, incident: str, at: float, author: str) -> list[Decision]:
        """Somebody takes care of one."""
        known = self.open.get(incident)
        taken = turned(known, "acknowledged", at, author) if known is not None else None
        if taken is None:
            return []
        self.open[incident] = taken
        return [IncidentChanged(at, "acknowledged", taken)]

    def close(self, incident: str, at: float, author: str, reason: str) -> list[Decision]:
        """Somebody declares one over. If what caused it goes on, it begins again."""
        known = self.open.get(incident)
        if known is None:
            return []
        finding = self._release(incident, at, BY_HAND)
        silent = known.silent if finding is None else finding.silent
        return self._end(turned(known, "closed", at, author), silent, BY_HAND, at, reason)

    def save(self) -> list[dict[str, Any]]:
        """What ended lately, as plain data; what is open is saved as incidents."""
        return [save_incident(each) for each in self.ended.values()]

    def restore(self, incidents: Iterable[Incident], ended: Iterable[Mapping[str, Any]]) -> None:
        """From what was saved."""
        self.open.update({incident.id: incident for incident in incidents})
        self.ended = {each["id"]: load_incident(each) for each in ended}

    def forget(self, now: float) -> None:
        """Forget what ended long ago."""
        for name, incident in list(self.ended.items()):
            if incident.resolved_at is None or incident.resolved_at > now - REMEMBERED_SECONDS:
                return
            del self.ended[name]

    def _open(self, finding: Confirmed, at: float) -> list[Decision]:
        former = self.ended.pop(finding.id, None)
        begun = (turned(former, "relapsed", at) if former is not None else None) or _begun(finding, at)
        incident = replace(
            begun,
            started_at=finding.onset,
            devices=finding.devices,
            silent=finding.silent,
            confidence=finding.confidence,
            evidence=finding.evidence,
            unaffected=finding.unaffected,
            equivalents=finding.equivalents,
            alternatives=finding.alternatives,
            onset_uncertainty_seconds=finding.onset_uncertainty,
            phase=finding.phase,
            meaning=self.meaning(finding.id, finding.onset, at),
        )
        near = companions(incident, (*self.ended.values(), *self.open.values()), self._settings)
        incident = replace(incident, related=related(incident, near))
        incident = replace(incident, summary=summary_of(incident))
        self.open[incident.id] = incident
        self.suspicions.pop(scope_text(incident.scope), None)
        return [
            IncidentChanged(at, "opened" if former is None else "reopened", incident),
            self._alert(incident, at, None if finding.paging and not self._is_home(incident) else "warning"),
            *self._notices.incident_opened(incident, at),
            *(self._relate(each, [incident, *near], at) for each in near),
        ]

    def _is_home(self, incident: Incident) -> bool:
        """Homes switch off for the night and for holidays; what that does to animals and rooms is told by itself.

        A release of which the fleet has nothing but one home is as quiet as that home.
        """
        house = incident.layer not in ("fleet", "provider") and any(
            "site" in scope for scope in (incident.scope, *incident.equivalents)
        )
        return house and incident.devices < self._settings.paging_site_devices

    def _relate(self, incident: Incident, others: Iterable[Incident], at: float) -> Decision:
        """An incident that is known hangs together with others, as is seen only now."""
        now = replace(incident, related=related(incident, others))
        if now.resolved_at is None:
            now = replace(now, summary=summary_of(now))
            self.open[now.id] = now
        else:
            self.ended[now.id] = now
        return IncidentChanged(at, "updated", now)

    def _update(self, finding: Updated | Recovering | Relapsed, at: float) -> list[Decision]:
        known = self.open.get(finding.id)
        if known is None:
            return []
        incident = replace(
            known,
            devices=finding.devices,
            silent=finding.silent,
            confidence=finding.confidence,
            evidence=finding.evidence,
            phase=finding.phase,
            reopened=known.reopened + isinstance(finding, Relapsed),
        )
        incident = replace(incident, summary=summary_of(incident))
        self.open[incident.id] = incident
        return [IncidentChanged(at, "updated", incident)]

    def explain(self, incident: str, meaning: str, at: float) -> list[Decision]:
        """What an open incident means was counted anew."""
        known = self.open.get(incident)
        if known is None or known.meaning == meaning:
            return []
        self.open[incident] = replace(known, meaning=meaning)
        return [IncidentChanged(at, "updated", self.open[incident])]

    def _resolve(self, finding: Resolved, at: float) -> list[Decision]:
        known = self.open.get(finding.id)
        over = turned(known, "ended", at) if known is not None else None
        return self._end(over, finding.silent, finding.reason, at, healed=finding if finding.fell else None)

    def _end(
        self,
        over: Incident | None,
        silent: int,
        reason: str,
        at: float,
        remark: str = "",
        healed: Resolved | None = None,
    ) -> list[Decision]:
        """It is over; the remark of whoever said so stays with us, for an alert may go to third parties.

        How many did not return is said by the list of them: the counts of an outage also hold who missed one heartbeat.
        """
        if over is None:
            return []
        del self.open[over.id]
        left = self._notices.incident_resolved(over, at)
        if healed is not None:
            reason = how_it_ended(len(left), healed.fell, healed.shared)
        incident = replace(over, silent=silent, stragglers=tuple(left[:MOST_STRAGGLERS]))
        why = f"{reason}: {remark}" if remark else reason
        incident = replace(incident, summary=f"{summary_of(incident)}; {why}")
        self.ended[incident.id] = incident
        told = f"over after {spell(at - incident.started_at)}; {reason}"
        return [IncidentChanged(at, "resolved", incident), *self._book.resolve(incident_key(incident.id), at, told)]

    def _alert(self, incident: Incident, at: float, severity: Severity | None) -> Decision:
        return self._book.fire(
            ALERT_OF_LAYER[incident.layer],
            incident_key(incident.id),
            at,
            since=incident.started_at,
            summary=incident.summary,
            description=description_of(incident),
            labels={"incident": incident.id, **incident.scope},
            severity=severity,
            incident=incident.id,
            counts={"devices": incident.devices, "silent": incident.silent},
        )


def _begun(finding: Confirmed, at: float) -> Incident:
    return Incident(
        id=finding.id,
        kind="outage",
        layer=finding.layer,
        scope=finding.scope,
        started_at=finding.onset,
        opened_at=at,
        resolved_at=None,
        devices=finding.devices,
        silent=finding.silent,
        confidence=finding.confidence,
        form=finding.form,
    )


def summary_of(incident: Incident) -> str:
    """The incident in one line."""
    what = name_of(incident.scope)
    if incident.resolved_at is not None:
        return f"{what}: over after {spell(incident.resolved_at - incident.started_at)}"
    course = _course(incident)
    if incident.devices == 0:
        return f"{what} {course}: none of its devices is left in the fleet, so nothing can be said of it"
    together = (
        f"; {count(len(incident.related), 'other outage')} began together with it: probably one common cause"
        if incident.related
        else ""
    )
    still = "still " if incident.phase == "recovering" else ""
    of_all = f"{incident.silent:,} of {count(incident.devices, 'device')} {still}{TROUBLES[incident.form]}"
    part = share(incident.silent, incident.devices)
    return f"{what} {course}: {of_all} ({part}), {sureness(incident.confidence)} one cause{together}"


def _course(incident: Incident) -> str:
    if incident.flapping:
        return f"comes and goes, {count(incident.reopened + 1, 'time')} so far"
    return "is recovering" if incident.phase == "recovering" else FORMS[incident.form]


def description_of(incident: Incident) -> str:
    """Why we think so, who is not affected, and what else could explain it."""
    parts = [f"{incident.meaning}."] if incident.meaning else []
    parts += [f"{piece.statement} ({piece.weight_nats:+.1f})" for piece in incident.evidence]
    if not incident.scope:
        parts.append(OWN_PATH)
    if incident.unaffected:
        parts.append(f"Not affected: {incident.unaffected}.")
    if incident.equivalents:
        parts.append(
            "Cannot be told apart from: " + "; ".join(scope_text(scope) for scope in incident.equivalents) + "."
        )
    if incident.alternatives:
        parts.append("Also considered: " + "; ".join(incident.alternatives) + ".")
    if incident.flapping:
        parts.append(COMES_AND_GOES)
    return " ".join(parts)


def name_of(scope: Mapping[str, str]) -> str:
    """The scope in words: Provider aurora, region us-east."""
    text = scope_text(scope)
    return text[0].upper() + text[1:]


def scope_text(scope: Mapping[str, str]) -> str:
    """The scope in words: provider aurora, region us-east; site s9 of tenant acme."""
    named = ", ".join(
        f"{'gateway' if key == 'parent' else key} {value}" for key, value in scope.items() if key != "tenant"
    )
    tenant = f" of tenant {scope['tenant']}" if "tenant" in scope else ""
    return f"{named}{tenant}" if named else "the whole fleet"


def sureness(confidence: float) -> str:
    """A probability in words."""
    if confidence > 0.999:  # noqa: PLR2004
        return "almost certainly"
    return "probably" if confidence > 0.95 else "possibly"  # noqa: PLR2004


def incident_key(incident: str) -> str:
    """The key of an incident's own alert."""
    return f"incident/{incident}"
