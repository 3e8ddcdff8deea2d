"""Heating as coarse sensors, restarted counters and rare telemetry show it."""

import math
from typing import Any

import pytest

from tests.unit.core.welfare.household import Household
from tests.unit.core.welfare.rooms import Readings, live

TEN_MINUTES = 600.0
HALF, WHOLE, FAHRENHEIT = 0.5, 1.0, 5 / 9


def steps(grain: float, celsius: Readings) -> Readings:
    """The same readings by a sensor of coarse steps."""

    def readings(hours: float) -> dict[str, Any]:
        exact = celsius(hours)
        return {**exact, "temperature_c": round(round(exact["temperature_c"] / grain) * grain, 2)}

    return readings


def kept(celsius: float, setpoint: float = 20.0) -> Readings:
    """A room whose heating comes and goes."""
    return lambda hours: {
        "temperature_c": celsius,
        "heating_setpoint_c": setpoint,
        "running_state": "heat" if int(hours * 4) % 2 else "idle",
    }


def rarely() -> Household:
    """A thermostat that speaks every ten minutes."""
    return Household(step=TEN_MINUTES).settle("t1", "thermostat", site="s1")


def seen(grain: float) -> Household:
    """A room whose sensor has already shown the steps that it has."""
    house = rarely().reads("t1", temperature_c=20.0).reads("t1", temperature_c=20.0 + grain)
    return house.until("2026-01-12 00:10")


@pytest.mark.parametrize("grain", [HALF, WHOLE, FAHRENHEIT])
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_well_kept_room_that_a_coarse_sensor_shows_as_one_number_all_day_is_no_dead_sensor(
    grain: float, off: int
) -> None:
    house = live(seen(grain), 16.0, kept(round(20.0 + off * grain, 2)), every=TEN_MINUTES)
    assert house.alerts() == []


def test_a_sensor_of_which_no_step_was_seen_may_be_a_coarse_one() -> None:
    assert live(rarely(), 16.0, kept(20.0), every=TEN_MINUTES).alerts() == []


def test_a_fine_sensor_that_shows_the_setpoint_all_day_is_dead() -> None:
    house = live(seen(0.1), 13.0, kept(20.0), every=TEN_MINUTES)
    assert house.firing() == ["TemperatureSensorStuck"]


def test_a_new_setpoint_is_no_proof_against_a_coarse_sensor_that_showed_the_old_one_all_day() -> None:
    house = live(seen(WHOLE), 14.0, kept(20.0), every=TEN_MINUTES)
    house = live(house, 2.0, kept(20.0, setpoint=23.0), every=TEN_MINUTES)
    assert house.alerts() == []


def test_a_coarse_sensor_that_shows_less_than_it_should_all_day_is_dead_over_restarts_too() -> None:
    house = live(seen(HALF), 7.0, kept(18.5), every=TEN_MINUTES).restarted().link(up=True)
    assert house.device("t1").welfare.grain == HALF
    house = live(house, 6.0, kept(18.5), every=TEN_MINUTES)
    assert house.firing() == ["TemperatureSensorStuck"]
    house = live(house, 1.0, kept(18.5, setpoint=18.5), every=TEN_MINUTES)
    assert house.firing() == ["TemperatureSensorStuck"]
    house.reads("t1", temperature_c=19.0)
    assert house.ended("TemperatureSensorStuck") == "it changed to 19.0 °C"


def test_three_hours_of_heat_that_a_coarse_sensor_does_not_show_are_no_proof_against_it() -> None:
    house = live(seen(WHOLE), 5.0, lambda _: {**kept(17.0, 21.0)(0.3), "outdoor_temperature_c": -2.0})
    assert house.alerts() == []


def test_a_dead_sensor_is_found_though_the_counter_of_the_heating_begins_anew() -> None:
    def counted(before: float) -> Readings:
        return lambda hours: {**kept(18.0)(hours), "heating_s": before + 1800.0 * hours}

    house = live(seen(0.1), 1.0, counted(510_000.0), every=TEN_MINUTES)
    house = live(house, 12.0, counted(0.0), every=TEN_MINUTES)
    assert "Meanwhile the heating ran for 5 h" in house.told("TemperatureSensorStuck")


def test_a_dead_sensor_does_not_come_alive_by_a_pause_of_its_readings() -> None:
    house = live(seen(0.1), 13.0, kept(18.0), every=TEN_MINUTES)
    house.to(house.now + 2 * 3600.0).reads("t1", **kept(18.0)(0.0))
    assert house.firing() == ["TemperatureSensorStuck"]


def test_a_dead_sensor_is_found_in_readings_that_come_a_little_late_every_hour() -> None:
    house = live(seen(0.1), 14.0, lambda hours: {**kept(18.0)(hours), "heating_s": 1800.0 * hours}, every=3660.0)
    assert house.firing() == ["TemperatureSensorStuck"]


def test_a_message_without_a_temperature_is_no_second_reading() -> None:
    house = seen(0.1).reads("t1", temperature_c=85.0)
    for minute in (20, 30, 40):
        house.until(f"2026-01-12 00:{minute}").reads("t1", humidity_pct=40.0)
    assert house.reads("t1", temperature_c=20.0).alerts() == []
    cold = seen(0.1).reads("t1", temperature_c=0.0).until("2026-01-12 00:20").reads("t1", humidity_pct=40.0)
    assert cold.until("2026-01-12 00:40").reads("t1", temperature_c=20.0).alerts() == []


@pytest.mark.parametrize("grain", [HALF, FAHRENHEIT, WHOLE])
def test_a_room_that_warms_slowly_is_heated_well_enough_by_a_coarse_sensor_too(grain: float) -> None:
    def rises(hours: float) -> dict[str, Any]:
        celsius = 16.55 - 0.1 * min(hours, 0.5) * 2 + 0.4 * max(0.0, hours - 0.5)
        return {"temperature_c": celsius, "heating_setpoint_c": 21.0, "running_state": "heat"}

    assert live(seen(grain), 5.8, steps(grain, rises), every=TEN_MINUTES).alerts() == []


def test_heating_without_effect_is_told_by_a_coarse_sensor_too_only_later() -> None:
    def falls(hours: float) -> dict[str, Any]:
        return {"temperature_c": 16.0 - 0.4 * hours, "heating_setpoint_c": 21.0, "running_state": "heat"}

    house = live(seen(WHOLE), 3.0, steps(WHOLE, falls), every=TEN_MINUTES)
    assert house.firing() == []
    assert "HeatingNotEffective" in live(house, 3.0, steps(WHOLE, lambda hours: falls(hours + 3.0))).firing()


def test_a_room_that_a_coarse_sensor_shows_one_step_too_cold_is_no_reason_to_call_its_heating_restless() -> None:
    def gentle(hours: float) -> dict[str, Any]:
        celsius = 20.5 + 0.1 * (-1 if int(hours) % 2 else 1)
        return {"temperature_c": celsius, "heating_setpoint_c": 21.0, "running_state": "heat"}

    assert live(seen(WHOLE), 13.0, steps(WHOLE, gentle), every=TEN_MINUTES).alerts() == []


def test_one_step_up_of_a_coarse_sensor_is_no_room_that_keeps_warming() -> None:
    def warm(hours: float) -> dict[str, Any]:
        return {
            "temperature_c": 24.45 + 0.1 * max(0.0, hours - 2.5),
            "heating_setpoint_c": 20.0,
            "running_state": "heat",
        }

    assert live(seen(WHOLE), 5.0, steps(WHOLE, warm), every=TEN_MINUTES).alerts() == []


def test_one_wild_reading_in_a_room_that_is_held_in_the_cold_is_no_heating_in_vain() -> None:
    def held(hours: float) -> dict[str, Any]:
        celsius = 0.0 if abs(hours - 3.0) < 0.01 else 18.0 + 0.1 * math.sin(5 * hours)
        warm = {"temperature_c": celsius, "heating_setpoint_c": 20.5, "running_state": "heat"}
        return {**warm, "outdoor_temperature_c": -2.0}

    assert live(rarely(), 5.0, held, every=900.0).alerts() == []


def test_heating_that_runs_against_an_open_window_is_not_called_restless() -> None:
    def airs(hours: float) -> dict[str, Any]:
        celsius = 18.0 + 0.2 * math.sin(5 * hours)
        return {"temperature_c": celsius, "heating_setpoint_c": 20.0, "running_state": "heat", "window_open": True}

    house = live(rarely(), 7.0, airs, every=TEN_MINUTES)
    assert house.alerts() == []
    live(house, 6.5, lambda hours: {**airs(hours), "window_open": False}, every=TEN_MINUTES)
    assert "HvacRunsNonstop" in house.firing()


def test_a_temperature_that_is_not_told_any_more_is_no_stuck_sensor() -> None:
    house = live(seen(0.1), 1.0, kept(18.0), every=TEN_MINUTES)
    house = live(house, 16.0, lambda _: {"running_state": "heat", "heating_setpoint_c": 20.0}, every=TEN_MINUTES)
    assert "TemperatureSensorStuck" not in {alert.name for alert in house.alerts()}
