"""What the monitor decided, one log line each."""

import structlog

from monitor.core.decisions import (
    AlertOwed,
    BlindChanged,
    Decision,
    DeviceForgotten,
    DeviceRecorded,
    IncidentChanged,
    IncidentLogged,
    LossRecorded,
    MealSettled,
    StatusChanged,
    SuspicionChanged,
    WelfareChanged,
)
from monitor.core.publication.bulletins import BulletinChanged, ConditionChanged, DraftChanged, PublicDecision

log = structlog.get_logger()


def log_decision(decision: Decision) -> None:
    """Write one decision into the log: warnings for people, the rest for those who look closer."""
    match decision:
        case IncidentChanged(state=state, incident=incident):
            log.warning("incident", state=state, incident=incident.id, summary=incident.summary)
        case IncidentLogged(incident=incident, kind=kind, text=text, author=author):
            log.info("incident_log", incident=incident, kind=kind, text=text, **({"author": author} if author else {}))
        case AlertOwed(alert=alert):
            ended = {"why": alert.annotations["resolution"]} if "resolution" in alert.annotations else {}
            log.info("alert", state=alert.state, name=alert.name, key=alert.key, summary=alert.summary, **ended)
        case StatusChanged(device=device, status=status, previous=previous, reason=reason):
            log.debug("device_status", device=device, status=status, previous=previous, reason=reason)
        case SuspicionChanged(state=state, layer=layer, scope=scope, reason=reason):
            log.info("suspicion", state=state, layer=layer, scope=dict(scope), reason=reason)
        case DeviceForgotten(device=device):
            log.info("device_removed", device=device)
        case MealSettled(device=device, plan_id=plan, planned_at=planned_at, outcome=outcome, before=before):
            log.debug("meal", device=device, plan=plan, planned_at=planned_at, outcome=outcome, before=before)
        case WelfareChanged(device=device, sign=sign, showing=showing, summary=summary):
            log.info("welfare", device=device, sign=sign, showing=showing, summary=summary)
        case BlindChanged(blind=blind, cause=cause, since=since):
            log.warning("blind" if blind else "sighted", cause=cause, since=since)
        case _:
            _log_public(decision)


def _log_public(decision: PublicDecision | DeviceRecorded | LossRecorded) -> None:
    """What the public reads; that something was recorded is worth no line."""
    match decision:
        case BulletinChanged(bulletin=bulletin):
            log.warning("published", bulletin=bulletin.id, stage=bulletin.latest.stage, author=bulletin.latest.author)
        case DraftChanged(bulletin=name, author=author):
            log.info("public_draft", bulletin=name, author=author)
        case ConditionChanged(component=component, condition=condition, previous=previous):
            log.info("public_component", component=component, condition=condition, previous=previous)
