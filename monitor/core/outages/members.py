"""Which leaf adds to which slices, and who watches over it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from monitor.core.leaves import Leaf
from monitor.core.outages.scopes import FLEET, Scope
from monitor.core.outages.slices import Slice

if TYPE_CHECKING:
    from monitor.core.outages.watch import Watch


class Member:
    """One leaf and the slices it adds to; the gauges are those that were last added there.

    While an outage covers the leaf, its counts go to that outage alone.
    """

    __slots__ = ("cover", "intervals", "leaf", "missing", "silent", "size", "slices", "terms")

    def __init__(self, leaf: Leaf, terms: frozenset[tuple[str, str]], slices: tuple[Slice, ...]) -> None:
        self.leaf = leaf
        self.terms = terms
        self.slices = slices
        self.cover: Watch | None = None
        self.size = 0
        self.missing = 0
        self.silent = 0
        self.intervals: dict[int, int] = {}

    def inside(self, scope: Scope) -> bool:
        """Whether the leaf lies in the scope."""
        return self.terms.issuperset(scope)


class Members:
    """All leaves that have devices, and all slices that they make."""

    def __init__(self, dimensions: tuple[str, ...], pairs: tuple[tuple[str, str], ...]) -> None:
        self._dimensions = dimensions
        self._pairs = pairs
        self._by_leaf: dict[Leaf, Member] = {}
        self.slices: dict[Scope, Slice] = {}
        self.phases: tuple[list[Slice], ...] = tuple([] for _ in range(60))
        """Slices by the second of the minute in which they learn."""
        self.with_missing: set[Member] = set()
        """Leaves in which any device misses heartbeats."""
        self.fleet = self.slice_of(FLEET)

    def __iter__(self) -> Iterator[Member]:
        return iter(self._by_leaf.values())

    def __len__(self) -> int:
        return len(self._by_leaf)

    def of(self, leaf: Leaf) -> Member | None:
        """What is known of this leaf."""
        return self._by_leaf.get(leaf)

    def join(self, leaf: Leaf) -> Member:
        """A leaf not seen before."""
        terms = {dimension: value for dimension, value in zip(self._dimensions, leaf.values, strict=True) if value}
        scopes: list[Scope] = [FLEET, *(((dimension, value),) for dimension, value in terms.items())]
        scopes += [
            tuple((part, terms[part]) for part in pair) for pair in self._pairs if all(part in terms for part in pair)
        ]
        member = Member(leaf, frozenset(terms.items()), tuple(self.slice_of(scope) for scope in scopes))
        self._by_leaf[leaf] = member
        return member

    def slice_of(self, scope: Scope) -> Slice:
        """The slice of this scope, made if need be."""
        found = self.slices.get(scope)
        if found is None:
            found = self.slices[scope] = Slice(scope)
            self.phases[found.phase].append(found)
        return found

    def follow(self, member: Member) -> None:
        """The gauges of the leaf changed: add the difference to what it adds to."""
        leaf = member.leaf
        size, missing, silent = leaf.size - member.size, leaf.missing - member.missing, leaf.silent - member.silent
        steps: dict[int, int] = {}
        if leaf.moved:
            before, now = member.intervals, leaf.intervals
            steps = {each: now.get(each, 0) - before.get(each, 0) for each in {*now, *before}}
            member.intervals = dict(now)
        member.size, member.missing, member.silent = leaf.size, leaf.missing, leaf.silent
        targets: Iterable[Slice | Watch] = (member.cover,) if member.cover is not None else member.slices
        for target in targets:
            add_gauges(target, size, missing, silent, steps)
        (self.with_missing.add if leaf.missing else self.with_missing.discard)(member)
        if not leaf.size:
            del self._by_leaf[leaf]

    def cover(self, member: Member, watch: "Watch | None") -> None:
        """From now on the leaf adds to this outage, or with None to its slices again."""
        before: Iterable[Slice | Watch] = (member.cover,) if member.cover is not None else member.slices
        after: Iterable[Slice | Watch] = (watch,) if watch is not None else member.slices
        for target in before:
            steps = {interval: -number for interval, number in member.intervals.items()}
            add_gauges(target, -member.size, -member.missing, -member.silent, steps)
        for target in after:
            add_gauges(target, member.size, member.missing, member.silent, member.intervals)
        member.cover = watch


def add_gauges(target: "Slice | Watch", size: int, missing: int, silent: int, intervals: dict[int, int]) -> None:
    """Add to the gauges of a slice or an outage."""
    target.size += size
    target.missing += missing
    target.silent += silent
    for interval, step in intervals.items():
        total = target.intervals.get(interval, 0) + step
        if total:
            target.intervals[interval] = total
        else:
            target.intervals.pop(interval, None)
