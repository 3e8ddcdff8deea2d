"""Jams, hoppers, power, too much food and lost plans: each told once, at the right time, and only that."""

from typing import Any

import pytest

from monitor.core.observations import ScheduleDeclared
from monitor.devices.events import Booted, FaultChanged, Feeding, PowerChanged, ScheduleLost
from monitor.devices.schedule import DAYS, Meal
from tests.unit.core.welfare.household import Household, meal, plan


def home(*times: str, **profile: Any) -> Household:  # noqa: ANN401
    """One feeder with three portions at each of these times."""
    return Household().feeder("f1", *(meal(time, 3) for time in times), **profile)


def test_a_jam_in_a_meal_is_told_at_once_with_what_came() -> None:
    house = home("07:00").until("2026-01-12 07:00")
    told = house.fed(
        plan_id="07:00", planned="2026-01-12 07:00", outcome="partial", portions=1, expected=3, reason="jam"
    )
    house.tell(told)
    assert house.firing() == ["FeederJammed"]
    assert "1 of 3 portions came" in house.told("FeederJammed")
    assert house.outcome("2026-01-12 07:00") == "partial"
    house.until("2026-01-12 09:00")
    assert {alert.name for alert in house.alerts()} == {"FeederJammed"}


def test_a_jam_that_readings_show_ends_with_them() -> None:
    house = home("18:00").reads("f1", outlet_blocked=True, hopper_state="ok")
    assert "its outlet is blocked" in house.told("FeederJammed")
    house.reads("f1", hopper_pct=50)
    assert house.firing() == ["FeederJammed"]
    house.reads("f1", outlet_blocked=False)
    assert house.firing() == []


def test_a_stalled_motor_and_a_fault_are_jams_too() -> None:
    house = home("18:00").reads("f1", motor_state="stalled")
    assert "its motor stalled" in house.told("FeederJammed")
    house.reads("f1", motor_state="idle").happened(FaultChanged("jam", raised=True))
    assert "it raised the fault jam" in house.told("FeederJammed")
    house.happened(FaultChanged("jam", raised=False)).happened(FaultChanged("wifi", raised=True))
    assert house.firing() == []


def jammed_meal(house: Household) -> Household:
    """The meal of 07:00 gets stuck after the first of three portions."""
    house.until("2026-01-12 07:00")
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", outcome="partial", portions=1, reason="jam"))
    return house


def test_a_jam_that_a_meal_told_of_is_not_over_because_the_motor_rests() -> None:
    house = jammed_meal(home("07:00", "18:00")).until("2026-01-12 07:05").reads("f1", motor_state="idle")
    assert house.until("2026-01-12 08:00").firing() == ["FeederJammed"]
    house = house.restarted().until("2026-01-12 09:00").reads("f1", motor_state="idle", outlet_blocked=None)
    assert house.firing() == ["FeederJammed"]
    house.until("2026-01-12 18:00").tell(house.fed(plan_id="18:00", portions=3, expected=3))
    assert house.ended("FeederJammed") == "a whole meal came out"


def test_a_jam_that_a_meal_told_of_is_over_when_the_outlet_itself_says_so() -> None:
    house = jammed_meal(home("07:00")).until("2026-01-12 07:05").reads("f1", outlet_blocked=False)
    assert house.ended("FeederJammed") == "its outlet is free"


def test_a_jam_with_two_signs_is_over_when_both_are() -> None:
    house = home("18:00").reads("f1", outlet_blocked=True, motor_state="stalled").reads("f1", outlet_blocked=False)
    assert house.firing() == ["FeederJammed"]
    house.reads("f1", motor_state=None)
    assert house.firing() == ["FeederJammed"]
    house.reads("f1", motor_state="idle")
    assert house.ended("FeederJammed") == "its motor is not stalled any longer"


def test_a_meal_that_fails_by_a_jam_is_one_alert_and_not_two() -> None:
    house = home("07:00").until("2026-01-12 07:00")
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", outcome="failed", portions=0, reason="jam"))
    assert house.until("2026-01-12 08:00").firing() == ["FeederJammed"]


def test_a_meal_that_failed_by_a_jam_out_of_sight_is_told_as_a_meal_that_failed() -> None:
    house = home("07:00").until("2026-01-12 06:30").die("f1").until("2026-01-12 09:00").revive("f1")
    house.tell(
        house.fed(
            plan_id="07:00", planned="2026-01-12 07:00", outcome="failed", portions=0, reason="jam", replayed=True
        )
    )
    assert house.firing() == ["FeederMealMissed"]
    assert "failed: jam" in house.told("FeederMealMissed")


def test_an_empty_hopper_is_told_at_once_and_a_low_one_after_an_hour() -> None:
    house = home("07:00", "18:00").until("2026-01-12 07:00")
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", portions=3, expected=3))
    house.until("2026-01-12 08:00").reads("f1", hopper_state="low", hopper_pct=12)
    assert house.firing() == []
    house.until("2026-01-12 09:01").reads("f1", hopper_state="low", hopper_pct=12)
    assert house.firing() == ["FeederHopperLow"]
    house.reads("f1", hopper_state="empty", hopper_pct=0)
    assert house.firing() == ["FeederHopperEmpty"]
    house.reads("f1", hopper_state="ok", hopper_pct=100)
    assert house.firing() == []


@pytest.mark.slow
def test_a_hopper_that_empties_steadily_is_low_before_its_last_day_and_says_for_how_many_meals() -> None:
    house = home("07:00", "12:00", "18:00")
    level, told = 60.0, 0.0
    for day in (12, 13):
        for time in ("07:00", "12:00", "18:00"):
            when = f"2026-01-{day} {time}"
            house.until(when).tell(house.fed(plan_id=time, planned=when, portions=3, expected=3))
            level -= 10.0
            house.until(when[:-2] + "10").reads("f1", hopper_pct=level, hopper_state="ok")
            if "FeederHopperLow" in house.device().welfare.signs and not told:
                told = level
    assert told == pytest.approx(20.0)
    house.until("2026-01-13 19:30")
    assert "enough for about" in house.told("FeederHopperLow")
    assert {alert.name for alert in house.alerts()} == {"FeederHopperLow"}


def test_mains_lost_is_told_after_ten_minutes_with_hours_left_once_they_are_known() -> None:
    house = home("18:00", power="mains_battery_backup").until("2026-01-12 01:00")
    house.signs_of_life("f1", power_source="battery", battery_ratio=1.0).until("2026-01-12 01:05")
    assert house.firing() == []
    house.until("2026-01-12 01:15")
    assert "runs on its battery at 100%" in house.told("FeederOnBackupPower")
    for tenth in range(1, 7):
        house.signs_of_life("f1", battery_ratio=1.0 - tenth / 60).until(f"2026-01-12 01:{15 + tenth * 5}")
    house.until("2026-01-12 02:00")
    assert "which lasts about" in house.told("FeederOnBackupPower")
    house.happened(PowerChanged(mains=True))
    assert house.firing() == []


def test_a_feeder_that_tells_of_lost_mains_only_by_an_event_is_on_its_battery_until_they_are_back() -> None:
    house = home("18:00", power="mains_battery_backup").signs_of_life("f1", power_source=None, battery_ratio=0.9)
    house.until("2026-01-12 01:00").happened(PowerChanged(mains=False)).until("2026-01-12 01:05")
    assert house.firing() == []
    house.until("2026-01-12 01:11").restarted().until("2026-01-12 05:00")
    assert "runs on its battery at 90%" in house.told("FeederOnBackupPower")
    house.happened(PowerChanged(mains=True))
    assert house.ended("FeederOnBackupPower") == "mains power is back"


def test_a_heartbeat_that_says_mains_is_believed_over_an_older_event() -> None:
    house = home("18:00", power="mains_battery_backup").until("2026-01-12 01:00")
    house.happened(PowerChanged(mains=False)).until("2026-01-12 03:00")
    assert house.alerts() == []
    house.signs_of_life("f1", power_source=None).until("2026-01-12 04:00").happened(PowerChanged(mains=False))
    house.until("2026-01-12 05:00").signs_of_life("f1", power_source="mains").until("2026-01-12 05:02")
    assert house.ended("FeederOnBackupPower") == "mains power is back"


def test_a_short_power_cut_is_no_news() -> None:
    house = home("18:00", power="mains_battery_backup").until("2026-01-12 01:00")
    house.signs_of_life("f1", power_source="battery", battery_ratio=1.0).until("2026-01-12 01:05")
    house.signs_of_life("f1", power_source="mains").until("2026-01-12 02:00")
    assert house.alerts() == []


def test_far_more_food_than_the_plan_of_the_day_is_told_after_five_minutes() -> None:
    house = home("07:00", "18:00").until("2026-01-12 07:00")
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", portions=3, expected=3))
    house.until("2026-01-12 08:00").reads("f1", dispensed_today_g=95.0, portions_today=9).until("2026-01-12 08:06")
    assert "95 of 60 g today" in house.told("FeederOverDispensed")
    house.until("2026-01-12 09:00").reads("f1", dispensed_today_g=0.0, portions_today=0)
    assert "FeederOverDispensed" not in house.firing()


def test_a_feeder_that_weighs_nothing_counts_portions() -> None:
    house = home("07:00").reads("f1", portions_today=5).until("2026-01-12 00:10")
    assert "5 of 3 portions today" in house.told("FeederOverDispensed")


def test_a_feeder_without_counters_is_overfed_by_what_it_tells_of_by_hand_by_command_and_by_plan() -> None:
    house = home("07:00", "18:00").until("2026-01-12 07:00")
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", portions=3, expected=3))
    house.until("2026-01-12 07:30").tell(house.fed(source="manual", portions=3, expected=None))
    house.until("2026-01-12 08:30").tell(house.fed(source="remote", portions=4, expected=None))
    assert house.firing() == []
    house.until("2026-01-12 08:40")
    assert "100 of 60 g today" in house.told("FeederOverDispensed")


def test_portions_are_counted_where_the_plan_knows_no_weight() -> None:
    weightless = Meal("m", 7 * 60, DAYS, 3, None)
    house = Household().feeder("f1", schedule=plan(weightless)).until("2026-01-12 01:00")
    house.tell(house.fed(source="manual", portions=5, expected=None)).clear()
    assert "5 of 3 portions today" in house.until("2026-01-12 01:10").told("FeederOverDispensed")


def test_food_that_does_not_stop_is_told_at_once() -> None:
    house = home("07:00", "18:00").until("2026-01-12 05:00").reads("f1", dispensed_today_g=0.0)
    for minute in range(1, 9):
        house.until(f"2026-01-12 05:0{minute}").reads("f1", dispensed_today_g=minute * 30.0)
    assert "does not stop" in house.told("FeederRunaway")
    assert house.alerts("FeederRunaway")[0].severity == "critical"


def test_one_feeding_after_another_is_runaway_too() -> None:
    house = home("18:00").until("2026-01-12 05:00")
    for _ in range(5):
        house.tell(house.fed(source="remote", portions=3, expected=None))
    assert "FeederRunaway" in house.firing()


def by_portions(*portions: int) -> Household:
    """A feeder that knows no weights."""
    meals = [Meal(f"m{number}", 18 * 60 + number, DAYS, each, None) for number, each in enumerate(portions)]
    return Household().feeder("f1", schedule=plan(*meals)).until("2026-01-12 05:00")


def feeds(house: Household, portions: int, grams: float | None = None) -> Household:
    """Somebody feeds from afar."""
    feeding = Feeding("completed", "remote", portions_actual=portions, grams_actual=grams)
    return house.happened(feeding)


def test_portions_that_do_not_stop_are_runaway_where_nobody_knows_weights() -> None:
    house = by_portions(2, 1)
    for _ in range(3):
        feeds(house, 2)
    assert "FeederRunaway" not in house.firing()
    feeds(house, 2)
    assert "8 portions within 10 min. Its largest planned meal is 2 portions" in house.told("FeederRunaway")
    house.until("2026-01-12 05:05").reads("f1", wifi_rssi=-60)
    assert "FeederRunaway" in house.firing()
    house.until("2026-01-12 05:11").reads("f1", wifi_rssi=-60)
    assert "FeederRunaway" not in house.firing()


def test_a_counter_of_portions_that_does_not_stop_is_runaway() -> None:
    house = by_portions(2).reads("f1", portions_today=0)
    for minute in range(1, 9):
        house.until(f"2026-01-12 05:0{minute}").reads("f1", portions_today=minute)
    assert "7 portions within 10 min" in house.told("FeederRunaway")


def test_food_is_measured_as_the_plan_measures_it_if_the_feeder_does_so_too() -> None:
    house = by_portions(4)
    for _ in range(3):
        feeds(house, 4, 150.0)
    assert "FeederRunaway" not in house.firing()
    weighed = Household().feeder("f1", schedule=plan(Meal("m", 18 * 60, DAYS, None, 200.0))).until("2026-01-12 05:00")
    feeds(weighed, 40, 400.0)
    assert "FeederRunaway" not in weighed.firing()
    feeds(weighed, 31)
    assert "FeederRunaway" not in weighed.firing()
    for _ in range(3):
        feeds(weighed.until("2026-01-12 05:30"), 11)
    assert "33 portions within 10 min. Its largest planned meal is 10 portions" in weighed.told("FeederRunaway")


def test_a_feeding_told_meanwhile_does_not_end_what_the_counter_shows() -> None:
    house = home("18:00").until("2026-01-12 05:00").reads("f1", dispensed_today_g=0.0)
    house.until("2026-01-12 05:05").reads("f1", dispensed_today_g=200.0)
    feeds(house, 1, 10.0).reads("f1", wifi_rssi=-60)
    assert "FeederRunaway" in house.firing()


def test_food_that_goes_on_is_one_alert_until_it_stops() -> None:
    house = by_portions(2).reads("f1", portions_today=0)
    for minute in range(1, 60):
        house.until(f"2026-01-12 05:{minute:02}").reads("f1", portions_today=2 * min(minute, 40))
        assert "FeederRunaway" in house.firing() or not 4 <= minute <= 40, minute
    assert [each.state for each in house.alerts("FeederRunaway")] == ["firing", "resolved"]


def test_counters_in_two_units_are_not_compared_with_each_other() -> None:
    house = by_portions(2).reads("f1", dispensed_today_g=50.0).until("2026-01-12 05:02")
    house.reads("f1", portions_today=9).until("2026-01-12 05:04").reads("f1", portions_today=9)
    assert "FeederRunaway" not in house.firing()


def test_a_plan_that_the_feeder_says_is_lost_is_told_until_it_is_written_again() -> None:
    house = home("18:00").happened(ScheduleLost())
    assert house.firing() == ["FeederScheduleLost"]
    house.tell(ScheduleDeclared("acme/f1", house.now, plan(meal("18:00", 3), revision=2)))
    assert house.firing() == []


def test_a_restart_without_a_clock_loses_a_plan_that_does_not_survive_it() -> None:
    house = home("18:00").until("2026-01-12 01:00").reboot("f1", clock="none")
    assert house.firing() == ["FeederScheduleLost"]
    safe = home("18:00", schedule_survives_reboot=True).until("2026-01-12 01:00").reboot("f1", clock="none")
    assert safe.happened(Booted("power"), "f1").firing() == []


def test_readings_that_name_no_plan_any_more_tell_that_it_is_lost() -> None:
    house = home("18:00").reads("f1", schedule_rev=1)
    assert house.firing() == []
    house.reads("f1", schedule_rev=None)
    assert house.firing() == ["FeederScheduleLost"]
    house.reads("f1", schedule_rev=1)
    assert house.firing() == []


def test_nothing_begins_or_ends_while_the_monitor_is_blind() -> None:
    house = home("18:00").reads("f1", outlet_blocked=True).link(up=False)
    house.reads("f1", outlet_blocked=False, hopper_state="empty")
    assert house.firing() == ["FeederJammed"]
    house.link(up=True)
    house.firing()
    house.reads("f1", outlet_blocked=False, hopper_state="empty")
    assert house.firing() == ["FeederHopperEmpty"]


def test_a_feeder_without_a_plan_can_neither_lose_it_nor_exceed_it_nor_miss_a_meal() -> None:
    house = Household().settle("f1", "feeder").until("2026-01-12 01:00")
    house.reads("f1", portions_today=9, dispensed_today_g=900.0, hopper_pct=50, schedule_rev=None)
    house.tell(house.fed(plan_id="07:00", source="remote"))
    house.reboot("f1", clock="none").until("2026-01-12 09:00")
    assert house.alerts() == []


def test_a_plan_without_amounts_is_never_exceeded() -> None:
    house = Household().feeder("f1", schedule=plan(Meal("m", 18 * 60, DAYS, None, None))).until("2026-01-12 01:00")
    house.reads("f1", portions_today=9, dispensed_today_g=90.0).until("2026-01-12 01:10")
    assert house.alerts() == []


def test_a_meal_that_fails_for_want_of_food_tells_of_an_empty_hopper() -> None:
    house = home("07:00").until("2026-01-12 07:00")
    told = house.fed(plan_id="07:00", planned="2026-01-12 07:00", outcome="failed", portions=0, reason="hopper_empty")
    house.tell(told)
    assert house.firing() == ["FeederHopperEmpty"]


def test_meals_that_are_told_of_after_an_outage_count_for_how_long_the_hopper_lasts() -> None:
    house, level = home("07:00", "12:00", "18:00"), 52.0
    house.step = 600.0
    days = {day: [f"2026-01-{day} {time}" for time in ("07:00", "12:00", "18:00")] for day in range(12, 18)}
    for when in days[12] + days[13]:
        house.until(when).tell(house.fed(plan_id=when[-5:], planned=when, portions=3, expected=3))
        level -= 2.0
        house.reads("f1", hopper_pct=level)
    house.until("2026-01-14 01:00").die("f1").until("2026-01-16 18:30").revive("f1")
    level -= 18.0
    for when in days[14] + days[15] + days[16]:
        house.reads("f1", hopper_pct=level)
        house.tell(house.fed(plan_id=when[-5:], planned=when, portions=3, expected=3, replayed=True))
    house.until("2026-01-17 07:00").tell(house.fed(plan_id="07:00", planned=days[17][0], portions=3, expected=3))
    house.reads("f1", hopper_pct=level - 2.0)
    assert house.device().welfare.per_portion == pytest.approx(0.02 / 3)
    for when in days[17][1:]:
        house.until(when).reads("f1", hopper_pct=level - 2.0)
    assert house.alerts("FeederHopperLow") == []


def starved_meal(house: Household) -> Household:
    """The meal of 07:00 fails for want of food."""
    house.until("2026-01-12 07:00")
    house.tell(
        house.fed(plan_id="07:00", planned="2026-01-12 07:00", outcome="failed", portions=0, reason="hopper_empty")
    )
    return house


def test_a_few_crumbs_do_not_fill_a_hopper_that_a_meal_found_empty() -> None:
    house = starved_meal(home("07:00", "18:00")).reads("f1", hopper_pct=3).until("2026-01-12 09:00").restarted()
    house.reads("f1", hopper_pct=4)
    assert house.firing() == ["FeederHopperEmpty"]
    house.reads("f1", hopper_pct=60)
    assert house.ended("FeederHopperEmpty") == "the hopper was filled"


def test_a_sensor_that_said_fine_when_a_meal_found_the_hopper_empty_is_not_believed_before_a_meal_comes() -> None:
    house = starved_meal(home("07:00", "18:00").reads("f1", hopper_state="ok")).until("2026-01-12 07:05")
    house.reads("f1", hopper_state="ok").until("2026-01-12 18:00")
    assert "FeederHopperEmpty" in house.firing()
    house.tell(house.fed(plan_id="18:00", portions=3, expected=3))
    assert house.ended("FeederHopperEmpty") == "a whole meal came out"


def test_a_battery_without_a_level_lasts_for_nobody_knows_how_long() -> None:
    house = home("18:00", power="mains_battery_backup").until("2026-01-12 01:00")
    house.signs_of_life("f1", power_source="battery").until("2026-01-12 01:15")
    assert house.told("FeederOnBackupPower").startswith("feeder acme/f1 runs on its battery.")


def test_food_over_many_hours_is_no_runaway() -> None:
    house = home("07:00", "18:00").until("2026-01-12 05:00")
    for minute in range(0, 60, 15):
        house.until(f"2026-01-12 05:{minute:02}").reads("f1", dispensed_today_g=minute * 1.2)
    assert "FeederRunaway" not in {alert.name for alert in house.alerts()}
