"""Timelines and losses in SQLite."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from monitor.core.decisions import Decision, Incident, IncidentLogged, LossRecorded
from monitor.store.codec import read_incident
from monitor.store.database import Database

_LINE = """
    INSERT INTO incident_log (incident, at, kind, text, author) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
_LOSS = """
    INSERT INTO incident_losses (incident, at, device, what, since, outcome) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (device, what, since) DO UPDATE SET at = excluded.at, outcome = excluded.outcome"""
_CORRECTION = """
    UPDATE incident_losses SET at = ?1, outcome = ?2
    WHERE device = ?3 AND what = ?4 AND (since = ?5 OR (?5 = 0.0 AND outcome = 'showing'))"""
_LINES = """
    SELECT incident, at, kind, text, author FROM incident_log WHERE incident = ? ORDER BY at DESC, id DESC LIMIT ?"""
_LOSSES = """
    SELECT incident, at, device, what, since, outcome FROM incident_losses WHERE incident = ?
    ORDER BY since, device, what LIMIT ?"""
_LOSS_COUNTS = "SELECT what, outcome, count(*) FROM incident_losses WHERE incident = ? GROUP BY what, outcome"


class SqliteTimelines:
    """Timelines in the tables that `0002_operations.sql` made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def incident(self, incident: str) -> Incident | None:
        """One incident, open or over; None if there is none of this id."""
        rows = await self._database.read("SELECT body FROM incidents WHERE id = ?", (incident,))
        return read_incident(rows[0][0]) if rows else None

    async def lines(self, incident: str, *, limit: int) -> Sequence[IncidentLogged]:
        """The latest lines of a timeline, oldest first."""
        return [IncidentLogged(*row) for row in reversed(await self._database.read(_LINES, (incident, limit)))]

    async def losses(self, incident: str, *, limit: int) -> Sequence[LossRecorded]:
        """What an incident cost, the earliest first."""
        return [LossRecorded(*row) for row in await self._database.read(_LOSSES, (incident, limit))]

    async def loss_counts(self, incident: str) -> Mapping[tuple[str, str], int]:
        """How much an incident cost, by what was lost and by what is known of it now."""
        counts: Counter[tuple[str, str]] = Counter()
        for what, outcome, number in await self._database.read(_LOSS_COUNTS, (incident,)):
            counts[kind_of_loss(what), outcome] += number
        return counts


def timeline_writes(decisions: Iterable[Decision]) -> Iterator[tuple[str, Iterable[tuple[Any, ...]]]]:
    """Lines and losses of a step: statements with their rows. Corrections come after what they may correct."""
    made = list(decisions)
    lines = [each for each in made if isinstance(each, IncidentLogged)]
    losses = [each for each in made if isinstance(each, LossRecorded)]
    yield _LINE, [(each.incident, each.at, each.kind, each.text, each.author) for each in lines]
    yield (
        _LOSS,
        [
            (each.incident, each.at, each.device, each.what, each.since, each.outcome)
            for each in losses
            if each.incident
        ],
    )
    yield (
        _CORRECTION,
        [(each.at, each.outcome, each.device, each.what, each.since) for each in losses if not each.incident],
    )


def kind_of_loss(what: str) -> str:
    """What was lost, without which meal it was."""
    return "meal" if what.startswith("meal ") else what
