"""The slow path: a share of a slice that is too high for too long, however slowly it came to that.

The CUSUM looks at seconds and is blind to a ramp. Once a minute each slice compares how many of its devices are silent
(or gone for good, or say that their cloud does not answer) with what is usual there at this hour, and with the rest of
the fleet, which tells a night in which homes switch off from a fault.
"""

from math import log
from typing import NamedTuple

from monitor.core.outages.findings import Trait
from monitor.core.outages.localise import Explanation, Question, Search, gain_of
from monitor.core.outages.members import Member, Members
from monitor.core.outages.slices import Slice
from monitor.core.outages.usual import Usual
from monitor.core.settings import OutageSettings

MINUTES_PER_WEEK = 10_080
SMALLEST_SLICE = 20
FEWEST_DEVICES = 5
GUARD = 1.3
SMALLEST_EXPECTED = 0.005
BELOW_SHARE = 0.01
UNKNOWN_HOUR_SHARE = 0.25
"""At an hour not seen before, whole regions may switch off for the night; nothing smaller than this is an outage."""
CLOUD_SHARE = 0.2
SHARES_THE_CLOCK = ("region", "network", "site", "gateway", "fleet")


class Level(NamedTuple):
    """How many of how many devices show it, what share is usual, and how much more is worth telling."""

    seen: float
    of: float
    usual: float
    floor: float

    @property
    def excess(self) -> float:
        """The share above the usual."""
        return self.seen / self.of - self.usual if self.of > 0 else 0.0

    @property
    def expected(self) -> float:
        """The share that chance may well reach."""
        return min(0.9, max(SMALLEST_EXPECTED, GUARD * self.usual))


class Levels:
    """Tests one trait of all slices."""

    def __init__(self, trait: Trait, members: Members, settings: OutageSettings) -> None:
        self.trait = trait
        self._members = members
        self._settings = settings
        self._failing: set[Slice] = set()

    def test(self, at: float) -> None:
        """Test the slices whose second of the minute it is; those that do not fail learn what is usual."""
        for part in self._members.phases[int(at) % 60]:
            seen, of = self._count(part)
            if not seen:
                # Nothing to compare, which holds for nearly all slices nearly always.
                self._failing.discard(part)
                part.below_at[self.trait] = at
                if of:
                    self._usual_of(part).learn(at, 0.0, of)
                continue
            level = self.level(part, at)
            if self._usual_of(part).settled and self._fails(level):
                self._failing.add(part)
                continue
            self._failing.discard(part)
            if level.excess < BELOW_SHARE:
                part.below_at[self.trait] = at
            self._usual_of(part).learn(at, level.seen / level.of, int(level.of))

    def explain(self, at: float, blocked: set[Member]) -> list[Explanation]:
        """The scopes that explain what fails, leaving out leaves that are blocked."""
        if not self._failing:
            return []
        of_all = self.level(self._members.fleet, at).expected
        devices = max(FEWEST_DEVICES, self._settings.minimum_devices)
        question = Question(
            seen=lambda member: 0 if member in blocked else self._seen(member),
            tested=lambda part: self.level(part, at).of,
            expected=lambda part: max(of_all, self.level(part, at).expected),
            own=lambda part: self.level(part, at).expected,
            present=lambda _: 0.0,
            devices=devices,
            share=self._settings.minimum_share,
        )
        showing = {member for part in self._failing for member in part.members if self._seen(member)}
        found = Search(self._members, showing, question).run()
        return [explanation for explanation in found if self._fails(self.level(explanation.slice, at))]

    def level(self, part: Slice, at: float) -> Level:
        """How a slice stands now."""
        seen, of = self._count(part)
        fleet_seen, fleet_of = self._count(self._members.fleet)
        rest = max(0, fleet_seen - seen) / (fleet_of - of) if fleet_of > of else 0.0
        usual, known = self._usual_of(part).expect(at)
        floor = CLOUD_SHARE if self.trait == "cloud" else self._settings.minimum_share
        if not known and part.layer in SHARES_THE_CLOCK and self.trait == "silent":
            floor = max(floor, UNKNOWN_HOUR_SHARE)
        return Level(seen, of, max(usual, rest), floor)

    def _fails(self, level: Level) -> bool:
        if level.of < SMALLEST_SLICE or level.seen < FEWEST_DEVICES or level.excess < level.floor:
            return False
        budget = log(max(1, len(self._members.slices)) * MINUTES_PER_WEEK / self._settings.false_alarms_per_week)
        return gain_of(level.seen, level.of, level.expected) > budget

    def _usual_of(self, part: Slice) -> Usual:
        if self.trait == "silent":
            return part.usual
        return part.gone_usual if self.trait == "gone" else part.cloud_usual

    def _count(self, part: Slice) -> tuple[int, int]:
        """How many devices show the trait, of how many that could."""
        sums = part.sums
        if self.trait == "silent":
            return max(0, sums.silent - part.excused), sums.size
        if self.trait == "gone":
            return max(0, sums.gone - part.pardoned), sums.size + sums.gone
        return sums.cloud_down, sums.cloud_known

    def _seen(self, member: Member) -> int:
        gauges = member.gauges
        if self.trait == "silent":
            return gauges.silent - member.excused
        return gauges.gone - member.pardoned if self.trait == "gone" else gauges.cloud_down
