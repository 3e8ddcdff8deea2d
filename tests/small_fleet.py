"""A small fleet to be read by metrics and pages: real devices in a real fleet, beside whatever else an engine shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.core.decisions import Alert, Evidence, Incident, Layer, Status
from monitor.core.fleet import Device, Fleet
from monitor.core.observations import BlindCause, Heartbeat
from monitor.core.probing.results import ProbeResult, Subject, Verdict
from monitor.core.probing.view import ProbeState
from monitor.devices.profile import Kind, Profile

NOW = 1_790_000_000.0
"""The present moment in these tests, Unix seconds."""


@dataclass
class ShownEngine:
    """What an engine shows to readers, set by hand."""

    fleet: Fleet = field(default_factory=Fleet)
    horizon: float = NOW - 2
    incidents: dict[str, Incident] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    blind: dict[BlindCause, float] = field(default_factory=dict)


def device(
    fleet: Fleet,
    name: str,
    status: Status = "online",
    *,
    kind: Kind = "feeder",
    provider: str = "aurora",
    region: str = "us-east",
    last_seen: float = NOW - 20,
    reason: str = "heard in time",
    maintenance: bool = False,
    site: str = "s1",
    parent: str = "",
) -> Device:
    """Add one device, `tenant/device`, to a fleet."""
    made = Device(name, NOW - 86_400)
    fleet.add(made)
    profile = Profile(
        kind=kind,
        model="Bowl 2",
        firmware="1.4.0",
        provider=provider,
        region=region,
        site=site,
        parent=parent,
        interval_seconds=60.0,
    )
    fleet.set_profile(made, profile)
    fleet.set_status(made, status)
    fleet.set_maintenance(made, on=maintenance)
    made.since = last_seen + 150 if status == "offline" else NOW - 3600
    made.last_seen = last_seen
    made.reason = reason
    made.interval, made.timeout, made.deadline = 60.0, 150.0, last_seen + 150
    made.messages = 40
    made.beat = Heartbeat(name, last_seen, boot_id="b1", seq=40, interval_seconds=60.0, rssi_dbm=-61.0)
    return made


def outage(
    incident: str = "a1b2c3",
    scope: Mapping[str, str] | None = None,
    *,
    layer: Layer = "provider",
    opened_at: float = NOW - 240,
) -> Incident:
    """An open outage with its evidence."""
    return Incident(
        id=incident,
        kind="outage",
        layer=layer,
        scope={"provider": "aurora"} if scope is None else scope,
        started_at=opened_at - 90,
        opened_at=opened_at,
        resolved_at=None,
        devices=120,
        silent=117,
        confidence=0.97,
        evidence=(Evidence("silence", "117 of 120 devices went silent within 40 s", 9.2),),
        unaffected="180 devices of other providers are heard as usual",
        summary="aurora: 117 of 120 devices silent",
    )


def alert(key: str = "outage/a1b2c3", *, name: str = "ProviderOutage", **labels: str) -> Alert:
    """A firing alert."""
    return Alert(
        key=key,
        name=name,
        state="firing",
        severity="critical",
        labels={"alertname": name, "severity": "critical"} | labels,
        annotations={"summary": "aurora: 117 of 120 devices silent"},
        starts_at=NOW - 240,
        incident="a1b2c3",
    )


def a_probe(verdict: Verdict) -> ProbeState:
    """A probe of a provider's API that answers with 503."""
    about = Subject({"provider": "aurora"})
    facts = {"answered": True, "certificate_ends_at": NOW + 86_400.0}
    last = ProbeResult("api", NOW - 5, "http", about, verdict, 0.25, "It answers 503.", facts)
    found: dict[Verdict, int] = {"failing": 3}
    return ProbeState(
        "api", "http", "https://api.example/", about, 60.0, verdict, NOW - 60, last, stale=False, results=found
    )
