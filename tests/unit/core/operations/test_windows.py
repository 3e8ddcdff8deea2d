"""Maintenance windows in time: once, every week, and through the nights on which clocks change."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.core.operations.windows import Recurrence, Window, fault_of, is_over, turn_of, zone_named
from monitor.devices.schedule import DAYS, Day

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600.0


def at(wall: str, *, fold: int = 0) -> float:
    return datetime.fromisoformat(wall).replace(tzinfo=BERLIN, fold=fold).timestamp()


def window(begins: float, ends: float | None, recurrence: Recurrence | None = None, **scope: str) -> Window:
    return Window("w1", scope or {"provider": "aurora"}, begins, ends, "ada", "", recurrence)


def nightly(
    minute: int = 120, hours: float = 1.0, *days: Day, begins: str = "2026-01-01", ends: float | None = None
) -> Window:
    return window(at(begins), ends, Recurrence(minute, hours * HOUR, "Europe/Berlin", days or DAYS))


def test_a_window_is_on_once() -> None:
    once = window(100.0, 200.0)
    assert turn_of(once, 50.0) == (False, 100.0)
    assert turn_of(once, 100.0) == (True, 200.0)
    assert turn_of(once, 200.0) == (False, None)
    assert is_over(once, 200.0)
    assert turn_of(replace(once, ends_at=None), 150.0) == (False, None)


def test_a_window_comes_again_on_its_days() -> None:
    sundays = nightly(120, 1.0, "sun")
    assert turn_of(sundays, at("2026-01-05 12:00")) == (False, at("2026-01-11 02:00"))
    assert turn_of(sundays, at("2026-01-11 02:30")) == (True, at("2026-01-11 03:00"))
    assert turn_of(sundays, at("2026-01-11 03:00")) == (False, at("2026-01-18 02:00"))


def test_a_window_over_midnight_is_on_in_the_morning() -> None:
    late = nightly(23 * 60, 3.0)
    assert turn_of(late, at("2026-01-10 01:00")) == (True, at("2026-01-10 02:00"))


def test_a_window_begins_in_the_midst_of_a_night_and_ends_for_good() -> None:
    few = nightly(120, 2.0, begins="2026-01-10 03:00", ends=at("2026-01-12 02:30"))
    assert turn_of(few, at("2026-01-09 02:30")) == (False, at("2026-01-10 03:00"))
    assert turn_of(few, at("2026-01-12 02:10")) == (True, at("2026-01-12 02:30"))
    assert turn_of(few, at("2026-01-12 02:30")) == (False, None)
    gone = replace(few, ends_at=at("2026-01-12 01:00"))
    assert turn_of(gone, at("2026-01-11 12:00")) == (False, None)


def test_an_hour_that_clocks_skip_counts_as_the_moment_it_would_have_been() -> None:
    on, ends = turn_of(nightly(150), at("2026-03-29 03:35"))
    assert (on, ends) == (True, at("2026-03-29 04:30"))


def test_an_hour_that_comes_twice_counts_once_the_first_time() -> None:
    night = nightly(150)
    first, second = at("2026-10-25 02:30"), at("2026-10-25 02:30", fold=1)
    assert turn_of(night, first) == (True, first + HOUR)
    assert turn_of(night, second) == (False, at("2026-10-26 02:30"))


def test_its_length_is_time_that_really_passes() -> None:
    assert turn_of(nightly(60, 4.0), at("2026-03-29 05:30")) == (True, at("2026-03-29 06:00"))


def test_a_window_without_a_day_is_never_on() -> None:
    assert turn_of(window(0.0, None, Recurrence(60, HOUR, "UTC", ())), 50.0) == (False, None)


@pytest.mark.parametrize("name", ["Europe/Nowhere", "", "/etc/passwd", "../x"])
def test_a_zone_that_does_not_exist_is_none(name: str) -> None:
    assert zone_named(name) is None


def test_a_saved_zone_that_exists_no_longer_counts_as_utc() -> None:
    lost = window(0.0, None, Recurrence(60, HOUR, "Europe/Nowhere"))
    assert turn_of(lost, 3600.0) == (True, 7200.0)


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (window(0.0, 100.0), ""),
        (nightly(), ""),
        (window(0.0, 100.0, color="red"), "name one or more of"),
        (window(0.0, 100.0, provider=""), "each with a value"),
        (replace(window(0.0, 100.0), scope={}), "the whole fleet"),
        (window(0.0, 100.0, site="s1"), "together with its tenant"),
        (window(0.0, None), "must end"),
        (window(0.0, 40.0), "in the future"),
        (window(0.0, None, Recurrence(0, HOUR, "Nowhere/City")), "is no time zone"),
        (window(0.0, None, Recurrence(0, HOUR, "UTC", ())), "at least one day"),
        (window(0.0, None, Recurrence(0, 8 * 24 * HOUR, "UTC")), "up to seven days"),
        (window(0.0, 60.0, Recurrence(60, HOUR, "UTC")), "never be on"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused(asked: Window, fault: str) -> None:
    assert fault_of(asked, 50.0).find(fault) >= 0
    assert bool(fault_of(asked, 50.0)) == bool(fault)
