"""The store that forgets when the process ends: for tests, replay and the demo's first minutes."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from monitor.core.decisions import Alert, AlertOwed, DeviceForgotten, Incident, IncidentChanged, StatusChanged
from monitor.store.codec import with_keys
from monitor.store.protocol import (
    AlertState,
    DeadLetter,
    Delivery,
    IncidentState,
    Pruned,
    Saved,
    StatusLine,
    Step,
)
from monitor.store.settings import Retention

DAY_SECONDS = 86_400.0

Key = TypeVar("Key")
Item = TypeVar("Item")


@dataclasses.dataclass(slots=True)
class _Letter:
    """A delivery and what became of it."""

    delivery: Delivery
    finished_at: float | None = None
    error: str | None = None
    """Why it was abandoned; None if it was not."""


class MemoryStore:
    """Keeps everything in the process; what was committed is still there after closing and opening again."""

    def __init__(self, retention: Retention | None = None) -> None:
        self._retention = retention or Retention()
        self._saved_at: float | None = None
        self._engine: Mapping[str, Any] = {}
        self._devices: dict[str, dict[str, Any]] = {}
        self._history: dict[tuple[str, float, str, str], StatusLine] = {}
        self._incidents: dict[str, Incident] = {}
        self._alerts: dict[str, tuple[Alert, float]] = {}
        self._letters: dict[int, _Letter] = {}
        self._keys: set[tuple[str, str]] = set()
        self._letters_ever = 0
        self._pruned: Pruned | None = None

    async def open(self) -> Saved:
        """Hand back what was committed so far."""
        return Saved(
            saved_at=self._saved_at,
            engine=dict(self._engine),
            devices=[dict(self._devices[device]) for device in sorted(self._devices)],
            incidents=[incident for incident in self._incidents.values() if incident.resolved_at is None],
            alerts=[alert for alert, _ in self._alerts.values() if alert.state == "firing"],
        )

    async def close(self) -> None:
        """Nothing to release."""

    async def commit(self, step: Step) -> None:
        """Take in a step."""
        for made in step.decisions:
            match made:
                case DeviceForgotten():
                    self._devices.pop(made.device, None)
                case StatusChanged():
                    line = StatusLine(made.at, made.device, made.status, made.previous, made.reason)
                    self._history.setdefault((made.device, made.at, made.status, made.previous), line)
                case IncidentChanged():
                    self._incidents[made.incident.id] = made.incident
                case AlertOwed():
                    self._alerts[made.alert.key] = (made.alert, made.at)
        self._devices.update((str(row["id"]), dict(row)) for row in step.devices)
        for owed, key in with_keys(step.decisions):
            for receiver in step.receivers:
                self._owe(receiver, owed, key)
        self._saved_at = step.at
        self._engine = self._engine if step.engine is None else dict(step.engine)

    def _owe(self, receiver: str, owed: AlertOwed, key: str) -> None:
        if (receiver, key) in self._keys:
            return
        self._keys.add((receiver, key))
        self._letters_ever += 1
        delivery = Delivery(self._letters_ever, receiver, owed.alert, owed.at, owed.at, 0, key)
        self._letters[delivery.id] = _Letter(delivery)

    async def owed(self, receiver: str, now: float, limit: int) -> Sequence[Delivery]:
        """Deliveries due by `now`, oldest first; an alert's later change never before its earlier one."""
        first: dict[str, Delivery] = {}
        for letter in self._letters.values():
            if letter.finished_at is None and letter.delivery.receiver == receiver:
                first.setdefault(letter.delivery.alert.key, letter.delivery)
        return [delivery for delivery in first.values() if delivery.due_at <= now][:limit]

    async def delivered(self, delivery: int, at: float) -> None:
        """The receiver took it."""
        if letter := self._unfinished(delivery):
            letter.finished_at = at

    async def postponed(self, delivery: int, due_at: float, error: str) -> None:  # noqa: ARG002 (kept by other stores)
        """The receiver did not take it; try again at `due_at`."""
        if letter := self._unfinished(delivery):
            tried = letter.delivery
            letter.delivery = dataclasses.replace(tried, due_at=due_at, attempts=tried.attempts + 1)

    async def abandoned(self, delivery: int, at: float, error: str) -> None:
        """It will never be taken: a dead letter, kept and visible."""
        if letter := self._unfinished(delivery):
            tried = letter.delivery
            letter.delivery = dataclasses.replace(tried, attempts=tried.attempts + 1)
            letter.finished_at, letter.error = at, error

    def _unfinished(self, delivery: int) -> _Letter | None:
        letter = self._letters.get(delivery)
        return letter if letter and letter.finished_at is None else None

    async def oldest_owed(self) -> Mapping[str, float]:
        """By receiver, when its oldest undelivered alert was owed."""
        oldest: dict[str, float] = {}
        for letter in self._letters.values():
            if letter.finished_at is None:
                receiver, owed_at = letter.delivery.receiver, letter.delivery.owed_at
                oldest[receiver] = min(owed_at, oldest.get(receiver, owed_at))
        return oldest

    async def dead_letters(self, *, limit: int) -> Sequence[DeadLetter]:
        """Abandoned deliveries, newest first, until their retention ends."""
        dead = [
            DeadLetter(
                id=letter.delivery.id,
                receiver=letter.delivery.receiver,
                alert=letter.delivery.alert,
                owed_at=letter.delivery.owed_at,
                abandoned_at=letter.finished_at,
                attempts=letter.delivery.attempts,
                error=letter.error,
            )
            for letter in self._letters.values()
            if letter.finished_at is not None and letter.error is not None
        ]
        return sorted(dead, key=lambda letter: (letter.abandoned_at, letter.id), reverse=True)[:limit]

    async def incidents(
        self, *, limit: int, before: float | None = None, after: str | None = None, state: IncidentState = "all"
    ) -> Sequence[Incident]:
        """Incidents opened before a moment, newest first; `after` is the id that the page before ended with."""
        found = {incident.id: (incident.opened_at, incident) for incident in self._incidents.values()}
        page = _page(found, limit, before, after, lambda incident: state in ("all", _state_of(incident)))
        return [incident for _, incident in page]

    async def alerts(
        self, *, limit: int, before: float | None = None, after: str | None = None, state: AlertState = "all"
    ) -> Sequence[Alert]:
        """Alerts as they are now, begun before a moment, newest first; `after` is the key that ended the last page."""
        found = {key: (alert.starts_at, alert) for key, (alert, _) in self._alerts.items()}
        page = _page(found, limit, before, after, lambda alert: state in ("all", alert.state))
        return [alert for _, alert in page]

    async def history(self, device: str, *, limit: int) -> Sequence[StatusLine]:
        """Past status changes of one device, newest first."""
        lines = [line for line in self._history.values() if line.device == device]
        return sorted(lines, key=lambda line: line.at)[::-1][:limit]

    async def prune(self, now: float) -> Pruned:
        """Remove what is older than its retention, and remember having done so."""
        keep, alerts_since = self._retention, now - self._retention.alerts * DAY_SECONDS
        changes_since, incidents_since = now - keep.status_changes * DAY_SECONDS, now - keep.incidents * DAY_SECONDS
        rows = {
            "status_changes": _drop(self._history, lambda line: line.at < changes_since),
            "incidents": _drop(
                self._incidents, lambda found: found.resolved_at is not None and found.resolved_at < incidents_since
            ),
            "deliveries": _drop(
                self._letters, lambda letter: letter.finished_at is not None and letter.finished_at < alerts_since
            ),
        }
        self._keys = {(letter.delivery.receiver, letter.delivery.idempotency_key) for letter in self._letters.values()}
        told = {letter.delivery.alert.key for letter in self._letters.values()}
        rows["alerts"] = _drop(
            self._alerts,
            lambda found: found[0].state == "resolved" and found[1] < alerts_since and found[0].key not in told,
        )
        self._pruned = Pruned(now, rows)
        return self._pruned

    async def last_pruned(self) -> Pruned | None:
        """The latest retention run; None if there was none."""
        return self._pruned


def _state_of(incident: Incident) -> str:
    return "open" if incident.resolved_at is None else "resolved"


def _page(
    found: Mapping[str, tuple[float, Item]],
    limit: int,
    before: float | None,
    after: str | None,
    wanted: Callable[[Item], bool],
) -> Iterable[tuple[str, Item]]:
    newest = sorted(((at, name) for name, (at, _) in found.items()), reverse=True)
    if before is not None:
        newest = [place for place in newest if place[0] < before]
    if after is not None:
        newest = [place for place in newest if after in found and place < (found[after][0], after)]
    items = ((name, found[name][1]) for _, name in newest)
    return [(name, item) for name, item in items if wanted(item)][:limit]


def _drop(items: dict[Key, Item], old: Callable[[Item], bool]) -> int:
    dead = [key for key, item in items.items() if old(item)]
    for key in dead:
        del items[key]
    return len(dead)
