"""What was recorded live and replayed afterwards leads to the same verdicts, as far as two clocks can agree."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.daemon import Devices, RealMonitor
from tests.programs import RealMosquitto
from tests.waiting import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.mosquitto]

AURORA = [f"acme/aurora-{number}" for number in range(12)]
BOREAL = [f"acme/boreal-{number}" for number in range(12)]
CLOCKS_APART = 2
"""Seconds by which the replay may judge earlier or later than the daemon did."""


class Recording(RealMonitor):
    """`hearthbeat run --record`."""

    @property
    def trace(self) -> Path:
        return self.folder / "trace.jsonl"

    def command(self) -> list[str | Path]:
        return [*super().command(), "--record", self.trace]

    def heard_of(self, device: str) -> float:
        """When the device was last heard, in Unix seconds."""
        return float(self.get(f"/api/v1/devices/{device}")["last_seen"])


@pytest.fixture
def broker(mosquitto_path: Path, tmp_path: Path) -> Iterator[RealMosquitto]:
    with RealMosquitto(mosquitto_path, tmp_path) as broker:
        yield broker


def an_eventful_minute(monitor: Recording, devices: Devices, broker: RealMosquitto) -> None:
    """A feeder dies; the broker goes and comes; a provider falls silent and returns."""
    for device in AURORA + BOREAL:
        devices.describe(device, provider=device.partition("/")[2].partition("-")[0], site=f"site-{device[-1]}")
    devices.alive |= {*AURORA, *BOREAL}
    monitor.await_status(BOREAL[11], "online")
    devices.alive.discard(BOREAL[0])
    wait_for(lambda: monitor.firing("DeviceOffline"), "the dead feeder is announced")
    broker.freeze()
    wait_for(lambda: not monitor.sees(), "the monitor is blind")
    broker.thaw()
    wait_for(monitor.sees, "the monitor sees again")
    devices.alive.add(BOREAL[0])
    wait_for(lambda: not monitor.firing("DeviceOffline"), "the feeder is back")
    devices.alive -= {*AURORA}
    wait_for(lambda: monitor.firing("ProviderOutage"), "the provider's outage is announced")
    for device in AURORA:
        monitor.await_status(device, "offline")
    devices.alive |= {*AURORA}
    wait_for(lambda: not monitor.firing("ProviderOutage"), "the outage is over")
    for device in AURORA:
        monitor.await_status(device, "online")


def replayed(monitor: Recording) -> list[dict[str, Any]]:
    """What `hearthbeat replay` prints for the recording under the same configuration."""
    options: list[str | Path] = [monitor.trace, "--config", monitor.config, "--format", "jsonl"]
    command = [sys.executable, "-m", "monitor", "replay", *options]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in ended.stdout.splitlines()]


def rows(monitor: Recording, query: str) -> list[Any]:
    with closing(sqlite3.connect(monitor.database)) as connection:
        return connection.execute(query).fetchall()


def test_a_recorded_minute_replayed_leads_to_the_same_verdicts(broker: RealMosquitto, tmp_path: Path) -> None:
    with Recording(tmp_path, broker.port) as monitor, Devices(broker.port) as devices:
        an_eventful_minute(monitor, devices, broker)
        [live] = monitor.get("/api/v1/incidents", state="all")["items"]
        enough = live["resolved_at"] + CLOCKS_APART
        wait_for(lambda: monitor.heard_of(BOREAL[1]) > enough, "the recording has what the replay may need to end it")
        monitor.stop()
    lines = replayed(monitor)
    of_kind = {kind: [line for line in lines if line["type"] == kind] for kind in ("device", "incident", "alert")}
    offline = rows(monitor, "SELECT DISTINCT device FROM status_changes WHERE status = 'offline'")
    assert {line["device"] for line in of_kind["device"] if line["status"] == "offline"} == {
        name for (name,) in offline
    }
    [opened] = [line for line in of_kind["incident"] if line["state"] == "opened"]
    assert (opened["layer"], opened["scope"]) == (live["layer"], live["scope"])
    assert abs(opened["started_at"] - live["started_at"]) <= CLOCKS_APART
    [resolved] = [line for line in of_kind["incident"] if line["state"] == "resolved"]
    assert resolved["id"] == opened["id"]
    told = {(line["name"], line["state"]) for line in of_kind["alert"] if line["name"] != "MonitorBlind"}
    assert told == {(name, state) for name in ("DeviceOffline", "ProviderOutage") for state in ("firing", "resolved")}
