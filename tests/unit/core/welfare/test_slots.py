"""When plans fall due, in real time zones and over every change of their clocks."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.welfare.slots import (
    clocks_moved,
    day_span,
    longest_gap,
    next_planned,
    planned,
    planned_setpoint,
    zone_named,
    zone_of,
)
from monitor.devices.schedule import DAYS, Day, Meal, Schedule
from tests.unit.core.welfare.household import heat_plan, meal, plan

VIENNA, NEW_YORK = ZoneInfo("Europe/Vienna"), ZoneInfo("America/New_York")
LORD_HOWE, APIA = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")


def moment(wall: str, zone: tzinfo = UTC) -> float:
    """A wall-clock time in a zone."""
    return datetime.fromisoformat(wall).replace(tzinfo=zone).timestamp()


def due(schedule: Schedule, zone: tzinfo, begin: str, end: str) -> list[str]:
    """When meals fall due between two wall-clock times, in UTC."""
    found = planned(schedule, zone, moment(begin, zone), moment(end, zone))
    return [f"{datetime.fromtimestamp(each.at, UTC):%m-%dT%H:%MZ}" for each in found]


@pytest.mark.parametrize(
    ("zone", "time", "begin", "end", "expected"),
    [
        (VIENNA, "07:00", "2026-03-28 00:00", "2026-03-30 00:00", ["03-28T06:00Z", "03-29T05:00Z"]),
        (VIENNA, "07:00", "2026-10-24 00:00", "2026-10-26 00:00", ["10-24T05:00Z", "10-25T06:00Z"]),
        (VIENNA, "02:30", "2026-03-29 00:00", "2026-03-29 12:00", ["03-29T01:30Z"]),
        (VIENNA, "02:30", "2026-10-25 00:00", "2026-10-25 12:00", ["10-25T00:30Z"]),
        (NEW_YORK, "02:30", "2026-03-08 00:00", "2026-03-08 12:00", ["03-08T07:30Z"]),
        (NEW_YORK, "01:30", "2026-11-01 00:00", "2026-11-01 12:00", ["11-01T05:30Z"]),
        (LORD_HOWE, "02:15", "2026-10-04 00:00", "2026-10-04 12:00", ["10-03T15:45Z"]),
        (LORD_HOWE, "08:00", "2026-04-04 00:00", "2026-04-06 00:00", ["04-03T21:00Z", "04-04T21:30Z"]),
        (APIA, "07:00", "2011-12-29 00:00", "2012-01-01 00:00", ["12-29T17:00Z", "12-30T17:00Z"]),
        (VIENNA, "07:00", "2028-02-28 00:00", "2028-03-02 00:00", ["02-28T06:00Z", "02-29T06:00Z", "03-01T06:00Z"]),
        (VIENNA, "00:00", "2026-01-11 12:00", "2026-01-12 12:00", ["01-11T23:00Z"]),
        (VIENNA, "00:00", "2026-03-28 12:00", "2026-03-29 12:00", ["03-28T23:00Z"]),
    ],
)
def test_a_meal_keeps_its_time_on_the_wall(zone: tzinfo, time: str, begin: str, end: str, expected: list[str]) -> None:
    assert due(plan(meal(time)), zone, begin, end) == expected


def test_a_day_that_a_country_leaves_out_brings_no_second_breakfast() -> None:
    found = due(plan(meal("07:00")), APIA, "2011-12-28 12:00", "2012-01-01 12:00")
    assert found == ["12-29T17:00Z", "12-30T17:00Z", "12-31T17:00Z"]


def test_a_plan_in_utc_does_not_follow_the_clocks() -> None:
    schedule = plan(meal("06:00"), basis="utc")
    assert zone_of(schedule, "Europe/Vienna") is UTC
    assert due(schedule, zone_of(schedule, ""), "2026-03-28 00:00", "2026-03-30 00:00") == [
        "03-28T06:00Z",
        "03-29T06:00Z",
    ]


def test_the_plans_own_zone_comes_before_the_devices() -> None:
    assert zone_of(plan(meal("07:00"), zone="America/New_York"), "Europe/Vienna") == NEW_YORK
    assert zone_of(plan(meal("07:00"), zone=""), "Europe/Vienna") == VIENNA


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "Europe", "../etc/passwd", "x" * 300])
def test_a_zone_that_does_not_exist_counts_as_utc(name: str) -> None:
    assert zone_named(name) is UTC


def test_meals_come_only_on_their_days_and_only_if_enabled() -> None:
    off = Meal("off", 8 * 60, enabled=False)
    schedule = plan(meal("07:00", days=("mon", "sun")), off)
    assert due(schedule, UTC, "2026-01-12 00:00", "2026-01-19 00:00") == ["01-12T07:00Z", "01-18T07:00Z"]
    assert planned(Schedule(1, enabled=False, meals=schedule.meals), UTC, 0, 1e6) == []


def test_two_meals_in_one_minute_are_two_slots_in_a_fixed_order() -> None:
    schedule = plan(meal("07:00", plan_id="b"), meal("07:00", plan_id="a"))
    found = planned(schedule, UTC, moment("2026-01-12 00:00"), moment("2026-01-13 00:00"))
    assert [each.meal.plan_id for each in found] == ["a", "b"]


@pytest.mark.parametrize(
    ("meals", "hours"),
    [
        ((meal("07:00"), meal("18:00")), 13),
        ((meal("07:00"),), 24),
        ((meal("07:00", days=DAYS[:5]),), 72),
        ((meal("07:00", days=("wed",)),), 168),
        ((meal("23:59"), meal("00:00")), 24 - 1 / 60),
    ],
)
def test_the_longest_gap_is_what_the_plan_ever_leaves(meals: tuple[Meal, ...], hours: float) -> None:
    assert longest_gap(plan(*meals)) == pytest.approx(hours * 3600)


def test_a_plan_without_meals_leaves_no_gap_and_has_no_next_meal() -> None:
    assert longest_gap(plan()) is None
    assert next_planned(plan(), UTC, 0.0) is None
    assert next_planned(plan(meal("07:00", days=("sun",))), UTC, moment("2026-01-12 00:00")) == moment(
        "2026-01-18 07:00"
    )


def test_the_meals_of_a_day_are_those_between_two_midnights_on_the_wall() -> None:
    schedule = plan(meal("00:00"), meal("12:00"), meal("23:59"))
    for day in ("2026-03-29", "2026-10-25", "2026-01-12"):
        begin, end = day_span(VIENNA, moment(f"{day} 15:00", VIENNA))
        assert len(planned(schedule, VIENNA, begin - 1, end - 1)) == 3


def test_clocks_move_by_an_hour_or_by_half_of_one() -> None:
    assert clocks_moved(VIENNA, moment("2026-03-28 12:00"), moment("2026-03-29 12:00")) == 3600
    assert clocks_moved(LORD_HOWE, moment("2026-10-03 12:00"), moment("2026-10-04 12:00")) == 1800
    assert clocks_moved(UTC, 0.0, 1e9) == 0


def test_the_planned_setpoint_is_that_of_the_period_that_began_last() -> None:
    schedule = heat_plan(("06:00", 20.5), ("22:00", 16.0))
    assert planned_setpoint(schedule, VIENNA, moment("2026-01-12 06:00", VIENNA)) == 20.5
    assert planned_setpoint(schedule, VIENNA, moment("2026-01-12 05:59", VIENNA)) == 16.0
    assert planned_setpoint(heat_plan(), VIENNA, moment("2026-01-12 05:59", VIENNA)) is None
    assert planned_setpoint(Schedule(1, enabled=False), VIENNA, 0.0) is None


ZONES = st.sampled_from(
    ["Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"]
)
DAYS_OF_MEALS: st.SearchStrategy[tuple[Day, ...]] = st.sets(st.sampled_from(DAYS), min_size=1).map(
    lambda days: tuple(day for day in DAYS if day in days)
)


@given(
    ZONES,
    st.lists(st.tuples(st.integers(0, 1439), DAYS_OF_MEALS), min_size=1, max_size=4),
    st.floats(1.5e9, 2.2e9),
    st.floats(0, 20 * 86_400),
    st.floats(0, 20 * 86_400),
)
def test_a_span_has_the_meals_of_its_parts(
    zone_name: str, meals: list[tuple[int, tuple[Day, ...]]], begin: float, first: float, second: float
) -> None:
    zone = ZoneInfo(zone_name)
    schedule = plan(*(Meal(f"m{n}", minute, days) for n, (minute, days) in enumerate(meals)))
    whole = planned(schedule, zone, begin, begin + first + second)
    parts = planned(schedule, zone, begin, begin + first) + planned(
        schedule, zone, begin + first, begin + first + second
    )
    assert whole == parts
    assert len({(each.at, each.meal.plan_id) for each in whole}) == len(whole)
