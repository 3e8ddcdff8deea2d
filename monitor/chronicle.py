"""What the monitor decided, one log line each."""

import structlog

from monitor.core.decisions import (
    AlertOwed,
    Decision,
    DeviceForgotten,
    DeviceRecorded,
    IncidentChanged,
    IncidentLogged,
    MealSettled,
    StatusChanged,
    SuspicionChanged,
    WelfareChanged,
)

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
        case DeviceRecorded():
            pass
        case _:
            log.warning("blind" if decision.blind else "sighted", cause=decision.cause, since=decision.since)
