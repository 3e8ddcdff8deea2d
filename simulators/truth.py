"""What really happened, for the judges of verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

TruthKind = Literal["outage", "degraded", "device", "flapping", "blind", "planned", "welfare", "nothing"]
Layer = Literal["provider", "region", "network", "site", "gateway", "release", "fleet", "device", "monitor"]

Word = Literal["outage", "device", "blind", "degraded", "flapping", "suspicion", "welfare", "page"]
"""The sorts of verdict that a detector can give; a page is any alert that is critical."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One cause and all that it did. Moments are Unix seconds; `end` is None if it outlasts the scenario.

    `kind` is what a perfect monitor would call it: an outage of a scope, a degraded one (its devices are heard but cut
    off from their cloud), a single device, flapping, blindness of the monitor itself, something planned, harm to an
    animal or a home (`welfare`), or nothing at all (a disturbance that leads to no verdict). `minor` marks the small
    real events of everyday life.
    """

    name: str
    kind: TruthKind
    layer: Layer
    scope: Mapping[str, str]
    start: float
    end: float | None
    devices: frozenset[str] = field(repr=False)
    share: float = 1.0
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """One spell in which a device could not be heard; `end` is None if it lasted. `cause` names the fault."""

    device: str
    start: float
    end: float | None
    cause: str
