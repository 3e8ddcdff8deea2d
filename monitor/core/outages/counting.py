"""Takes in what every leaf counted in one second, and keeps the sums of all slices by it."""

from collections.abc import Callable

from monitor.core.leaf import Leaf
from monitor.core.leaves import Leaves
from monitor.core.outages.members import Member, Members
from monitor.core.outages.past import Fall, Past
from monitor.core.outages.slices import Slice

MINUTE_SECONDS = 60.0
WILL_MEMORY = 0.5 ** (MINUTE_SECONDS / 21_600)


class Counting:
    """Adds leaves up to slices, second by second, and knows which slices speak for an outage.

    The cost follows what is touched: a leaf in which all due heartbeats came is one addition per slice.
    """

    def __init__(self, members: Members, past: Past, joined: Callable[[Member], None]) -> None:
        self._members = members
        self._past = past
        self._joined = joined
        self.alarms: set[Slice] = set()
        """Slices of which a sum is higher than chance can explain."""

    def take_in(self, at: float, leaves: Leaves, needed_since: float, false_alarms_per_week: float) -> None:
        """The second that ends at `at` is complete."""
        stirred: list[Slice] = []
        quiet: list[Member] = []
        falls: list[Fall] = []
        for leaf in leaves.touched:
            member = self._member(leaf)
            if leaf.moved:
                self._members.follow(member)
            if fell := leaf.miss0 - leaf.returned:
                falls.append(Fall(member, fell))
            if member.cover is not None:
                member.cover.wills += leaf.departed
            elif leaf.miss0 or leaf.miss1 or leaf.miss2 or leaf.returned or leaf.departed:
                _stir(member, at, stirred)
            elif leaf.ok0:
                quiet.append(member)
        self._past.note(at, falls, needed_since)
        _add_quiet(quiet, at)
        leaves.settle()
        slices = len(self._members.slices)
        for part in stirred:
            part.step(at)
            if part.alarmed_at is None and part.alarming(slices, false_alarms_per_week):
                part.alarmed_at = at
                self.alarms.add(part)

    def standing_alarms(self) -> set[Slice]:
        """The alarms, without those that have died down."""
        for part in self.alarms:
            part.flush()
        self.alarms = {part for part in self.alarms if part.alarmed_at is not None}
        return self.alarms

    def settle(self, part: Slice) -> None:
        """What this slice shows is explained; it is not normal, and it speaks for nothing else."""
        part.calm()
        part.forget_minute()
        self.alarms.discard(part)

    def learn(self, at: float) -> None:
        """Each slice learns once a minute what is normal, unless its silence is being judged."""
        of_all = self._members.fleet.normal
        for part in self._members.phases[int(at) % 60]:
            if part.alarmed_at is None and not part.held:
                part.rates.learn(part.take_minute(), MINUTE_SECONDS)
                part.expect(of_all)
                part.will_rate += (1 - WILL_MEMORY) * (part.will_minute / MINUTE_SECONDS - part.will_rate)
            else:
                part.forget_minute()
            part.will_minute = 0
            if len(part.members) > 2 * (part.sums.size + part.sums.gone) + 16:
                part.tidy()

    def _member(self, leaf: Leaf) -> Member:
        member = self._members.of(leaf)
        if member is None:
            member = self._members.join(leaf)
            self._joined(member)
        return member


def _stir(member: Member, at: float, stirred: list[Slice]) -> None:
    """Something happened in this leaf: its slices must be weighed."""
    leaf = member.leaf
    outcomes = (leaf.ok0, leaf.miss0, leaf.ok1, leaf.miss1, leaf.ok2, leaf.miss2)
    counts = [(index, number) for index, number in enumerate(outcomes) if number]
    for part in member.slices:
        if part.stir(at):
            stirred.append(part)
        for index, number in counts:
            part.outcomes[index] += number
        part.returns += leaf.returned
        part.wills += leaf.departed
        part.will_minute += leaf.departed


def _add_quiet(quiet: list[Member], at: float) -> None:
    """Leaves in which all due heartbeats came: one addition per slice, now where something happened, else later."""
    for member in quiet:
        kept = member.leaf.ok0
        for part in member.slices:
            if part.stirred_at == at:
                part.outcomes[0] += kept
            else:
                part.quiet += kept
