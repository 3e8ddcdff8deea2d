"""The whole monitor asks a simulated provider over real HTTP, and tells what it found on every way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from monitor.app import Monitor, running
from monitor.clock import ScaledClock
from monitor.config import Config
from monitor.egress import Question, add_up
from simulators.cloud import CloudServer, SimulatedProvider, Spell
from tests.waiting import eventually

SPEED = 30.0


def config(folder: Path, cloud: CloudServer) -> Config:
    """A monitor of its own broker that probes one provider, its page, a control, and an address it may not ask."""
    aurora = {"about": {"provider": "aurora"}, "every_seconds": 15}
    probes: list[dict[str, Any]] = [
        {"name": "aurora-api", "type": "http", "target": f"{cloud.url}/aurora/v1/ping", **aurora},
        {"name": "aurora-page", "type": "statuspage", "target": f"{cloud.url}/aurora/api/v2/summary.json", **aurora},
        {"name": "control", "type": "http", "target": f"{cloud.url}/control", "about": {"control": True}},
        {"name": "inside", "type": "tcp", "target": "10.0.0.1:22", "allow_private": False, **aurora},
    ]
    return Config.model_validate(
        {
            "mqtt": {"url": "embedded://127.0.0.1:0"},
            "store": {"path": folder / "hearthbeat.db"},
            "web": {"listen": "127.0.0.1:0"},
            "sight": {"echo_seconds": 15.0, "blind_after_seconds": 120.0},
            "egress": {"allow_private": True},
            "probing": {"failing_hold_seconds": 0, "repeat_seconds": 5},
            "probes": probes,
        }
    )


async def asked(monitor: Monitor) -> dict[str, dict[str, Any]]:
    async with httpx.AsyncClient(base_url=monitor.page_url) as client:
        answer = await client.get("/api/v1/probes")
    return {item["name"]: item for item in answer.raise_for_status().json()["items"]}


@pytest.mark.slow
async def test_a_dead_api_is_found_told_counted_and_written_down(tmp_path: Path) -> None:
    clock = ScaledClock(SPEED)
    dead = (Spell(0.0, float("inf")),)
    async with CloudServer(clock, [SimulatedProvider("aurora", api_dead=dead, page="green")]) as cloud:
        settings = config(tmp_path, cloud)
        async with running(settings, clock=clock) as monitor:
            alerts = monitor.engine.alerts
            await eventually(lambda: "probe/provider aurora/ProviderProbeFailing" in alerts, "the dead API is told of")
            await eventually(lambda: len(monitor.engine.probing.standings) == 4, "every probe has asked")
            found = await asked(monitor)
            async with httpx.AsyncClient(base_url=monitor.page_url) as client:
                metrics = (await client.get("/metrics")).text
    assert found["aurora-api"]["verdict"] == "failing"
    assert found["aurora-api"]["last"]["statement"] == "It answers 503, not 200 to 299."
    assert found["aurora-page"]["last"]["verdict"] == "healthy"
    assert found["control"]["about"] == {
        "scope": {},
        "channel": "",
        "control": True,
        "capability": "remote_control",
        "text": "control",
    }
    assert found["inside"]["last"]["verdict"] == "unknown"
    assert 'hearthbeat_probe_up{about="provider aurora",probe="aurora-api",type="http"} 0.0' in metrics
    sums = {each.receiver: each for each in add_up(settings.egress.ledger(settings.store.path), Question(0.0, "", ""))}
    assert {"probe:aurora-api", "probe:aurora-page", "probe:control", "probe:inside"} <= sums.keys()
    assert sums["probe:aurora-api"].purpose == "probe"
