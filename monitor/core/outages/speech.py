"""Puts into findings what is known of a suspicion or an outage."""

from typing import TypeVar

from monitor.core.outages import evidence
from monitor.core.outages.findings import (
    Confirmed,
    Observed,
    Recovering,
    Resolved,
    Suspected,
    SuspicionCleared,
    Updated,
)
from monitor.core.outages.members import Members
from monitor.core.outages.scopes import as_mapping, as_text, outage_id
from monitor.core.outages.watch import Watch
from monitor.core.words import count

Said = TypeVar("Said", bound=Observed)


class Speaker:
    """Turns the state of a watch into findings, and remembers on it what was said."""

    def __init__(self, members: Members) -> None:
        self._members = members

    def suspected(self, watch: Watch, at: float) -> Suspected:
        """A suspicion is raised."""
        self._gauge(watch)
        self._argue(watch, at)
        return self._say(Suspected, watch, at, watch.evidence[-1].statement)

    def cleared(self, watch: Watch, at: float, reason: str) -> SuspicionCleared:
        """A suspicion is dropped."""
        self._gauge(watch)
        return self._say(SuspicionCleared, watch, at, reason)

    def confirmed(self, watch: Watch, at: float, known: Watch | None, seen_elsewhere: float) -> Confirmed:
        """A suspicion is an outage, or the relapse of one that is known."""
        self._gauge(watch)
        self._argue(watch, at)
        part = self._members.slice_of(watch.scope)
        watch.state = "confirmed"
        watch.unaffected = evidence.unaffected(part, self._members, seen_elsewhere)
        watch.opened_at = known.opened_at if known else at
        watch.id = known.id if known else outage_id(watch.scope, at)
        if known:
            watch.onset, watch.onset_uncertainty = known.onset, known.onset_uncertainty
        finding = self._say(Confirmed, watch, at, "silent again" if known else watch.evidence[-1].statement)
        # From here on the gauges are kept by the leaves that the outage covers.
        watch.size = watch.missing = watch.silent = 0
        watch.intervals = {}
        return finding

    def updated(self, watch: Watch, at: float) -> Updated:
        """The numbers of an outage changed."""
        return self._say(Updated, watch, at, "")

    def recovering(self, watch: Watch, at: float) -> Recovering:
        """Half of an outage is over."""
        return self._say(Recovering, watch, at, f"{count(watch.missing, 'device')} still silent")

    def resolved(self, watch: Watch, at: float) -> Resolved:
        """An outage is over."""
        left = watch.excess
        return self._say(Resolved, watch, at, f"{count(left, 'device')} did not return" if left else "all are back")

    def _gauge(self, watch: Watch) -> None:
        part = self._members.slice_of(watch.scope)
        watch.size, watch.missing, watch.silent = part.size, part.missing, part.silent

    def _argue(self, watch: Watch, at: float) -> None:
        if watch.explanation is not None:
            watch.evidence = (evidence.prior(), evidence.silence(watch.explanation, at - watch.onset))
            watch.equivalents = watch.explanation.equivalents
            watch.alternatives = watch.explanation.alternatives
            watch.confidence = evidence.confidence(watch.evidence)

    def _say(self, kind: type[Said], watch: Watch, at: float, reason: str) -> Said:
        watch.said_at, watch.said_silent = at, watch.missing
        return kind(
            id=watch.id or outage_id(watch.scope, watch.suspected_at),
            layer=watch.layer,
            scope=as_mapping(watch.scope),
            form=watch.form,
            onset=watch.onset,
            onset_uncertainty=watch.onset_uncertainty,
            devices=watch.size,
            silent=watch.missing,
            before=watch.before,
            confidence=watch.confidence,
            evidence=watch.evidence,
            unaffected=watch.unaffected,
            equivalents=tuple(as_mapping(scope) for scope in watch.equivalents),
            alternatives=watch.alternatives,
            reason=reason or as_text(watch.scope),
        )
