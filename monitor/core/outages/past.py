"""Who was missing before it began: the changes of the last minutes, by leaf."""

from collections import deque
from typing import NamedTuple

from monitor.core.outages.members import Member, Members
from monitor.core.outages.scopes import Scope

KEPT_SECONDS = 900.0
SPELLS_KEPT = 8


class Fall(NamedTuple):
    """By how many the missing of a leaf grew in one second."""

    member: Member
    devices: int


class Past:
    """Remembers how many devices fell silent and came back, by second and leaf; most seconds are empty."""

    def __init__(self) -> None:
        self.seconds: deque[tuple[float, list[Fall]]] = deque()
        self._blind: deque[tuple[float, float]] = deque(maxlen=SPELLS_KEPT)

    def note(self, at: float, falls: list[Fall], needed_since: float) -> None:
        """What changed in the second that ends at `at`; what happened since `needed_since` is kept however old."""
        if falls:
            self.seconds.append((at, falls))
        oldest = min(needed_since, at - KEPT_SECONDS)
        while self.seconds and self.seconds[0][0] < oldest:
            self.seconds.popleft()

    def since(self, moment: float) -> dict[Member, int]:
        """By how many the missing of each leaf grew after a moment; falls below zero where more came back."""
        total: dict[Member, int] = {}
        for at, falls in reversed(self.seconds):
            if at <= moment:
                break
            for member, devices in falls:
                total[member] = total.get(member, 0) + devices
        return total

    def missing_before(self, members: Members, scope: Scope, moment: float) -> int:
        """How many devices of a scope that no outage covers were missing at a moment."""
        now = sum(member.gauges.missing for member in members.missing_in(scope) if member.cover is None)
        grown = sum(
            devices
            for member, devices in self.since(moment).items()
            if member.cover is None and members.inside(member.leaf, scope)
        )
        return max(0, now - grown)

    def blind(self, start: float, end: float) -> None:
        """The monitor was blind in between: no heartbeat fell due."""
        self._blind.append((start, end))

    def seeing_seconds(self, start: float, end: float) -> float:
        """How much of a time the monitor saw."""
        lost = sum(max(0.0, min(end, last) - max(start, first)) for first, last in self._blind)
        return max(1.0, end - start - lost)
