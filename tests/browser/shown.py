"""Fleets to be looked at: all well, one outage, and blind."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.decisions import Evidence, Status
from monitor.core.fleet import Device
from monitor.devices.profile import Kind
from monitor.web.state import Vitals, WebState
from tests.small_fleet import NOW, ShownEngine, alert, device, outage


class NoMetrics:
    """Stands where the metrics would be."""

    def fleet(self, *, accept: str = "", tenant: str | None = None) -> tuple[bytes, str]:
        """Nothing, as text."""
        return f"# {accept}{tenant}\n".encode(), "text/plain; charset=utf-8"

    devices = fleet


def healthy_fleet() -> ShownEngine:
    """Three hundred devices, all well."""
    engine = ShownEngine()
    for number in range(300):
        provider = ("aurora", "borealis", "cirrus")[number % 3]
        kind: Kind = "thermostat" if number % 5 == 0 else "feeder"
        status: Status = "sleeping" if number % 40 == 7 else "online"
        device(engine.fleet, f"acme/{kind}-{number:03}", status, kind=kind, provider=provider, site=f"home-{number}")
    return engine


def struck_fleet() -> ShownEngine:
    """The same fleet with a provider gone, and one feeder that died by itself."""
    engine = healthy_fleet()
    silent = [each for each in engine.fleet if each.profile.provider == "aurora"]
    for each in silent[:96]:
        engine.fleet.set_status(each, "offline")
        each.last_seen, each.reason = NOW - 412, "silent for 6 min 52 s, expected every 1 min, limit 2 min 30 s"
    engine.fleet.set_status(silent[97], "late")
    silent[97].reason, silent[97].last_seen = "silent for 1 min 45 s, expected every 1 min, limit 2 min 30 s", NOW - 105
    lone = engine.fleet.devices["acme/feeder-004"]
    engine.fleet.set_status(lone, "offline")
    lone.reason, lone.last_seen = "its connection broke and did not come back", NOW - 5400
    evidence = (
        Evidence("silence", "96 of 100 devices went silent within 38 s", 41.2),
        Evidence("contrast", "0 of 200 devices of borealis and cirrus fell silent in the same time", 18.6),
        Evidence("onset", "all at once, as when something shared fails", 6.1),
    )
    incident = replace(outage(), devices=100, silent=96, evidence=evidence, unaffected="200 devices of other providers")
    engine.incidents[incident.id] = incident
    engine.alerts["incident/a1b2c3"] = replace(
        alert("incident/a1b2c3"),
        annotations={"summary": "Provider aurora: 96 of 100 devices silent, probably an outage"},
    )
    offline = alert("device/acme/feeder-004/offline", name="DeviceOffline", tenant="acme")
    told = {"summary": "feeder acme/feeder-004 offline: its connection broke and did not come back"}
    engine.alerts[offline.key] = replace(offline, severity="warning", annotations=told, starts_at=NOW - 5400)
    return engine


def blind_fleet() -> ShownEngine:
    """All was well when the broker went away."""
    engine = healthy_fleet()
    engine.blind["link"] = NOW - 200
    engine.horizon = NOW - 203
    blind = alert("monitor/blind", name="MonitorBlind", cause="link")
    told = {"summary": "blind for 3 min 20 s: no connection to the broker; device states are frozen"}
    engine.alerts[blind.key] = replace(blind, annotations=told, starts_at=NOW - 200, incident="")
    return engine


def state(engine: ShownEngine) -> WebState:
    """A state that shows this engine."""
    health = Vitals(broker="127.0.0.1:1883", connected=not engine.blind, messages=184_220)

    def cover(device: Device) -> tuple[str, str]:
        struck = next(
            (each for each in engine.incidents.values() if device.profile.provider == each.scope["provider"]), None
        )
        return ("incident", struck.id) if struck else ("", "")

    return WebState(
        engine=engine, now=lambda: NOW, exporter=NoMetrics(), version="0.1.0", vitals=lambda: health, cover=cover
    )
