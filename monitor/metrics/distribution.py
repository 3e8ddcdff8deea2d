"""Counts of measured values by size, as Prometheus histograms want them."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

STEP_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Seconds that one step of the engine or one delivery may take."""
LAG_BOUNDS = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
"""Seconds between a device's own time stamp and its arrival here."""
LATENCY_BOUNDS = (30.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0, 450.0, 600.0, 900.0, 1800.0, 3600.0, 86_400.0)
"""Seconds between the last sign of life and the verdict."""


class Distribution:
    """A histogram with fixed upper bounds in seconds; observing a value neither allocates nor locks."""

    __slots__ = ("_counts", "bounds", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.total = 0.0
        self._counts = [0] * (len(self.bounds) + 1)

    def observe(self, value: float) -> None:
        """Count one value; a negative one counts as 0, since it stems from clocks that differ."""
        value = max(0.0, value)
        self._counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    @property
    def count(self) -> int:
        """How many values were counted."""
        return sum(self._counts)

    def buckets(self) -> list[tuple[str, float]]:
        """Upper bound and how many values are at most that large, the last without bound."""
        edges = [*(repr(bound) for bound in self.bounds), "+Inf"]
        return list(zip(edges, map(float, accumulate(self._counts)), strict=True))
