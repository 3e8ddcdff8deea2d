"""Outage verdicts against the truth: found, how fast, how exactly, and what was said that was not so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulators.fleet import Population
from simulators.scoring.rolls import Rolls
from simulators.scoring.verdicts import OutageVerdict, Verdicts
from simulators.truth import Truth

MONTH_SECONDS = 30 * 86_400.0
SAME_STORY_SECONDS = 1800.0
"""Phases of one scope that are no further apart are one story, and one incident is right for them."""
LATE_SECONDS = 3600.0
"""A verdict may still belong to a truth that ended so shortly before."""
SMALLEST_SHARED = 3
HIT_JACCARD = 0.8


@dataclass(frozen=True, slots=True)
class TruthScore:
    """What a detector made of one true outage; times in seconds after it began, None where it did not happen."""

    truth: Truth
    suspected_after: float | None
    confirmed_after: float | None
    exact: bool
    jaccard: float
    onset_error: float | None
    resolved_after: float | None
    duplicates: int

    @property
    def hit(self) -> bool:
        """Whether it was found with nearly the right scope."""
        return self.confirmed_after is not None and self.jaccard >= HIT_JACCARD


@dataclass(frozen=True, slots=True)
class OutageScore:
    """How well the outages of one run were judged.

    `false` verdicts explain nothing true, `misnamed` ones share devices with a truth but name another scope, and
    `minor` ones explain everyday trouble or a lost cloud, which may be said or left unsaid.
    """

    truths: tuple[TruthScore, ...]
    false: tuple[OutageVerdict, ...]
    misnamed: tuple[OutageVerdict, ...]
    minor: tuple[OutageVerdict, ...]
    months: float

    @property
    def recall(self) -> float:
        """Share of true outages that were found."""
        return sum(score.hit for score in self.truths) / len(self.truths) if self.truths else 1.0

    @property
    def exact_share(self) -> float:
        """Share of found outages whose scope was exact."""
        found = [score for score in self.truths if score.hit]
        return sum(score.exact for score in found) / len(found) if found else 1.0

    @property
    def false_per_month(self) -> float:
        """False incidents per simulated month."""
        return len(self.false) / self.months if self.months else 0.0


def score_outages(verdicts: Verdicts, truths: Sequence[Truth], population: Population, seconds: float) -> OutageScore:
    """Score one run that lasted so many simulated seconds."""
    court = _Court(population)
    stories = _stories([truth for truth in truths if truth.kind == "outage" and not truth.minor])
    # A scope whose devices live but have lost their cloud may be called out or not: both can be defended.
    small = [truth for truth in truths if truth.kind == "degraded" or (truth.kind == "outage" and truth.minor)]
    scores = [court.judge(story, verdicts) for story in stories]
    false, misnamed, minor = [], [], []
    for verdict in verdicts.outages:
        if any(court.explains(verdict, story) for story in stories):
            continue
        if any(court.shares(verdict, story) for story in stories):
            misnamed.append(verdict)
        elif any(court.shares(verdict, truth) for truth in small):
            minor.append(verdict)
        else:
            false.append(verdict)
    return OutageScore(tuple(scores), tuple(false), tuple(misnamed), tuple(minor), seconds / MONTH_SECONDS)


class _Court:
    """Judges one run."""

    def __init__(self, population: Population) -> None:
        self._rolls = Rolls(population)

    def judge(self, truth: Truth, verdicts: Verdicts) -> TruthScore:
        """What became of one truth."""
        own = sorted((v for v in verdicts.outages if self.explains(v, truth)), key=lambda v: v.opened_at)
        suspected = [
            suspicion.at
            for suspicion in verdicts.suspicions
            if _in_time(suspicion.at, truth) and self._rolls.jaccard(suspicion.scope, truth.scope) >= HIT_JACCARD
        ]
        if not own:
            return TruthScore(truth, _after(min(suspected, default=None), truth), None, False, 0.0, None, None, 0)  # noqa: FBT003
        first, last = own[0], own[-1]
        over = last.resolved_at if last.resolved_at is not None and truth.end is not None else None
        return TruthScore(
            truth=truth,
            suspected_after=_after(min([*suspected, first.opened_at]), truth),
            confirmed_after=_after(first.opened_at, truth),
            exact=self.exact(first, truth),
            jaccard=max(self._rolls.jaccard(scope, truth.scope) for scope in (first.scope, *first.equivalents)),
            onset_error=first.started_at - truth.start,
            resolved_after=None if over is None or truth.end is None else over - truth.end,
            duplicates=len(own) - 1,
        )

    def explains(self, verdict: OutageVerdict, truth: Truth) -> bool:
        """Whether a verdict is about this truth: in time, and nearly the same devices."""
        scopes = (verdict.scope, *verdict.equivalents)
        return _in_time(verdict.opened_at, truth) and any(
            self._rolls.jaccard(s, truth.scope) >= HIT_JACCARD for s in scopes
        )

    def shares(self, verdict: OutageVerdict, truth: Truth) -> bool:
        """Whether a verdict at least concerns devices that this truth hit."""
        needed = min(SMALLEST_SHARED, len(truth.devices))
        return _in_time(verdict.opened_at, truth) and len(self._rolls.members(verdict.scope) & truth.devices) >= needed

    def exact(self, verdict: OutageVerdict, truth: Truth) -> bool:
        """Whether the scope is the true one, or one that has the same members in this fleet."""
        scopes = (verdict.scope, *verdict.equivalents)
        return any(self._rolls.same(scope, truth.scope) for scope in scopes)


def _in_time(moment: float, truth: Truth) -> bool:
    return truth.start <= moment and (truth.end is None or moment <= truth.end + LATE_SECONDS)


def _after(moment: float | None, truth: Truth) -> float | None:
    return None if moment is None else moment - truth.start


def _stories(truths: Sequence[Truth]) -> list[Truth]:
    """Truths with phases of the same scope joined."""
    stories: list[Truth] = []
    for truth in sorted(truths, key=lambda each: each.start):
        for position, story in enumerate(stories):
            if story.scope == truth.scope and (story.end is None or truth.start <= story.end + SAME_STORY_SECONDS):
                end = None if story.end is None or truth.end is None else max(story.end, truth.end)
                stories[position] = replace(story, end=end, devices=story.devices | truth.devices)
                break
        else:
            stories.append(truth)
    return stories
