"""Puts into findings what is known of a suspicion or an outage."""

from typing import TypeVar

from monitor.core.decisions import Evidence
from monitor.core.outages import evidence
from monitor.core.outages.findings import (
    Confirmed,
    Observed,
    Recovering,
    Relapsed,
    Resolved,
    Suspected,
    SuspicionCleared,
    Updated,
)
from monitor.core.outages.localise import Explanation
from monitor.core.outages.members import Members
from monitor.core.outages.scopes import as_mapping, outage_id
from monitor.core.outages.watch import Watch
from monitor.core.outages.witnesses import Witnesses
from monitor.core.words import count, share

PAGE_SHARE = 0.2
PAGE_GROWTH_PER_SECOND = 0.1 / 3600
DEGRADED_PAGE_SHARE = 0.5
MUCH_SHARE = 0.1
UPDATE_SECONDS = 60.0

Said = TypeVar("Said", bound=Observed)


class Speaker:
    """Turns the state of a watch into findings, and remembers on it what was said."""

    def __init__(self, members: Members, witnesses: Witnesses) -> None:
        self._members = members
        self._witnesses = witnesses

    def suspected(self, watch: Watch, at: float) -> Suspected:
        """A suspicion is raised."""
        self.argue(watch, at)
        return self._say(Suspected, watch, at, _first_words(watch))

    def cleared(self, watch: Watch, at: float, reason: str) -> SuspicionCleared:
        """A suspicion is dropped."""
        return self._say(SuspicionCleared, watch, at, reason)

    def confirmed(self, watch: Watch, at: float, known: Watch | None, affected_elsewhere: float) -> Confirmed:
        """A suspicion is an outage, or the relapse of one that is known."""
        self.argue(watch, at)
        part = self._members.slice_of(watch.scope)
        watch.unaffected = evidence.unaffected(part, self._members, affected_elsewhere)
        watch.state = "confirmed"
        watch.opened_at = known.opened_at if known else at
        watch.relapses = known.relapses + 1 if known else 0
        watch.id = known.id if known else outage_id(watch.scope, at)
        watch.moved_at = at
        if known:
            watch.onset, watch.onset_uncertainty = known.onset, known.onset_uncertainty
        return self._say(Confirmed, watch, at, "it began again" if known else _first_words(watch))

    def updated(self, watch: Watch, at: float) -> Updated:
        """The numbers or the evidence of an outage changed."""
        self.argue(watch, at)
        return self._say(Updated, watch, at, f"{count(watch.affected, 'device')} affected now")

    def recovering(self, watch: Watch, at: float) -> Recovering:
        """Half of an outage is over."""
        self.argue(watch, at)
        return self._say(Recovering, watch, at, f"{count(watch.affected, 'device')} affected still")

    def relapsed(self, watch: Watch, at: float) -> Relapsed:
        """An outage that comes and goes is there again."""
        self.argue(watch, at)
        return self._say(Relapsed, watch, at, "it began again")

    def resolved(self, watch: Watch, at: float, reason: str) -> Resolved:
        """An outage is over."""
        return self._say(Resolved, watch, at, reason)

    def has_news(self, watch: Watch, at: float) -> bool:
        """Whether enough has changed since the last word to say it again."""
        if at < watch.said_at + UPDATE_SECONDS:
            return False
        moved = abs(watch.affected - watch.said_affected) >= max(1.0, MUCH_SHARE * watch.devices)
        return moved or _pages(watch, at) != watch.said_paging or self._heard(watch, at) != watch.said_sure

    def argue(self, watch: Watch, at: float) -> None:
        """Gather the evidence as it stands."""
        part = self._members.slice_of(watch.scope)
        if watch.explanation is not None and watch.explained_at == at:
            watch.silence = self._main_evidence(watch, watch.explanation, at)
            watch.equivalents = watch.explanation.equivalents
            watch.alternatives = watch.explanation.alternatives
        number = watch.wills if watch.state != "suspected" else part.wills
        pieces = [
            evidence.PRIOR,
            watch.silence,
            evidence.wills(number, part.will_rate * max(60.0, at - watch.onset)) if watch.form == "sudden" else None,
            evidence.cloud(watch.sums, self._members.fleet.sums) if watch.form != "degraded" else None,
            *self._witnesses.about(as_mapping(watch.scope), at),
        ]
        watch.evidence = tuple(piece for piece in pieces if piece is not None)
        watch.confidence = evidence.confidence(watch.evidence)

    def _main_evidence(self, watch: Watch, explanation: Explanation, at: float) -> Evidence | None:
        if watch.form == "sudden":
            return evidence.silence(explanation, at - watch.onset)
        if watch.form == "creeping":
            told = evidence.gone if watch.trait == "gone" else evidence.level
            return told(explanation, watch.usual)
        return evidence.cloud(watch.sums, self._members.fleet.sums)

    def _heard(self, watch: Watch, at: float) -> str:
        return "|".join(
            f"{piece.source}{piece.weight_nats:+.0f}" for piece in self._witnesses.about(as_mapping(watch.scope), at)
        )

    def _say(self, kind: type[Said], watch: Watch, at: float, reason: str) -> Said:
        watch.said_at, watch.said_affected = at, watch.affected
        watch.said_paging = _pages(watch, at)
        watch.said_sure = self._heard(watch, at)
        return kind(
            id=watch.id or outage_id(watch.scope, watch.suspected_at),
            layer=watch.layer,
            scope=as_mapping(watch.scope),
            form=watch.form,
            onset=watch.onset,
            onset_uncertainty=watch.onset_uncertainty,
            devices=watch.devices,
            silent=watch.affected,
            before=watch.before,
            confidence=watch.confidence,
            paging=watch.said_paging,
            evidence=watch.evidence,
            unaffected=watch.unaffected,
            equivalents=tuple(as_mapping(scope) for scope in watch.equivalents),
            alternatives=watch.alternatives,
            reason=reason,
            phase=watch.phase,
        )


def how_it_ended(left: int, fell: int, shared: str) -> str:
    """How many did not return, and what they have in common."""
    if not left:
        return "all are back"
    of = max(left, fell)
    return f"{count(left, 'device')} of {of:,} did not return ({share(left, of)}){f'; {shared}' if shared else ''}"


def _pages(watch: Watch, at: float) -> bool:
    """A sudden outage pages; a slow one if it is large or grows fast; a degraded one if it is most of the scope."""
    if watch.form == "sudden":
        return True
    part = watch.excess / max(1, watch.devices)
    if watch.form == "degraded":
        return part >= DEGRADED_PAGE_SHARE
    return part >= PAGE_SHARE or part >= PAGE_GROWTH_PER_SECOND * max(1800.0, at - watch.onset)


def _first_words(watch: Watch) -> str:
    return watch.silence.statement if watch.silence is not None else ""
