"""The air between a device and the broker: delay, jitter, and three families of bursty loss.

A burst is a spell of time, not a number of beats: a bad minute costs a 30-second device two beats in a row and a
15-minute device at most one. Single lost beats come on top. Rates are set so that a 30-second device sees the
first-miss chance of its loss class; the ways in which bursts last differ by family:

- `geometric`: Gilbert-Elliott, exponential spells with a mean of 55 s;
- `pareto`: spells with a heavy tail (exponent 1.6);
- `long_bursts`: as geometric, but 3 % of the spells last 5 to 20 minutes.
"""

import math
from collections.abc import Callable
from random import Random
from statistics import NormalDist
from typing import Annotated, Literal

from pydantic import Field

from monitor.core.settings import Section
from simulators.durations import Duration

LossFamily = Literal["none", "geometric", "pareto", "long_bursts"]
Share = Annotated[float, Field(ge=0, le=1)]

REFERENCE_INTERVAL_SECONDS = 30.0
BURST_MEAN_SECONDS = 55.0
_BURST_PART = 0.35
"""Share of first misses that belong to a burst; with 55 s spells one miss in five is then followed by another."""
_BURST_HIT = (
    BURST_MEAN_SECONDS / REFERENCE_INTERVAL_SECONDS * -math.expm1(-REFERENCE_INTERVAL_SECONDS / BURST_MEAN_SECONDS)
)
_PARETO_EXPONENT = 1.6
_PARETO_SCALE_SECONDS = BURST_MEAN_SECONDS * (_PARETO_EXPONENT - 1) / _PARETO_EXPONENT
_LONGEST_BURST_SECONDS = 4 * 3600.0
_LONG_SHARE = 0.03
_TABLE_SIZE = 4096


class LossClass(Section):
    """One group of devices with like reception."""

    share: Share
    first_miss: Annotated[Share, Field(description="chance that a 30 s heartbeat is missed after a good one")]


class NetworkSpec(Section):
    """`[network]`: how messages travel."""

    loss: LossFamily = "geometric"
    classes: tuple[LossClass, ...] = (
        LossClass(share=0.70, first_miss=0.0017),
        LossClass(share=0.25, first_miss=0.015),
        LossClass(share=0.05, first_miss=0.07),
    )
    delay_median_seconds: Annotated[Duration, Field(description="median of the log-normal delay")] = 0.15
    delay_sigma: Annotated[float, Field(ge=0, le=3)] = 1.2
    duplicates: Annotated[Share, Field(description="share of heartbeats that arrive twice")] = 0.0005
    reordered: Annotated[Share, Field(description="share of heartbeats overtaken by the next one")] = 0.0005


def lognormal_table(median_seconds: float, sigma: float) -> tuple[float, ...]:
    """Evenly spaced quantiles of a log-normal: a random index draws from it at a tenth of the cost."""
    normal = NormalDist()
    return tuple(
        median_seconds * math.exp(sigma * normal.inv_cdf((step + 0.5) / _TABLE_SIZE)) for step in range(_TABLE_SIZE)
    )


def burst_seconds(family: LossFamily) -> Callable[[Random], float]:
    """How to draw the length of one bad spell."""

    def geometric(rng: Random) -> float:
        return rng.expovariate(1 / BURST_MEAN_SECONDS)

    def pareto(rng: Random) -> float:
        return min(_LONGEST_BURST_SECONDS, _PARETO_SCALE_SECONDS * rng.paretovariate(_PARETO_EXPONENT))

    def long_bursts(rng: Random) -> float:
        return rng.uniform(300.0, 1200.0) if rng.random() < _LONG_SHARE else geometric(rng)

    return {"none": geometric, "geometric": geometric, "pareto": pareto, "long_bursts": long_bursts}[family]


class Air:
    """Draws everything that the network does to messages."""

    def __init__(self, spec: NetworkSpec, rng: Random) -> None:
        self.spec = spec
        self.delays = lognormal_table(spec.delay_median_seconds, spec.delay_sigma)
        self._rng = rng
        self._burst = burst_seconds(spec.loss)
        self._lossless = spec.loss == "none"

    def draw_class(self) -> float:
        """The first-miss chance of a new device."""
        mark = self._rng.random()
        for loss_class in self.spec.classes:
            mark -= loss_class.share
            if mark < 0:
                return loss_class.first_miss
        return self.spec.classes[-1].first_miss if self.spec.classes else 0.0

    def delay(self) -> float:
        """Seconds from device to monitor."""
        return self.delays[int(self._rng.random() * _TABLE_SIZE)]

    def next_burst(self, after: float, first_miss: float) -> tuple[float, float]:
        """Begin and end of the next bad spell of a device, both infinite if it never has one."""
        rate = 0.0 if self._lossless else first_miss * _BURST_PART / _BURST_HIT / REFERENCE_INTERVAL_SECONDS
        if rate <= 0:
            return math.inf, math.inf
        begin = after + self._rng.expovariate(rate)
        return begin, begin + self._burst(self._rng)

    def next_mishap(self, after: float, first_miss: float, interval: float) -> float:
        """When the next single beat is lost, doubled or overtaken."""
        chance = self.single_loss(first_miss) + self.spec.duplicates + self.spec.reordered
        return after + self._rng.expovariate(chance / interval) if chance > 0 else math.inf

    def single_loss(self, first_miss: float) -> float:
        """Chance that a beat is lost alone."""
        return 0.0 if self._lossless else first_miss * (1 - _BURST_PART)

    def draw_mishap(self, first_miss: float) -> Literal["lost", "doubled", "overtaken"]:
        """What befalls the beat that a mishap hits."""
        lost, doubled, overtaken = self.single_loss(first_miss), self.spec.duplicates, self.spec.reordered
        mark = self._rng.random() * (lost + doubled + overtaken)
        if mark < lost:
            return "lost"
        return "doubled" if mark < lost + doubled else "overtaken"
