"""Finds outages: once per second from what every leaf counted, through suspicion and confirmation to recovery."""

from collections.abc import Mapping
from typing import Any

from monitor.core.leaves import Leaf, Leaves
from monitor.core.observations import Witness
from monitor.core.outages.confirm import judge
from monitor.core.outages.findings import Finding
from monitor.core.outages.localise import Explanation
from monitor.core.outages.members import Member, Members
from monitor.core.outages.past import Past
from monitor.core.outages.recovery import follow
from monitor.core.outages.scopes import Scope
from monitor.core.outages.slices import Slice
from monitor.core.outages.speech import Speaker
from monitor.core.outages.sudden import explain
from monitor.core.outages.watch import Watch
from monitor.core.settings import OutageSettings

LOOK_AGAIN_SECONDS = 5
MINUTE_SECONDS = 60.0
UPDATE_SECONDS = 60.0
UPDATE_SHARE = 0.1


class OutageDetector:
    """Judges the silence of the fleet. It is told integer counts and the time, and answers with findings."""

    def __init__(self, settings: OutageSettings) -> None:
        self._settings = settings
        self._members = Members(settings.dimensions, settings.pairs)
        self._past = Past()
        self._alarms: set[Slice] = set()
        self._lively: set[Slice] = set()
        self._suspicions: list[Watch] = []
        self._outages: list[Watch] = []
        self._resolved: list[Watch] = []
        self._speaker = Speaker(self._members)
        self._hold_until = 0.0

    def tick(self, at: float, leaves: Leaves) -> list[Finding]:
        """One whole second of the horizon is complete. Call for each, in order, unless blind."""
        self._take_in(at, leaves)
        self._learn(at)
        findings: list[Finding] = []
        if self._alarms or self._suspicions:
            findings += self._judge_suspicions(at)
        if self._outages:
            findings += self._follow_outages(at)
        return findings

    def covers(self, leaf: Leaf) -> bool:
        """Whether a suspicion or an outage covers this leaf, so that notices about its devices are withheld."""
        member = self._members.of(leaf)
        return member is not None and (
            member.cover is not None or any(member.inside(watch.scope) for watch in self._suspicions)
        )

    def incident_of(self, leaf: Leaf) -> str | None:
        """The id of the outage that covers this leaf."""
        member = self._members.of(leaf)
        return member.cover.id if member is not None and member.cover is not None else None

    def witness(self, w: Witness) -> None:
        """Somebody else says something about a scope."""

    def sighted(self, at: float, blind_for: float) -> None:
        """Sight returned after so many seconds: everybody gets the chance to be heard before anything is judged."""
        self._past.shift(blind_for)
        for watch in (*self._suspicions, *self._outages):
            if watch.state == "suspected":
                watch.suspected_at += blind_for
                watch.explained_at = at
                watch.not_before = at + max(self._settings.confirm_seconds, 1.5 * self._typical_interval(watch))
            elif watch.healing_since is not None:
                watch.healing_since += blind_for

    def save(self) -> dict[str, Any]:
        """As plain data."""
        return {}

    def restore(self, data: Mapping[str, Any], at: float) -> None:
        """From plain data."""

    def _typical_interval(self, watch: Watch) -> int:
        return self._members.slice_of(watch.scope).typical_interval

    def _take_in(self, at: float, leaves: Leaves) -> None:
        touched: list[Slice] = []
        change: list[tuple[Member, int]] = []
        members = self._members
        for leaf in leaves.touched:
            member = members.of(leaf)
            if member is None:
                member = members.join(leaf)
                self._claim(member)
            if leaf.missing != member.missing:
                change.append((member, leaf.missing - member.missing))
            if leaf.moved or leaf.missing != member.missing or leaf.silent != member.silent:
                members.follow(member)
            if member.cover is None:
                self._add(member, at, touched)
        self._past.note(at, change)
        leaves.settle()
        for part in touched:
            if part.step(at):
                self._lively.add(part)
            elif part in self._lively:
                self._lively.discard(part)
                self._alarms.discard(part)
        budget = self._settings.false_alarms_per_week
        for part in self._lively:
            if part.alarmed_at is None and part.alarming(at, len(members.slices), budget):
                self._alarms.add(part)

    def _add(self, member: Member, at: float, touched: list[Slice]) -> None:
        leaf = member.leaf
        only_kept = leaf.ok0 and not (leaf.miss0 or leaf.miss1 or leaf.miss2 or leaf.ok1 or leaf.ok2)
        outcomes = (leaf.ok0, leaf.miss0, leaf.ok1, leaf.miss1, leaf.ok2, leaf.miss2)
        for part in member.slices:
            if part.touched_at != at:
                part.touched_at = at
                touched.append(part)
            if only_kept:
                part.add(0, leaf.ok0)
            else:
                for outcome, number in enumerate(outcomes):
                    if number:
                        part.add(outcome, number)
            part.returns += leaf.returned

    def _claim(self, member: Member) -> None:
        for watch in self._outages:
            if member.inside(watch.scope):
                self._members.cover(member, watch)

    def _learn(self, at: float) -> None:
        """Each slice learns once a minute, unless its silence is being judged."""
        of_all = self._members.fleet.normal
        for part in self._members.phases[int(at) % 60]:
            outcomes = part.take_minute()
            if part.alarmed_at is None:
                part.rates.learn(outcomes, MINUTE_SECONDS)
                part.expect(part.rates.normal(of_all))
            else:
                part.rates.forget_waiting()

    def _judge_suspicions(self, at: float) -> list[Finding]:
        if not self._due_for_a_look(at):
            return []
        findings: list[Finding] = []
        began = min([part.zero_at[-1] or at for part in self._alarms] + [watch.onset for watch in self._suspicions])
        search, explanations = explain(self._members, self._past, self._settings, began, at)
        findings += self._match(explanations, at)
        for watch in list(self._suspicions):
            explanation = watch.explanation if watch.explained_at == at else None
            part = self._members.slice_of(watch.scope)
            verdict = judge(watch, part, explanation, at, self._settings)
            if verdict == "clear":
                findings.append(self._clear(watch, at, "the heartbeats came after all"))
            elif verdict == "confirm":
                findings.append(self._confirm(watch, at, search.seen_in(self._members.fleet)))
        return findings

    def _due_for_a_look(self, at: float) -> bool:
        fresh = any(part.alarmed_at == at for part in self._alarms)
        ripe = any(at >= watch.suspected_at + self._settings.confirm_seconds for watch in self._suspicions)
        return fresh or ripe or int(at) % LOOK_AGAIN_SECONDS == 0

    def _match(self, explanations: list[Explanation], at: float) -> list[Finding]:
        """Refresh the suspicions by what the search says now; raise those that are new."""
        findings: list[Finding] = []
        left = list(explanations)
        for watch in self._suspicions:
            for explanation in left:
                if explanation.slice.scope == watch.scope:
                    self._refresh(watch, explanation, at)
                    left.remove(explanation)
                    break
        for explanation in left:
            findings += self._raise(explanation, at)
        return findings

    def _raise(self, explanation: Explanation, at: float) -> list[Finding]:
        findings: list[Finding] = []
        scope = explanation.slice.scope
        stale = [watch for watch in self._suspicions if watch.explained_at != at and self._overlaps(watch.scope, scope)]
        watch = Watch(scope, suspected_at=at, onset=at, explained_at=at)
        for old in stale:
            watch.suspected_at = min(watch.suspected_at, old.suspected_at)
            findings.append(self._clear(old, at, "another scope explains it better", keep=True))
        self._suspicions.append(watch)
        self._refresh(watch, explanation, at)
        watch.fell = explanation.slice.run[1]
        return [*findings, self._speaker.suspected(watch, at)]

    def _refresh(self, watch: Watch, explanation: Explanation, at: float) -> None:
        part = explanation.slice
        watch.explanation = explanation
        watch.explained_at = at
        watch.before = self._past.missing_before(self._members, watch.scope, part.onset(explanation.share))
        if any(part.sums):
            watch.onset, watch.onset_uncertainty = self._onset(part, explanation)

    def _onset(self, part: Slice, explanation: Explanation) -> tuple[float, float]:
        """When it began: heartbeats show it only when they fall due and a margin for jitter has passed."""
        margin = max(1.0, 0.03 * part.typical_interval)
        spread = 1 / max(1e-6, part.trials_per_second * explanation.share)
        return part.onset(explanation.share) - margin, round(margin + 2 * spread, 1)

    def _overlaps(self, one: Scope, other: Scope) -> bool:
        return any(member.inside(one) and member.inside(other) for member in self._members.with_missing)

    def _clear(self, watch: Watch, at: float, reason: str, *, keep: bool = False) -> Finding:
        self._suspicions.remove(watch)
        if not keep:
            self._calm(watch.scope)
        return self._speaker.cleared(watch, at, reason)

    def _calm(self, scope: Scope) -> None:
        """What this scope explained speaks for no other scope any more."""
        for part in list(self._lively):
            if self._overlaps(part.scope, scope) or part.scope == scope:
                part.calm()
                self._lively.discard(part)
                self._alarms.discard(part)

    def _confirm(self, watch: Watch, at: float, seen_elsewhere: float) -> Finding:
        known = self._known(watch, at)
        finding = self._speaker.confirmed(watch, at, known, seen_elsewhere)
        self._suspicions.remove(watch)
        self._calm(watch.scope)
        for member in self._members:
            if member.cover is None and member.inside(watch.scope):
                self._members.cover(member, watch)
        self._outages.append(watch)
        return finding

    def _known(self, watch: Watch, at: float) -> Watch | None:
        """The outage of the same scope that resolved a short while ago."""
        horizon = at - self._settings.reopen_seconds
        self._resolved = [each for each in self._resolved if each.said_at >= horizon]
        for each in self._resolved:
            if each.scope == watch.scope:
                self._resolved.remove(each)
                return each
        return None

    def _follow_outages(self, at: float) -> list[Finding]:
        findings: list[Finding] = []
        for watch in list(self._outages):
            turn = follow(watch, at, self._settings)
            if turn == "resolved":
                findings.append(self._resolve(watch, at))
            elif turn == "recovering":
                findings.append(self._speaker.recovering(watch, at))
            elif turn == "relapsed" or self._news(watch, at):
                findings.append(self._speaker.updated(watch, at))
        return findings

    def _news(self, watch: Watch, at: float) -> bool:
        moved = abs(watch.missing - watch.said_silent) >= max(1.0, UPDATE_SHARE * watch.size)
        return moved and at >= watch.said_at + UPDATE_SECONDS

    def _resolve(self, watch: Watch, at: float) -> Finding:
        finding = self._speaker.resolved(watch, at)
        self._outages.remove(watch)
        for member in self._members:
            if member.cover is watch:
                self._members.cover(member, None)
                self._claim(member)
        self._resolved.append(watch)
        return finding
