"""The whole way: real broker, the whole monitor, real Alertmanager and Prometheus, with the configuration we ship."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import paho.mqtt.client as paho
import pytest
import yaml
from paho.mqtt.enums import CallbackAPIVersion

from monitor.app import running
from monitor.clock import SystemClock
from monitor.config import Config
from tests.http_receiver import HttpReceiver
from tests.programs import RealAlertmanager, RealMosquitto, RealPrometheus
from tests.waiting import eventually, free_port

DASHBOARDS = Path(__file__).resolve().parents[2] / "dashboards"
BEAT_SECONDS = 0.3


class Feeder:
    """A feeder that beats as long as it lives; entered, it lives."""

    def __init__(self, name: str, port: int) -> None:
        self._topic = f"fleet/v1/home/{name}"
        self._port = port
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        self._say("info", kind="feeder", model="bowl-3", provider="aurora", schedule_survives_reboot=True)
        self.live()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.die()
        self._client.disconnect()
        self._client.loop_stop()

    def live(self) -> None:
        """Begin to beat, as after a restart."""
        self._beating = asyncio.create_task(self._beat())

    async def die(self) -> None:
        """Fall silent without a word."""
        if self._beating is not None:
            self._beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beating

    async def _beat(self) -> None:
        clock = SystemClock()
        boot, seq = f"{hash(clock) % 2**32:08x}", 0
        while True:
            self._say("heartbeat", seq=seq, boot_id=boot, interval_s=1)
            seq += 1
            await clock.wait(None, clock.now() + BEAT_SECONDS)

    def _say(self, channel: str, **payload: Any) -> None:  # noqa: ANN401 -- the contract's fields
        self._client.publish(f"{self._topic}/{channel}", json.dumps(payload), qos=1, retain=channel == "info")


def quick_config(folder: Path, broker: RealMosquitto, **sections: Any) -> Config:  # noqa: ANN401 -- any section
    """A monitor that judges within seconds."""
    return Config.model_validate(
        {
            "mqtt": {"url": f"mqtt://127.0.0.1:{broker.port}"},
            "store": {"path": str(folder / "hearthbeat.db")},
            "web": {"listen": f"127.0.0.1:{free_port()}"},
            "liveness": {"minimum_seconds": 3},
            "alerts": {"device_hold_seconds": 1},
            "sight": {"echo_seconds": 0.5, "blind_after_seconds": 5},
            **sections,
        }
    )


def alertmanager_config(people: HttpReceiver) -> str:
    """The configuration we ship, without its patience, and with people at the end of every route."""
    config = yaml.safe_load((DASHBOARDS / "alertmanager" / "alertmanager.yml").read_text())
    for route in (config["route"], *config["route"]["routes"]):
        route |= {"group_wait": "100ms", "group_interval": "200ms"}
    for receiver in config["receivers"]:
        receiver["webhook_configs"] = [{"url": f"{people.url}/{receiver['name']}"}]
    text: str = yaml.safe_dump(config)
    return text


def prometheus_config(folder: Path, monitor_port: int, alertmanager: RealAlertmanager) -> str:
    """The configuration and rules we ship, looking every half second and waiting for nothing."""
    config = yaml.safe_load((DASHBOARDS / "prometheus" / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "500ms", "scrape_timeout": "400ms", "evaluation_interval": "500ms"}
    config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{alertmanager.port}"]
    config["scrape_configs"] = [job for job in config["scrape_configs"] if job["job_name"] == "hearthbeat"]
    config["scrape_configs"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{monitor_port}"]
    rules = (DASHBOARDS / "prometheus" / "rules" / "monitor.yml").read_text()
    (folder / "rules.yml").write_text(re.sub(r"for: \d+[mhd]", "for: 1s", rules))
    config["rule_files"] = [str(folder / "rules.yml")]
    text: str = yaml.safe_dump(config)
    return text


@pytest.fixture
async def people() -> AsyncIterator[HttpReceiver]:
    async with HttpReceiver() as receiver:
        yield receiver


@pytest.fixture
async def broker(mosquitto_path: Path, tmp_path: Path) -> AsyncIterator[RealMosquitto]:
    async with RealMosquitto(mosquitto_path, tmp_path) as program:
        yield program


@pytest.fixture
async def alertmanager(
    alertmanager_path: Path, tmp_path: Path, people: HttpReceiver
) -> AsyncIterator[RealAlertmanager]:
    async with RealAlertmanager(alertmanager_path, tmp_path, config=alertmanager_config(people)) as program:
        yield program


def told(people: HttpReceiver, route: str, name: str, status: str) -> list[dict[str, Any]]:
    """The alerts of one name and status that arrived at the end of a route."""
    bodies = [request.json for request in people.requests if request.path == f"/{route}"]
    alerts = [alert for body in bodies for alert in body["alerts"]]
    return [alert for alert in alerts if (alert["labels"]["alertname"], alert["status"]) == (name, status)]


@pytest.mark.slow
async def test_a_dead_feeder_is_told_to_people_and_withdrawn_when_it_returns(
    broker: RealMosquitto, alertmanager: RealAlertmanager, people: HttpReceiver, tmp_path: Path
) -> None:
    notifiers = [{"type": "alertmanager", "url": alertmanager.url, "resend_seconds": 5}]
    async with (
        running(quick_config(tmp_path, broker, notifiers=notifiers)) as monitor,
        Feeder("feeder-1", broker.port) as feeder,
        Feeder("feeder-2", broker.port),
        Feeder("feeder-3", broker.port),
    ):
        fleet = monitor.engine.fleet
        await eventually(lambda: sum(each.status == "online" for each in fleet) == 3, "three feeders are online")
        await feeder.die()
        [alert] = (await eventually(lambda: told(people, "notices", "DeviceOffline", "firing"), "people are told"))[:1]
        assert alert["labels"]["device"] == "feeder-1"
        assert alert["annotations"]["runbook_url"].endswith("/runbooks/DeviceOffline")
        feeder.live()
        await eventually(
            lambda: told(people, "notices", "DeviceOffline", "resolved"), "people are told that it is back"
        )
        assert {each["labels"]["device"] for each in told(people, "notices", "DeviceOffline", "firing")} == {"feeder-1"}
        await eventually(lambda: told(people, "watchdog", "HearthbeatWatchdog", "firing"), "the watchdog is heard")


@pytest.mark.slow
async def test_prometheus_reads_the_monitor_and_tells_people_when_it_dies(
    broker: RealMosquitto, alertmanager: RealAlertmanager, people: HttpReceiver, prometheus_path: Path, tmp_path: Path
) -> None:
    config = quick_config(tmp_path, broker)
    judge = RealPrometheus(prometheus_path, tmp_path, config=prometheus_config(tmp_path, config.web.port, alertmanager))
    async with judge as prometheus:
        async with running(config) as monitor, Feeder("feeder-1", broker.port):
            await eventually(lambda: len(monitor.engine.fleet) == 1, "the feeder is known")
            await eventually(
                lambda: prometheus.query('sum(fleet_devices{state="online"})') == [({}, 1.0)], "the feeder is counted"
            )
            assert prometheus.query("sum(hearthbeat_blind)") == [({}, 0.0)]
        down = await eventually(lambda: told(people, "pager", "HearthbeatDown", "firing"), "people are told")
        assert down[0]["annotations"]["summary"].startswith("Hearthbeat at 127.0.0.1:")
