"""Maintenance windows in the engine: whom they hold, and what is told when they end."""

from monitor.core.decisions import IncidentLogged
from monitor.core.engine import EngineSettings
from monitor.core.observations import DeviceInfo, DeviceRemoved, MaintenanceSet
from monitor.core.operations import maintenance
from monitor.core.operations.acts import WindowEnded, WindowSet
from monitor.core.operations.windows import Recurrence, Window
from monitor.core.settings import AlertSettings
from monitor.devices.profile import Profile
from tests.timeline import START, Timeline, alert, no_alert, no_incident, seconds

QUICK = EngineSettings(alerts=AlertSettings(device_hold_seconds=0))
NAMES = [f"d{number}" for number in range(6)]


def window(begins: str, ends: str | None, name: str = "w1", **scope: str) -> Window:
    until = None if ends is None else START + seconds(ends)
    return Window(name, scope or {"provider": "aurora"}, START + seconds(begins), until, "ada", "new router")


def fleet(to: str = "3h", again: str = "", **until: str) -> Timeline:
    """Six devices, three of each provider; those named fall silent at their time, and may be heard again."""
    timeline = Timeline(QUICK)
    for number, name in enumerate(NAMES):
        timeline.info(name, kind="feeder", provider=("aurora", "boreal")[number % 2], site=f"s{number}")
        timeline.heartbeats(name, start=f"{number}s", until=until.get(name, to))
        if name in until and again:
            timeline.heartbeats(name, start=again, until=to)
    return timeline


def held(timeline: Timeline) -> list[str]:
    return [device.name for device in timeline.engine.fleet if device.maintenance]


def said(timeline: Timeline) -> list[str]:
    return [line.text for line in timeline.of(IncidentLogged) if line.text.startswith("maintenance")]


def test_while_a_window_is_on_its_devices_are_in_maintenance_and_nobody_else() -> None:
    timeline = fleet().tell(WindowSet(window("10m", "30m"), START + 60)).at("9m")
    assert held(timeline) == []
    timeline.at("11m")
    assert held(timeline) == ["d0", "d2", "d4"]
    assert timeline.engine.desk.maintenance.covers(timeline.device("d0")) is not None
    timeline.at("30m")
    assert held(timeline) == []
    assert said(timeline) == [
        "maintenance w1 set for Provider aurora: new router",
        "maintenance w1 began",
        "maintenance w1 ended",
    ]
    assert timeline.engine.desk.maintenance.windows == {}


def test_devices_that_join_or_move_are_held_as_well_and_let_go_when_they_leave() -> None:
    timeline = fleet().tell(WindowSet(window("10m", "2h"), START)).at("20m")
    timeline.info("new", kind="feeder", provider="aurora").at("21m")
    timeline.tell(DeviceInfo("acme/d0", timeline.now, Profile(provider="boreal"))).at("22m")
    assert held(timeline) == ["d2", "d4", "new"]
    timeline.tell(DeviceRemoved("acme/d2", timeline.now, "info"), DeviceRemoved("acme/d2", timeline.now, "status"))
    timeline.at("23m")
    assert held(timeline) == ["d4", "new"]


def test_an_outage_within_the_window_is_no_incident_and_its_end_tells_who_is_still_silent() -> None:
    timeline = fleet(d0="15m", d2="15m", d4="15m", again="25m")
    timeline.tell(WindowSet(window("10m", "40m"), START)).at("39m").expect(no_incident(), no_alert())
    timeline.at("2h").expect(no_incident(), no_alert())


def test_what_was_known_before_is_not_announced_again_and_new_trouble_is() -> None:
    timeline = fleet(d0="10m", d2="30m", d4="50m")
    timeline.heartbeats("d2", start="45m", until="3h").at("20m").expect(alert("DeviceOffline", device="d0"))
    timeline.tell(WindowSet(window("20m", "1h"), timeline.now)).at("1h")
    assert [each.labels["device"] for each in timeline.alerts("DeviceOffline")] == ["d0"], "d2 came and went unsaid"
    timeline.at("2h")
    assert [each.labels["device"] for each in timeline.alerts("DeviceOffline")] == ["d0", "d4"]


def test_a_hand_and_a_window_hold_a_device_independently() -> None:
    timeline = fleet().tell(MaintenanceSet("acme/d0", START + 60, on=True))
    timeline.tell(WindowSet(window("10m", "30m"), START)).at("11m")
    timeline.tell(MaintenanceSet("acme/d2", timeline.now, on=True)).at("12m")
    timeline.tell(MaintenanceSet("acme/d2", timeline.now, on=False)).at("13m")
    timeline.tell(MaintenanceSet("acme/d4", timeline.now, on=True)).at("14m")
    assert held(timeline) == ["d0", "d2", "d4"], "the window holds them, whatever hands do"
    timeline.at("31m")
    assert held(timeline) == ["d0", "d4"], "hands still hold these"


def test_a_window_ended_by_hand_lets_go_at_once() -> None:
    timeline = fleet().tell(WindowSet(window("0s", None, tenant="acme", site="s1"), START)).at("1m")
    assert held(timeline) == [], "without an end and without recurrence it is never on"
    timeline.tell(WindowSet(window("0s", "3h", tenant="acme", device="d1"), timeline.now)).at("2m")
    assert held(timeline) == ["d1"]
    timeline.tell(WindowEnded("w1", timeline.now, "bob"), WindowEnded("never-was", timeline.now, "bob")).at("3m")
    assert held(timeline) == []
    assert [line.text for line in timeline.of(IncidentLogged) if line.author == "bob"] == ["maintenance w1 ended"]


def test_windows_and_whom_they_hold_survive_a_restart() -> None:
    nightly = Recurrence(minute=23 * 60, duration_seconds=7200.0, timezone="UTC")  # the timeline begins at 22:13 UTC
    made = Window("w1", {"region": ""}, START, None, "ada", "", nightly)
    timeline = fleet().tell(WindowSet(made, START)).at("1h").restarted(away="1m").at("1h2m")
    assert held(timeline) == NAMES
    assert timeline.engine.desk.maintenance.windows == {"w1": made}
    assert said(timeline).count("maintenance w1 began") == 1


def test_a_window_that_began_or_ended_while_the_monitor_was_away_is_made_up_for() -> None:
    timeline = fleet().tell(WindowSet(window("30m", "2h"), START)).at("20m").restarted(away="20m").at("41m")
    assert held(timeline) == ["d0", "d2", "d4"]
    timeline.at("1h50m").restarted(away="15m").at("2h6m")
    assert held(timeline) == []
    assert said(timeline)[-1] == "maintenance w1 ended"


def test_devices_held_by_a_window_that_is_lost_are_let_go_after_a_restart() -> None:
    timeline = fleet().tell(WindowSet(window("0s", "3h"), START)).at("10m")
    timeline.engine.desk.maintenance.windows.clear()
    timeline.restarted(away="1m").at("12m")
    assert held(timeline) == []


def test_a_large_fleet_is_gone_through_in_bites() -> None:
    timeline = Timeline()
    for number in range(maintenance.BITE + 10):
        timeline.engine.observe(DeviceInfo(f"acme/x{number}", START, Profile(provider="aurora")))
    timeline.engine.observe(WindowSet(window("0s", "3h"), START))
    assert timeline.engine.next_deadline() == START
    timeline.engine.wake(START)
    assert len(held(timeline)) == maintenance.BITE
    assert timeline.engine.next_deadline() == START, "the rest at once"
    timeline.engine.observe(DeviceRemoved("acme/x5005", START, "info"))
    timeline.engine.observe(DeviceRemoved("acme/x5005", START, "status"))
    timeline.engine.wake(START)
    assert len(held(timeline)) == maintenance.BITE + 9
