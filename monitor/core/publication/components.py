"""What the page is divided into: for each provider and region what owners can do, and what we do for everybody."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from monitor.core.decisions import Status
from monitor.core.fleet import Cohort

Capability = Literal["telemetry", "feeding", "remote_control", "alert_delivery", "support"]
CAPABILITIES: Mapping[Capability, tuple[str, str]] = {
    "feeding": ("Scheduled feeding", "Planned meals come out by themselves."),
    "remote_control": ("Remote control", "Feeding and settings from the app."),
    "telemetry": ("Device telemetry", "Readings and reports of devices reach us."),
    "alert_delivery": ("Alert delivery", "Warnings about your devices reach you."),
    "support": ("Support channels", "You can reach us."),
}
"""What each is called and means to an owner, in the order of the page: what animals need comes first."""
OF_A_PLACE: tuple[Capability, ...] = ("feeding", "remote_control", "telemetry")
OF_EVERYBODY: tuple[Capability, ...] = ("alert_delivery", "support")
OVERFLOW = "other"
ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Component:
    """One line of the page. Provider and region are all it can say about where."""

    capability: Capability
    provider: str = ""
    region: str = ""

    @property
    def id(self) -> str:
        """Stable over restarts, since it follows from what it is."""
        return _id_of(self.capability, self.provider, self.region)

    @property
    def name(self) -> str:
        """What it is called."""
        return CAPABILITIES[self.capability][0]

    @property
    def description(self) -> str:
        """What it means to an owner."""
        return CAPABILITIES[self.capability][1]

    @property
    def place(self) -> str:
        """Where: the provider and its region, empty for what is everybody's."""
        return ", ".join(filter(None, (self.provider, self.region)))


@lru_cache(maxsize=10_000)
def _id_of(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:ID_LENGTH]


def everybodys() -> tuple[Component, ...]:
    """What does not depend on a provider."""
    return tuple(Component(capability) for capability in OF_EVERYBODY)


def found_in(counts: Mapping[tuple[Cohort, Status], int], minimum: int) -> set[Component]:
    """The components of a fleet. A place with fewer devices than `minimum` is left out: it could be one household."""
    devices: Counter[tuple[str, str]] = Counter()
    feeders: Counter[tuple[str, str]] = Counter()
    providers: Counter[str] = Counter()
    for (cohort, _), number in counts.items():
        if cohort.provider not in ("", OVERFLOW):
            place = cohort.provider, "" if cohort.region == OVERFLOW else cohort.region
            devices[place] += number
            feeders[place] += number if cohort.kind == "feeder" else 0
            providers[cohort.provider] += number
    found: set[Component] = set()
    for (provider, region), number in devices.items():
        if providers[provider] < minimum:
            continue
        offered = OF_A_PLACE if feeders[provider, region] else OF_A_PLACE[1:]
        found |= {Component(each, provider, region if number >= minimum else "") for each in offered}
    return found


def touched(components: Iterable[Component], scope: Mapping[str, str]) -> list[Component]:
    """Those that an outage of this scope can touch, as far as provider and region tell.

    A region that the page does not name belongs to the line of its provider that names none.
    """
    placed = [each for each in components if each.provider and scope.get("provider", each.provider) == each.provider]
    region = scope.get("region")
    if region is None:
        return placed
    named = {each.provider for each in placed if each.region == region}
    return [each for each in placed if each.region == (region if each.provider in named else "")]


def in_order(components: Iterable[Component]) -> list[Component]:
    """As the page shows them: by place, then by what matters to an animal."""
    order = list(CAPABILITIES)
    return sorted(
        components, key=lambda each: (not each.provider, each.provider, each.region, order.index(each.capability))
    )
