"""Small rules of the fleet and its notices that no larger story happens to meet."""

from monitor.core.engine import EngineSettings
from monitor.core.observations import DeviceRemoved, Flooding
from monitor.core.settings import LimitSettings
from tests.timeline import START, Timeline, no_alert


def test_names_beyond_the_limit_are_one_and_counted() -> None:
    timeline = Timeline(EngineSettings(limits=LimitSettings(label_values=10)))
    for number in range(11):
        timeline.info(f"feeder-{number}", kind="feeder", provider=f"p{number}")
    timeline.at("1s")
    assert timeline.device("feeder-9").profile.provider == "p9"
    assert timeline.device("feeder-10").profile.provider not in {f"p{number}" for number in range(11)}
    assert timeline.engine.fleet.anomalies["label_limit"] == 1


def test_a_gateway_is_nobodys_parent_any_more_when_its_last_child_has_left() -> None:
    timeline = Timeline()
    timeline.info("hub", kind="gateway").info("feeder-1", kind="feeder", parent="hub").at("1s")
    assert timeline.engine.fleet.children == {"acme/hub": {"acme/feeder-1"}}
    for topic in ("status", "info"):
        timeline.tell(DeviceRemoved("acme/feeder-1", START + 2, topic))
    timeline.at("3s")
    assert timeline.engine.fleet.children == {}


def test_a_flood_is_told_once_however_often_it_is_seen() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="5m").at("1m")
    timeline.tell(Flooding("acme/feeder-1", START + 61, on=True, dropped=5))
    timeline.tell(Flooding("acme/feeder-1", START + 62, on=True, dropped=9))
    timeline.at("2m").expect(no_alert("DeviceOffline"))
    assert len(timeline.alerts("DeviceFlooding", "firing")) == 1
