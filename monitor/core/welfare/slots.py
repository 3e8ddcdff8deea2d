"""When a plan falls due: meals and setpoints as moments, in any time zone and over every change of the clocks.

The rules of time zones are read as a table, like constants: the same zone and moment always give the same answer.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from monitor.devices.schedule import DAYS, Meal, Schedule

DAY_SECONDS = 86_400.0
WEEK_MINUTES = 7 * 24 * 60
ZONES_KEPT = 1024


class Planned(NamedTuple):
    """One meal on one day; `at` is in Unix seconds."""

    at: float
    meal: Meal


@lru_cache(maxsize=ZONES_KEPT)
def zone_named(name: str) -> tzinfo:
    """The time zone of this IANA name; UTC if there is none."""
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, ValueError, OSError):
        return UTC


def zone_of(schedule: Schedule, device_zone: str) -> tzinfo:
    """In which zone the times of a schedule count; its own comes before the device's."""
    return UTC if schedule.basis == "utc" else zone_named(schedule.timezone or device_zone)


def planned(schedule: Schedule, zone: tzinfo, after: float, until: float) -> list[Planned]:
    """The meals that fall due later than `after` and not later than `until`, by moment and plan id.

    A time that the clocks leave out is moved on by what they skip; one that they repeat counts once, the first time.
    """
    if not schedule.enabled or until <= after:
        return []
    # A whole day that a zone leaves out falls onto the next one, so meals are told apart by moment and plan id.
    found = {
        (at, meal.plan_id): Planned(at, meal)
        for day in _days(after, until, zone)
        for meal in schedule.meals
        if meal.enabled and DAYS[day.weekday()] in meal.days and after < (at := moment(day, meal.minute, zone)) <= until
    }
    return [found[key] for key in sorted(found)]


def next_planned(schedule: Schedule, zone: tzinfo, after: float) -> float | None:
    """When the first meal later than `after` falls due; None if none does within eight days."""
    for span in (1.0, 8.0):
        found = planned(schedule, zone, after, after + span * DAY_SECONDS)
        if found:
            return found[0].at
    return None


def longest_gap(schedule: Schedule) -> float | None:
    """The longest time between two meals of the plan in seconds, as clocks that never change would show it."""
    minutes = sorted(
        {
            DAYS.index(day) * 24 * 60 + meal.minute
            for meal in schedule.meals
            if meal.enabled and schedule.enabled
            for day in meal.days
        }
    )
    if not minutes:
        return None
    following = [*minutes[1:], minutes[0] + WEEK_MINUTES]
    return max(later - earlier for earlier, later in zip(minutes, following, strict=True)) * 60.0


def day_span(zone: tzinfo, at: float) -> tuple[float, float]:
    """The beginning of the calendar day that `at` lies in, and that of the next one."""
    day = datetime.fromtimestamp(at, zone).date()
    return moment(day, 0, zone), moment(day + timedelta(days=1), 0, zone)


def day_of(at: float, zone: tzinfo) -> str:
    """The calendar day of a moment, 2026-03-29."""
    return datetime.fromtimestamp(at, zone).date().isoformat()


def clock_time(at: float, zone: tzinfo) -> str:
    """The time of day that a wall clock shows, 07:00."""
    return f"{datetime.fromtimestamp(at, zone):%H:%M}"


def clocks_moved(zone: tzinfo, earlier: float, later: float) -> float:
    """By how many seconds the clocks of a zone were moved on between two moments; negative if they were put back."""
    return offset(zone, later) - offset(zone, earlier)


def offset(zone: tzinfo, at: float) -> float:
    """How far a zone is ahead of UTC, in seconds."""
    ahead = datetime.fromtimestamp(at, zone).utcoffset()
    return ahead.total_seconds() if ahead is not None else 0.0


def planned_setpoint(schedule: Schedule, zone: tzinfo, at: float) -> float | None:
    """The temperature to heat to by the plan; None if the plan does not say."""
    if not schedule.enabled:
        return None
    now = datetime.fromtimestamp(at, zone)
    minute_now = now.hour * 60 + now.minute
    for back in range(8):
        day = DAYS[(now.weekday() - back) % 7]
        begun = [
            period
            for period in schedule.periods
            if day in period.days
            and (back or period.minute <= minute_now)
            and period.heating_setpoint_celsius is not None
        ]
        if begun:
            return max(begun, key=lambda period: period.minute).heating_setpoint_celsius
    return None


def moment(day: date, minute: int, zone: tzinfo) -> float:
    """The moment at which a wall clock shows this minute of this day for the first time."""
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone).timestamp()


def _days(after: float, until: float, zone: tzinfo) -> Iterator[date]:
    """Every calendar day that can have a meal in the span; one before, for times that the clocks moved on."""
    day = datetime.fromtimestamp(after, zone).date() - timedelta(days=1)
    last = datetime.fromtimestamp(until, zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)
