"""What is normal in a slice: how often heartbeats are missed there, and how often a miss goes on."""

from monitor.core.outages.cusum import Normal

GUARD = 1.5
"""The loss that is assumed is this much more than the loss that was learned: homes fail together now and then."""

SMALLEST_MISS, LARGEST_MISS = 0.002, 0.3
SMALLEST_AGAIN, LARGEST_AGAIN = 0.1, 0.95
PRIOR_SLOTS, PRIOR_RUNS = 2000.0, 40.0
HALF_LIFE_SECONDS = 21_600.0
FRESH = Normal(0.01, 0.3, 0.6)
"""What is believed before anything was seen."""

Outcomes = tuple[int, int, int, int, int, int]
"""Due heartbeats kept and missed after no, one and two misses in a row."""
NOTHING: Outcomes = (0, 0, 0, 0, 0, 0)


class Rates:
    """Decayed counts of outcomes.

    What was seen since the last `learn` waits until the next, so that the first minute of an outage that is not yet
    known to be one is not learned as normal.
    """

    __slots__ = ("_kept", "_missed", "_waiting")

    def __init__(self) -> None:
        self._kept = [0.0, 0.0, 0.0]
        self._missed = [0.0, 0.0, 0.0]
        self._waiting: Outcomes = NOTHING

    def learn(self, outcomes: Outcomes, seconds: float) -> None:
        """Take in what was seen before the last call, and hold what was seen since."""
        decay = 0.5 ** (seconds / HALF_LIFE_SECONDS)
        ok0, miss0, ok1, miss1, ok2, miss2 = self._waiting
        kept, missed = self._kept, self._missed
        self._kept = [kept[0] * decay + ok0, kept[1] * decay + ok1, kept[2] * decay + ok2]
        self._missed = [missed[0] * decay + miss0, missed[1] * decay + miss1, missed[2] * decay + miss2]
        self._waiting = outcomes

    def forget_waiting(self) -> None:
        """What was seen last is not normal."""
        self._waiting = NOTHING

    def normal(self, of_all: Normal) -> Normal:
        """The rates, shrunk towards those of the whole fleet while little was seen."""
        weights = (PRIOR_SLOTS, PRIOR_RUNS, PRIOR_RUNS)
        miss, again, thrice = (
            (self._missed[run] + weight * believed) / (self._missed[run] + self._kept[run] + weight)
            for run, (weight, believed) in enumerate(zip(weights, of_all, strict=True))
        )
        return Normal(
            min(LARGEST_MISS, max(SMALLEST_MISS, miss)),
            min(LARGEST_AGAIN, max(SMALLEST_AGAIN, again)),
            min(LARGEST_AGAIN, max(SMALLEST_AGAIN, thrice)),
        )

    def save(self) -> list[float]:
        """As plain numbers."""
        return [round(number, 3) for number in (*self._kept, *self._missed)]

    def restore(self, numbers: list[float]) -> None:
        """From plain numbers."""
        self._kept, self._missed = [float(each) for each in numbers[:3]], [float(each) for each in numbers[3:6]]
