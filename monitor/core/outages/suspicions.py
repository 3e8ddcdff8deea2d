"""Suspicions of sudden outages: raised from alarms, named by the search, confirmed or cleared by time."""

from collections.abc import Callable

from monitor.core.outages.confirm import LOCAL_SHARE, judge, ripe_at
from monitor.core.outages.counting import Counting
from monitor.core.outages.findings import Finding
from monitor.core.outages.localise import Explanation, Search
from monitor.core.outages.members import Members
from monitor.core.outages.past import Past
from monitor.core.outages.scopes import HOUSES, Scope, breadth_of
from monitor.core.outages.slices import Slice
from monitor.core.outages.speech import Speaker
from monitor.core.outages.sudden import search
from monitor.core.outages.watch import Watch
from monitor.core.settings import OutageSettings

GATHER_SECONDS = 4
"""The first scope is named this long after the first alarm, when it is less likely to be a part of the true one."""
LOOK_SECONDS = ((60.0, 5), (180.0, 10), (float("inf"), 30))
"""How often to look, by the age of the youngest suspicion."""
MANY_LEAVES = 20_000
"""The more leaves are silent, the less a single second more can change, and the more a look costs."""

Confirm = Callable[[Watch, float, float], list[Finding]]


class Suspicions:
    """What may be an outage. `open` are those raised and neither confirmed nor cleared."""

    def __init__(
        self, settings: OutageSettings, members: Members, past: Past, counting: Counting, speaker: Speaker
    ) -> None:
        self.open: list[Watch] = []
        self._settings = settings
        self._members = members
        self._past = past
        self._counting = counting
        self._speaker = speaker

    @property
    def needed_since(self) -> float:
        """Since when the past must be remembered."""
        return min((watch.onset for watch in self.open), default=float("inf")) - 60

    def judge(self, at: float, confirm: Confirm) -> list[Finding]:
        """Look at what is suspected, if it is time to."""
        if not (self.open or self._counting.alarms) or not self._time_to_look(at):
            return []
        alarms = [part.alarm_began_at for part in self._counting.standing_alarms()]
        if not alarms and not self.open:
            return []
        began = min([*alarms, *(watch.onset for watch in self.open)])
        question = search(self._members, self._past, self._settings, began, at)
        explanations = question.run() or self._strongest(question)
        findings = self._match(explanations, began, at)
        for watch in sorted(self.open, key=lambda each: breadth_of(each.scope)):
            if watch not in self.open:
                continue
            part = self._members.slice_of(watch.scope)
            verdict = judge(watch, part, at, self._settings)
            if verdict == "clear":
                findings.append(self._clear(watch, at, "the heartbeats came after all"))
                self.calm(watch.scope)
            elif verdict == "confirm":
                self.open.remove(watch)
                part.held = False
                findings += confirm(watch, at, question.seen_in(self._members.fleet))
                parts = [each for each in self.open if set(watch.scope) < set(each.scope)]
                findings += [self._clear(each, at, f"it is part of outage {watch.id}") for each in parts]
        return findings

    def explained(self, scope: Scope) -> None:
        """An outage of this scope was confirmed: what is left must be judged without its devices."""
        self.calm(scope)
        for watch in self.open:
            watch.peak = 0.0

    def calm(self, scope: Scope) -> None:
        """What this scope explained speaks for no other scope any more."""
        explained = {part for member in self._members.missing_in(scope) for part in member.slices}
        for part in explained | {self._members.slice_of(scope)}:
            if any(part.nats):
                self._counting.settle(part)

    def _time_to_look(self, at: float) -> bool:
        alarms = self._counting.alarms
        if not self.open:
            ages = {at - (part.alarmed_at or at) for part in alarms}
            return GATHER_SECONDS in ages or (
                max(ages, default=0) > GATHER_SECONDS and int(at) % LOOK_SECONDS[0][1] == 0
            )
        age = at - max(watch.suspected_at for watch in self.open)
        every = next(seconds for most, seconds in LOOK_SECONDS if age < most)
        every *= 1 + len(self._members.with_missing) // MANY_LEAVES
        return int(at) % every == 0 or any(at == ripe_at(watch, self._settings) for watch in self.open)

    def _strongest(self, question: Search) -> list[Explanation]:
        """In a tiny cohort nothing may be worth its price: then the slice with the most evidence is named."""
        for part in sorted(self._counting.alarms, key=lambda each: (-max(each.nats), each.price, each.scope)):
            explanation = question.weigh(part)
            if explanation is not None and question.matters(explanation):
                return [question.name(explanation)]
        return []

    def _match(self, explanations: list[Explanation], began: float, at: float) -> list[Finding]:
        """Refresh the suspicions by what the search says now; raise those that are new."""
        known = {watch.scope: watch for watch in self.open}
        for explanation in explanations:
            if (watch := known.get(explanation.slice.scope)) is not None:
                self._refresh(watch, explanation, at)
        raised = [self._raise(each, began, at) for each in explanations if each.slice.scope not in known]
        findings = self._absorb(at)
        return [*findings, *(self._speaker.suspected(watch, at) for watch in raised)]

    def _raise(self, explanation: Explanation, began: float, at: float) -> Watch:
        part = explanation.slice
        watch = Watch(part.scope, "sudden", part.sums, suspected_at=at, onset=at)
        self._refresh(watch, explanation, at)
        watch.onset = min(watch.onset, began) if watch.onset == at else watch.onset
        watch.fell = part.run[1]
        part.held = True
        self.open.append(watch)
        return watch

    def _absorb(self, at: float) -> list[Finding]:
        """What is not named any more but shares silent leaves with what is was a part of it; its time goes on.

        But no name is believed at once, and that a house has been silent for a minute says nothing of its provider.
        """
        soonest = at - (1 - LOCAL_SHARE) * self._settings.confirm_seconds
        findings: list[Finding] = []
        named = [watch for watch in self.open if watch.explained_at == at]
        for old in [watch for watch in self.open if watch.explained_at != at and at >= watch.not_before]:
            heirs = [watch for watch in named if self._overlap(old.scope, self._members.slice_of(watch.scope))]
            for heir in heirs:
                if old.layer not in HOUSES or heir.layer in HOUSES:
                    heir.suspected_at = min(heir.suspected_at, max(soonest, old.suspected_at))
                heir.onset = min(heir.onset, old.onset)
            if heirs:
                findings.append(self._clear(old, at, "another scope explains it better"))
        return findings

    def _refresh(self, watch: Watch, explanation: Explanation, at: float) -> None:
        part = explanation.slice
        watch.explanation = explanation
        watch.explained_at = at
        if not any(part.nats):
            return
        began = part.began_at(explanation.share)
        onset, uncertainty = _onset(part, explanation, began)
        # Later, when all who fell silent are known, the sum sinks to zero and rises anew: that is not the beginning.
        if onset < watch.onset:
            watch.onset, watch.onset_uncertainty = onset, uncertainty
            watch.before = self._past.missing_before(self._members, watch.scope, began)

    def _overlap(self, scope: Scope, part: Slice) -> bool:
        return any(part in member.slices for member in self._members.missing_in(scope))

    def _clear(self, watch: Watch, at: float, reason: str) -> Finding:
        self.open.remove(watch)
        self._members.slice_of(watch.scope).held = False
        return self._speaker.cleared(watch, at, reason)


def _onset(part: Slice, explanation: Explanation, began: float) -> tuple[float, float]:
    """When it began, and how sure that is: a heartbeat is missed only when a margin for jitter has passed."""
    margin = max(1.0, 0.03 * part.sums.typical_interval)
    spread = 1 / max(1e-6, part.sums.trials_per_second * explanation.share)
    return began - margin, round(margin + 2 * spread, 1)
