"""Small rules of the fleet and its notices that no larger story happens to meet."""

from monitor.core.deadlines import Deadlines
from monitor.core.decisions import AlertOwed, BlindChanged
from monitor.core.engine import Engine, EngineSettings
from monitor.core.fleet import Device
from monitor.core.incidents import sureness
from monitor.core.observations import DeviceRemoved, Echo, Flooding, LinkChanged, MaintenanceSet
from monitor.core.settings import LimitSettings
from monitor.core.snapshot import save_device
from tests.timeline import START, Timeline, alert, no_alert, status


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


def test_how_sure_it_is_has_three_words() -> None:
    assert [sureness(confidence) for confidence in (0.9995, 0.97, 0.6)] == ["almost certainly", "probably", "possibly"]


def test_nobody_works_on_a_device_that_was_never_heard() -> None:
    timeline = Timeline().tell(MaintenanceSet("acme/nobody", START + 1, on=True)).at("1m")
    assert timeline.decisions == []
    assert len(timeline.engine.fleet) == 0


def test_a_device_that_left_is_not_among_those_to_be_saved() -> None:
    timeline = Timeline().heartbeats("feeder-1", "feeder-2", until="1m").at("1m")
    for topic in ("status", "info"):
        timeline.tell(DeviceRemoved("acme/feeder-1", START + 61, topic))
    timeline.at("2m")
    saved = timeline.engine.rows(timeline.engine.take_unsaved(10))
    assert [row["id"] for row in saved] == ["acme/feeder-2"]


def test_an_echo_proves_nothing_to_a_monitor_that_goes_by_its_link() -> None:
    timeline = Timeline(path="link").at("1m")
    timeline.tell(LinkChanged(START + 61, up=False), Echo(START + 62, START + 62)).at("2m")
    assert timeline.engine.blind == {"link": START + 61}


def test_a_link_that_is_lost_twice_is_one_spell_of_blindness() -> None:
    timeline = Timeline(path="link").at("1m")
    timeline.tell(
        LinkChanged(START + 61, up=False), LinkChanged(START + 70, up=False), LinkChanged(START + 90, up=True)
    )
    timeline.at("2m")
    assert [each.at - START for each in timeline.of(BlindChanged)] == [61, 90]
    assert timeline.engine.blind == {}


def test_work_on_a_device_that_begins_while_its_alert_waits_keeps_it_from_being_told() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="10m").at("10m")
    while timeline.device("feeder-1").status != "offline":
        timeline.at(f"{timeline.now - START + 1:.0f}s")
    timeline.tell(MaintenanceSet("acme/feeder-1", timeline.now + 1, on=True)).at("1h").expect(no_alert("DeviceOffline"))


def test_an_offline_device_of_which_nothing_else_was_saved_waits_anew() -> None:
    """A monitor that was killed between the device's row and its own state."""
    timeline = Timeline().heartbeats("feeder-1", until="10m").at("9m")
    before = timeline.engine.save()
    timeline.at("1h").expect(alert("DeviceOffline", device="feeder-1"))
    engine = Engine(timeline.settings, at=timeline.now, path="link")
    rows = [save_device(timeline.device("feeder-1"))]
    engine.restore(at=timeline.now, saved_at=timeline.now, engine=before, devices=rows, incidents=[], alerts=[])
    told = [each for second in range(600) for each in engine.wake(timeline.now + second)]
    assert [each.alert.name for each in told if isinstance(each, AlertOwed)] == ["DeviceOffline"]


def test_a_flapping_device_that_left_the_fleet_ends_its_notice_only_once() -> None:
    timeline = Timeline()
    for start in range(0, 120, 20):
        timeline.heartbeats("feeder-1", start=f"{start}m", until=f"{start + 5}m")
    timeline.at("2h").expect(alert("DeviceFlapping", device="feeder-1"))
    for topic in ("status", "info"):
        timeline.tell(DeviceRemoved("acme/feeder-1", timeline.now + 1, topic))
    timeline.at("1d")
    assert len(timeline.alerts("DeviceFlapping", "resolved")) == 1


def test_a_gateway_keeps_the_children_that_are_left() -> None:
    timeline = Timeline()
    timeline.info("hub", kind="gateway").info("feeder-1", "feeder-2", kind="feeder", parent="hub").at("1s")
    for topic in ("status", "info"):
        timeline.tell(DeviceRemoved("acme/feeder-1", START + 2, topic))
    timeline.at("3s")
    assert timeline.engine.fleet.children == {"acme/hub": {"acme/feeder-2"}}


def test_a_child_whose_gateway_comes_back_for_a_moment_only_is_no_problem_of_its_own() -> None:
    timeline = (
        Timeline().info("gw", kind="gateway", site="s1").info("valve-1", kind="thermostat", parent="gw", site="s1")
    )
    timeline.heartbeats("gw", "valve-1", until="30m").at("1h").expect(status("valve-1", "offline"))
    timeline.status("gw", "online", boot="b2").at("1h1s").expect(status("gw", "online"))
    timeline.status("gw", "offline", boot="b2").at("3h")
    timeline.expect(status("gw", "offline"), status("valve-1", "offline"), no_alert("DeviceOffline"))


def test_a_device_that_people_work_on_when_its_outage_ends_is_on_no_list() -> None:
    timeline = Timeline()
    names = [f"aurora-{number}" for number in range(12)]
    others = [f"boreal-{number}" for number in range(12)]
    for name in (*names, *others):
        timeline.info(name, kind="feeder", provider=name.partition("-")[0])
    timeline.heartbeats(*names, until="30m").heartbeats(*others, until="3h")
    timeline.heartbeats(*names[1:], start="1h", until="3h").at("66m").expect(alert("ProviderOutage", "resolved"))
    timeline.tell(MaintenanceSet("acme/aurora-0", timeline.now + 1, on=True)).at("3h")
    timeline.expect(status("aurora-0", "offline"), no_alert("DevicesStillOffline"))


def test_a_device_that_is_filed_twice_for_one_second_is_looked_at_once() -> None:
    """Otherwise each look would file it as often as it found it, and the next would find it twice as often."""
    deadlines = Deadlines()
    device = Device("acme/feeder-1", 0.0)
    deadlines.file(device, 60.2)
    deadlines.file(device, 60.7)
    assert deadlines.take(60, 10) == [device]
    assert (device.deadline, deadlines.next_second) == (60.7, None)
