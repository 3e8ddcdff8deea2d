"""Alerts, incidents and routings as these tests need them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from monitor.core.decisions import Alert, Incident, Severity
from monitor.core.routing import Addressee, RouteSettings, Routing


def at(text: str) -> float:
    """A moment such as `2026-01-15 22:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


NOON = at("2026-01-15 12:00")


def alert(
    name: str = "DeviceOffline",
    severity: Severity = "warning",
    *,
    tenant: str = "acme",
    device: str = "acme/feeder-1",
    incident: str = "",
    **labels: str,
) -> Alert:
    """A firing alert about a feeder."""
    about = {"tenant": tenant, "kind": "feeder", "device": device, **labels}
    return Alert(
        key=f"{name}/{device}",
        name=name,
        state="firing",
        severity=severity,
        labels={label: value for label, value in about.items() if value},
        annotations={},
        starts_at=NOON,
        incident=incident,
    )


def over(fired: Alert) -> Alert:
    """The same alert, resolved."""
    return replace(fired, state="resolved", ends_at=NOON + 60)


def incident(name: str = "i-1", **changes: Any) -> Incident:  # noqa: ANN401 -- any field of an incident
    """An open outage of a provider."""
    outage = Incident(
        id=name,
        kind="outage",
        layer="provider",
        scope={"provider": "aurora"},
        started_at=NOON,
        opened_at=NOON,
        resolved_at=None,
        devices=100,
        silent=90,
        confidence=0.99,
    )
    return replace(outage, **changes)


def routing(*routes: dict[str, Any], receivers: tuple[Addressee | str, ...] = ("phone", "mail", "boss")) -> Routing:
    """A routing as configured; receivers by name are free of tenants."""
    known = [each if isinstance(each, Addressee) else Addressee(each) for each in receivers]
    return Routing(known, [RouteSettings.model_validate({"receivers": ["phone"], **route}) for route in routes])


def told(way: Routing, what: Alert, *, when: float = NOON, within: Incident | None = None) -> dict[str, float]:
    """Who is owed an alert, and how many seconds later."""
    return {owed.receiver: owed.due_at - when for owed in way.owed(what, when, within)}
