"""One reading may be wrong: what it takes until a reading is believed, and what time alone decides."""

from typing import Any

import pytest

from tests.unit.core.welfare.household import Household, heat_plan, meal
from tests.unit.core.welfare.rooms import live, room

QUARTER = 900.0
FINE = {"temperature_c": 20.0, "heating_setpoint_c": 20.0, "running_state": "idle"}


def fine(house: Household, hours: float = 1.0) -> Household:
    """A room at its setpoint, told of every quarter of an hour."""
    return live(house, hours, lambda _: FINE, every=QUARTER)


@pytest.mark.parametrize("wild", [85.0, 0.0, -127.0])
def test_one_wild_reading_among_good_ones_pages_nobody(wild: float) -> None:
    house = fine(room()).reads("t1", temperature_c=wild)
    house.to(house.now + QUARTER)
    assert fine(house, 3.0).alerts() == []


@pytest.mark.parametrize(("celsius", "name"), [((4.2, 4.0), "FreezeRiskCritical"), ((36.0, 36.5), "OverheatRisk")])
def test_a_second_reading_that_agrees_is_told_at_once_when_the_hold_is_over(
    celsius: tuple[float, float], name: str
) -> None:
    house = fine(room()).reads("t1", temperature_c=celsius[0])
    assert house.to(house.now + QUARTER).firing() == []
    assert house.reads("t1", temperature_c=celsius[1]).firing() == [name]
    assert f"{celsius[1]} °C" in house.told(name)
    assert "single reading" not in house.told(name)


def test_a_wild_reading_in_a_room_that_is_warmer_than_it_should_be_is_not_believed_while_readings_come() -> None:
    warm = {"temperature_c": 23.0, "heating_setpoint_c": 20.0, "running_state": "heat"}
    house = live(room(), 1.0, lambda _: warm, every=QUARTER).reads("t1", temperature_c=85.0)
    house.to(house.now + QUARTER)
    assert live(house, 3.0, lambda _: warm, every=QUARTER).shown("OverheatRisk") == []
    house.reads("t1", temperature_c=36.0)
    assert house.firing() == ["OverheatRisk"]


def test_two_readings_that_agree_are_told_at_the_end_of_the_hold_though_no_third_comes() -> None:
    house = room().reads("t1", temperature_c=4.2).until("2026-01-12 00:05").reads("t1", temperature_c=4.1)
    assert house.until("2026-01-12 00:09").firing() == []
    assert house.until("2026-01-12 00:11").firing() == ["FreezeRiskCritical"]


def test_a_thermostat_that_says_no_more_after_an_alarming_reading_is_told_an_hour_later_as_a_single_reading() -> None:
    house = fine(room()).reads("t1", temperature_c=4.2).until("2026-01-12 02:09")
    assert house.firing() == []
    house.until("2026-01-12 02:11")
    assert "4.2 °C at thermostat acme/t1: pipes may freeze" in house.told("FreezeRiskCritical")
    assert "a single reading: no other has come since" in house.told("FreezeRiskCritical")
    fine(house)
    assert house.ended("FreezeRiskCritical") == "20.0 °C again"


@pytest.mark.parametrize(("celsius", "name"), [(4.0, "FreezeRiskCritical"), (36.0, "OverheatRisk")])
def test_a_thermostat_that_falls_silent_right_after_an_alarming_reading_is_still_told_of(
    celsius: float, name: str
) -> None:
    house = fine(room()).reads("t1", temperature_c=celsius).die("t1").until("2026-01-12 02:20")
    assert house.device("t1").status == "offline"
    assert house.firing() == [name]


def test_a_single_reading_that_waits_is_kept_over_a_restart_and_denied_by_the_next() -> None:
    house = fine(room()).reads("t1", temperature_c=0.0).until("2026-01-12 01:05").restarted().link(up=True)
    house = fine(house, 2.0)
    assert "FreezeRiskCritical" not in {alert.name for alert in house.alerts()}


def test_a_second_reading_cannot_have_come_while_the_monitor_was_blind() -> None:
    house = fine(room()).reads("t1", temperature_c=0.0).until("2026-01-12 01:01").link(up=False)
    house.until("2026-01-12 03:00").link(up=True).until("2026-01-12 03:30")
    assert house.shown("FreezeRiskCritical") == []
    denied = fine(house.restarted().link(up=True))
    assert denied.shown("FreezeRiskCritical") == []
    other = fine(room()).reads("t1", temperature_c=4.0).until("2026-01-12 01:01").link(up=False)
    other.until("2026-01-12 03:00").link(up=True)
    assert other.until("2026-01-12 04:01").firing() == ["FreezeRiskCritical"]


def test_a_setpoint_that_was_read_just_as_the_plan_changed_is_not_told_before_it_is_read_again() -> None:
    def obeys(house: Household, setpoint: float) -> list[Any]:
        house.reads("t1", temperature_c=20.0, heating_setpoint_c=setpoint)
        return house.to(house.now + 3600.0).alerts("ThermostatScheduleNotApplied")

    house = room().settle("t1", "thermostat", heat_plan(("00:00", 16.0), ("06:00", 20.0)), site="s1")
    house.until("2026-01-12 06:00")
    assert obeys(house, 16.0) == []
    assert obeys(house, 20.0) == []


def test_what_a_device_says_of_its_power_needs_no_second_word() -> None:
    house = Household().feeder("f1", meal("18:00"), power="mains_battery_backup")
    house.signs_of_life("f1", power_source="battery").until("2026-01-12 00:12")
    assert house.firing() == ["FeederOnBackupPower"]
