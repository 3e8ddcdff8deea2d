"""One leaf, and the forms in which its counts travel and add up."""

from typing import NamedTuple

Intervals = tuple[tuple[int, int], ...]
"""Devices by interval in whole seconds, sorted."""


class Gauges(NamedTuple):
    """A leaf's gauges, or by how much they changed.

    `size` devices take part; of those `missing` have missed at least one due heartbeat in a row and `silent` at least
    three; `cloud_known` report whether they reach their cloud and `cloud_down` report that they do not; `intervals`
    counts devices by interval. Besides those, `gone` devices were silent for so long that they take part no more.
    """

    size: int
    missing: int
    silent: int
    cloud_known: int
    cloud_down: int
    intervals: Intervals
    gone: int = 0


NOTHING = Gauges(0, 0, 0, 0, 0, ())


class Leaf:
    """One distinct tuple of dimension values and loss bin. All counts are integers, so leaves add up in any order.

    Besides the gauges, it holds counts of the tick being filled: `ok<k>` and `miss<k>` are due heartbeats that came or
    did not after k misses in a row, or sessions that were up or lost when they were looked at; `returned` silences that
    ended, `departed` last wills. `moved` tells that a gauge changed in the tick, `sent` what the gauges were when a
    shard last passed them on.
    """

    __slots__ = (
        "bin",
        "cloud_down",
        "cloud_known",
        "departed",
        "gone",
        "intervals",
        "miss0",
        "miss1",
        "miss2",
        "missing",
        "moved",
        "ok0",
        "ok1",
        "ok2",
        "returned",
        "sent",
        "silent",
        "size",
        "touched",
        "values",
    )

    def __init__(self, values: tuple[str, ...], loss_bin: int) -> None:
        self.values = values
        self.bin = loss_bin
        self.size = 0
        self.missing = 0
        self.silent = 0
        self.cloud_known = 0
        self.cloud_down = 0
        self.intervals: Intervals = ()
        self.gone = 0
        self.sent = NOTHING
        self.clear()

    def clear(self) -> None:
        """Begin a new tick."""
        self.ok0 = self.ok1 = self.ok2 = 0
        self.miss0 = self.miss1 = self.miss2 = 0
        self.returned = self.departed = 0
        self.touched = self.moved = False

    def gauges(self) -> Gauges:
        """The gauges as they stand."""
        known, down = self.cloud_known, self.cloud_down
        return Gauges(self.size, self.missing, self.silent, known, down, self.intervals, self.gone)

    def move(self, change: Gauges) -> None:
        """Change the gauges by so much."""
        self.size += change.size
        self.missing += change.missing
        self.silent += change.silent
        self.cloud_known += change.cloud_known
        self.cloud_down += change.cloud_down
        self.intervals = merged(self.intervals, change.intervals)
        self.gone += change.gone
        self.moved = True


class Tally(NamedTuple):
    """What one leaf counted in one tick, in a form that adds up across shards: tick counts and changes of gauges."""

    values: tuple[str, ...]
    bin: int
    outcomes: tuple[int, int, int, int, int, int]
    returned: int
    departed: int
    change: Gauges


def merged(one: Intervals, other: Intervals) -> Intervals:
    """The sum of two counts by interval."""
    if not other:
        return one
    total = dict(one)
    for interval, number in other:
        total[interval] = total.get(interval, 0) + number
    return tuple(sorted((interval, number) for interval, number in total.items() if number))


def negated(gauges: Gauges) -> Gauges:
    """The change that takes these gauges away."""
    intervals = tuple((interval, -number) for interval, number in gauges.intervals)
    known, down = -gauges.cloud_known, -gauges.cloud_down
    return Gauges(-gauges.size, -gauges.missing, -gauges.silent, known, down, intervals, -gauges.gone)


def difference(now: Gauges, before: Gauges) -> Gauges:
    """By how much gauges changed."""
    away = negated(before)
    intervals = () if now.intervals == before.intervals else merged(now.intervals, away.intervals)
    return Gauges(
        now.size + away.size,
        now.missing + away.missing,
        now.silent + away.silent,
        now.cloud_known + away.cloud_known,
        now.cloud_down + away.cloud_down,
        intervals,
        now.gone + away.gone,
    )
