"""The store that lasts: one SQLite file."""

import json
from collections.abc import Sequence
from typing import Any

from monitor.core.decisions import Alert, Incident, IncidentKind
from monitor.store import prune
from monitor.store.codec import read_alert, read_all, read_device, read_incident
from monitor.store.database import Database
from monitor.store.deliveries import SqliteLetters
from monitor.store.protocol import (
    AlertState,
    IncidentState,
    Pruned,
    Saved,
    StatusLine,
    Step,
)
from monitor.store.settings import StoreSettings
from monitor.store.sqlite_counts import SqliteCounts
from monitor.store.sqlite_mailing import SqliteMailing, read_bulletin
from monitor.store.sqlite_timelines import SqliteTimelines
from monitor.store.writes import writes

_HISTORY = """
    SELECT at, device, status, previous, reason FROM status_changes WHERE device = ?
    ORDER BY at DESC, id DESC LIMIT ?"""
_INCIDENT_FILTER = {"all": "1", "open": "resolved_at IS NULL", "resolved": "resolved_at IS NOT NULL"}
_ALERT_FILTER = {"all": "1", "firing": "state = 'firing'", "resolved": "state = 'resolved'"}


class SqliteStore(SqliteLetters):
    """Keeps everything in the file that the settings name."""

    def __init__(self, settings: StoreSettings, *, busy_seconds: float = 2.0) -> None:
        super().__init__(Database(settings.path, busy_seconds=busy_seconds))
        self.mailing = SqliteMailing(self._database)
        self.timelines = SqliteTimelines(self._database)
        self.counts = SqliteCounts(self._database)
        self._settings = settings

    async def open(self) -> Saved:
        """Open or create, migrate, and hand back what was saved. Raises StoreError with what to do."""
        await self._database.open()
        unreadable: list[str] = []
        values = dict(await self._pairs("SELECT name, value FROM saved"))
        devices = await self._pairs("SELECT id, body FROM devices ORDER BY id")
        incidents = await self._pairs("SELECT id, body FROM incidents WHERE resolved_at IS NULL ORDER BY opened_at, id")
        alerts = await self._pairs("SELECT key, body FROM alerts WHERE state = 'firing' ORDER BY starts_at, key")
        bulletins = await self.mailing.latest_bulletins()
        return Saved(
            saved_at=float(values["saved_at"]) if "saved_at" in values else None,
            engine=json.loads(values.get("engine", "{}")),
            devices=read_all(devices, read_device, "device", unreadable),
            incidents=read_all(incidents, read_incident, "incident", unreadable),
            alerts=read_all(alerts, read_alert, "alert", unreadable),
            bulletins=read_all(bulletins, read_bulletin, "bulletin", unreadable),
            unreadable=tuple(unreadable),
        )

    async def close(self) -> None:
        """Finish and release the file."""
        await self._database.close()

    async def commit(self, step: Step) -> None:
        """Write a step in one transaction. Raises StoreError; then nothing of it was written."""
        async with self._database.transaction() as connection:
            for sql, rows in writes(step):
                await connection.executemany(sql, rows)

    async def incidents(
        self,
        *,
        limit: int,
        before: float | None = None,
        after: str | None = None,
        state: IncidentState = "all",
        kind: IncidentKind | None = None,
    ) -> Sequence[Incident]:
        """Incidents opened before a moment, newest first; `after` is the id that the page before ended with."""
        sql = f"""
            SELECT body FROM incidents WHERE {_INCIDENT_FILTER[state]}{" AND kind = ?4" if kind else ""}
              AND (?1 IS NULL OR opened_at < ?1)
              AND (?2 IS NULL OR (opened_at, id) < (SELECT opened_at, id FROM incidents WHERE id = ?2))
            ORDER BY opened_at DESC, id DESC LIMIT ?3"""  # noqa: S608 (the filter is one of three constants)
        given = (before, after, limit, kind) if kind else (before, after, limit)
        return [read_incident(row[0]) for row in await self._database.read(sql, given)]

    async def alerts(
        self, *, limit: int, before: float | None = None, after: str | None = None, state: AlertState = "all"
    ) -> Sequence[Alert]:
        """Alerts as they are now, begun before a moment, newest first; `after` is the key that ended the last page."""
        sql = f"""
            SELECT body FROM alerts WHERE {_ALERT_FILTER[state]}
              AND (?1 IS NULL OR starts_at < ?1)
              AND (?2 IS NULL OR (starts_at, key) < (SELECT starts_at, key FROM alerts WHERE key = ?2))
            ORDER BY starts_at DESC, key DESC LIMIT ?3"""  # noqa: S608 (the filter is one of three constants)
        return [read_alert(row[0]) for row in await self._database.read(sql, (before, after, limit))]

    async def history(self, device: str, *, limit: int) -> Sequence[StatusLine]:
        """Past status changes of one device, newest first."""
        return [StatusLine(*row) for row in await self._database.read(_HISTORY, (device, limit))]

    async def prune(self, now: float) -> Pruned:
        """Remove what is older than its retention, and remember having done so."""
        return await prune.run(self._database, self._settings.retention, now)

    async def last_pruned(self) -> Pruned | None:
        """The latest retention run that finished, also one before a restart; None if there was none."""
        return await prune.last(self._database)

    async def _pairs(self, sql: str) -> list[tuple[str, Any]]:
        return [(name, value) for name, value in await self._database.read(sql)]
