"""Plans: when a feeder feeds and what a thermostat aims at."""

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
