"""The alerts that are firing, and what each kind of alert says."""

from collections.abc import Mapping

from monitor.core.alert_kinds import ALERTS
from monitor.core.decisions import Alert, AlertOwed, Severity

NONE = "none"
"""Label value for what is not known: an empty label would count as equal to a missing one in inhibition rules."""


class AlertBook:
    """Alerts that are firing, by key. Whatever fires here is resolved here."""

    def __init__(self, public_url: str) -> None:
        self.firing: dict[str, Alert] = {}
        self._public_url = public_url.rstrip("/")

    def fire(  # noqa: PLR0913 -- keywords, each named at the call
        self,
        name: str,
        key: str,
        at: float,
        *,
        since: float,
        summary: str,
        description: str,
        labels: Mapping[str, str],
        severity: Severity | None = None,
        incident: str = "",
        counts: Mapping[str, int] | None = None,
        readings: Mapping[str, float] | None = None,
    ) -> AlertOwed:
        """An alert begins, or says something new. `counts` go out as plain numbers, to third parties too."""
        kind = ALERTS[name]
        degree = severity or kind.severity
        alert = Alert(
            key=key,
            name=name,
            state="firing",
            severity=degree,
            labels={"alertname": name, "severity": degree, **{label: value or NONE for label, value in labels.items()}},
            annotations={
                "summary": summary,
                "description": description,
                "action": kind.action,
                "caution": kind.caution,
                "runbook_url": f"{self._public_url}/runbooks/{name}",
                **{what: str(number) for what, number in (counts or {}).items()},
            },
            starts_at=since,
            incident=incident,
            readings=readings or {},
        )
        self.firing[key] = alert
        return AlertOwed(at, alert)

    def resolve(self, key: str, at: float, reason: str) -> list[AlertOwed]:
        """An alert ends; nothing is owed if it was not firing."""
        alert = self.firing.pop(key, None)
        if alert is None:
            return []
        annotations = {**alert.annotations, "resolution": reason}
        ended = Alert(
            key=alert.key,
            name=alert.name,
            state="resolved",
            severity=alert.severity,
            labels=alert.labels,
            annotations=annotations,
            starts_at=alert.starts_at,
            ends_at=max(at, alert.starts_at),
            incident=alert.incident,
            readings=alert.readings,
        )
        return [AlertOwed(at, ended)]


def watchdog(at: float, public_url: str) -> Alert:
    """The alert that always fires, for receivers that are told again and again what fires."""
    return (
        AlertBook(public_url)
        .fire(
            "HearthbeatWatchdog",
            "monitor/HearthbeatWatchdog",
            at,
            since=at,
            summary="Hearthbeat is alive and can reach you.",
            description="Always firing. If it stops arriving, the monitor or the way from it to you is broken.",
            labels={},
        )
        .alert
    )
