"""Deliveries that are forgotten when the process ends."""

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from monitor.core.decisions import Alert
from monitor.core.routing import Letter, Owed, Reason
from monitor.store.codec import with_keys
from monitor.store.letters import DeadLetter, Debt, Delivery, Outcome, Retried, Sent, thread_of


@dataclasses.dataclass(slots=True)
class _Row:
    """A delivery and what became of it."""

    id: int
    receiver: str
    alert: Alert
    key: str
    reason: Reason
    bundle: str
    owed_at: float
    wanted_at: float
    due_at: float
    attempts: int = 0
    begun: bool = False
    outcome: Outcome = "owed"
    finished_at: float | None = None
    error: str = ""

    def ripe(self, now: float, *, again: bool) -> bool:
        return self.due_at <= now or (again and self.attempts > 0) or self.owed_at > now

    def sent(self) -> Sent:
        return Sent(
            self.id,
            self.receiver,
            self.alert,
            self.reason,
            self.owed_at,
            self.due_at,
            self.attempts,
            self.outcome,
            self.finished_at,
            self.error,
        )


class MemoryLetters:
    """Deliveries as objects."""

    def __init__(self) -> None:
        self._letters: dict[int, _Row] = {}
        self._letters_ever = 0
        self._news: dict[tuple[str, str], list[int]] = {}
        """Ids by receiver and alert."""

    async def owe(self, letter: Letter) -> None:
        """Owe something that no step decided: a trial."""
        self._take([letter])

    def _take(self, letters: Iterable[Letter]) -> None:
        for letter, key in with_keys(letters):
            for owed in letter.to:
                self._owe(letter, owed, key)

    def _owe(self, letter: Letter, owed: Owed, key: str) -> None:
        alert, at = letter.decided.alert, letter.decided.at
        news = self._about(owed.receiver, alert)
        if any(row.key == key for row in news):
            return
        standing = [row.alert.state for row in news if row.outcome != "cancelled"]
        if owed.if_told and standing[-1:] != ["firing"]:
            return
        waiting = self._letters.values() if owed.bundle else ()
        due_at = min([owed.due_at, *(row.due_at for row in waiting if _takes_along(row, letter, owed))])
        self._add(owed.receiver, alert, key, owed.reason, owed.bundle, at, due_at)

    def _add(
        self, receiver: str, alert: Alert, key: str, reason: Reason, bundle: str, owed_at: float, due_at: float
    ) -> None:
        self._letters_ever += 1
        number = self._letters_ever
        self._letters[number] = _Row(number, receiver, alert, key, reason, bundle, owed_at, due_at, due_at)
        self._news.setdefault((receiver, alert.key), []).append(number)

    def _about(self, receiver: str, alert: Alert) -> list[_Row]:
        """All news of one alert for one receiver, oldest first."""
        ids = self._news.get((receiver, alert.key), ())
        return [self._letters[each] for each in ids if each in self._letters]

    async def owed(self, receiver: str, now: float, limit: int, *, again: bool = False) -> Sequence[Delivery]:
        """All that is owed to a receiver in at most `limit` threads in which something may leave, oldest first."""
        mine = [row for row in self._letters.values() if row.receiver == receiver and row.outcome == "owed"]
        threads = list(dict.fromkeys(thread_of(row.alert) for row in mine if row.ripe(now, again=again)))[:limit]
        alerts = {row.alert.key for row in mine if thread_of(row.alert) in threads}
        return [self._delivery(row) for row in mine if row.alert.key in alerts]

    def _delivery(self, row: _Row) -> Delivery:
        news = self._about(row.receiver, row.alert)
        told = [each for each in news if each.id < row.id and each.outcome in ("delivered", "abandoned")]
        return Delivery(
            id=row.id,
            receiver=row.receiver,
            alert=row.alert,
            owed_at=row.owed_at,
            due_at=row.due_at,
            attempts=row.attempts,
            idempotency_key=row.key,
            wanted_at=row.wanted_at,
            reason=row.reason,
            bundle=row.bundle,
            begun=row.begun,
            told=bool(told) and told[-1].alert.state == "firing",
        )

    async def begun(self, deliveries: Collection[int]) -> None:
        """These are about to be tried: from now on the receiver may have been told."""
        for delivery in deliveries:
            self._letters[delivery].begun = True

    async def delivered(self, deliveries: Mapping[int, float | None], at: float) -> None:
        """The receiver took these, all or none of which is marked; with a moment, one is owed again then, to remind."""
        for delivery, remind_at in deliveries.items():
            if row := self._unfinished(delivery):
                row.outcome, row.finished_at, row.error = "delivered", at, ""
                self._remind(row, at, remind_at)

    def _remind(self, row: _Row, at: float, remind_at: float | None) -> None:
        later = any(each.id > row.id and each.outcome != "cancelled" for each in self._about(row.receiver, row.alert))
        if remind_at is not None and row.alert.state == "firing" and not later:
            key = f"again-{row.id}-{row.key[-16:]}"
            self._add(row.receiver, row.alert, key, "reminder", "reminder", at, remind_at)

    async def postponed(self, delivery: int, due_at: float, error: str) -> None:
        """The receiver did not take it; try again at `due_at`."""
        if row := self._unfinished(delivery):
            row.due_at, row.error, row.attempts = due_at, error, row.attempts + 1

    async def abandoned(self, delivery: int, at: float, error: str) -> None:
        """It will not be taken: a dead letter, kept and visible."""
        if row := self._unfinished(delivery):
            row.outcome, row.finished_at, row.error, row.attempts = "abandoned", at, error, row.attempts + 1

    async def cancelled(self, deliveries: Mapping[int, str], at: float) -> None:
        """These need not leave any more, each with the reason."""
        for delivery, reason in deliveries.items():
            if row := self._unfinished(delivery):
                row.outcome, row.finished_at, row.error = "cancelled", at, reason

    async def strand(self, receivers: Collection[str], at: float) -> Mapping[str, int]:
        """Abandon what is owed to anybody but these receivers; how many letters, by receiver."""
        strangers: Counter[str] = Counter()
        for row in self._letters.values():
            if row.outcome == "owed" and row.receiver not in receivers:
                strangers[row.receiver] += 1
                row.outcome, row.finished_at, row.error = "abandoned", at, "the receiver is no longer configured"
        return strangers

    async def debts(self, now: float) -> Mapping[str, Debt]:
        """What is owed, by receiver; those owed nothing are left out."""
        mine: dict[str, list[_Row]] = {}
        for row in self._letters.values():
            if row.outcome == "owed":
                mine.setdefault(row.receiver, []).append(row)
        return {
            receiver: Debt(
                len(rows),
                min((row.wanted_at for row in rows if row.wanted_at <= now), default=None),
                min((row.due_at for row in rows if row.due_at > now), default=None),
            )
            for receiver, rows in mine.items()
        }

    async def dead_letters(self, *, limit: int) -> Sequence[DeadLetter]:
        """Abandoned deliveries, newest first, until their retention ends."""
        dead = [
            DeadLetter(row.id, row.receiver, row.alert, row.owed_at, row.finished_at or 0.0, row.attempts, row.error)
            for row in self._letters.values()
            if row.outcome == "abandoned"
        ]
        return sorted(dead, key=lambda letter: (letter.abandoned_at, letter.id), reverse=True)[:limit]

    async def dead_count(self) -> Mapping[str, int]:
        """How many dead letters each receiver has; those with none are left out."""
        return Counter(row.receiver for row in self._letters.values() if row.outcome == "abandoned")

    async def retry(self, deliveries: Collection[int] | None, receivers: Collection[str], at: float) -> Retried:
        """Owe dead letters again, all or those with these ids, with what they left behind of the same alert."""
        dead = [row for row in self._letters.values() if row.outcome == "abandoned"]
        named = [row for row in dead if deliveries is None or row.id in deliveries]
        left = {each.id for row in named for each in self._about(row.receiver, row.alert) if each.id >= row.id}
        chosen = [row for row in dead if row.id in left]
        without = [row for row in chosen if row.receiver not in receivers]
        again = [row for row in chosen if row.receiver in receivers and not self._overtaken(row)]
        outdated = [row for row in chosen if row.receiver in receivers and self._overtaken(row)]
        for row in outdated:
            row.outcome, row.finished_at, row.error = "cancelled", at, "later news was delivered"
        for row in again:
            row.outcome, row.finished_at, row.due_at, row.wanted_at = "owed", None, at, at
        return Retried(len(again), len(outdated), len(without))

    def _overtaken(self, row: _Row) -> bool:
        news = self._about(row.receiver, row.alert)
        return any(each.id > row.id and each.outcome == "delivered" for each in news)

    async def deliveries_of(self, thread: str, *, limit: int) -> Sequence[Sent]:
        """What was and is owed about an incident (or an alert without one), newest first."""
        return [row.sent() for row in reversed(self._letters.values()) if thread_of(row.alert) == thread][:limit]

    async def delivery(self, receiver: str, key: str) -> Sent | None:
        """What became of one delivery, by its idempotency key."""
        rows = (row.sent() for row in self._letters.values() if row.receiver == receiver and row.key == key)
        return next(rows, None)

    async def last_delivered(self, receiver: str) -> float | None:
        """When this receiver last took something."""
        rows = self._letters.values()
        taken = (row.finished_at for row in rows if row.receiver == receiver and row.outcome == "delivered")
        return max((at for at in taken if at is not None), default=None)

    def _unfinished(self, delivery: int) -> _Row | None:
        row = self._letters.get(delivery)
        return row if row and row.outcome == "owed" else None


def _takes_along(row: _Row, letter: Letter, owed: Owed) -> bool:
    """Whether a letter leaves with this one, which waits already."""
    waits = row.outcome == "owed" and row.attempts == 0 and row.due_at > letter.decided.at
    if not waits or row.receiver != owed.receiver or not row.bundle or row.reason == "reminder":
        return False
    same_news = row.alert.key == letter.decided.alert.key and row.alert.state == letter.decided.alert.state
    return same_news or (owed.joins and row.bundle == owed.bundle)
