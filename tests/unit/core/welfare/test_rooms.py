"""Rooms that freeze, overheat, or are heated in vain; and those that only look like it."""

import math
from typing import Any

from monitor.core.observations import SessionStatus
from monitor.core.welfare.care import ThermostatCare
from monitor.core.welfare.case import Cases
from monitor.core.welfare.cooling import Forecast
from monitor.core.welfare.freezing import in_about, trend
from monitor.core.welfare.settings import WelfareSettings
from tests.unit.core.welfare.household import heat_plan
from tests.unit.core.welfare.rooms import HOUR, Readings, cooling, live, room


def test_a_boiler_that_is_out_is_forecast_hours_before_the_frost() -> None:
    house = live(room(), 8.0, cooling(12.0, -5.0, 15.0))
    alert = house.alerts("FreezeRisk", "firing")[0]
    assert "5 °C in about" in alert.summary
    fell_at = house.moment("2026-01-12 00:00") + 15.0 * math.log(17 / 10) * HOUR
    assert house.shown("FreezeRisk")[0].at < fell_at - HOUR
    house = live(house, 1.0, cooling(4.8, -5.0, 15.0))
    assert house.firing() == ["FreezeRiskCritical"]
    assert house.ended("FreezeRisk") == "below 5 °C now"
    assert house.shown("FreezeRiskCritical")[0].at <= house.shown("FreezeRisk")[-1].at


def test_the_reading_that_is_the_reason_goes_with_the_alert_for_those_who_get_bands() -> None:
    (alert,) = live(room(), 1.0, lambda _: {"temperature_c": 4.2}).alerts("FreezeRiskCritical", "firing")
    assert alert.readings == {"temperature_c": 4.2}


def test_a_fast_fall_is_forecast_an_hour_before_the_frost_too() -> None:
    house = live(room(), 4.0, cooling(11.0, -5.0, 6.0))
    fell_at = house.moment("2026-01-12 00:00") + 6.0 * math.log(16 / 10) * HOUR
    assert house.shown("FreezeRisk")[0].at < fell_at - HOUR


def test_without_an_outdoor_temperature_the_forecast_says_that_it_assumes_one() -> None:
    house = live(room(), 3.0, cooling(10.5, None, 10.0))
    assert "which is assumed" in house.told("FreezeRisk")


def test_a_room_that_warms_again_is_no_longer_at_risk() -> None:
    house = live(room(), 3.0, cooling(10.5, -5.0, 10.0))
    assert house.firing() == ["FreezeRisk"]
    live(house, 3.0, lambda hours: {"temperature_c": 7.0 + 3 * hours, "running_state": "heat"})
    assert house.firing() == []


def test_an_open_window_is_no_reason_to_cry_wolf() -> None:
    house = live(room(), 0.75, cooling(9.9, -5.0, 4.0, window_open=True))
    live(house, 1.0, lambda hours: {"temperature_c": 9.0 + 8 * hours, "window_open": False, "running_state": "heat"})
    assert house.alerts() == []


def test_a_room_that_is_kept_cold_on_purpose_is_no_risk_while_it_is_above_its_setpoint() -> None:
    def readings(hours: float) -> dict[str, Any]:
        return {**cooling(9.9, -5.0, 12.0)(hours), "heating_setpoint_c": 7.0}

    house = live(room(), 1.5, readings)
    assert house.alerts() == []


def test_a_warm_house_that_cools_at_night_is_forecast_in_silence() -> None:
    house = live(room(), 4.0, cooling(17.5, -5.0, 40.0))
    assert house.device("t1").welfare.forecast is not None
    assert house.alerts() == []


def test_a_silent_thermostat_in_frost_is_a_risk_after_two_hours() -> None:
    steady = {"temperature_c": 20.0, "outdoor_temperature_c": -6.0, "running_state": "heat"}
    house = live(room(), 1.0, lambda hours: {**steady, "temperature_c": 20.0 + 0.2 * math.sin(9 * hours)}).die("t1")
    house.until("2026-01-12 02:50")
    assert house.alerts() == []
    house.until("2026-01-12 03:10")
    told = house.told("FreezeRiskBlind")
    assert "By forecast, not by reading, if its heating stopped then, towards -6 °C outdoors: about 18 °C now" in told
    assert "10 °C in about" in told
    assert "5 °C in about" in told
    house.revive("t1").reads("t1", **steady)
    assert house.ended("FreezeRiskBlind") == "it is heard again"


def test_a_silent_thermostat_in_mild_weather_is_none() -> None:
    house = live(room(), 1.0, lambda _: {"temperature_c": 20.0, "outdoor_temperature_c": 8.0}).die("t1")
    assert house.until("2026-01-12 09:00").alerts() == []


def test_a_house_that_was_cooling_when_it_fell_silent_is_forecast_further() -> None:
    house = live(room(), 2.0, cooling(10.8, -5.0, 12.0)).die("t1")
    house.until("2026-01-12 05:00")
    told = house.told("FreezeRiskBlind")
    assert "By forecast, not by reading, as it cooled then" in told
    assert "5 °C in about" in told


def test_frost_is_known_from_another_thermostat_of_the_same_site() -> None:
    house = room().settle("t2", "thermostat", site="s1")
    house.reads("t1", temperature_c=20.0).die("t1").reads("t2", temperature_c=20.0, outdoor_temperature_c=-8.0)
    house.until("2026-01-12 02:30")
    assert "-8 °C outdoors" in house.told("FreezeRiskBlind")


def test_a_room_above_35_degrees_is_told_and_ends_below_34() -> None:
    house = live(room(), 0.5, lambda hours: {"temperature_c": 36.0 + hours, "running_state": "idle"})
    assert house.firing() == ["OverheatRisk"]
    house.reads("t1", temperature_c=34.5)
    assert house.firing() == ["OverheatRisk"]
    house.reads("t1", temperature_c=33.5)
    assert house.firing() == []


def test_heating_that_goes_on_far_above_its_setpoint_is_overheating() -> None:
    house = live(
        room(),
        1.5,
        lambda hours: {"temperature_c": 24.0 + 2 * hours, "heating_setpoint_c": 20.0, "running_state": "heat"},
    )
    assert house.firing() == ["OverheatRisk"]
    assert "above its setpoint" in house.told("OverheatRisk")


def test_a_stale_state_in_a_room_that_cools_is_no_overheating() -> None:
    house = live(
        room(), 2.0, lambda hours: {"temperature_c": 26.0 - hours, "heating_setpoint_c": 20.0, "running_state": "heat"}
    )
    assert house.alerts() == []


def test_an_hour_of_heat_without_any_rise_is_told() -> None:
    house = live(
        room(),
        1.3,
        lambda hours: {"temperature_c": 16.0 - 0.4 * hours, "heating_setpoint_c": 21.0, "running_state": "heat"},
    )
    assert house.firing() == ["HeatingNotEffective"]
    live(
        house,
        1.0,
        lambda hours: {"temperature_c": 16.0 + 2 * hours, "heating_setpoint_c": 21.0, "running_state": "heat"},
    )
    assert house.firing() == []


def test_a_room_that_warms_slowly_is_heated_well_enough() -> None:
    house = live(
        room(),
        4.0,
        lambda hours: {"temperature_c": 16.0 + 0.5 * hours, "heating_setpoint_c": 21.0, "running_state": "heat"},
    )
    assert house.alerts() == []


def test_a_sensor_that_never_changes_while_it_heats_is_stuck_and_nothing_else() -> None:
    def readings(hours: float) -> dict[str, Any]:
        heats = hours % 1 < 0.4
        return {"temperature_c": 19.5, "heating_setpoint_c": 20.0, "running_state": "heat" if heats else "idle"}

    house = live(room().reads("t1", temperature_c=19.4), 13.0, readings, every=600.0)
    assert house.firing() == ["TemperatureSensorStuck"]
    house.reads("t1", temperature_c=19.6, running_state="idle")
    assert house.firing() == []


def test_a_stuck_sensor_far_below_the_setpoint_is_found_in_hours_and_not_blamed_on_the_heating() -> None:
    cold = {"temperature_c": 16.5, "heating_setpoint_c": 20.5, "running_state": "heat"}
    house = live(room().reads("t1", temperature_c=16.6), 7.0, lambda _: cold)
    assert {alert.name for alert in house.alerts()} == {"TemperatureSensorStuck"}


def test_a_room_that_full_heat_only_just_holds_is_no_stuck_sensor() -> None:
    def readings(hours: float) -> dict[str, Any]:
        celsius = round(17.61 + 0.01 * math.sin(hours), 2)
        return {
            "temperature_c": celsius,
            "heating_setpoint_c": 21.0,
            "running_state": "heat",
            "outdoor_temperature_c": -16.5,
        }

    house = live(room().reads("t1", temperature_c=17.5), 8.0, readings)
    assert "TemperatureSensorStuck" not in {alert.name for alert in house.alerts()}


def test_heating_without_rest_for_six_hours_in_a_room_that_stays_cold_is_told() -> None:
    def readings(hours: float) -> dict[str, Any]:
        wave = 0.2 * math.sin(hours * 5)
        return {
            "temperature_c": 18.5 + wave,
            "heating_setpoint_c": 20.0,
            "running_state": "heat",
            "heating_s": hours * HOUR,
        }

    house = live(room(), 6.2, readings)
    assert house.firing() == ["HvacRunsNonstop"]
    assert "100% of 6 h" in house.told("HvacRunsNonstop")


def test_gentle_heat_that_holds_the_setpoint_all_day_is_fine() -> None:
    house = live(
        room(),
        7.0,
        lambda hours: {
            "temperature_c": 20.0 + 0.1 * math.sin(hours),
            "heating_setpoint_c": 20.0,
            "running_state": "heat",
        },
    )
    assert house.alerts() == []


def test_more_than_eight_starts_an_hour_are_short_cycling() -> None:
    house = live(
        room(),
        1.2,
        lambda hours: {"temperature_c": 20.0 + 0.1 * math.sin(40 * hours), "heating_cycles": int(hours * 12)},
    )
    assert house.firing() == ["HvacShortCycling"]
    live(
        house,
        2.2,
        lambda hours: {"temperature_c": 20.0 + 0.1 * math.sin(40 * hours), "heating_cycles": 14 + int(hours * 3)},
    )
    assert house.firing() == []


def test_a_setpoint_off_the_plan_without_an_override_is_told_after_three_quarters_of_an_hour() -> None:
    house = room().settle("t1", "thermostat", heat_plan(("00:00", 16.0), ("06:00", 20.0)), site="s1")
    live(house, 0.6, lambda _: {"temperature_c": 20.0, "heating_setpoint_c": 22.0, "hold": "none"})
    assert house.firing() == []
    live(house, 0.3, lambda _: {"temperature_c": 20.1, "heating_setpoint_c": 22.0, "hold": "none"})
    assert "aims at 22.0 °C though its plan says 16.0 °C" in house.told("ThermostatScheduleNotApplied")
    house.reads("t1", hold="permanent", temperature_c=20.1)
    assert house.firing() == []


def test_the_schedule_that_a_thermostat_states_itself_comes_first() -> None:
    house = live(
        room(),
        1.0,
        lambda hours: {
            "temperature_c": 20.0 + hours / 9,
            "heating_setpoint_c": 20.0,
            "scheduled_heating_setpoint_c": 20.0,
        },
    )
    assert house.alerts() == []


def test_a_thermostat_is_remembered_over_a_restart() -> None:
    house = live(room(), 2.0, cooling(10.5, -5.0, 10.0)).restarted()
    live(house, 1.5, cooling(8.1, -5.0, 10.0))
    assert house.firing() == ["FreezeRisk"]
    assert len(house.shown("FreezeRisk")) == 1


def test_a_reading_without_a_temperature_judges_no_room() -> None:
    house = room().reads("t1", running_state="heat", heating_setpoint_c=20.0)
    assert house.device("t1").welfare.trail.save() == [[], []]


def test_a_silent_thermostat_that_never_read_a_temperature_is_no_frost() -> None:
    house = room().reads("t1", running_state="heat").settle("t2", "thermostat", site="s1").die("t1")
    house.reads("t2", temperature_c=20.0, outdoor_temperature_c=-8.0)
    assert "FreezeRiskBlind" not in house.until("2026-01-12 03:00").firing()


def test_a_room_that_is_colder_than_outdoors_has_no_forecast_when_it_falls_silent() -> None:
    house = room().reads("t1", temperature_c=-3.0, outdoor_temperature_c=-2.0).die("t1").until("2026-01-12 03:00")
    assert "By forecast" not in house.told("FreezeRiskBlind")
    assert "It showed -3.0 °C 2 h ago." in house.told("FreezeRiskBlind")


def test_a_limit_that_may_be_reached_already_is_said_to_be() -> None:
    house = live(room(), 2.0, cooling(10.8, -5.0, 12.0)).die("t1")
    house.until("2026-01-12 03:00")
    assert "may be reached already" not in house.told("FreezeRiskBlind")
    house.until("2026-01-12 09:00")
    assert "may be reached already" in house.told("FreezeRiskBlind")


def test_a_forecast_that_does_not_come_to_frost_says_so() -> None:
    found = Forecast(0.0, 12.0, 7.0, True, 36_000.0, 18_000.0, math.inf, 8)  # noqa: FBT003
    house = room().reads("t1", temperature_c=12.0)
    case = Cases(WelfareSettings(), house.engine.welfare.signs).room(house.device("t1"), ThermostatCare(), 0.0)
    assert in_about(found, 5.0, case) == "not in sight"
    assert in_about(None, 5.0, case) == "not in sight"
    assert in_about(found, 10.0, case) == "in about 5 h 6 min (05:06, not before 01:40, UTC)"
    assert trend(None) == "The room is not cooling now."


def test_a_thermostat_that_falls_silent_in_mild_weather_after_a_forecast_above_frost_is_no_risk() -> None:
    house = live(room(), 2.0, cooling(12.0, 6.0, 10.0)).die("t1")
    assert house.device("t1").welfare.forecast is not None
    assert house.until("2026-01-12 20:00").alerts() == []


def test_a_poorly_heated_house_on_a_cold_night_holds_its_warmth_and_is_not_broken() -> None:
    def held(hours: float) -> dict[str, Any]:
        wave = 0.1 * math.sin(5 * hours)
        return {"temperature_c": 18.0 + wave, "heating_setpoint_c": 20.5, "running_state": "heat"}

    house = live(room(), 2.0, lambda hours: {**held(hours), "outdoor_temperature_c": 4.0})
    assert house.alerts() == []
    mild = live(room(), 2.0, lambda hours: {**held(hours), "outdoor_temperature_c": 12.0})
    assert mild.firing() == ["HeatingNotEffective"]


def test_heating_that_is_too_weak_for_a_bitter_night_is_told_apart_from_one_that_is_dead() -> None:
    def cools(by: float) -> Readings:
        return lambda hours: {
            "temperature_c": 18.4 - by * hours,
            "heating_setpoint_c": 20.5,
            "running_state": "heat",
            "outdoor_temperature_c": -17.0,
        }

    assert live(room(), 1.5, cools(0.25)).alerts() == []
    assert live(room(), 1.5, cools(0.8)).firing() == ["HeatingNotEffective"]


def test_symptoms_of_the_heating_end_only_clearly_below_what_began_them() -> None:
    def starts(per_hour: float, before: float) -> Readings:
        return lambda hours: {
            "temperature_c": 20.0 + 0.1 * math.sin(40 * hours),
            "heating_cycles": before + per_hour * hours,
        }

    house = live(room(), 1.1, starts(12, 0))
    house = live(house, 2.2, starts(7, 14))
    assert house.firing() == ["HvacShortCycling"]
    assert live(house, 2.2, starts(3, 30)).firing() == []
    plan = room().settle("t1", "thermostat", heat_plan(("00:00", 16.0)), site="s1")
    plan = live(plan, 1.0, lambda hours: {"temperature_c": 16.0 + hours / 9, "heating_setpoint_c": 17.0})
    assert plan.firing() == ["ThermostatScheduleNotApplied"]
    assert plan.reads("t1", heating_setpoint_c=16.4).firing() == ["ThermostatScheduleNotApplied"]
    assert plan.reads("t1", heating_setpoint_c=16.1).firing() == []


def test_a_sleeping_thermostat_is_judged_by_what_it_said_and_missed_only_when_it_does_not_wake() -> None:
    house = room(liveness="sleepy", power="battery").reads("t1", temperature_c=3.0, outdoor_temperature_c=-6.0)
    house.says(SessionStatus("acme/t1", house.now, "sleeping", "boot-1", next_seen_seconds=HOUR)).die("t1")
    assert house.until("2026-01-12 01:05").firing() == []
    assert house.until("2026-01-12 01:55").firing() == ["FreezeRiskCritical"]
    assert house.until("2026-01-12 04:00").firing() == ["FreezeRiskBlind", "FreezeRiskCritical"]
