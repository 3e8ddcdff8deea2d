"""The share of a slice that is usually silent, by half-hour of the day, on working days and at weekends."""

from array import array
from typing import NamedTuple

BINS = 48
BIN_SECONDS = 1800
DAY_SECONDS = 86_400
MEMORY_VISITS = 434
"""Two weeks of working days: ten visits of 30 minutes weigh half."""
FIRST_MINUTES = 10
"""So long nothing is known to be unusual."""
SHORT_MEMORY_MINUTES, LONG_MEMORY_MINUTES = 1440, 29_000
"""The share over all hours falls within a day but rises within weeks, so that a slow decay does not become usual."""
LARGEST_STEP = 0.05
"""After its first days, one strange day moves a half-hour no further than this towards it."""
SETTLED_VISITS = 60
SEASONAL_DEVICES = 50
"""Smaller slices have no hours of their own."""


class Expected(NamedTuple):
    """`known` tells that this half-hour was seen on an earlier day."""

    share: float
    known: bool


class Usual:
    """What is usual in one slice. A minute of an outage must not be learned; the caller knows which those are."""

    __slots__ = ("_all", "_day", "_minutes", "_new", "_seasonal", "_shares", "_visits")

    def __init__(self, *, seasonal: bool = True) -> None:
        self._seasonal = seasonal
        self._all = 0.0
        self._minutes = 0
        self._day = -1
        self._new: set[int] = set()
        self._shares: array[float] | None = None
        self._visits: array[int] | None = None

    def learn(self, at: float, share: float, devices: int) -> None:
        """One more minute with this share silent."""
        self._minutes = min(self._minutes + 1, LONG_MEMORY_MINUTES)
        memory = LONG_MEMORY_MINUTES if share > self._all else SHORT_MEMORY_MINUTES
        self._all += (share - self._all) / (memory if self.settled else self._minutes)
        if not self._seasonal or (devices < SEASONAL_DEVICES and self._shares is None):
            return
        if self._shares is None or self._visits is None:
            self._shares, self._visits = array("f", [0.0] * 2 * BINS), array("H", [0] * 2 * BINS)
        if (day := int(at // DAY_SECONDS)) != self._day:
            self._day, self._new = day, set()
        index = _bin(at)
        visits = self._visits[index] = min(self._visits[index] + 1, MEMORY_VISITS)
        if visits == 1:
            self._new.add(index)
        error = share - self._shares[index]
        if visits > SETTLED_VISITS:
            error = max(-LARGEST_STEP, min(LARGEST_STEP, error))
        self._shares[index] += error / visits

    @property
    def settled(self) -> bool:
        """Whether enough was seen to call anything unusual."""
        return self._minutes >= FIRST_MINUTES

    def expect(self, at: float) -> Expected:
        """The highest share that is usual around this half-hour."""
        if self._shares is None or self._visits is None:
            return Expected(self._all, known=False)
        here = _bin(at)
        other = (here + BINS) % (2 * BINS)
        today = self._new if int(at // DAY_SECONDS) == self._day else set()
        visited = here if self._visits[here] and here not in today else other
        if not self._visits[visited] or visited in today:
            return Expected(self._all, known=False)
        base = visited - visited % BINS
        around = [base + (visited + step) % BINS for step in (-1, 0, 1)]
        return Expected(max(self._shares[index] for index in around if self._visits[index]), known=True)

    def save(self) -> dict[str, object]:
        """As plain data, shares in 1/10,000."""
        data: dict[str, object] = {"all": round(self._all, 5), "minutes": self._minutes}
        if self._shares is not None and self._visits is not None:
            data["shares"] = [round(share * 10_000) for share in self._shares]
            data["visits"] = list(self._visits)
            data["today"] = [self._day, *sorted(self._new)]
        return data

    def restore(self, data: dict[str, object]) -> None:
        """From plain data."""
        self._all, self._minutes = float(str(data["all"])), int(str(data["minutes"]))
        shares, visits, today = data.get("shares"), data.get("visits"), data.get("today")
        if isinstance(shares, list) and isinstance(visits, list) and isinstance(today, list):
            self._shares, self._visits = array("f", [share / 10_000 for share in shares]), array("H", visits)
            self._day, self._new = today[0], set(today[1:])


def _bin(at: float) -> int:
    # Day 0 of Unix time was a Thursday.
    weekend = (int(at // DAY_SECONDS) + 3) % 7 >= 5  # noqa: PLR2004
    return int(at % DAY_SECONDS) // BIN_SECONDS + (BINS if weekend else 0)
