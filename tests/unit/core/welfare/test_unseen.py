"""Homes that nobody sees: the thermostat is silent, or beats and tells no temperature."""

import math
from typing import Any

from monitor.core.observations import SessionStatus
from monitor.core.welfare.care import ThermostatCare, load_care
from tests.unit.core.welfare.household import Household
from tests.unit.core.welfare.rooms import HOUR, cooling, live, room


def steady(house: Household, hours: float, **readings: Any) -> Household:  # noqa: ANN401
    """A room that is kept at 20 °C, as sensors show it."""
    return live(
        house, hours, lambda t: {"temperature_c": round(20.0 + 0.2 * math.sin(9 * t), 2), **readings}, every=600.0
    )


def slowly(house: Household, until: str) -> Household:
    """Let time pass in steps of ten minutes."""
    house.step = 600.0
    return house.until(until)


def skip(house: Household, wall: str) -> Household:
    """The monitor was off until then, and looks around for a quarter of an hour."""
    house.now = house.moment(wall)
    house.restarted().link(up=True)
    return house.to(house.now + HOUR / 4)


def test_a_house_that_cools_on_an_evening_in_july_will_not_freeze_by_morning() -> None:
    house = live(
        room("2026-07-12 20:00", timezone="Europe/Vienna"),
        3.0,
        lambda hours: {"temperature_c": 17.5 - 0.9 * hours, "heating_setpoint_c": 8.0},
    )
    slowly(house.die("t1"), "2026-07-12 23:30")
    assert skip(house, "2026-07-14 00:00").alerts() == []
    assert not house.engine.welfare.cooling


def test_july_is_winter_in_the_south_and_in_a_room_that_is_colder_than_summer() -> None:
    for zone, begin in (("Australia/Hobart", 10.8), ("Europe/Vienna", 9.8)):
        house = live(room("2026-07-12 20:00", timezone=zone), 2.0, cooling(begin, None, 12.0))
        assert "towards -5 °C outdoors, which is assumed" in house.told("FreezeRisk")


def test_what_is_assumed_outdoors_is_said_of_a_home_that_nobody_sees() -> None:
    house = slowly(live(room(), 2.0, cooling(10.8, None, 12.0)).die("t1"), "2026-01-12 05:00")
    assert "towards -5 °C outdoors, which is assumed" in house.told("FreezeRiskBlind")


def test_a_cooling_room_whose_thermostat_beats_but_tells_no_temperature_is_forecast_further() -> None:
    house = slowly(live(room(timezone="Europe/Vienna"), 2.0, cooling(12.0, -10.0, 12.0)), "2026-01-12 03:30")
    told = house.told("FreezeRiskBlind")
    assert "has told no temperature since 01:55 Europe/Vienna, -10 °C outdoors" in told
    assert "By forecast, not by reading, as it cooled then" in told
    assert house.device("t1").status == "online"
    assert "may be reached already" in slowly(house, "2026-01-12 08:00").told("FreezeRiskBlind")
    house.reads("t1", temperature_c=12.0)
    assert house.ended("FreezeRiskBlind") == "it is heard again"


def test_other_readings_without_a_temperature_are_no_reading_of_the_old_one() -> None:
    house = live(room(), 2.0, cooling(10.2, -8.0, 12.0))
    assert house.firing() == ["FreezeRisk"]
    live(house, 3.0, lambda _: {"outdoor_temperature_c": -8.0, "running_state": "idle"})
    assert house.firing() == ["FreezeRisk", "FreezeRiskBlind"]


def test_a_temperature_that_the_thermostat_declares_unknown_is_missed_like_one_that_does_not_come() -> None:
    house = live(room(), 2.0, cooling(12.0, -10.0, 12.0)).reads("t1", temperature_c=None)
    assert "It showed 8.9 °C" in slowly(house, "2026-01-12 03:30").told("FreezeRiskBlind")


def test_a_steady_room_that_tells_only_changes_is_not_missed() -> None:
    house = slowly(steady(room(), 2.0, outdoor_temperature_c=-10.0, heating_setpoint_c=20.0), "2026-01-12 08:00")
    assert house.alerts() == []


def test_a_room_that_cools_to_its_setpoint_and_then_tells_no_change_is_held_there() -> None:
    house = slowly(live(room(), 2.0, cooling(13.0, -10.0, 15.0, heating_setpoint_c=10.5)), "2026-01-12 08:00")
    assert house.alerts() == []


def test_a_thermostat_that_tells_its_temperature_every_three_hours_is_not_missed_after_one() -> None:
    house = live(room(), 12.0, lambda t: {"temperature_c": 13.0 - 0.3 * t, "outdoor_temperature_c": -5.0}, 3 * HOUR)
    assert slowly(house, "2026-01-12 16:00").alerts("FreezeRiskBlind") == []


def test_a_sleeping_thermostat_is_not_missed_by_its_readings() -> None:
    house = live(room(liveness="sleepy", power="battery"), 2.0, cooling(12.0, -10.0, 12.0))
    house.says(SessionStatus("acme/t1", house.now, "sleeping", "boot-1", next_seen_seconds=6 * HOUR)).die("t1")
    assert slowly(house, "2026-01-12 07:00").alerts("FreezeRiskBlind") == []


def test_readings_that_the_monitor_could_not_hear_are_not_missed() -> None:
    house = live(room(), 2.0, cooling(12.0, -10.0, 12.0)).link(up=False)
    house = slowly(house, "2026-01-12 06:00").link(up=True)
    house.until("2026-01-12 06:30")
    assert house.alerts("FreezeRiskBlind") == []
    assert slowly(house, "2026-01-12 07:30").firing() == ["FreezeRisk", "FreezeRiskBlind"]


def test_a_room_that_nobody_reads_any_more_is_still_missed_after_a_restart() -> None:
    house = live(room(), 2.0, cooling(12.0, -10.0, 12.0))
    house = slowly(house.restarted().link(up=True), "2026-01-12 03:30")
    assert house.firing() == ["FreezeRisk", "FreezeRiskBlind"]


def test_a_room_that_was_saved_before_its_readings_were_timed_was_read_when_it_last_spoke() -> None:
    old = {name: value for name, value in ThermostatCare().save().items() if name != "measured_at"}
    care = load_care({**old, "read_at": 1000.0, "forecast": [1.0, 9.0, -5.0, True, 3600.0, 1800.0, None, 8]})
    assert isinstance(care, ThermostatCare)
    assert care.measured_at == 1000.0
    assert care.forecast is not None
    assert care.forecast.floor is None


def test_a_power_cut_in_a_warm_house_is_forecast_from_how_it_cooled() -> None:
    house = live(room(), 3.0, lambda hours: {"temperature_c": 21.0 - 0.9 * hours, "heating_setpoint_c": 21.0})
    slowly(house.die("t1"), "2026-01-12 03:30")
    assert skip(house, "2026-01-12 15:00").alerts() == []
    skip(house, "2026-01-12 23:00")
    assert "as it cooled then" in house.told("FreezeRiskBlind")


def test_a_night_setback_that_falls_silent_pages_nobody_before_the_forecast_comes_near() -> None:
    house = live(room(), 2.0, cooling(20.0, 3.0, 40.0, heating_setpoint_c=16.0)).die("t1")
    assert skip(slowly(house, "2026-01-12 02:30"), "2026-01-13 06:00").alerts() == []


def test_a_silent_house_in_chilly_weather_is_told_before_a_house_without_heat_would_freeze() -> None:
    house = steady(room(), 2.0, outdoor_temperature_c=1.0).die("t1")
    assert skip(slowly(house, "2026-01-12 02:30"), "2026-01-13 15:00").alerts() == []
    skip(house, "2026-01-13 22:00")
    assert "1 °C outdoors at 2026-01-12 00:50 UTC" in house.told("FreezeRiskBlind")


def test_of_a_steady_house_whose_weather_nobody_knows_nothing_is_said() -> None:
    house = slowly(steady(room(), 2.0).die("t1"), "2026-01-12 02:30")
    assert skip(house, "2026-01-15 00:00").alerts() == []


def test_a_thermostat_that_beats_once_an_hour_is_a_risk_as_soon_as_it_is_known_to_be_silent() -> None:
    house = Household(step=HOUR).settle("t1", "thermostat", site="s1")
    for hour in (1, 2, 3):
        house.until(f"2026-01-12 0{hour}:00").reads("t1", temperature_c=19.0, outdoor_temperature_c=-8.0)
    slowly(house.die("t1"), "2026-01-12 12:00")
    assert house.device("t1").status == "offline"
    assert house.shown("FreezeRiskBlind")[0].at - house.device("t1").since <= 1.0


def test_frost_that_begins_while_a_thermostat_is_silent_is_noticed_within_an_hour() -> None:
    house = room().settle("t2", "thermostat", site="s1")
    live(house, 2.0, cooling(17.0, 4.9, 40.0)).die("t1")
    slowly(house, "2026-01-12 08:00").reads("t2", temperature_c=20.0, outdoor_temperature_c=-8.0)
    assert slowly(house, "2026-01-12 09:10").firing() == ["FreezeRiskBlind"]


def test_an_old_temperature_outdoors_is_said_to_be_old_and_ends_with_its_season() -> None:
    house = slowly(steady(room(), 2.0, outdoor_temperature_c=-1.0).die("t1"), "2026-01-12 06:00")
    assert ", -1 °C outdoors: its home" in house.told("FreezeRiskBlind")
    (risk,) = skip(house, "2026-03-20 00:00").engine.welfare.risks(house.now)
    assert risk.hours == 0.0
    assert "-1 °C outdoors at 2026-01-12" in risk.summary
    skip(house, "2026-05-02 00:00")
    assert house.ended("FreezeRiskBlind") == "it is not freezing there any more"


def test_frost_that_a_neighbour_tells_of_in_may_is_believed() -> None:
    house = steady(room("2026-04-30 12:00", timezone="Europe/Vienna"), 2.0, outdoor_temperature_c=4.0)
    house.settle("t2", "thermostat", site="s1").die("t1")
    slowly(house, "2026-05-01 02:00").reads("t2", temperature_c=20.0, outdoor_temperature_c=-3.0)
    assert slowly(house, "2026-05-01 04:00").firing() == ["FreezeRiskBlind"]


def test_a_temperature_outdoors_from_before_yesterday_says_nothing_of_a_room_that_was_read_since() -> None:
    house = slowly(room().reads("t1", temperature_c=20.0, outdoor_temperature_c=-8.0), "2026-01-12 01:00")
    skip(house, "2026-01-13 06:00").reads("t1", temperature_c=20.1).die("t1")
    assert slowly(house, "2026-01-13 09:00").alerts() == []


def test_of_a_home_whose_temperature_was_never_told_nothing_is_foretold() -> None:
    house = slowly(room().reads("t1", running_state="heat", outdoor_temperature_c=-8.0).die("t1"), "2026-01-12 01:00")
    assert house.device("t1").status == "offline"
    assert not skip(house, "2026-01-12 06:00").engine.welfare.cooling
    assert house.alerts("FreezeRiskBlind") == []
