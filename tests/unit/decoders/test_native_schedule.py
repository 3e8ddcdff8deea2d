"""`schedule`: a plan is taken whole or not at all."""

from typing import Any

import pytest

from monitor.core.observations import ScheduleDeclared
from monitor.devices.schedule import DAYS, Meal, Period, Schedule
from tests.unit.decoders.speaking import DEVICE, NOW, heard, left_out, read, refused

MEAL = {"plan_id": "breakfast", "time": "07:00"}
PLAN = {"rev": 12, "enabled": True, "meals": [MEAL]}


def schedule(**fields: object) -> Schedule:
    observation = heard("schedule", PLAN | fields)
    assert isinstance(observation, ScheduleDeclared)
    return observation.schedule


def test_a_plan_of_meals_is_read() -> None:
    meals = [
        MEAL | {"portions": 2},
        {"plan_id": "treat", "time": "12:30", "days": ["sun", "mon", "sun"], "grams": 10, "enabled": False},
    ]
    assert schedule(held_by="cloud", basis="utc", tz="Europe/Vienna", meals=meals) == Schedule(
        revision=12,
        enabled=True,
        held_by="cloud",
        basis="utc",
        timezone="Europe/Vienna",
        meals=(
            Meal("breakfast", 420, DAYS, portions=2),
            Meal("treat", 750, ("mon", "sun"), grams=10.0, enabled=False),
        ),
    )


def test_a_plan_of_periods_is_read() -> None:
    periods = [
        {"time": "06:00", "days": ["sat"], "heating_setpoint_c": 21},
        {"time": "22:00", "cooling_setpoint_c": 26},
    ]
    assert schedule(meals=None, periods=periods).periods == (
        Period(360, ("sat",), heating_setpoint_celsius=21.0),
        Period(1320, DAYS, cooling_setpoint_celsius=26.0),
    )


def test_what_a_plan_leaves_open_is_the_usual_case() -> None:
    assert schedule() == Schedule(12, enabled=True, meals=(Meal("breakfast", 420),))
    assert schedule(meals=[MEAL | {"days": [], "enabled": None}]).meals == (Meal("breakfast", 420),)
    assert schedule(meals=None, enabled=False) == Schedule(12, enabled=False)


def test_a_copy_that_the_broker_kept_is_the_plan_all_the_same() -> None:
    observation = heard("schedule", PLAN, retained=True)
    plan = Schedule(12, enabled=True, meals=(Meal("breakfast", 420),))
    assert observation == ScheduleDeclared(DEVICE, NOW, plan, retained=True)


@pytest.mark.parametrize(
    ("fields", "reason", "words"),
    [
        ({"rev": None}, "wrong_type", "schedule.rev"),
        ({"enabled": 1}, "wrong_type", "schedule.enabled"),
        ({"basis": "lunar"}, "not_allowed", "schedule.basis"),
        ({"tz": 1}, "wrong_type", "schedule.tz"),
        ({"meals": {}}, "wrong_type", "schedule.meals"),
        ({"meals": [MEAL, MEAL]}, "not_allowed", "schedule.meals: two meals share a plan_id"),
        (
            {"meals": [MEAL, {"plan_id": "b", "time": "25:00"}]},
            "not_allowed",
            "schedule.meals.1.time: not a time of day",
        ),
        ({"meals": [MEAL | {"time": 7}]}, "not_allowed", "schedule.meals.0.time"),
        ({"meals": [MEAL | {"days": ["someday"]}]}, "not_allowed", "schedule.meals.0.days.0"),
        ({"meals": [MEAL | {"days": ["mon"] * 8}]}, "out_of_range", "schedule.meals.0.days"),
        ({"meals": [MEAL | {"grams": -1}]}, "out_of_range", "schedule.meals.0.grams"),
        ({"meals": [{"time": "07:00"}]}, "missing", "schedule.meals.0.plan_id"),
        ({"meals": [{"plan_id": f"m{n}", "time": "07:00"} for n in range(65)]}, "out_of_range", "schedule.meals"),
        ({"periods": [{"time": "06:00", "heating_setpoint_c": 400}]}, "out_of_range", "schedule.periods.0"),
    ],
)
def test_one_bad_field_rejects_the_whole_plan(fields: dict[str, Any], reason: str, words: str) -> None:
    rejected = refused("schedule", PLAN | fields)
    assert (rejected.reason, words in rejected.detail) == (reason, True), rejected


@pytest.mark.parametrize("field", ["rev", "enabled"])
def test_a_plan_without_revision_or_switch_is_rejected(field: str) -> None:
    assert refused("schedule", {name: value for name, value in PLAN.items() if name != field}).reason == "missing"


def test_strange_fields_are_counted_in_meals_and_periods_as_well() -> None:
    periods = [{"time": "06:00", "x_colour": 1, "mood": {"owner": "n"}}]
    assert left_out("schedule", PLAN | {"meals": [MEAL | {"pet_name": "n"}], "periods": periods, "note": 1}) == {
        "unknown": 2,
        "vendor": 1,
        "restricted": 2,
    }


@pytest.mark.parametrize("retained", [False, True])
def test_a_cleared_plan_says_nothing(retained: bool) -> None:  # noqa: FBT001
    assert read("schedule", b"", retained=retained).ignored == "cleared"
