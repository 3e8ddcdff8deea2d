"""Names the scope: the few slices that explain the silence with the least said.

A slice explains its silence by a share of its devices that is higher than normal; the gain is the log-likelihood ratio
of that share. From the gain goes the price of naming the slice, which is higher the more specific it is. The best is
taken, its devices are left out, and the search goes on while anything is worth its price. Slices of the same devices
cannot be told apart: the broadest is named, but a house before a region or network; the others are reported with it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import log, sqrt
from typing import NamedTuple

from monitor.core.outages.houses import SAME_SHARE, Houses
from monitor.core.outages.members import Member, Members
from monitor.core.outages.scopes import AREAS, HOUSES, Scope, as_text, breadth_of
from monitor.core.outages.slices import Slice

WORTH_NATS = 8.0
MOST_SCOPES = 3
FIRST_CHOICES = 4
WHOLE_SHARE = 0.8
"""An explanation that covers so much of its slice is no blend of others."""
CANNOT_TELL_NATS = 3.0
MOST_ALTERNATIVES = 4
ENOUGH_DRAWN = 100


class Explanation(NamedTuple):
    """A slice that explains what is seen. `share` is how much of it is estimated to be affected.

    Of its `size` devices `shown` show it, `seen` of them not explained by a better explanation.
    """

    slice: Slice
    size: int
    shown: float
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

    `seen` says how many devices of a leaf show it, `tested` how many of a slice could show it by now. `expected` is the
    share of a slice that may be chance, by a measure that makes slices comparable, and `own` by what the slice itself
    is known for; `present` is the share that showed it before. Fewer devices than `devices` and a smaller share than
    `share` are too small to matter. `kept` says how many of a slice are known not to show it.
    """

    seen: Callable[[Member], float]
    tested: Callable[[Slice], float]
    expected: Callable[[Slice], float]
    own: Callable[[Slice], float]
    present: Callable[[Slice], float]
    devices: int
    share: float
    kept: Callable[[Slice], float] = lambda _: 0.0


def gain_of(seen: float, tested: float, expected: float) -> float:
    """How many nats better a share of its own explains a slice than the expected share."""
    if tested <= 0 or seen <= expected * tested:
        return 0.0
    share = min(1.0, seen / tested)
    gain = seen * log(share / expected)
    if share < 1:
        gain += (tested - seen) * log((1 - share) / (1 - expected))
    return gain


@dataclass(slots=True)
class _Left:
    """What is left of each slice without what these scopes explain. `shares` are how much of a large slice is left."""

    explained: list[Scope]
    seen: dict[Slice, float]
    houses: Houses
    shares: dict[Slice, float]
    ranking: list[Explanation] | None = None


class Search:
    """One search among the leaves that no outage covers; `showing` are those in which any device may show it.

    The cost follows what shows it: what is explained is left out by name, and what is well is never walked through.
    """

    def __init__(self, members: Members, showing: Iterable[Member], question: Question) -> None:
        self._members = members
        self._ask = question
        self._drawn: list[Member] | None = None
        self._all = [(member, seen) for member in showing if member.cover is None and (seen := question.seen(member))]
        self._whole = self._left = self._without([])

    def run(self) -> list[Explanation]:
        """The scopes that explain together what is seen, best first.

        The best single scope may be a blend of two true ones, so several first choices are tried to the end.
        """
        best: list[Explanation] = []
        tried: set[Slice] = set()
        for first in self._ranked()[:FIRST_CHOICES]:
            if first.score < WORTH_NATS or first.slice in tried or (best and best[0].share >= WHOLE_SHARE):
                continue
            found = self._greedy(first, tried)
            if not best or (_worth(found) > _worth(best) + WORTH_NATS and not _swallowed(found)):
                best = found
        self._leave_out(best)
        return [explanation for explanation in best if self.matters(explanation)]

    def seen_in(self, part: Slice) -> float:
        """How many of a slice show it that no explanation found covers."""
        return self._left.seen.get(part, 0.0)

    def name(self, explanation: Explanation) -> Explanation:
        """The same, with the slices that cannot be told from it; the broadest of them is named."""
        return self._name(
            [explanation, *(each for each in self._ranked() if each.slice is not explanation.slice)], set()
        )

    def weigh(self, part: Slice) -> Explanation | None:
        """What a slice explains of what is left, unless that is too few devices to matter."""
        seen = self._left.seen.get(part, 0.0)
        if seen < self._ask.devices - 1:
            return None
        expected = self._ask.expected(part)
        if self._left.explained and gain_of(seen, seen, expected) - part.price < WORTH_NATS:
            return None
        tested = self._tested(part, seen)
        share = max(0.0, (seen / tested - expected) / (1 - expected))
        if max(seen, share * part.sums.size) < self._ask.devices - 0.5:
            return None
        gain = gain_of(seen, tested, expected)
        score = gain - self._left.houses.price(part, seen) - 0.5 * log(max(1.0, tested))
        return Explanation(part, part.sums.size, self._whole.seen[part], seen, tested, share, gain, score)

    def matters(self, explanation: Explanation) -> bool:
        """Whether it is more than this slice is known for, and a share large enough; chance may take a tenth of it."""
        least, tested = self._ask.share, explanation.tested
        if gain_of(explanation.seen, tested, self._ask.own(explanation.slice)) < WORTH_NATS:
            return False
        shown = explanation.seen / tested + self._ask.present(explanation.slice)
        return shown >= max(0.9 * least, least - 2 * sqrt(least * (1 - least) / tested))

    def _greedy(self, first: Explanation, tried: set[Slice]) -> list[Explanation]:
        """Leave out what the first choice explains, then what explains the rest best, while it is worth its price.

        What is too small to matter is left out as well: its parts would only be the luckier halves of it.
        """
        self._leave_out([])
        ranked = [first, *(each for each in self._ranked() if each.slice is not first.slice)]
        found: list[Explanation] = []
        while ranked and ranked[0].score >= WORTH_NATS and len(found) < MOST_SCOPES:
            found.append(self._name(ranked, tried if not found else set()))
            self._leave_out(found)
            ranked = self._ranked()
        return found

    def _leave_out(self, found: list[Explanation]) -> None:
        """See what is left of each slice without these explanations."""
        explained = [explanation.slice.scope for explanation in found]
        if explained != self._left.explained:
            self._left = self._without(explained) if explained else self._whole

    def _without(self, explained: list[Scope]) -> "_Left":
        showing = [each for each in self._all if not self._is_explained(each[0], explained)] if explained else self._all
        seen: dict[Slice, float] = {}
        for member, number in showing:
            for part in member.slices:
                seen[part] = seen.get(part, 0.0) + number
        shares = self._draw_shares_left(explained) if explained else {}
        return _Left(explained, seen, Houses(showing, seen), shares)

    def _is_explained(self, member: Member, explained: list[Scope]) -> bool:
        inside, leaf = self._members.inside, member.leaf
        for scope in explained:  # noqa: SIM110 - a generator would cost three times as much
            if inside(leaf, scope):
                return True
        return False

    def _draw_shares_left(self, explained: list[Scope]) -> dict[Slice, float]:
        """How much of each large slice lies outside of what is explained, from leaves drawn to stand for all."""
        if self._drawn is None:
            self._drawn = self._members.fleet.drawn()
        drawn: dict[Slice, int] = {}
        left: dict[Slice, int] = {}
        for member in self._drawn:
            spared = not self._is_explained(member, explained)
            for part in member.slices:
                drawn[part] = drawn.get(part, 0) + 1
                left[part] = left.get(part, 0) + spared
        return {part: left[part] / number for part, number in drawn.items() if number >= ENOUGH_DRAWN}

    def _tested(self, part: Slice, seen: float) -> float:
        """How many devices of a slice could show it by now, without those that are explained."""
        left = self._share_left(part)
        heard = min(seen + self._ask.kept(part) * left, part.sums.size * left)
        return max(seen, self._ask.tested(part) * left, heard)

    def _share_left(self, part: Slice) -> float:
        explained, shares = self._left.explained, self._left.shares
        if not explained:
            return 1.0
        if part not in shares:
            leaves = part.drawn()
            left = sum(member.gauges.size for member in leaves if not self._is_explained(member, explained))
            shares[part] = left / max(1, sum(member.gauges.size for member in leaves))
        return shares[part]

    def _ranked(self) -> list[Explanation]:
        if self._left.ranking is None:
            weighed = [explanation for part in self._left.seen if (explanation := self.weigh(part)) is not None]
            self._left.ranking = sorted(weighed, key=lambda each: (-each.score, breadth_of(each.slice.scope)))
        return self._left.ranking

    def _name(self, ranked: list[Explanation], tried: set[Slice]) -> Explanation:
        best = ranked[0]
        same = [best.slice, *(rival.slice for rival in ranked[1:] if self._cannot_tell(rival, best))]
        tried.update(same)
        named = min(_fitting(same), key=lambda part: breadth_of(part.scope))
        rivals = [
            f"{as_text(rival.slice.scope)} (score {rival.score:,.0f} against {best.score:,.0f})"
            for rival in ranked
            if rival.slice not in same and rival.score >= WORTH_NATS
        ]
        return best._replace(
            slice=named,
            equivalents=tuple(sorted((part.scope for part in same if part is not named), key=breadth_of)),
            alternatives=tuple(rivals[:MOST_ALTERNATIVES]),
        )

    def _cannot_tell(self, rival: Explanation, best: Explanation) -> bool:
        """Whether a slice has the same devices as the best, and explains as well."""
        sizes = rival.slice.sums.size, best.slice.sums.size
        if min(sizes) < SAME_SHARE * max(sizes):
            return False
        drawn = rival.slice.drawn()
        both = sum(member.gauges.size for member in drawn if self._members.inside(member.leaf, best.slice.scope))
        if both < SAME_SHARE * sum(member.gauges.size for member in drawn):
            return False
        return gain_of(rival.seen, rival.tested, self._ask.expected(best.slice)) >= best.gain - CANNOT_TELL_NATS


def _fitting(same: list[Slice]) -> list[Slice]:
    """Which of the slices that cannot be told apart may lend their name.

    That a region or a network is nothing but one house says nothing of either, and as little of any pair.
    """
    if not any(part.layer in HOUSES and len(part.scope) == 1 for part in same):
        return same
    return [part for part in same if part.layer not in AREAS and len(part.scope) == 1]


def _worth(explanations: list[Explanation]) -> float:
    return sum(explanation.score for explanation in explanations)


def _swallowed(explanations: list[Explanation]) -> bool:
    """Whether a later scope holds an earlier one: then the earlier was only the luckier part of it."""
    scopes = [set(explanation.slice.scope) for explanation in explanations]
    return any(later < earlier for index, earlier in enumerate(scopes) for later in scopes[index + 1 :])
