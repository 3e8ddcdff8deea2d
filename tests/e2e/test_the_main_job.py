"""The main job, for real: the daemon as a process, a real broker, a real Prometheus, a real Alertmanager."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.e2e.daemon import Devices, RealMonitor
from tests.programs import RealAlertmanager, RealMosquitto, RealPrometheus
from tests.waiting import free_port, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.mosquitto]

ALERTMANAGER = Path("dashboards/alertmanager/alertmanager.yml")
AURORA = [f"acme/aurora-{number}" for number in range(12)]
BOREAL = [f"acme/boreal-{number}" for number in range(12)]


@pytest.fixture
def broker(mosquitto_path: Path, tmp_path: Path) -> Iterator[RealMosquitto]:
    with RealMosquitto(mosquitto_path, tmp_path) as broker:
        yield broker


@pytest.fixture
def devices(broker: RealMosquitto) -> Iterator[Devices]:
    with Devices(broker.port) as devices:
        yield devices


def two_providers(devices: Devices) -> None:
    """Twenty-four feeders of two providers that all beat."""
    for device in AURORA + BOREAL:
        devices.describe(device, provider=device.partition("/")[2].partition("-")[0], site=f"site-{device[-1]}")
    devices.alive |= {*AURORA, *BOREAL}


@pytest.mark.alertmanager
def test_a_dead_feeder_reaches_alertmanager_and_its_return_resolves_it(
    broker: RealMosquitto, devices: Devices, alertmanager_path: Path, tmp_path: Path
) -> None:
    config = ALERTMANAGER.read_text(encoding="utf-8")
    with RealAlertmanager(alertmanager_path, tmp_path, config=config) as alertmanager:
        receivers = [{"type": "alertmanager", "url": alertmanager.url, "resend_seconds": 5}]
        with RealMonitor(tmp_path, broker.port, receivers=receivers) as monitor:
            two_providers(devices)
            monitor.await_status(AURORA[0], "online")
            devices.alive.discard(AURORA[0])
            arrived = wait_for(
                lambda: alertmanager.alerts(filter='alertname="DeviceOffline"'), "the dead feeder's alert arrives"
            )
            assert arrived[0]["labels"]["device"] == "aurora-0"
            assert arrived[0]["labels"]["provider"] == "aurora"
            assert arrived[0]["annotations"]["action"]
            assert arrived[0]["receivers"] == [{"name": "notices"}]
            groups = alertmanager.get("/api/v2/alerts/groups", filter='alertname="DeviceOffline"')
            assert groups[0]["labels"] == {
                "alertname": "DeviceOffline",
                "tenant": "acme",
                "provider": "aurora",
                "site": "site-0",
            }
            wait_for(lambda: alertmanager.alerts(filter='alertname="HearthbeatWatchdog"'), "the watchdog always fires")
            devices.alive.add(AURORA[0])
            wait_for(lambda: not alertmanager.alerts(filter='alertname="DeviceOffline"'), "the alert is resolved")
            assert not monitor.firing("DeviceOffline")


@pytest.mark.prometheus
def test_prometheus_reads_the_fleet(
    broker: RealMosquitto, devices: Devices, prometheus_path: Path, tmp_path: Path
) -> None:
    with RealMonitor(tmp_path, broker.port) as monitor:
        scrape = {
            "scrape_configs": [
                {
                    "job_name": "hearthbeat",
                    "scrape_interval": "1s",
                    "static_configs": [{"targets": [f"127.0.0.1:{monitor.port}"]}],
                }
            ]
        }
        with RealPrometheus(prometheus_path, tmp_path, config=yaml.safe_dump(scrape)) as prometheus:
            two_providers(devices)
            monitor.await_status(BOREAL[7], "online")
            wait_for(
                lambda: prometheus.query('sum by (provider) (fleet_devices{state="online"}) == 12'),
                "Prometheus counts the devices of each provider",
            )
            assert prometheus.query("sum(hearthbeat_blind) == 0")
            assert prometheus.query('up{job="hearthbeat"} == 1')


def test_a_provider_outage_is_one_incident_and_no_device_alert(
    broker: RealMosquitto, devices: Devices, tmp_path: Path
) -> None:
    with RealMonitor(tmp_path, broker.port) as monitor:
        two_providers(devices)
        monitor.await_status(AURORA[7], "online")
        devices.alive -= {*AURORA}
        wait_for(lambda: monitor.firing("ProviderOutage"), "the provider's outage is announced")
        for device in AURORA:
            monitor.await_status(device, "offline")
        opened = monitor.get("/api/v1/incidents")["items"]
        assert [(each["layer"], each["scope"]) for each in opened] == [("provider", {"provider": "aurora"})]
        assert not monitor.firing("DeviceOffline")
        assert monitor.metric("fleet_outage_state", layer="provider", state="confirmed") == 1
        devices.alive |= {*AURORA[1:]}
        wait_for(lambda: not monitor.firing("ProviderOutage"), "the outage is over")
        wait_for(lambda: monitor.firing("DevicesStillOffline"), "the one that stayed away is listed")
        assert not monitor.firing("DeviceOffline")


def test_kill_9_in_an_outage_opens_it_once_and_keeps_since_when(
    broker: RealMosquitto, devices: Devices, tmp_path: Path
) -> None:
    with RealMonitor(tmp_path, broker.port) as monitor:
        two_providers(devices)
        monitor.await_status(AURORA[7], "online")
        devices.alive -= {*AURORA}
        wait_for(lambda: monitor.firing("ProviderOutage"), "the provider's outage is announced")
        (before,) = monitor.get("/api/v1/incidents")["items"]
        monitor.kill()
        monitor.start()
        wait_for(monitor.sees, "the monitor sees again")
        monitor.await_status(BOREAL[0], "online")
        (after,) = monitor.get("/api/v1/incidents")["items"]
        assert (after["id"], after["started_at"]) == (before["id"], before["started_at"])
        assert not monitor.firing("DeviceOffline")
        devices.alive |= {*AURORA}
        wait_for(lambda: not monitor.firing("ProviderOutage"), "the outage is over")


def test_an_alert_owed_when_the_monitor_is_killed_is_delivered_after_the_restart(
    broker: RealMosquitto, devices: Devices, alertmanager_path: Path, tmp_path: Path
) -> None:
    port = free_port()
    receivers = [{"type": "alertmanager", "url": f"http://127.0.0.1:{port}", "resend_seconds": 5}]
    with RealMonitor(tmp_path, broker.port, receivers=receivers) as monitor:
        two_providers(devices)
        monitor.await_status(AURORA[0], "online")
        devices.alive.discard(AURORA[0])
        wait_for(lambda: monitor.firing("DeviceOffline"), "the alert is owed")
        monitor.kill()
        config = ALERTMANAGER.read_text(encoding="utf-8")
        with RealAlertmanager(alertmanager_path, tmp_path, config=config, port=port) as alertmanager:
            monitor.start()
            wait_for(lambda: alertmanager.alerts(filter='alertname="DeviceOffline"'), "it is delivered after all")


def test_a_frozen_broker_blinds_the_monitor_and_judges_nobody(
    broker: RealMosquitto, devices: Devices, tmp_path: Path
) -> None:
    with RealMonitor(tmp_path, broker.port) as monitor:
        two_providers(devices)
        monitor.await_status(AURORA[7], "online")
        broker.freeze()
        wait_for(lambda: monitor.firing("MonitorBlind"), "the monitor says that it is blind")
        assert not monitor.sees()
        assert {each["status"] for each in monitor.get("/api/v1/devices")["items"]} == {"online"}
        broker.thaw()
        wait_for(lambda: not monitor.firing("MonitorBlind"), "the monitor sees again")
        monitor.await_status(AURORA[7], "online")
        assert monitor.get("/api/v1/incidents")["items"] == []
        assert monitor.metric("fleet_status_changes_total", state="offline") == 0


def test_a_broker_that_restarts_makes_nobody_offline_and_the_dead_are_found(
    broker: RealMosquitto, devices: Devices, tmp_path: Path
) -> None:
    with RealMonitor(tmp_path, broker.port) as monitor:
        two_providers(devices)
        monitor.await_status(AURORA[7], "online")
        devices.alive.discard(AURORA[0])
        broker.kill()
        wait_for(lambda: not monitor.sees(), "the monitor notices that the broker is gone")
        broker.start()
        wait_for(monitor.sees, "the monitor sees again")
        monitor.await_status(AURORA[0], "offline")
        others = {each["status"] for each in monitor.get("/api/v1/devices")["items"] if each["id"] != AURORA[0]}
        assert others == {"online"}


def test_the_monitor_stopped_for_a_while_judges_nobody_when_it_goes_on(
    broker: RealMosquitto, devices: Devices, tmp_path: Path
) -> None:
    """SIGSTOP for several timeouts is what a stalled disk or host looks like from inside."""
    with RealMonitor(tmp_path, broker.port, mqtt={"keepalive_seconds": 60}) as monitor:
        two_providers(devices)
        monitor.await_status(AURORA[7], "online")
        before = monitor.metric("hearthbeat_ingest_messages_total")
        monitor.freeze()
        with Devices(broker.port) as clock:
            for _ in range(8):
                clock._ending.wait(1.0)
        monitor.thaw()
        wait_for(lambda: monitor.metric("hearthbeat_ingest_messages_total") > before + 50, "it has read what came")
        wait_for(monitor.sees, "the monitor sees again")
        assert monitor.metric("fleet_status_changes_total", state="offline") == 0


def test_a_flood_from_one_device_is_named_and_harms_nobody(
    broker: RealMosquitto, devices: Devices, tmp_path: Path
) -> None:
    limits = {"device_messages_per_minute": 120}
    with RealMonitor(tmp_path, broker.port, limits=limits) as monitor:
        two_providers(devices)
        monitor.await_status(AURORA[0], "online")
        for number in range(3000):
            devices.publish("acme/noisy", "telemetry", {"hopper_pct": number % 100}, qos=0)
        (flooding,) = wait_for(lambda: monitor.firing("DeviceFlooding"), "the flood is announced")
        assert flooding["labels"]["device"] == "noisy"
        assert {monitor.status(device) for device in AURORA + BOREAL} == {"online"}


def test_garbage_is_counted_by_reason_and_nothing_else_happens(
    broker: RealMosquitto, devices: Devices, tmp_path: Path
) -> None:
    garbage = {
        "too_large": b'{"seq":1,"boot_id":"b","pad":"' + b"x" * 20_000 + b'"}',
        "invalid_utf8": b'{"seq":1,"boot_id":"\xff\xfe"}',
    }
    with RealMonitor(tmp_path, broker.port) as monitor:
        two_providers(devices)
        monitor.await_status(AURORA[0], "online")
        for payload in (
            *garbage.values(),
            b"[" * 5000,
            b'{"seq":NaN}',
            b'{"seq":1e999}',
            b"not json",
            b"null",
            b'{"seq":"x"}',
        ):
            devices.publish("acme/odd", "heartbeat", payload)
        devices.publish("acme/odd", "heartbeat", {"seq": 1, "boot_id": "b", "device": "somebody-else"})
        devices.publish("acme/odd/deeper", "heartbeat", {"seq": 1, "boot_id": "b"})
        wait_for(lambda: monitor.metric("hearthbeat_ingest_rejected_total") >= 10, "every bad message is counted")
        assert monitor.status("acme/odd") == "unknown"
        assert {monitor.status(device) for device in AURORA + BOREAL} == {"online"}


def test_more_devices_than_allowed_are_turned_away_and_those_known_live_on(
    broker: RealMosquitto, devices: Devices, tmp_path: Path
) -> None:
    with RealMonitor(tmp_path, broker.port, limits={"devices": 24}) as monitor:
        two_providers(devices)
        wait_for(lambda: monitor.metric("fleet_devices", state="online") == 24, "all of them are known")
        for number in range(2000):
            devices.publish(f"acme/stranger-{number}", "heartbeat", {"seq": 1, "boot_id": "b"}, qos=0)
        wait_for(lambda: monitor.firing("DeviceLimitReached"), "the limit is announced")
        assert monitor.metric("fleet_devices") == 24
        assert {monitor.status(device) for device in AURORA + BOREAL} == {"online"}
