"""Moments as the public reads them: in the time zone of the page."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of this name; ZoneInfoNotFoundError or ValueError if there is none."""
    return ZoneInfo(name)


def clock_time(at: float, time_zone: str) -> str:
    """The time of day, with its zone: 14:05 UTC."""
    return datetime.fromtimestamp(at, zone(time_zone)).strftime("%H:%M %Z")


def day_and_time(at: float, time_zone: str) -> str:
    """Day and time: 3 March, 14:05 UTC."""
    moment = datetime.fromtimestamp(at, zone(time_zone))
    return f"{moment.day} {moment:%B, %H:%M %Z}"


def day_name(at: float, time_zone: str) -> str:
    """The day: 3 March 2026."""
    moment = datetime.fromtimestamp(at, zone(time_zone))
    return f"{moment.day} {moment:%B %Y}"
