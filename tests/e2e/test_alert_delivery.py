"""The last mile: what people are told, how much a third party learns, and who tells when the monitor itself dies."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.daemon import Devices, RealMonitor
from tests.http_receiver import HttpReceiver
from tests.programs import RealAlertmanager, RealMosquitto, RealPrometheus
from tests.waiting import eventually

pytestmark = [pytest.mark.slow]

DASHBOARDS = Path(__file__).resolve().parents[2] / "dashboards"
GARFIELD = "acme/feeder-garfield"


@pytest.fixture
async def people() -> AsyncIterator[HttpReceiver]:
    async with HttpReceiver() as receiver:
        yield receiver


@pytest.fixture
async def broker(mosquitto_path: Path, tmp_path: Path) -> AsyncIterator[RealMosquitto]:
    async with RealMosquitto(mosquitto_path, tmp_path) as program:
        yield program


@pytest.fixture
def devices(broker: RealMosquitto) -> Iterator[Devices]:
    with Devices(broker.port) as beating:
        beating.describe(GARFIELD, provider="aurora", site="s-1")
        beating.alive |= {GARFIELD, "acme/feeder-2", "acme/feeder-3"}
        yield beating


def told(people: HttpReceiver, path: str, name: str, status: str) -> list[dict[str, Any]]:
    """The alerts of one name and status that arrived at an address."""
    bodies = [request.json for request in people.requests if request.path == path]
    alerts = [alert for body in bodies for alert in body["alerts"]]
    return [alert for alert in alerts if (alert["labels"]["alertname"], alert["status"]) == (name, status)]


async def await_told(people: HttpReceiver, path: str, name: str, status: str) -> list[dict[str, Any]]:
    """As `told`, as soon as there is any."""
    return await eventually(lambda: told(people, path, name, status), f"{path} is told that {name} is {status}")


async def test_our_own_webhook_names_the_dead_feeder_and_a_third_party_never_does(
    broker: RealMosquitto, devices: Devices, people: HttpReceiver, tmp_path: Path
) -> None:
    receivers = [
        {"type": "webhook", "name": "ours", "url": f"{people.url}/ours"},
        {"type": "webhook", "name": "theirs", "url": f"{people.url}/theirs", "trust": "third_party"},
    ]
    async with RealMonitor(tmp_path, broker.port, receivers=receivers) as monitor:
        await eventually(lambda: monitor.status(GARFIELD) == "online", "the feeder is online")
        devices.alive.discard(GARFIELD)
        for path in ("/ours", "/theirs"):
            await await_told(people, path, "DeviceOffline", "firing")
        devices.alive.add(GARFIELD)
        for path in ("/ours", "/theirs"):
            await await_told(people, path, "DeviceOffline", "resolved")
    assert told(people, "/ours", "DeviceOffline", "firing")[0]["labels"]["device"] == "feeder-garfield"
    pseudonyms = {
        alert["labels"]["device"]
        for end in ("firing", "resolved")
        for alert in told(people, "/theirs", "DeviceOffline", end)
    }
    assert len(pseudonyms) == 1
    sent = b"".join(request.body for request in people.requests if request.path == "/theirs")
    assert b"garfield" not in sent
    assert b"acme" not in sent
    assert b"aurora" in sent


async def test_prometheus_tells_people_when_the_monitor_dies(
    broker: RealMosquitto,
    devices: Devices,
    people: HttpReceiver,
    alertmanager_path: Path,
    prometheus_path: Path,
    tmp_path: Path,
) -> None:
    async with (
        RealMonitor(tmp_path, broker.port) as monitor,
        RealAlertmanager(alertmanager_path, tmp_path, config=alertmanager_config(people)) as alertmanager,
        RealPrometheus(
            prometheus_path, tmp_path, config=prometheus_config(tmp_path, monitor.port, alertmanager.port)
        ) as prometheus,
    ):
        await eventually(lambda: prometheus.query('up{job="hearthbeat"} == 1'), "Prometheus reads the monitor")
        devices.alive.clear()
        monitor.kill()
        [alert, *_] = await await_told(people, "/pager", "HearthbeatDown", "firing")
        assert alert["annotations"]["summary"].startswith(f"Hearthbeat at 127.0.0.1:{monitor.port} does not answer")
        monitor.start()
        await await_told(people, "/pager", "HearthbeatDown", "resolved")


def alertmanager_config(people: HttpReceiver) -> str:
    """The configuration we ship, without its patience, and with people at the end of every route."""
    config = yaml.safe_load((DASHBOARDS / "alertmanager" / "alertmanager.yml").read_text())
    for route in (config["route"], *config["route"]["routes"]):
        route |= {"group_wait": "100ms", "group_interval": "200ms"}
    for receiver in config["receivers"]:
        receiver["webhook_configs"] = [{"url": f"{people.url}/{receiver['name']}", "send_resolved": True}]
    text: str = yaml.safe_dump(config)
    return text


def prometheus_config(folder: Path, monitor_port: int, alertmanager_port: int) -> str:
    """The configuration and rules we ship, looking every half second and waiting for nothing."""
    rules = (DASHBOARDS / "prometheus" / "rules" / "monitor.yml").read_text()
    (folder / "rules.yml").write_text(re.sub(r"for: \d+[mhd]", "for: 1s", rules))
    config = yaml.safe_load((DASHBOARDS / "prometheus" / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "500ms", "scrape_timeout": "400ms", "evaluation_interval": "500ms"}
    config["rule_files"] = [str(folder / "rules.yml")]
    config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{alertmanager_port}"]
    config["scrape_configs"] = [job for job in config["scrape_configs"] if job["job_name"] == "hearthbeat"]
    config["scrape_configs"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{monitor_port}"]
    text: str = yaml.safe_dump(config)
    return text
