"""Names the scope: the few slices that explain the silence with the least said.

A slice explains its silence by a share of its devices that is higher than normal; the gain is the log-likelihood ratio
of that share. From the gain goes the price of naming the slice, which is higher the more specific it is. The best is
taken, its devices are removed, and the search goes on while anything is worth its price. Slices of the same devices
cannot be told apart: the broadest is named, the others are reported with it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import log, sqrt
from typing import NamedTuple

from monitor.core.outages.members import Member, Members
from monitor.core.outages.scopes import Scope, as_text, breadth_of
from monitor.core.outages.slices import Slice

WORTH_NATS = 8.0
MOST_SCOPES = 3
FIRST_CHOICES = 6
MOST_LEAVES = 20_000
SAME_SHARE = 0.95
CANNOT_TELL_NATS = 3.0
MOST_ALTERNATIVES = 4


class Count(NamedTuple):
    """Of `of` devices that could show it by now, `seen` show it."""

    seen: float
    of: float


class Explanation(NamedTuple):
    """A slice that explains what is seen. `share` is how much of it is estimated to be affected."""

    slice: Slice
    seen: float
    tested: float
    share: float
    gain: float
    score: float
    equivalents: tuple[Scope, ...] = ()
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a search is about.

    `count` says how many devices of a leaf show it and how many could; `tested` the latter for a slice; `expected` what
    share of a slice may be chance, by a measure that makes slices comparable, and `own` by what the slice itself is
    known for; `present` is the share that showed it before. Fewer devices than `devices` and a smaller share than
    `share` are too small to matter.
    """

    count: Callable[[Member], Count]
    tested: Callable[[Slice], float]
    expected: Callable[[Slice], float]
    own: Callable[[Slice], float]
    present: Callable[[Slice], float]
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
    """One search among the leaves that no outage covers; `showing` are those in which any device shows it.

    In a very large outage a fixed share of the leaves, the same in every run, stands for all of them.
    """

    def __init__(self, members: Members, showing: Iterable[Member], question: Question) -> None:
        self._members = members
        self._ask = question
        uncovered = [member for member in showing if member.cover is None]
        self._stride = 1 + len(uncovered) // MOST_LEAVES
        self._seen: dict[Slice, float] = {}
        for member in uncovered:
            if member.lot % self._stride == 0 and (seen := question.count(member).seen):
                for part in member.slices:
                    self._seen[part] = self._seen.get(part, 0.0) + seen * self._stride
        self._tested = {part: max(question.tested(part), seen) for part, seen in self._seen.items()}

    def run(self) -> list[Explanation]:
        """The scopes that explain together what is seen, best first.

        The best single scope may be a blend of two true ones, so several first choices are tried to the end.
        """
        start = dict(self._seen), dict(self._tested)
        best: list[Explanation] = []
        after = start
        tried: set[Slice] = set()
        for first in self._ranked()[:FIRST_CHOICES]:
            if first.score < WORTH_NATS or first.slice in tried:
                continue
            self._seen, self._tested = dict(start[0]), dict(start[1])
            found = self._greedy(first, tried)
            if not best or (_worth(found) > _worth(best) + WORTH_NATS and not _swallowed(found)):
                best, after = found, (self._seen, self._tested)
        self._seen, self._tested = after
        return [explanation for explanation in best if self.matters(explanation)]

    def seen_in(self, part: Slice) -> float:
        """How many of a slice show it that no explanation found covers."""
        return self._seen.get(part, 0.0)

    def weigh(self, part: Slice) -> Explanation | None:
        """What a slice explains, unless that is too few devices to matter."""
        seen = self._seen.get(part, 0.0)
        if seen < self._ask.devices - 1:
            return None
        tested = max(seen, self._tested[part])
        expected = self._ask.expected(part)
        share = max(0.0, (seen / tested - expected) / (1 - expected))
        if max(seen, share * part.sums.size) < self._ask.devices - 0.5:
            return None
        gain = gain_of(seen, tested, expected)
        return Explanation(part, seen, tested, share, gain, gain - part.price - 0.5 * log(max(1.0, tested)))

    def matters(self, explanation: Explanation) -> bool:
        """Whether it is more than this slice is known for, and a share large enough; chance may take a tenth of it."""
        least, tested = self._ask.share, explanation.tested
        if gain_of(explanation.seen, tested, self._ask.own(explanation.slice)) < WORTH_NATS:
            return False
        shown = explanation.seen / tested + self._ask.present(explanation.slice)
        return shown >= max(0.9 * least, least - 2 * sqrt(least * (1 - least) / tested))

    def _greedy(self, first: Explanation, tried: set[Slice]) -> list[Explanation]:
        """Take out what the first choice explains, then the best of what is left, while it is worth its price.

        What is too small to matter is taken out as well: its parts would only be the luckier halves of it.
        """
        found: list[Explanation] = []
        ranked = [first, *(each for each in self._ranked() if each.slice is not first.slice)]
        while ranked and ranked[0].score >= WORTH_NATS and len(found) < MOST_SCOPES:
            found.append(self._take(ranked, tried if not found else set()))
            ranked = self._ranked()
        return found

    def _ranked(self) -> list[Explanation]:
        weighed = [explanation for part in self._seen if (explanation := self.weigh(part)) is not None]
        return sorted(weighed, key=lambda each: (-each.score, breadth_of(each.slice.scope)))

    def _take(self, ranked: list[Explanation], tried: set[Slice]) -> Explanation:
        best = ranked[0]
        inside = self._standing_for(best.slice)
        same = self._same_as(best, inside)
        tried |= same
        named = min(same, key=lambda part: breadth_of(part.scope))
        rivals = [
            f"{as_text(rival.slice.scope)} (score {rival.score:,.0f} against {best.score:,.0f})"
            for rival in ranked
            if rival.slice not in same and rival.score >= WORTH_NATS
        ]
        self._remove(inside if named is best.slice else self._standing_for(named))
        return best._replace(
            slice=named,
            equivalents=tuple(sorted((part.scope for part in same if part is not named), key=breadth_of)),
            alternatives=tuple(rivals[:MOST_ALTERNATIVES]),
        )

    def _same_as(self, best: Explanation, inside: list[Member]) -> set[Slice]:
        """The slices that cannot be told apart from the best: the same devices, and explained as well."""
        expected = self._ask.expected(best.slice)
        whole = 0
        shared: dict[Slice, int] = {}
        for member in inside:
            whole += member.gauges.size
            for part in member.slices:
                shared[part] = shared.get(part, 0) + member.gauges.size
        same = {best.slice}
        for part, size in shared.items():
            alike = size >= SAME_SHARE * whole and whole * part.sums.size * SAME_SHARE <= size * best.slice.sums.size
            gain = gain_of(self._seen.get(part, 0.0), self._tested.get(part, 0.0), expected)
            if alike and gain >= best.gain - CANNOT_TELL_NATS:
                same.add(part)
        return same

    def _remove(self, members: list[Member]) -> None:
        for member in members:
            seen, of = self._ask.count(member)
            for part in member.slices:
                if part in self._seen:
                    self._seen[part] -= seen * self._stride
                    self._tested[part] = max(0.0, self._tested[part] - of * self._stride)

    def _standing_for(self, part: Slice) -> list[Member]:
        inside = self._members.within(part.scope)
        return [member for member in inside if member.cover is None and member.lot % self._stride == 0]


def _worth(explanations: list[Explanation]) -> float:
    return sum(explanation.score for explanation in explanations)


def _swallowed(explanations: list[Explanation]) -> bool:
    """Whether a later scope holds an earlier one: then the earlier was only the luckier part of it."""
    scopes = [set(explanation.slice.scope) for explanation in explanations]
    return any(later < earlier for index, earlier in enumerate(scopes) for later in scopes[index + 1 :])
