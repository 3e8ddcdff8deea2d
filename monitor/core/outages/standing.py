"""Outages that stand: which leaves they cover, how they go on, when they end."""

from dataclasses import replace

from monitor.core.leaf import Leaf
from monitor.core.outages.findings import Finding, Resolved
from monitor.core.outages.localise import WORTH_NATS, gain_of
from monitor.core.outages.members import Member, Members
from monitor.core.outages.rates import SMALLEST_MISS
from monitor.core.outages.recovery import follow
from monitor.core.outages.scopes import as_text, breadth_of
from monitor.core.outages.slices import Slice
from monitor.core.outages.speech import Speaker, how_it_ended
from monitor.core.outages.sums import Sums
from monitor.core.outages.watch import Watch
from monitor.core.settings import OutageSettings

TRAIT_SHARE = 0.6


class Standing:
    """The open outages, and those that ended so lately that a relapse would be the same one."""

    def __init__(self, settings: OutageSettings, members: Members, speaker: Speaker) -> None:
        self.open: list[Watch] = []
        self.ended: list[Watch] = []
        self._settings = settings
        self._members = members
        self._speaker = speaker

    def begin(self, watch: Watch, at: float, affected_elsewhere: float) -> list[Finding]:
        """A suspicion is confirmed. A narrower outage inside it becomes part of it."""
        findings: list[Finding] = [self._speaker.confirmed(watch, at, self._relapse_of(watch), affected_elsewhere)]
        findings += [
            self._end(old, at, f"it is part of outage {watch.id}") for old in self.open.copy() if _holds(watch, old)
        ]
        self.open.append(watch)
        if watch.form == "sudden":
            watch.sums = Sums()
            for member in list(self._members.within(watch.scope)):
                if member.cover is None:
                    self._members.cover(member, watch)
            watch.peak = watch.excess
        return findings

    def joined(self, member: Member) -> None:
        """A new leaf may lie in a scope that is covered."""
        for watch in self.open:
            if watch.form == "sudden" and self._members.inside(member.leaf, watch.scope):
                self._members.cover(member, watch)
                return

    def follow(self, at: float) -> list[Finding]:
        """See how every open outage goes on."""
        findings: list[Finding] = []
        for watch in list(self.open):
            turn = follow(watch, at, self._settings)
            if turn == "resolved":
                findings.append(self._heal(watch, at))
            elif turn == "recovering":
                findings.append(self._speaker.recovering(watch, at))
            elif turn == "relapsed":
                findings.append(self._speaker.relapsed(watch, at))
            elif turn == "failing" or self._speaker.has_news(watch, at):
                findings.append(self._speaker.updated(watch, at))
        return findings

    def give_up(self, outage: str, at: float, reason: str) -> Finding | None:
        """Somebody declares an outage over; None if it is not open."""
        watch = next((each for each in self.open if each.id == outage), None)
        return None if watch is None else self._retire(watch, at, reason)

    def covering(self, place: Leaf) -> Watch | None:
        """The outage that explains why devices of this leaf are silent, and those that would belong there."""
        member = self._members.of(place)
        if member is not None and member.cover is not None:
            return member.cover
        for watch in self.open:
            if watch.form != "degraded" and self._members.inside(place, watch.scope):
                return watch
        return None

    def _heal(self, watch: Watch, at: float) -> Finding:
        """An outage is over because its devices are back. A degraded one leaves no list: its devices are heard."""
        shared = self._trait_of_stragglers(watch)
        fell = 0 if watch.form == "degraded" else round(watch.peak) + watch.before
        ended = self._retire(watch, at, how_it_ended(watch.excess, round(watch.peak), shared))
        return replace(ended, fell=fell, shared=shared)

    def _retire(self, watch: Watch, at: float, reason: str) -> Resolved:
        """An outage is over: who is silent still is no news, and a relapse would be the same outage."""
        left = self._own_of(watch)
        finding = self._end(watch, at, reason)
        for member in left:
            self._members.excuse(member, member.gauges.silent)
            self._members.pardon(member, member.gauges.gone)
        self.ended.append(watch)
        return finding

    def _own_of(self, watch: Watch) -> list[Member]:
        """The leaves whose silence this outage alone explains."""
        if watch.form == "degraded":
            return []
        own = watch if watch.form == "sudden" else None
        return [member for member in self._members.within(watch.scope) if member.cover is own]

    def _end(self, watch: Watch, at: float, reason: str) -> Resolved:
        finding = self._speaker.resolved(watch, at, reason)
        self.open.remove(watch)
        if watch.form == "sudden":
            for member in list(self._members.within(watch.scope)):
                if member.cover is watch:
                    self._members.cover(member, None)
                    self.joined(member)
        return finding

    def _relapse_of(self, watch: Watch) -> Watch | None:
        """The outage of the same scope and form that ended a short while before this one was suspected."""
        self.ended = [each for each in self.ended if each.said_at > watch.suspected_at - self._settings.reopen_seconds]
        for each in self.ended:
            if each.scope == watch.scope and each.form == watch.form:
                self.ended.remove(each)
                return each
        return None

    def _trait_of_stragglers(self, watch: Watch) -> str:
        """What most of those that did not return have in common and the others have not, if there is such a thing."""
        missing: dict[Slice, int] = {}
        size: dict[Slice, int] = {}
        for member in self._members.within(watch.scope):
            if member.cover is watch:
                for part in member.slices:
                    missing[part] = missing.get(part, 0) + member.gauges.missing
                    size[part] = size.get(part, 0) + member.gauges.size
        left, whole = watch.sums.missing, watch.sums.size
        best: tuple[float, str] = (WORTH_NATS, "")
        for part in sorted(missing, key=lambda each: breadth_of(each.scope)):
            if left < self._settings.minimum_devices or missing[part] < TRAIT_SHARE * left or size[part] == whole:
                continue
            elsewhere = max(SMALLEST_MISS, (left - missing[part]) / (whole - size[part]))
            score = gain_of(missing[part], size[part], min(0.9, elsewhere)) - part.price
            if score > best[0]:
                best = score, f"{'all' if missing[part] == left else 'most'} of them are {as_text(part.scope)}"
        return best[1]


def _holds(watch: Watch, old: Watch) -> bool:
    """Whether an older outage is part of a new one: the same scope or a narrower one, failing alike or more slowly."""
    if watch.form == old.form:
        return set(watch.scope) < set(old.scope)
    return (watch.form, old.form) == ("sudden", "creeping") and set(watch.scope) <= set(old.scope)
