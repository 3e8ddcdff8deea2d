"""Small steps to write in tests."""

from collections.abc import Sequence
from typing import Any

from monitor.core.decisions import Alert, AlertOwed, Evidence, Incident, IncidentChanged, Status, StatusChanged
from monitor.store.protocol import Step
from tests.alerts import to_all

RECEIVERS = ("night-shift",)


def alert(
    key: str = "a", state: str = "firing", *, starts_at: float = 100.0, summary: str = "feeder-1 is silent"
) -> Alert:
    resolved = state == "resolved"
    return Alert(
        key=key,
        name="DeviceOffline",
        state="resolved" if resolved else "firing",
        severity="warning",
        labels={"alertname": "DeviceOffline", "device": "acme/feeder-1"},
        annotations={"summary": summary},
        starts_at=starts_at,
        ends_at=starts_at + 60 if resolved else None,
        incident="i-1",
    )


def owing(*alerts: Alert, at: float = 100.0, receivers: Sequence[str] = RECEIVERS) -> Step:
    decisions = [AlertOwed(at, made) for made in alerts]
    return Step(at=at, decisions=decisions, letters=to_all(decisions, receivers))


def incident(name: str = "i-1", *, opened_at: float = 100.0, resolved_at: float | None = None) -> Incident:
    return Incident(
        id=name,
        kind="outage",
        layer="provider",
        scope={"provider": "aurora", "region": "us-east"},
        started_at=opened_at - 40,
        opened_at=opened_at,
        resolved_at=resolved_at,
        devices=120,
        silent=117,
        confidence=0.97,
        evidence=(Evidence("silence", "117 of 120 devices are silent", 42.5),),
        equivalents=({"site": "s9"},),
        alternatives=("model m1 explains 40 of them",),
        stragglers=("acme/feeder-7",),
        summary="Aurora is out in us-east",
    )


def changing(*incidents: Incident, at: float = 100.0) -> Step:
    return Step(at=at, decisions=[IncidentChanged(at, "updated", made) for made in incidents])


def status(at: float, new: Status, previous: Status, device: str = "acme/feeder-1") -> StatusChanged:
    return StatusChanged(device, at, new, previous, f"{new} at {at:g}", "silence")


def row(device: str, status: str = "online", last_seen: float = 100.0, **more: object) -> dict[str, Any]:
    return {"id": device, "status": status, "since": 50.0, "last_seen": last_seen, **more}
