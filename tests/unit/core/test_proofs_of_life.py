"""What proves that a device lives, and what follows from it for others."""

import pytest

from monitor.core.engine import EngineSettings
from monitor.core.fleet import Device, Fleet
from monitor.core.leaves import Leaf
from monitor.core.observations import Heartbeat, SightChanged, Telemetry
from monitor.core.sessions import accept
from monitor.core.settings import LivenessSettings
from tests.timeline import START, Timeline, full_id, status


def telemetry(device: str, at: float) -> Telemetry:
    return Telemetry(full_id(device), START + at, {})


def test_telemetry_revives_a_device_whose_heartbeats_are_late() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="10m").at("12m").expect(status("feeder-1", "late"))
    timeline.tell(telemetry("feeder-1", 721)).at("12m2s").expect(status("feeder-1", "online"))


def test_telemetry_that_is_read_while_blind_proves_nothing() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="10m").at("10m30s")
    timeline.tell(SightChanged(timeline.now, blind=True, cause="overload"), telemetry("feeder-1", 640))
    timeline.at("10m50s")
    assert timeline.device("feeder-1").last_seen == START + 600
    assert timeline.engine.fleet.anomalies["backlog"] == 1


def test_a_child_that_spoke_after_its_gateway_fell_silent_is_not_orphaned() -> None:
    timeline = Timeline().info("hub", kind="gateway").info("bowl", parent="hub").info("mat", parent="hub")
    timeline.heartbeats("hub", "mat", until="10m").heartbeats("bowl", until="30m", start="0s")
    timeline.at("12m35s").expect(status("hub", "offline"), status("mat", "offline"), status("bowl", "online"))


def test_the_will_of_a_device_that_is_offline_already_changes_nothing() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="10m").at("20m")
    timeline.status("feeder-1", "offline", will=True).at("25m")
    assert timeline.statuses("feeder-1").count("offline") == 1
    assert timeline.device("feeder-1").will_at is None


def test_what_a_device_says_of_its_cloud_is_counted_when_it_changes() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="5m", cloud_connected=True).at("5m30s")
    timeline.heartbeats("feeder-1", until="9m", cloud_connected=False).at("9m")
    leaf = timeline.device("feeder-1").leaf
    assert isinstance(leaf, Leaf)
    assert (leaf.cloud_known, leaf.cloud_down) == (1, 1)


@pytest.mark.slow
def test_a_device_silent_for_most_of_a_day_is_gone_until_it_returns() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="10m")
    timeline.at("18h9m")
    leaf = timeline.device("feeder-1").leaf
    assert isinstance(leaf, Leaf)
    assert (leaf.size, leaf.gone) == (1, 0)
    timeline.at("18h11m")
    assert timeline.device("feeder-1").leaf is None
    assert (leaf.size, leaf.gone) == (0, 1)
    timeline.heartbeats("feeder-1", until="18h20m").at("18h20m")
    assert timeline.device("feeder-1").leaf is leaf
    assert (leaf.size, leaf.gone) == (1, 0)


def test_a_device_that_turns_out_slower_than_thought_is_given_its_time() -> None:
    settings = EngineSettings(liveness=LivenessSettings(default_interval_seconds=60.0))
    timeline = Timeline(settings).heartbeats("feeder-1", every="10m", until="1h", interval_seconds=None)
    timeline.at("1h20m").expect(status("feeder-1", "late"))
    assert timeline.device("feeder-1").interval == pytest.approx(600)


def test_when_silence_will_make_a_device_offline_is_known_beforehand() -> None:
    timeline = Timeline().info("lock", liveness="session").status("lock", "online")
    timeline.heartbeats("feeder-1", until="10m").at("10m5s")
    limit = timeline.engine.liveness.silence_limit
    assert limit(timeline.device("feeder-1")) == START + 750
    assert limit(timeline.device("lock")) is None


def test_the_next_number_of_the_same_boot_is_news() -> None:
    device = Device("acme/a", 0.0)
    device.boot_id = "b"
    device.beat = Heartbeat("acme/a", 1.0, "b", 1)
    assert accept(Fleet(), device, Heartbeat("acme/a", 61.0, "b", 2))
