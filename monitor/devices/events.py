"""What can happen at a device: the contract's events, as values."""

from dataclasses import dataclass
from typing import Literal

FeedOutcome = Literal["completed", "partial", "failed", "skipped"]
FeedSource = Literal["schedule", "remote", "manual"]


@dataclass(frozen=True, slots=True)
class Feeding:
    """A feeding ended; moments in Unix seconds, food in grams."""

    outcome: FeedOutcome
    source: FeedSource
    plan_id: str = ""
    planned_at: float | None = None
    portions_expected: int | None = None
    portions_actual: int | None = None
    grams_expected: float | None = None
    grams_actual: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PowerChanged:
    """Mains power was lost or came back."""

    mains: bool


@dataclass(frozen=True, slots=True)
class Booted:
    """The device started."""

    cause: str = ""


@dataclass(frozen=True, slots=True)
class ClockSynced:
    """The device set its clock and found it wrong by so much."""

    offset_seconds: float


@dataclass(frozen=True, slots=True)
class FaultChanged:
    """A fault was raised or cleared."""

    code: str
    raised: bool


@dataclass(frozen=True, slots=True)
class ScheduleLost:
    """The device no longer knows its plan."""


Happening = Feeding | PowerChanged | Booted | ClockSynced | FaultChanged | ScheduleLost
