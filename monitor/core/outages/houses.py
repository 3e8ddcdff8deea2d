"""Houses as witnesses: devices that share a plug and a router fall silent together, so together they testify once."""

from collections.abc import Mapping, Sequence
from heapq import nlargest
from operator import attrgetter, itemgetter
from typing import NamedTuple

from monitor.core.outages.members import Member
from monitor.core.outages.scopes import HOUSES
from monitor.core.outages.slices import Slice

OUTSIDE_NATS = 4.0
"""What devices elsewhere have to add before something broader is blamed for the silence of one house, or of two."""
MOSTLY = 0.5, 0.75
"""More than this share of what a slice shows is mostly in its fullest house, or in its two fullest."""
SAME_SHARE = 0.95
"""A house that has so much of a slice cannot be told apart from it."""


class House(NamedTuple):
    """A site or gateway, and how many of its devices show it in another slice."""

    slice: Slice
    seen: float


class Houses:
    """What naming a slice costs, given how many devices show it in each leaf and in each slice."""

    def __init__(self, showing: Sequence[tuple[Member, float]], shown: Mapping[Slice, float]) -> None:
        self._showing = showing
        self._shown = shown
        fullest = nlargest(len(MOSTLY), (seen for part, seen in shown.items() if part.layer in HOUSES))
        self._more_than_houses = sum(fullest) / min(MOSTLY)
        self._fullest: dict[Slice, list[House]] | None = None

    def price(self, part: Slice, seen: float) -> float:
        """What it costs to name a slice of which `seen` devices show it.

        A house is one witness, however many devices it has, and two houses that went dark at the same time are two.
        """
        if part.layer in HOUSES or seen >= self._more_than_houses:
            return part.price
        if self._fullest is None:
            self._fullest = self._find()
        houses = self._fullest[part]
        if len(part.scope) == 1 and houses and houses[0].slice.sums.size >= SAME_SHARE * part.sums.size:
            return part.price
        inside, price = 0.0, OUTSIDE_NATS
        for house, most in zip(houses, MOSTLY, strict=False):
            inside += house.seen
            price += house.slice.price
            if inside > most * seen:
                return max(part.price, price)
        return part.price

    def _find(self) -> dict[Slice, list[House]]:
        """For each slice that may be little else than houses: the fullest of them."""
        shown: dict[Slice, dict[Slice, float]] = {
            part: {} for part, seen in self._shown.items() if part.layer not in HOUSES and seen < self._more_than_houses
        }
        for member, seen in self._showing:
            house = min((part for part in member.slices if part.layer in HOUSES), key=attrgetter("price"), default=None)
            if house is None:
                continue
            for part in member.slices:
                if (inside := shown.get(part)) is not None:
                    inside[house] = inside.get(house, 0.0) + seen
        return {
            part: [House(*each) for each in nlargest(len(MOSTLY), inside.items(), key=itemgetter(1))]
            for part, inside in shown.items()
        }
