"""Devices that mean no good, or are simply many, late and confused: through a real broker into the whole daemon."""

import json
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.e2e.daemon import Devices, RealMonitor
from tests.programs import RealMosquitto
from tests.waiting import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.mosquitto]

FEEDERS = [f"acme/feeder-{number}" for number in range(8)]
STRANGERS = 30_000


@pytest.fixture
def broker(mosquitto_path: Path, tmp_path: Path) -> Iterator[RealMosquitto]:
    with RealMosquitto(mosquitto_path, tmp_path) as broker:
        yield broker


@pytest.fixture
def devices(broker: RealMosquitto) -> Iterator[Devices]:
    with Devices(broker.port) as devices:
        for device in FEEDERS:
            devices.describe(device, provider="aurora")
        devices.alive |= {*FEEDERS}
        yield devices


def test_ten_thousand_new_ids_a_second_are_turned_away_and_nobody_else_notices(
    broker: RealMosquitto, devices: Devices, tmp_path: Path
) -> None:
    """The strangers come as fast as the broker takes them."""
    with RealMonitor(tmp_path, broker.port, limits={"devices": 500}, sight={"blind_after_seconds": 10.0}) as monitor:
        wait_for(lambda: monitor.metric("fleet_devices", state="online") == len(FEEDERS), "the fleet is online")
        before = monitor.metric("hearthbeat_ingest_messages_total")
        for number in range(STRANGERS):
            devices.publish(f"acme/stranger-{number}", "heartbeat", {"seq": 1, "boot_id": "b"})
        wait_for(lambda: monitor.metric("hearthbeat_ingest_messages_total") >= before + STRANGERS, "all were read", 120)
        assert monitor.metric("fleet_devices") == 500
        assert monitor.metric("hearthbeat_devices_refused_total") >= STRANGERS - 500
        [limit] = monitor.firing("DeviceLimitReached")
        assert "500" in limit["annotations"]["summary"]
        assert {monitor.status(device) for device in FEEDERS} == {"online"}
        assert not [each for each in monitor.firing("DeviceOffline") if each["labels"]["device"].startswith("feeder")]


def test_values_of_a_dimension_are_capped_and_the_rest_counts_together(
    broker: RealMosquitto, devices: Devices, tmp_path: Path
) -> None:
    with RealMonitor(tmp_path, broker.port, limits={"label_values": 10}) as monitor:
        wait_for(lambda: monitor.status(FEEDERS[7]) == "online", "the fleet is online")
        for number in range(200):
            devices.describe(f"acme/inventive-{number}", provider=f"provider-{number}", region=f"region-{number}")
        wait_for(lambda: monitor.metric("fleet_devices") == 208, "all of them are known")
        page = monitor.text("/metrics")
        assert 2 <= len({line.partition('provider="')[2].partition('"')[0] for line in page.splitlines()}) <= 13
        assert monitor.metric("fleet_devices", provider="other") >= 190


def test_the_will_of_an_older_boot_never_ends_a_newer_session(
    broker: RealMosquitto, devices: Devices, tmp_path: Path
) -> None:
    restless = "acme/restless"
    with RealMonitor(tmp_path, broker.port) as monitor:
        devices.describe(restless, liveness="session")
        old = session(broker, restless, "old")
        wait_for(lambda: monitor.status(restless) == "online", "its first session is up")
        new = session(broker, restless, "new")
        wait_for(lambda: monitor.get(f"/api/v1/devices/{restless}")["totals"]["reboots"] == 1, "its reboot is seen")
        break_off(old)
        wait_for(lambda: monitor.metric("fleet_anomalies_total", anomaly="stale_will") == 1, "the late will is seen")
        wait_for(lambda: monitor.status(FEEDERS[0]) == "online", "others are heard")
        assert monitor.status(restless) == "online"
        break_off(new)
        wait_for(lambda: monitor.status(restless) == "offline", "the will of the present session counts")


def test_what_a_broker_kept_proves_nobody_alive(broker: RealMosquitto, devices: Devices, tmp_path: Path) -> None:
    """Retained copies of every channel, and a backlog of heartbeats from a session that persisted."""
    dead, ghost = "acme/dead", "acme/ghost"
    with RealMonitor(tmp_path, broker.port) as monitor:
        wait_for(monitor.sees, "the monitor sees")
        devices.beat(dead)
        wait_for(lambda: monitor.status(dead) == "online", "it lives")
        monitor.kill()
        for _ in range(5):
            devices.beat(dead)
        devices.describe(ghost)
        devices.publish(ghost, "status", {"state": "online", "boot_id": "b1"}, retain=True)
        devices.publish(ghost, "heartbeat", {"seq": 1, "boot_id": "b1", "interval_s": 1}, retain=True)
        monitor.start()
        wait_for(monitor.sees, "the monitor sees again")
        wait_for(lambda: monitor.metric("fleet_anomalies_total", anomaly="backlog") >= 5, "the backlog is read")
        wait_for(lambda: monitor.status(ghost) == "offline", "the ghost was never heard", 90)
        assert monitor.get(f"/api/v1/devices/{ghost}")["reason"] == "never heard"
        wait_for(lambda: monitor.firing("DeviceOffline"), "the dead one is found", 90)
        assert [each["labels"]["device"] for each in monitor.firing("DeviceOffline")] == ["dead"]


def session(broker: RealMosquitto, device: str, boot: str) -> paho.Client:
    """A connection of a device with its will, which has said that it is there."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"{device}-{boot}")
    topic = f"fleet/v1/{device}/status"
    client.will_set(topic, json.dumps({"state": "offline", "boot_id": boot}), qos=1, retain=True)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    client.publish(topic, json.dumps({"state": "online", "boot_id": boot}), qos=1, retain=True).wait_for_publish(10)
    return client


def break_off(client: paho.Client) -> None:
    """Lose the connection without a goodbye, so that the broker speaks the will."""
    client.loop_stop()
    link = client.socket()
    assert link is not None
    link.close()
