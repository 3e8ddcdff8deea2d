"""What a detector said in the course of a run. Moments are Unix seconds."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from simulators.truth import Layer, Word

Scope = Mapping[str, str]
EVERYTHING: frozenset[Word] = frozenset(get_args(Word))
ONLY_DEVICES: frozenset[Word] = frozenset({"device"})
ONLY_OUTAGES: frozenset[Word] = frozenset({"outage"})


@dataclass(slots=True)
class Spell:
    """One stretch of time; `end` is None while it lasts."""

    start: float
    end: float | None = None


@dataclass(slots=True)
class OutageVerdict:
    """One outage incident, from being opened to being resolved.

    `equivalents` are scopes named as the same; with `linked` others it is said to have one cause.
    """

    id: str
    layer: Layer
    scope: Scope
    started_at: float
    opened_at: float
    resolved_at: float | None = None
    equivalents: tuple[Scope, ...] = ()
    stragglers: tuple[str, ...] = ()
    linked: int = 0


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A scope fell under suspicion; never a page."""

    at: float
    layer: Layer
    scope: Scope


@dataclass(frozen=True, slots=True)
class SignShown:
    """A device began to show a sign of harm; `device` is empty for an alert about many, which has a `severity`."""

    at: float
    device: str
    sign: str
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """An alert that is critical fired."""

    at: float
    alert: str


@dataclass(slots=True)
class Verdicts:
    """Everything that one detector said in one run.

    `offline` holds for each device the spells in which it was called offline. `promise` is the rate of mistakes per
    device-day that the detector promised, if it promises any. `vocabulary` is what it can speak of at all.
    """

    detector: str
    offline: dict[str, list[Spell]] = field(default_factory=lambda: defaultdict(list))
    outages: list[OutageVerdict] = field(default_factory=list)
    suspicions: list[Suspicion] = field(default_factory=list)
    blind: list[Spell] = field(default_factory=list)
    signs: list[SignShown] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    alerts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    promise: float | None = None
    vocabulary: frozenset[Word] = EVERYTHING

    def went_offline(self, device: str, at: float) -> None:
        """A device was called offline."""
        self.offline[device].append(Spell(at))

    def came_back(self, device: str, at: float) -> None:
        """A device was no longer called offline."""
        spells = self.offline.get(device)
        if spells and spells[-1].end is None:
            spells[-1].end = at
