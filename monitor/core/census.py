"""The fleet counted once a minute over the last day: what the plots are drawn from."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.core.decisions import STATUSES, Status
from monitor.core.fleet import Fleet

MINUTE_SECONDS = 60.0
MINUTES_KEPT = 24 * 60


@dataclass(frozen=True, slots=True)
class Count:
    """How many devices had each status at a moment, Unix seconds, in the order of `STATUSES`.

    `blind` says that the monitor could not see: the numbers are those from before.
    """

    at: float
    numbers: tuple[int, ...]
    blind: bool = False

    def of(self, status: Status) -> int:
        """The devices with one status."""
        return self.numbers[STATUSES.index(status)]


class Census:
    """The counts of the last day, oldest first, at most one for each minute. A minute without a count was not seen."""

    def __init__(self, counts: Iterable[Count] = ()) -> None:
        self._counts: deque[Count] = deque(counts, maxlen=MINUTES_KEPT)

    def take(self, fleet: Fleet, at: float, *, blind: bool) -> Count | None:
        """Count the fleet, unless this minute is counted already; returns the new count."""
        if self._counts and at // MINUTE_SECONDS <= self._counts[-1].at // MINUTE_SECONDS:
            return None
        sums = totals(fleet)
        made = Count(at, tuple(sums[status] for status in STATUSES), blind)
        self._counts.append(made)
        return made

    def since(self, at: float) -> list[Count]:
        """The counts from this moment on, oldest first."""
        return [count for count in self._counts if count.at >= at]


def next_minute(now: float) -> float:
    """When the next count is due."""
    return (now // MINUTE_SECONDS + 1) * MINUTE_SECONDS


def totals(fleet: Fleet, tenant: str = "") -> Mapping[Status, int]:
    """Devices by status, of one tenant or of all."""
    sums: dict[Status, int] = dict.fromkeys(STATUSES, 0)
    for (cohort, status), number in fleet.counts.items():
        if not tenant or cohort.tenant == tenant:
            sums[status] += number
    return sums
