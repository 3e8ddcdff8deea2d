"""Gauges added up over leaves."""

from math import sqrt

from monitor.core.leaf import Gauges


class Sums:
    """How many devices take part, miss heartbeats, are silent or gone, and say what of their cloud; see `Gauges`."""

    __slots__ = ("cloud_down", "cloud_known", "gone", "intervals", "missing", "silent", "size")

    def __init__(self) -> None:
        self.size = 0
        self.missing = 0
        self.silent = 0
        self.cloud_known = 0
        self.cloud_down = 0
        self.gone = 0
        self.intervals: dict[int, int] = {}

    def add(self, change: Gauges) -> None:
        """Add one leaf's gauges, or by how much they changed."""
        self.size += change.size
        self.missing += change.missing
        self.silent += change.silent
        self.cloud_known += change.cloud_known
        self.cloud_down += change.cloud_down
        self.gone += change.gone
        for interval, step in change.intervals:
            total = self.intervals.get(interval, 0) + step
            if total:
                self.intervals[interval] = total
            else:
                self.intervals.pop(interval, None)

    @property
    def trials_per_second(self) -> float:
        """How many heartbeats fall due per second."""
        return sum(number / interval for interval, number in sorted(self.intervals.items()))

    def tested(self, seconds: float) -> float:
        """How many devices had a heartbeat due within so many seconds, on average."""
        return sum(number * min(1.0, seconds / interval) for interval, number in sorted(self.intervals.items()))

    def first_share(self, seconds: float) -> float:
        """Which share of the heartbeats that fall due within so many seconds is the first of its device."""
        due = self.trials_per_second * seconds
        return self.tested(seconds) / due if due else 1.0

    def surely_tested(self, seconds: float) -> float:
        """As `tested`, less one standard deviation: chance decides whose heartbeats fall due first."""
        shares = [(number, min(1.0, seconds / interval)) for interval, number in sorted(self.intervals.items())]
        return self.tested(seconds) - sqrt(sum(number * share * (1 - share) for number, share in shares))

    @property
    def typical_interval(self) -> int:
        """The median interval in seconds; 0 if there is no device."""
        half = sum(self.intervals.values()) / 2
        passed = 0
        for interval, number in sorted(self.intervals.items()):
            passed += number
            if passed >= half:
                return interval
        return 0
