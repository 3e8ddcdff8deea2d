"""Moments of the local day, over every change of the clocks."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.core.welfare.slots import moment, zone_named

DAY_MINUTES = 24 * 60


def minutes_of(time: str) -> int:
    """`HH:MM` as minutes since midnight. Raises ValueError."""
    hours, _, minutes = time.partition(":")
    if len(time) == len("HH:MM") and hours.isdecimal() and minutes.isdecimal():
        found = int(hours) * 60 + int(minutes)
        if int(minutes) < 60 and found < DAY_MINUTES:  # noqa: PLR2004 -- minutes of an hour
            return found
    raise ValueError(f"{time!r} is not a time of day; write it as 22:00")


def next_of(times: Iterable[int], zone: str, after: float) -> float:
    """The first moment later than `after` at which a clock in this zone shows one of the times."""
    place = zone_named(zone)
    today = datetime.fromtimestamp(after, place).date()
    moments = (moment(today + timedelta(days=days), time, place) for days in (0, 1, 2) for time in times)
    return min(found for found in moments if found > after)


def end_of_span(begins: int, ends: int, zone: str, at: float) -> float | None:
    """When the span of the day that `at` lies in ends, which may be tomorrow; None if `at` lies outside."""
    place = zone_named(zone)
    today = datetime.fromtimestamp(at, place).date()
    for day in (today - timedelta(days=1), today):
        last = day if ends > begins else day + timedelta(days=1)
        if moment(day, begins, place) <= at < (end := moment(last, ends, place)):
            return end
    return None
