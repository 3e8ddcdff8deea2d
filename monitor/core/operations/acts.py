"""What operators do, as observations: the engine is told of it like of anything else that happens.

`at` is the moment on the monitor's clock, Unix seconds; `author` who did it.
"""

from dataclasses import dataclass

from monitor.core.operations.silences import Silence
from monitor.core.operations.windows import Window


@dataclass(frozen=True, slots=True)
class IncidentAcknowledged:
    """Somebody takes care of an incident."""

    incident: str
    at: float
    author: str


@dataclass(frozen=True, slots=True)
class IncidentNoted:
    """Somebody adds what they know to an incident's timeline."""

    incident: str
    at: float
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class IncidentResolvedByHand:
    """Somebody declares an incident over."""

    incident: str
    at: float
    author: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SilenceSet:
    """A silence was made, or one of the same id changed."""

    silence: Silence
    at: float


@dataclass(frozen=True, slots=True)
class SilenceEnded:
    """Somebody ended a silence before its time."""

    id: str
    at: float
    author: str


@dataclass(frozen=True, slots=True)
class WindowSet:
    """A maintenance window was made, or one of the same id changed."""

    window: Window
    at: float


@dataclass(frozen=True, slots=True)
class WindowEnded:
    """Somebody ended a maintenance window before its time, with all its recurrences."""

    id: str
    at: float
    author: str


Act = (
    IncidentAcknowledged | IncidentNoted | IncidentResolvedByHand | SilenceSet | SilenceEnded | WindowSet | WindowEnded
)
