"""A suspicion, and what becomes of it: the state of one outage."""

from dataclasses import dataclass, field
from typing import Literal

from monitor.core.decisions import FLAPPING_FROM, Evidence, Layer, Phase
from monitor.core.outages.findings import Form, Trait
from monitor.core.outages.localise import Explanation
from monitor.core.outages.scopes import Scope, layer_of
from monitor.core.outages.sums import Sums

State = Literal["suspected", "confirmed", "recovering", "paused"]
"""Paused is what comes and goes and is as good as over."""


@dataclass(slots=True, eq=False)
class Watch:
    """One suspicion or outage. Moments are Unix seconds.

    `sums` are those of its slice; once confirmed, a sudden outage has sums of its own, of the leaves that it covers.
    `before` devices of the scope already showed it when it began; `peak` is the most that did besides them. `fell`
    counts first misses up to the suspicion. `trait` is what shows a
    slow outage, and `usual` the share that usually does. `moved_at` is when the number of affected devices last
    changed. `relapses` is how often it was over, or as good as over, and began again.
    """

    scope: Scope
    form: Form
    sums: Sums
    suspected_at: float
    onset: float
    onset_uncertainty: float = 0.0
    trait: Trait = "silent"
    state: State = "suspected"
    id: str = ""
    opened_at: float = 0.0
    explanation: Explanation | None = None
    explained_at: float = 0.0
    usual: float = 0.0
    before: int = 0
    peak: float = 0.0
    fell: int = 0
    not_before: float = 0.0
    healing_since: float | None = None
    moved_at: float = 0.0
    moved_excess: int = 0
    said_at: float = 0.0
    said_affected: int = 0
    said_paging: bool = False
    said_sure: str = ""
    wills: int = 0
    silence: Evidence | None = None
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    unaffected: str = ""
    equivalents: tuple[Scope, ...] = ()
    alternatives: tuple[str, ...] = ()
    relapses: int = 0
    layer: Layer = field(init=False)

    def __post_init__(self) -> None:
        self.layer = layer_of(self.scope)

    @property
    def flapping(self) -> bool:
        """Whether it comes and goes."""
        return self.relapses >= FLAPPING_FROM

    @property
    def phase(self) -> Phase:
        """How it goes on."""
        return "recovering" if self.state in ("recovering", "paused") else "ongoing"

    @property
    def affected(self) -> int:
        """How many devices of the scope show it now."""
        if self.form == "degraded":
            return self.sums.cloud_down
        return self.sums.silent + self.sums.gone if self.form == "creeping" else self.sums.missing

    @property
    def excess(self) -> int:
        """How many devices show it besides those that did before."""
        return max(0, self.affected - self.before)

    @property
    def devices(self) -> int:
        """How many devices of the scope could show it."""
        if self.form == "degraded":
            return self.sums.cloud_known
        return self.sums.size + self.sums.gone if self.form == "creeping" else self.sums.size
