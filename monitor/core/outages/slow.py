"""Outages that come slowly, or without silence: suspected when a level fails, confirmed when it keeps failing."""

from collections.abc import Callable

from monitor.core.outages.findings import Finding, Form, Trait
from monitor.core.outages.levels import Levels
from monitor.core.outages.localise import Explanation
from monitor.core.outages.members import Member, Members
from monitor.core.outages.speech import Speaker
from monitor.core.outages.watch import Watch
from monitor.core.settings import OutageSettings

CONFIRM_FACTOR: dict[Form, float] = {"creeping": 5.0, "degraded": 2.0}
"""How many times `confirm_seconds` a level must keep failing."""
TRAITS: dict[Form, tuple[Trait, ...]] = {"creeping": ("silent", "gone"), "degraded": ("cloud",)}
LOOK_SECONDS = 60

Confirm = Callable[[Watch, float, float], list[Finding]]


class Slow:
    """Suspicions of slow outages of one form."""

    def __init__(
        self, form: Form, settings: OutageSettings, members: Members, speaker: Speaker, gone_seconds: float = 0.0
    ) -> None:
        self.open: list[Watch] = []
        self.form: Form = form
        self._settings = settings
        self._members = members
        self._gone_seconds = gone_seconds
        self._speaker = speaker
        self._levels = [Levels(trait, members, settings) for trait in TRAITS[form]]

    def judge(self, at: float, standing: list[Watch], confirm: Confirm) -> list[Finding]:
        """Test the slices whose turn it is, and once a minute look at what fails."""
        for levels in self._levels:
            levels.test(at)
        if int(at) % LOOK_SECONDS:
            return []
        blocked = self._inside_of([watch for watch in standing if watch.form == self.form])
        findings: list[Finding] = []
        for levels in self._levels:
            for explanation in levels.explain(at, blocked):
                findings += self._take(levels, explanation, at)
        for watch in list(self.open):
            if watch.explained_at != at and at < watch.not_before + LOOK_SECONDS:
                continue
            if watch.explained_at != at:
                self.open.remove(watch)
                findings.append(self._speaker.cleared(watch, at, "the share went back to what is usual"))
            elif at >= max(watch.not_before, watch.suspected_at + self._patience):
                self.open.remove(watch)
                elsewhere = self._members.fleet.sums.missing - watch.sums.missing
                findings += confirm(watch, at, elsewhere)
        return findings

    @property
    def _patience(self) -> float:
        return CONFIRM_FACTOR[self.form] * self._settings.confirm_seconds

    def _inside_of(self, standing: list[Watch]) -> set[Member]:
        return {member for watch in standing for member in self._members.within(watch.scope)}

    def _take(self, levels: Levels, explanation: Explanation, at: float) -> list[Finding]:
        part = explanation.slice
        for watch in self.open:
            if watch.scope == part.scope:
                watch.explanation, watch.explained_at, watch.trait = explanation, at, levels.trait
                return []
        level = levels.level(part, at)
        # Who counts as gone fell silent that much earlier.
        began = part.below_at.get(levels.trait, at) - (self._gone_seconds if levels.trait == "gone" else 0)
        watch = Watch(part.scope, self.form, part.sums, suspected_at=at, onset=began)
        watch.onset_uncertainty = max(60.0, round((at - began) / 4))
        watch.explanation, watch.explained_at, watch.trait = explanation, at, levels.trait
        watch.usual = level.usual
        watch.before = watch.affected - round(level.seen - round(level.usual * level.of))
        watch.peak = watch.excess
        # The search may soon know better which scope it is; the time that it fails goes on.
        for old in [each for each in self.open if each.explained_at != at]:
            watch.suspected_at = min(watch.suspected_at, old.suspected_at)
        self.open.append(watch)
        return [self._speaker.suspected(watch, at)]
