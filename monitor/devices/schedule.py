"""Plans: when a feeder feeds and what a thermostat aims at."""

import re
from dataclasses import dataclass
from typing import Literal

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Meal:
    """One planned meal; `minute` counts from midnight in the schedule's time basis; no days means every day."""

    plan_id: str
    minute: int
    days: tuple[Day, ...] = DAYS
    portions: int | None = None
    grams: float | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Period:
    """One thermostat period that begins at `minute` from midnight."""

    minute: int
    days: tuple[Day, ...] = DAYS
    heating_setpoint_celsius: float | None = None
    cooling_setpoint_celsius: float | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A whole plan at one revision; `held_by` tells whether it goes on without the cloud."""

    revision: int
    enabled: bool
    held_by: Literal["device", "cloud"] = "device"
    basis: Literal["local", "utc"] = "local"
    timezone: str = ""
    meals: tuple[Meal, ...] = ()
    periods: tuple[Period, ...] = ()


_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def minute_of_day(time: str) -> int | None:
    """Minutes from midnight of a time "HH:MM", 00:00 to 23:59; None if it is not one."""
    match = _TIME_OF_DAY.fullmatch(time)
    return int(match[1]) * 60 + int(match[2]) if match else None


def time_of_day(minute: int) -> str:
    """The time "HH:MM" of a minute from midnight."""
    return f"{minute // 60:02}:{minute % 60:02}"
