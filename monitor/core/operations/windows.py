"""Maintenance windows: times at which trouble of some devices is expected, once or every week."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.devices.schedule import DAYS, Day


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
