"""Who is inside which scope: scopes are compared by their members, since two names may mean the same devices."""

from simulators.fleet import Population
from simulators.scoring.verdicts import Scope

SAME_MEMBERS = 0.95


class Rolls:
    """The members of scopes in one fleet, each looked up once."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._members: dict[tuple[tuple[str, str], ...], frozenset[str]] = {}

    def jaccard(self, one: Scope, other: Scope) -> float:
        """Overlap of the members of two scopes, 0 to 1."""
        first, second = self.members(one), self.members(other)
        both = len(first | second)
        return len(first & second) / both if both else 0.0

    def members(self, scope: Scope) -> frozenset[str]:
        """The ids of all devices in a scope."""
        key = tuple(sorted(scope.items()))
        if key not in self._members:
            self._members[key] = frozenset(device.id for device in self._population.inside(scope))
        return self._members[key]

    def frozen_at(self, device: str) -> float | None:
        """When the room of this device was first down to the frost that pipes burst in; None if it never was."""
        known = self._population.by_id.get(device)
        return known.thermostat.frozen_at if known is not None and known.thermostat is not None else None

    def same(self, one: Scope, other: Scope) -> bool:
        """Whether two scopes are written alike, or have the same members but for a few."""
        return one == other or self.jaccard(one, other) >= SAME_MEMBERS
