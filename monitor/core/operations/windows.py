"""Maintenance windows: times at which trouble of some devices is expected, once or every week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.devices.schedule import DAYS, Day

SCOPE_KEYS = ("tenant", "site", "provider", "region", "kind", "device")
DAY_SECONDS = 86_400.0
LONGEST_SECONDS = 7 * DAY_SECONDS
"""A recurrence that lasts longer would never end."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """On these days from `minute` (from midnight, local time of `timezone`) for so many seconds that really pass."""

    minute: int
    duration_seconds: float
    timezone: str
    days: tuple[Day, ...] = DAYS


@dataclass(frozen=True, slots=True)
class Window:
    """While it is on, every device of `scope` is in maintenance.

    `scope` names tenant, site, provider, region or device by their values; all that are named must be so. A one-off
    window is on from `starts_at` to `ends_at`, Unix seconds. One with a recurrence is on when that says so between
    the two; without `ends_at` it goes on for ever.
    """

    id: str
    scope: Mapping[str, str]
    starts_at: float
    ends_at: float | None
    author: str
    comment: str = ""
    recurrence: Recurrence | None = None


def zone_named(name: str) -> tzinfo | None:
    """The time zone of this name; None if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def turn_of(window: Window, at: float) -> tuple[bool, float | None]:
    """Whether a window is on at a moment, and the next moment at which that changes; None if it never does again."""
    if window.ends_at is not None and at >= window.ends_at:
        return False, None
    spell = _spell(window, at)
    if spell is None:
        return False, None
    begins, ends = spell
    return (True, ends) if begins <= at else (False, begins)


def fault_of(window: Window, now: float) -> str:
    """What is wrong with a window that somebody asks for; empty if nothing is."""
    return _fault_of_scope(window.scope) or _fault_of_time(window, now)


def _fault_of_scope(scope: Mapping[str, str]) -> str:
    named = ", ".join(SCOPE_KEYS)
    if not scope.keys() <= set(SCOPE_KEYS) or not all(scope.values()):
        return f"scope: name one or more of {named}, each with a value"
    if not scope:
        return f"scope: name at least one of {named}; a window for the whole fleet would hide everything"
    if scope.keys() & {"site", "device"} and "tenant" not in scope:
        return "scope: a site or a device is known only together with its tenant; name that too"
    return ""


def _fault_of_time(window: Window, now: float) -> str:
    repeated = window.recurrence
    if repeated is None:
        ends = window.ends_at
        past = ends is None or ends <= max(window.starts_at, now)
        return "ends_at: a window that is on once must end after it begins, and in the future" if past else ""
    if zone_named(repeated.timezone) is None:
        return f"timezone: {repeated.timezone!r} is no time zone; write it as in Europe/Berlin"
    if not repeated.days or not 0 < repeated.duration_seconds <= LONGEST_SECONDS:
        return "recurrence: name at least one day, and a duration of up to seven days"
    return "ends_at: the window would never be on before it ends" if is_over(window, now) else ""


def is_over(window: Window, at: float) -> bool:
    """Whether a window will never be on again."""
    return turn_of(window, at) == (False, None)


def _spell(window: Window, at: float) -> tuple[float, float] | None:
    """The spell that is on, or the next one, within the limits of the window."""
    if window.recurrence is None:
        return (window.starts_at, window.ends_at) if window.ends_at is not None else None
    last = window.ends_at if window.ends_at is not None else float("inf")
    for begins in _starts(window.recurrence, max(at, window.starts_at)):
        ends = min(begins + window.recurrence.duration_seconds, last)
        if ends > max(at, window.starts_at):
            return (max(begins, window.starts_at), ends) if begins < last else None
    return None


def _starts(recurrence: Recurrence, around: float) -> list[float]:
    """When spells begin, from those that may still be on to those of the next two weeks.

    A local time that does not exist when clocks go forward counts as the moment that it would have been; one that
    exists twice counts once, the first time.
    """
    zone = zone_named(recurrence.timezone) or UTC
    today = datetime.fromtimestamp(around, zone).date()
    back = int(recurrence.duration_seconds // DAY_SECONDS) + 1
    hour, minute = divmod(recurrence.minute, 60)
    starts = []
    for days in range(-back, 15):
        date = today + timedelta(days=days)
        if DAYS[date.weekday()] in recurrence.days:
            starts.append(datetime(date.year, date.month, date.day, hour, minute, tzinfo=zone).timestamp())
    return starts
