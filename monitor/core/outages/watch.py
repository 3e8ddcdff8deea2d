"""A suspicion, and what becomes of it: the state of one outage."""

from dataclasses import dataclass, field
from typing import Literal

from monitor.core.decisions import Evidence, Layer
from monitor.core.outages.findings import Form
from monitor.core.outages.localise import Explanation
from monitor.core.outages.scopes import Scope, layer_of

State = Literal["suspected", "confirmed", "recovering"]


@dataclass(slots=True, eq=False)
class Watch:
    """One suspicion or outage. Moments are Unix seconds.

    Once confirmed, its scope is frozen and the gauges `size`, `missing`, `silent` and `intervals` are of the leaves it
    covers. `before` devices of the scope were already missing heartbeats when it began; `peak` is the most that were
    missing besides them. `fell` counts first misses up to the suspicion. `moved_at` is when the excess last changed.
    """

    scope: Scope
    suspected_at: float
    onset: float
    onset_uncertainty: float = 0.0
    form: Form = "sudden"
    state: State = "suspected"
    id: str = ""
    opened_at: float = 0.0
    explanation: Explanation | None = None
    explained_at: float = 0.0
    before: int = 0
    peak: float = 0.0
    fell: int = 0
    not_before: float = 0.0
    healing_since: float | None = None
    moved_at: float = 0.0
    moved_excess: int = 0
    said_at: float = 0.0
    said_silent: int = 0
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    unaffected: str = ""
    equivalents: tuple[Scope, ...] = ()
    alternatives: tuple[str, ...] = ()
    size: int = 0
    missing: int = 0
    silent: int = 0
    intervals: dict[int, int] = field(default_factory=dict)

    @property
    def layer(self) -> Layer:
        """What it is an outage of."""
        return layer_of(self.scope)

    @property
    def excess(self) -> int:
        """How many devices are missing besides those that were before."""
        return max(0, self.missing - self.before)
