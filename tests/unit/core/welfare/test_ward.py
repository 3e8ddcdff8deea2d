"""What reaches welfare and what does not: while blind, when switched off, of other kinds, over restarts."""

from monitor.core.engine import EngineSettings
from monitor.core.observations import DeviceInfo, DeviceRemoved, MaintenanceSet, ScheduleDeclared
from monitor.core.welfare.calendar import Calendar
from monitor.core.welfare.care import load_care
from monitor.core.welfare.settings import WelfareSettings
from monitor.core.welfare.view import WelfareView
from monitor.devices.events import FaultChanged, PowerChanged
from monitor.devices.profile import Profile
from tests.unit.core.welfare.household import Household, meal, plan

OFF = EngineSettings(welfare=WelfareSettings(enabled=False))


def test_welfare_that_is_switched_off_remembers_and_says_nothing() -> None:
    house = Household(settings=OFF).feeder("f1", meal("07:00"))
    house.signs_of_life("f1", power_source="battery", battery_ratio=0.01).until("2026-01-12 00:10")
    house.reads("f1", outlet_blocked=True).happened(FaultChanged("jam", raised=True))
    house.tell(house.fed(plan_id="07:00"))
    assert house.device().welfare is None
    assert house.until("2026-01-12 08:00").alerts() == []


def test_food_that_is_told_of_while_the_monitor_is_blind_counts_once_it_sees() -> None:
    house = Household().feeder("f1", meal("07:00")).until("2026-01-12 06:55").link(up=False)
    house.until("2026-01-12 07:01").tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00"))
    assert house.settled() == []
    house.until("2026-01-12 07:10").link(up=True).until("2026-01-12 07:15")
    assert house.outcome("2026-01-12 07:00") == "dispensed"


def test_a_plan_that_comes_while_the_monitor_is_blind_holds_once_it_sees() -> None:
    house = Household().feeder("f1", meal("07:00")).until("2026-01-12 06:00").link(up=False)
    house.tell(ScheduleDeclared("acme/f1", house.now, plan(meal("08:00"), revision=2)))
    house.until("2026-01-12 06:30").link(up=True).until("2026-01-12 08:15")
    assert house.ledger() == [("01-12 08:00", "missed")]


def test_a_device_that_turns_out_to_be_a_feeder_has_meals_from_then_on() -> None:
    house = Household().settle("f1", "generic", plan(meal("07:00")))
    assert house.device().welfare is None
    feeder = Profile(kind="feeder", interval_seconds=60.0)
    house.until("2026-01-12 06:00").tell(DeviceInfo("acme/f1", house.now, feeder))
    house.tell(DeviceInfo("acme/f1", house.now, Profile(kind="feeder", interval_seconds=60.0, model="bowl-2")))
    assert house.until("2026-01-12 07:15").ledger() == [("01-12 07:00", "missed")]


def test_events_of_feeders_mean_nothing_from_other_devices() -> None:
    house = Household().settle("s1", "generic")
    house.happened(PowerChanged(mains=False), "s1").tell(house.fed("s1"))
    assert house.device("s1").welfare is None


def test_a_device_without_anything_to_watch_leaves_and_restarts_without_a_trace() -> None:
    house = Household().settle("s1", "generic").settle("s2", "generic", power="battery")
    house.signs_of_life("s2", power_source="battery", battery_ratio=0.9).until("2026-01-12 00:05").restarted()
    assert house.device("s1").welfare is None
    assert house.device("s2").welfare.kind == "generic"
    house.tell(*(DeviceRemoved("acme/s1", house.now, topic) for topic in ("info", "status")))
    assert house.alerts() == []


def test_what_began_before_a_device_fell_silent_begins_anew_when_it_returns() -> None:
    house = Household().feeder("f1", meal("18:00")).until("2026-01-12 00:30")
    house.reads("f1", hopper_state="low").die("f1").until("2026-01-12 02:00")
    assert house.device().welfare.signs == {}
    house.revive("f1").reads("f1", hopper_state="low").until("2026-01-12 02:50")
    assert house.firing() == []
    house.reads("f1", hopper_state="low")
    assert house.until("2026-01-12 03:05").firing() == ["FeederHopperLow"]


def test_a_sign_that_has_not_lasted_yet_goes_on_over_a_restart_and_leaves_with_its_device() -> None:
    house = Household().feeder("f1", meal("18:00")).until("2026-01-12 00:30").reads("f1", hopper_state="low")
    house.restarted()
    assert house.device().welfare.signs["FeederHopperLow"].firing is False
    house.tell(*(DeviceRemoved("acme/f1", house.now, topic) for topic in ("info", "status")))
    assert house.alerts() == []


def test_a_message_at_the_very_end_of_a_hold_tells_before_time_does() -> None:
    house = Household().feeder("f1", meal("18:00")).until("2026-01-12 00:30").reads("f1", hopper_state="low")
    house.now += 3700.0
    house.reads("f1", hopper_state="low")
    assert house.firing() == ["FeederHopperLow"]


def test_maintenance_that_ends_tells_nothing_twice() -> None:
    house = Household().feeder("f1", meal("18:00")).reads("f1", outlet_blocked=True)
    for on in (True, False):
        house.tell(MaintenanceSet("acme/f1", house.now, on=on))
    assert len(house.alerts("FeederJammed")) == 1


def test_an_alert_that_was_sent_before_maintenance_ends_in_it() -> None:
    house = Household().feeder("f1", meal("18:00")).reads("f1", outlet_blocked=True)
    house.tell(MaintenanceSet("acme/f1", house.now, on=True))
    house.reads("f1", outlet_blocked=False)
    assert house.ended("FeederJammed") == "its outlet is free"


def test_more_devices_than_one_look_can_take_wait_for_the_next() -> None:
    house = Household()
    for number in range(5):
        house.feeder(f"f{number}", meal("07:00"))
    calendar = Calendar()
    for device in house.engine.fleet:
        calendar.file(device, 100.5)
    assert [len(calendar.take(100.9, 3)), len(calendar.take(100.9, 3)), len(calendar.take(100.9, 3))] == [3, 2, 0]


def test_what_is_seen_of_a_room_while_the_monitor_is_blind_is_judged_by_the_next_reading() -> None:
    house = Household().settle("t1", "thermostat").link(up=False).reads("t1", temperature_c=3.0)
    assert house.device("t1").welfare.signs == {}
    house.link(up=True).reads("t1", temperature_c=3.0)
    assert list(house.device("t1").welfare.signs) == ["FreezeRiskCritical"]


def test_a_feeder_that_never_sent_a_heartbeat_is_judged_by_its_readings_alone() -> None:
    house = Household()
    house.tell(DeviceInfo("acme/f1", house.now, Profile(kind="feeder", interval_seconds=60.0)))
    assert house.reads("f1", outlet_blocked=True).firing() == ["FeederJammed"]


def test_those_who_only_read_see_what_was_counted() -> None:
    house = Household().feeder("f1", meal("07:00")).until("2026-01-12 07:15").reads("f1", outlet_blocked=True)
    view: WelfareView = house.engine.welfare
    assert list(view.meals_settled.values()) == [1]
    assert {sign for _, sign in view.showing} == {"FeederMealMissed", "FeederJammed"}
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00"))
    assert [key[1:] for key in view.meals_corrected] == [("missed", "late")]
    assert (view.cooling, len(view.servings.since(0.0)), len(view.risks(house.now))) == ({}, 1, 0)


def test_a_feeder_that_an_older_version_saved_is_watched_on() -> None:
    house = Household("2026-01-12 06:00").feeder("f1", meal("07:00"), meal("18:00"))
    saved = house.device().welfare.save()
    for name in ("delays", "first_at", "hungry_from", "today"):
        del saved[name]
    house.device().welfare = load_care({**saved, "delay": 40.0, "rush": [house.now, 0.0]})
    house.engine.welfare.readmit(house.device(), house.now)
    house.reads("f1", dispensed_today_g=70.0).until("2026-01-12 07:15")
    assert house.firing() == ["FeederMealMissed", "FeederOverDispensed"]
    house.until("2026-01-13 01:35")
    assert "no food came for 19 h 30 min" in house.told("FeederNoFoodDispensed")
