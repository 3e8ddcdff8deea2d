"""Slices: sums of leaves that share a value, a pair of values, or nothing but the fleet."""

from zlib import crc32

from monitor.core.outages.cusum import BANK, Normal, Weights, threshold, weights
from monitor.core.outages.rates import FRESH, GUARD, Outcomes, Rates
from monitor.core.outages.scopes import Scope, price_of

WORTH_A_LOOK = 15.0
"""No threshold is ever lower than this."""


class Slice:
    """The devices of one scope that no open outage covers yet, as sums over leaves.

    `run` counts outcomes since all sums of the bank were last zero, which is when a silence that is now noticed began.
    """

    __slots__ = (
        "_minute",
        "_outcomes",
        "_weights",
        "alarmed_at",
        "height",
        "intervals",
        "missing",
        "normal",
        "phase",
        "price",
        "rates",
        "returns",
        "run",
        "scope",
        "silent",
        "size",
        "sums",
        "touched_at",
        "zero_at",
    )

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.price = price_of(scope)
        self.phase = crc32(repr(scope).encode()) % 60
        self.size = 0
        self.missing = 0
        self.silent = 0
        self.intervals: dict[int, int] = {}
        self.touched_at = 0.0
        self.rates = Rates()
        self.sums = [0.0] * len(BANK)
        self.zero_at = [0.0] * len(BANK)
        self.run = [0] * 6
        self.returns = 0
        self.height = 0.0
        self.alarmed_at: float | None = None
        self._outcomes = [0] * 6
        self._minute = [0] * 6
        self.expect(FRESH)

    def expect(self, normal: Normal) -> None:
        """Judge by these rates from now on."""
        self.normal = normal
        guarded = Normal(min(0.5, GUARD * normal.miss), normal.again, normal.thrice)
        self._weights: list[Weights] = [weights(guarded, q) for q in BANK]

    def add(self, outcome: int, number: int) -> None:
        """Count outcomes of the tick being filled."""
        self._outcomes[outcome] += number

    def step(self, at: float) -> bool:
        """The tick is complete: weigh it. True if any sum is not zero."""
        outcomes = self._outcomes
        minute = self._minute
        for index, number in enumerate(outcomes):
            minute[index] += number
        lively = False
        sums = self.sums
        if any(sums) or outcomes[1] or outcomes[3] or outcomes[5]:
            for index, weight in enumerate(self._weights):
                total = sums[index] + sum(number * nats for number, nats in zip(outcomes, weight, strict=True))
                if total > 0:
                    if not sums[index]:
                        self.zero_at[index] = at - 1
                    sums[index] = total
                    lively = True
                else:
                    sums[index] = 0.0
            if lively:
                for index, number in enumerate(outcomes):
                    self.run[index] += number
            else:
                self.calm()
        self._outcomes = [0] * 6
        return lively

    def calm(self) -> None:
        """Nothing speaks for an outage here any more."""
        self.sums = [0.0] * len(BANK)
        self.run = [0] * 6
        self.returns = 0
        self.alarmed_at = None

    def alarming(self, at: float, slices: int, false_alarms_per_week: float) -> bool:
        """Whether the evidence is more than the budget for false alarms allows to be chance."""
        highest = max(self.sums)
        if highest < WORTH_A_LOOK:
            return False
        self.height = threshold(slices, self.trials_per_second, false_alarms_per_week)
        if highest < self.height:
            return False
        if self.alarmed_at is None:
            self.alarmed_at = at
        return True

    def onset(self, share: float) -> float:
        """When the silence began to show: the last time that the sum for the nearest share was zero."""
        nearest = min(range(len(BANK)), key=lambda index: (self.sums[index] == 0, abs(BANK[index] - share)))
        return self.zero_at[nearest]

    @property
    def trials_per_second(self) -> float:
        """How many heartbeats fall due here per second."""
        return sum(number / interval for interval, number in sorted(self.intervals.items()))

    def tested(self, seconds: float) -> float:
        """How many devices had a heartbeat due within so many seconds."""
        return tested_in(self.intervals, seconds)

    @property
    def typical_interval(self) -> int:
        """The median interval, in seconds."""
        return median_interval(self.intervals)

    def take_minute(self) -> Outcomes:
        """The outcomes since the last call."""
        ok0, miss0, ok1, miss1, ok2, miss2 = self._minute
        self._minute = [0] * 6
        return ok0, miss0, ok1, miss1, ok2, miss2


def tested_in(intervals: dict[int, int], seconds: float) -> float:
    """How many of the devices had a heartbeat due within so many seconds, on average."""
    return sum(number * min(1.0, seconds / interval) for interval, number in sorted(intervals.items()))


def median_interval(intervals: dict[int, int]) -> int:
    """The median of intervals that are counted by length; 0 if there are none."""
    half = sum(intervals.values()) / 2
    passed = 0
    for interval in sorted(intervals):
        passed += intervals[interval]
        if passed >= half:
            return interval
    return 0
