"""Names the scope: the few slices that explain the silence with the least said.

A slice explains its silence by a share of its devices that is higher than normal; the gain is the log-likelihood ratio
of that share. From the gain goes the price of naming the slice, which is higher the more specific it is. The best is
taken, its devices are removed, and the search goes on while anything is worth its price. Slices of the same devices
cannot be told apart: the broadest is named, the others are reported with it.
"""

from collections.abc import Callable, Iterable
from math import log
from typing import NamedTuple

from monitor.core.outages.members import Member
from monitor.core.outages.scopes import Scope, as_text, breadth_of
from monitor.core.outages.slices import Slice

WORTH_NATS = 8.0
MOST_SCOPES = 3
SAME_SHARE = 0.95
CANNOT_TELL_NATS = 3.0
ALTERNATIVES = 4


class Count(NamedTuple):
    """Of `of` devices that could show it by now, `seen` fell silent since the onset."""

    seen: float
    of: float


class Explanation(NamedTuple):
    """A slice that explains the silence. `share` is how much of it is estimated to be affected."""

    slice: Slice
    seen: float
    tested: float
    share: float
    gain: float
    score: float
    equivalents: tuple[Scope, ...]
    alternatives: tuple[str, ...]


class Floor(NamedTuple):
    """What is too small to be an outage, however certain."""

    devices: int
    share: float


def gain_of(seen: float, tested: float, expected: float) -> float:
    """How many nats better a share of its own explains a slice than the expected share."""
    if tested <= 0 or seen <= expected * tested:
        return 0.0
    share = min(1.0, seen / tested)
    gain = seen * log(share / expected)
    if share < 1:
        gain += (tested - seen) * log((1 - share) / (1 - expected))
    return gain


class Search:
    """One search among the leaves that no outage covers.

    `count` says of a leaf how many devices fell silent and how many could have; `expected` gives the share that is
    normal in a slice.
    """

    def __init__(
        self,
        members: Iterable[Member],
        silent: Iterable[Member],
        count: Callable[[Member], Count],
        tested: Callable[[Slice], float],
        expected: Callable[[Slice], float],
        floor: Floor,
    ) -> None:
        self._members = members
        self._count = count
        self._expected = expected
        self._floor = floor
        self._seen: dict[Slice, float] = {}
        for member in silent:
            if member.cover is None and (seen := count(member).seen):
                for each in member.slices:
                    self._seen[each] = self._seen.get(each, 0.0) + seen
        self._tested = {each: max(tested(each), seen) for each, seen in self._seen.items()}

    def run(self) -> list[Explanation]:
        """The scopes that explain the silence, best first."""
        found: list[Explanation] = []
        while len(found) < MOST_SCOPES:
            ranked = sorted(
                (candidate for each in self._seen if (candidate := self._weigh(each)) is not None),
                key=lambda candidate: (-candidate.score, breadth_of(candidate.slice.scope)),
            )
            if not ranked or ranked[0].score < WORTH_NATS:
                break
            found.append(self._take(ranked))
        return found

    def seen_in(self, part: Slice) -> float:
        """How many of a slice fell silent that no explanation found so far covers."""
        return self._seen.get(part, 0.0)

    def _weigh(self, part: Slice) -> Explanation | None:
        seen, tested = self._seen[part], self._tested[part]
        expected = self._expected(part)
        if seen < self._floor.devices - 1 or tested <= 0:
            return None
        share = max(0.0, (min(1.0, seen / tested) - expected) / (1 - expected))
        affected = max(seen, share * part.size)
        if affected < self._floor.devices - 0.5 or seen / tested < self._least_share(tested):
            return None
        gain = gain_of(seen, tested, expected)
        score = gain - part.price - 0.5 * log(max(1.0, tested))
        return Explanation(part, seen, tested, share, gain, score, (), ())

    def _least_share(self, tested: float) -> float:
        """The smallest share that counts, less what chance takes from it, but never less by more than a tenth."""
        floor = self._floor.share
        return max(0.9 * floor, floor - 2 * (floor * (1 - floor) / tested) ** 0.5)

    def _take(self, ranked: list[Explanation]) -> Explanation:
        best = ranked[0]
        shared: dict[Slice, int] = {}
        inside = [member for member in self._members if member.cover is None and member.inside(best.slice.scope)]
        for member in inside:
            for each in member.slices:
                shared[each] = shared.get(each, 0) + member.size
        same = sorted(
            (each for each, size in shared.items() if self._same(size, each, best)),
            key=lambda each: breadth_of(each.scope),
        )
        named = same[0] if same else best.slice
        if named is not best.slice:
            inside = [member for member in self._members if member.cover is None and member.inside(named.scope)]
        rivals = [
            f"{as_text(rival.slice.scope)} (score {rival.score:,.0f} against {best.score:,.0f})"
            for rival in ranked
            if rival.slice not in same and rival.slice is not named and rival.score >= WORTH_NATS
        ]
        self._remove(inside)
        return best._replace(
            slice=named,
            equivalents=tuple(each.scope for each in same if each is not named),
            alternatives=tuple(rivals[:ALTERNATIVES]),
        )

    def _same(self, shared: int, other: Slice, best: Explanation) -> bool:
        if shared < SAME_SHARE * max(other.size, best.slice.size) or other not in self._seen:
            return False
        return gain_of(self._seen[other], self._tested[other], self._expected(other)) >= best.gain - CANNOT_TELL_NATS

    def _remove(self, members: Iterable[Member]) -> None:
        for member in members:
            count = self._count(member)
            for each in member.slices:
                if each in self._seen:
                    self._seen[each] -= count.seen
                    self._tested[each] = max(0.0, self._tested[each] - count.of)
