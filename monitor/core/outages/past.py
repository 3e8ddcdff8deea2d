"""Who was missing before it began: the changes of the last minutes, by leaf."""

from collections import deque

from monitor.core.outages.members import Member, Members
from monitor.core.outages.scopes import Scope

KEPT_SECONDS = 1800.0


class Past:
    """Remembers by how much the number of missing devices changed, second by second; most seconds change nothing."""

    def __init__(self) -> None:
        self._changes: deque[tuple[float, list[tuple[Member, int]]]] = deque()

    def note(self, at: float, changes: list[tuple[Member, int]]) -> None:
        """What changed in the second that ends at `at`."""
        if changes:
            self._changes.append((at, changes))
        while self._changes and self._changes[0][0] < at - KEPT_SECONDS:
            self._changes.popleft()

    def since(self, moment: float) -> dict[Member, int]:
        """By how much the missing of each leaf changed after a moment."""
        total: dict[Member, int] = {}
        for at, changes in reversed(self._changes):
            if at <= moment:
                break
            for member, step in changes:
                total[member] = total.get(member, 0) + step
        return total

    def missing_before(self, members: Members, scope: Scope, moment: float) -> int:
        """How many devices of a scope were missing at a moment."""
        now = sum(member.missing for member in members.with_missing if member.inside(scope))
        return max(0, now - sum(step for member, step in self.since(moment).items() if member.inside(scope)))

    def shift(self, seconds: float) -> None:
        """The monitor was blind for so long: nothing happened meanwhile."""
        self._changes = deque((at + seconds, changes) for at, changes in self._changes)
