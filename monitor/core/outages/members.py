"""Which leaf adds to which slices, and which outage covers it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zlib import crc32

from monitor.core.leaf import NOTHING, Gauges, Leaf, difference, negated
from monitor.core.outages.scopes import FLEET, Scope
from monitor.core.outages.slices import Slice

if TYPE_CHECKING:
    from monitor.core.outages.watch import Watch


class Member:
    """One leaf and the slices it adds to; `gauges` are those that were last added there.

    While a sudden outage covers the leaf, it adds to that outage alone. `excused` of its silent devices are known
    to have stayed away after an outage, and no longer count as news; so are `pardoned` of those that are gone.
    `lot` is a number by which some leaves are drawn to stand for all.
    """

    __slots__ = ("cover", "excused", "gauges", "leaf", "lot", "pardoned", "slices")

    def __init__(self, leaf: Leaf, slices: tuple[Slice, ...]) -> None:
        self.leaf = leaf
        self.slices = slices
        self.gauges: Gauges = NOTHING
        self.cover: Watch | None = None
        self.excused = 0
        self.pardoned = 0
        self.lot = crc32("|".join(leaf.values).encode())


class Members:
    """All leaves that have devices, and all slices that they make."""

    def __init__(self, dimensions: tuple[str, ...], pairs: tuple[tuple[str, str], ...]) -> None:
        self._places = {dimension: place for place, dimension in enumerate(dimensions)}
        self._pairs = [pair for pair in pairs if all(part in self._places for part in pair)]
        self._pair_places = [((one, other), (self._places[one], self._places[other])) for one, other in self._pairs]
        self._by_leaf: dict[Leaf, Member] = {}
        self.slices: dict[Scope, Slice] = {}
        self.phases: tuple[list[Slice], ...] = tuple([] for _ in range(60))
        """Slices by the second of the minute in which they learn."""
        self.with_missing: set[Member] = set()
        """Leaves in which any device misses heartbeats."""
        self.fleet = self.slice_of(FLEET)

    def __iter__(self) -> Iterator[Member]:
        return iter(self._by_leaf.values())

    def of(self, leaf: object) -> Member | None:
        """What is known of this leaf."""
        return self._by_leaf.get(leaf) if isinstance(leaf, Leaf) else None

    def join(self, leaf: Leaf) -> Member:
        """A leaf not seen before."""
        values = leaf.values
        singles = [self.slice_of(((dimension, values[at]),)) for dimension, at in self._places.items() if values[at]]
        pairs = [
            self.slice_of(((one, values[at]), (other, values[beside])))
            for (one, other), (at, beside) in self._pair_places
            if values[at] and values[beside]
        ]
        member = Member(leaf, (self.fleet, *singles, *pairs))
        for part in member.slices:
            part.members.append(member)
        self._by_leaf[leaf] = member
        return member

    def slice_of(self, scope: Scope) -> Slice:
        """The slice of this scope, made if need be."""
        found = self.slices.get(scope)
        if found is None:
            found = self.slices[scope] = Slice(scope)
            self.phases[found.phase].append(found)
        return found

    def ordered(self, scope: Scope) -> Scope:
        """The scope with its terms in the order in which slices have them."""
        terms = dict(scope)
        for pair in self._pairs:
            if terms.keys() == set(pair):
                return tuple((part, terms[part]) for part in pair)
        return scope

    def inside(self, leaf: Leaf, scope: Scope) -> bool:
        """Whether a leaf lies in a scope."""
        values = leaf.values
        for dimension, value in scope:  # noqa: SIM110 - a generator would cost three times as much
            if values[self._places[dimension]] != value:
                return False
        return True

    def within(self, scope: Scope) -> Iterator[Member]:
        """The leaves in a scope."""
        for member in self.slice_of(scope).members:
            if member.gauges.size or member.gauges.gone:
                yield member

    def missing_in(self, scope: Scope) -> Iterator[Member]:
        """The leaves in a scope in which any device misses heartbeats."""
        for member in self.with_missing:
            if self.inside(member.leaf, scope):
                yield member

    def follow(self, member: Member) -> None:
        """The gauges of the leaf changed: add the difference to what it adds to."""
        now = member.leaf.gauges()
        change = difference(now, member.gauges)
        member.gauges = now
        self._add(member, change)
        if member.excused > now.silent:
            gave_up = min(member.excused - now.silent, max(0, change.gone))
            self.excuse(member, now.silent)
            self.pardon(member, member.pardoned + gave_up)
        if member.pardoned > now.gone:
            self.pardon(member, now.gone)
        (self.with_missing.add if now.missing else self.with_missing.discard)(member)
        if not now.size and not now.gone:
            del self._by_leaf[member.leaf]

    def cover(self, member: Member, watch: "Watch | None") -> None:
        """From now on the leaf adds to this outage, or with None to its slices again."""
        self.excuse(member, 0)
        self.pardon(member, 0)
        self._add(member, negated(member.gauges))
        member.cover = watch
        self._add(member, member.gauges)
        if watch is None:
            self.pardon(member, member.gauges.gone)

    def excuse(self, member: Member, devices: int) -> None:
        """So many silent devices of the leaf are known to have stayed away."""
        for part in member.slices:
            part.excused += devices - member.excused
        member.excused = devices

    def pardon(self, member: Member, devices: int) -> None:
        """So many devices of the leaf that are gone are known to have stayed away."""
        for part in member.slices:
            part.pardoned += devices - member.pardoned
        member.pardoned = devices

    def _add(self, member: Member, change: Gauges) -> None:
        if member.cover is not None:
            member.cover.sums.add(change)
            return
        for part in member.slices:
            part.sums.add(change)
