"""What the outage detector says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from monitor.core.decisions import Evidence, Layer, Phase

Form = Literal["sudden", "creeping", "degraded"]
"""How it fails: at once, slowly, or with heartbeats intact while devices report that their cloud does not answer."""

Trait = Literal["silent", "gone", "cloud"]
"""What shows a slow outage: devices silent now, silent for so long that they count as gone, or without their cloud."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A suspicion or an outage as it stands. Moments are Unix seconds; `onset` is when it began, not when it was seen.

    `devices` take part in the scope and `silent` of them have missed at least their last heartbeat; of those, `before`
    were already silent when it began. `paging` is False for an outage that may wait for working hours.
    """

    id: str
    layer: Layer
    scope: Mapping[str, str]
    form: Form
    onset: float
    onset_uncertainty: float
    devices: int
    silent: int
    before: int
    confidence: float
    paging: bool = True
    evidence: tuple[Evidence, ...] = ()
    unaffected: str = ""
    equivalents: tuple[Mapping[str, str], ...] = ()
    alternatives: tuple[str, ...] = ()
    reason: str = ""
    phase: Phase = "ongoing"


class Suspected(Observed):
    """A scope is suspected; never a page."""

    __slots__ = ()


class SuspicionCleared(Observed):
    """A suspicion came to nothing, or another scope explains it better; `reason` says which."""

    __slots__ = ()


class Confirmed(Observed):
    """A suspicion is an outage. A relapse comes with the id that it had."""

    __slots__ = ()


class Updated(Observed):
    """An outage grew, shrank, or its evidence changed."""

    __slots__ = ()


class Recovering(Observed):
    """At least half of the devices that fell silent are back."""

    __slots__ = ()


class Relapsed(Observed):
    """An outage that comes and goes was as good as over, and is there again."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Resolved(Observed):
    """The outage is over; `reason` says why, and what happened to those that did not return.

    If silent devices are back, `fell` of them were silent at most, and `shared` says what most of the others are.
    """

    fell: int = 0
    shared: str = ""


Finding = Suspected | SuspicionCleared | Confirmed | Updated | Recovering | Relapsed | Resolved
