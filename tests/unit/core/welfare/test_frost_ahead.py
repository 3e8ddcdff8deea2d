"""How frost that is foretold begins, is told again, and ends."""

import math

import pytest

from monitor.core.fleet import Cohort
from monitor.core.welfare.cooling import Trail
from tests.unit.core.welfare.household import Household
from tests.unit.core.welfare.rooms import HOUR, Readings, cooling, live, room

ROOMS = Cohort("acme", "", "", "thermostat")


def in_steps(kelvin: float, tau: float) -> Readings:
    """A room that cools from 11 °C towards -5 °C, by a sensor that shows no smaller steps."""
    exact = cooling(11.0, -5.0, tau)
    return lambda hours: {
        **exact(hours),
        "temperature_c": round(exact(hours)["temperature_c"] / kelvin) * kelvin,
    }


@pytest.mark.parametrize(("kelvin", "tau"), [(0.5, 12.0), (0.5, 55.0), (1.0, 25.0), (1.0, 55.0)])
def test_a_sensor_with_coarse_steps_foretells_frost_once_and_in_time(kelvin: float, tau: float) -> None:
    hours = tau * math.log(16 / 10)
    house = room()
    house.step = 600.0
    live(house, hours - 0.2, in_steps(kelvin, tau), every=600.0)
    (shown,) = house.shown("FreezeRisk")
    assert shown.at < house.moment("2026-01-12 00:00") + (hours - 1) * HOUR


def held(house: Household, hours: float, celsius: float) -> Household:
    """The room stays as cold as this."""
    return live(house, hours, lambda _: {"temperature_c": celsius, "outdoor_temperature_c": -5.0}, every=600.0)


def test_a_cold_room_that_stays_as_it_is_is_off_its_way_to_frost_after_hours_and_not_at_once() -> None:
    house = live(room(), 2.5, cooling(10.5, -5.0, 10.0))
    last = house.device("t1").reading or {}
    held(house, 1.5, float(last["temperature_c"] or 0.0))
    assert house.firing() == ["FreezeRisk"]
    held(house, 2.0, float(last["temperature_c"] or 0.0))
    assert house.firing() == []
    assert house.ended("FreezeRisk").endswith("and not on the way to frost")


def test_weather_that_turns_mild_takes_a_room_off_its_way_to_frost() -> None:
    house = live(room(), 2.0, cooling(10.5, -5.0, 10.0))
    live(house, 0.5, cooling(7.7, 6.0, 4.0))
    assert house.firing() == []


def test_the_setpoint_that_somebody_lowers_on_purpose_ends_a_risk_of_frost() -> None:
    house = live(room(), 2.0, cooling(10.5, -5.0, 10.0))
    assert house.firing() == ["FreezeRisk"]
    assert live(house, 0.3, cooling(7.7, -5.0, 10.0, heating_setpoint_c=6.0)).firing() == []


def test_a_thermostat_that_is_switched_off_holds_no_setpoint() -> None:
    house = live(room(), 2.0, cooling(9.9, -5.0, 12.0, heating_setpoint_c=7.0, system_mode="off"))
    assert house.firing() == ["FreezeRisk"]


def test_the_moment_of_frost_is_told_by_the_clock_on_the_wall_of_the_home() -> None:
    house = live(room(timezone="Europe/Vienna"), 1.4, cooling(12.0, -8.0, 10.0))
    assert "in about 3 h 3 min (04:18, between 03:53 and 04:52, Europe/Vienna)" in house.told("FreezeRisk")


def test_frost_that_has_come_nearer_is_told_again_and_each_step_once() -> None:
    house = live(room(), 4.2, cooling(12.0, -8.0, 10.0))
    told = [alert.summary for alert in house.alerts("FreezeRisk", "firing")]
    assert [summary.partition("in about ")[2].partition(" (")[0] for summary in told] == [
        "3 h 3 min",
        "1 h 56 min",
        "56 min 50 s",
    ]


def test_a_night_setback_on_its_way_to_the_setpoint_is_counted_nowhere_as_cold() -> None:
    house = live(room(), 3.0, cooling(17.9, -5.0, 50.0, heating_setpoint_c=16.5))
    assert house.device("t1").welfare.forecast is not None
    assert not house.engine.welfare.cooling
    live(house, 1.0, cooling(15.9, -5.0, 40.0, heating_setpoint_c=16.5))
    assert house.engine.welfare.cooling[ROOMS, "10", "24h"] == 1


def test_the_readings_that_count_go_back_further_where_they_show_few_steps_but_not_behind_a_rise() -> None:
    trail = Trail()
    for step, celsius in enumerate([7.0] * 3 + [8.5] * 9 + [8.0] * 9 + [7.5] * 3):
        trail.add(step * 600.0, celsius)
    points = trail.telling(23 * 600.0)
    assert points[0] == (3 * 600.0, 8.5)
    assert len(points) == 21


def test_the_usual_pause_between_readings_is_the_middle_one() -> None:
    trail = Trail()
    assert trail.usual_pause() == 0.0
    for at in (0.0, 600.0, 1200.0, 9000.0):
        trail.add(at, 20.0)
    assert trail.usual_pause() == 600.0
    assert not trail.recovers(9000.0, 0.0)


def test_a_room_is_steady_when_what_it_lost_is_hours_ago_though_its_sensor_trembles() -> None:
    trail = Trail()
    for step in range(24):
        trail.add(step * 600.0, 8.0 + max(0, 10 - step) / 5 + (0.1 if step % 2 else 0.0))
    assert not trail.recovers(20 * 600.0, 0.0)
    assert trail.recovers(23 * 600.0, 0.0)


def test_few_readings_of_two_hours_are_not_eked_out_with_older_ones() -> None:
    trail = Trail()
    for hour, celsius in enumerate((12.0, 11.5, 11.0, 10.5)):
        trail.add(hour * HOUR, celsius)
    assert len(trail.telling(3 * HOUR)) == 3
