"""Retention: remove what is finished and old, a little at a time so that steps get their turn in between."""

import json
from collections.abc import Mapping

from monitor.store.database import Database
from monitor.store.protocol import Pruned
from monitor.store.settings import Retention

DAY_SECONDS = 86_400.0
ROWS_AT_ONCE = 5000

# Deliveries go before the alerts that they point to. A firing alert or an undelivered one is never removed.
_OLD = {
    "status_changes": "SELECT rowid FROM status_changes WHERE at < ? LIMIT ?",
    "fleet_counts": "SELECT rowid FROM fleet_counts WHERE at < ? LIMIT ?",
    "incidents": "SELECT rowid FROM incidents WHERE resolved_at < ? LIMIT ?",
    "incident_log": """
        SELECT rowid FROM incident_log WHERE at < ?
          AND NOT EXISTS (SELECT 1 FROM incidents WHERE incidents.id = incident_log.incident) LIMIT ?""",
    "incident_losses": """
        SELECT rowid FROM incident_losses WHERE at < ?
          AND NOT EXISTS (SELECT 1 FROM incidents WHERE incidents.id = incident_losses.incident) LIMIT ?""",
    "bulletins": "SELECT rowid FROM bulletins WHERE resolved_at < ? LIMIT ?",
    "deliveries": "SELECT rowid FROM deliveries WHERE outcome <> 'owed' AND finished_at < ? LIMIT ?",
    "alerts": """
        SELECT rowid FROM alerts WHERE state = 'resolved' AND changed_at < ?
          AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.alert = alerts.key) LIMIT ?""",
}


async def run(database: Database, retention: Retention, now: float) -> Pruned:
    """Remove what is too old. Raises StoreError; what was removed until then stays removed."""
    pruned = Pruned(now, {name: await _remove(database, name, days, now) for name, days in _days(retention).items()})
    record = json.dumps({"at": pruned.at, "rows": dict(pruned.rows)})
    async with database.transaction() as connection:
        await connection.execute("INSERT OR REPLACE INTO saved (name, value) VALUES ('pruned', ?)", (record,))
    return pruned


async def last(database: Database) -> Pruned | None:
    """The latest run that finished."""
    rows = await database.read("SELECT value FROM saved WHERE name = 'pruned'")
    return Pruned(**json.loads(rows[0][0])) if rows else None


def _days(retention: Retention) -> Mapping[str, float]:
    return {
        "status_changes": retention.status_changes,
        "fleet_counts": retention.counts,
        "incidents": retention.incidents,
        "incident_log": retention.incidents,
        "incident_losses": retention.incidents,
        "bulletins": retention.incidents,
        "deliveries": retention.alerts,
        "alerts": retention.alerts,
    }


async def _remove(database: Database, table: str, days: float, now: float) -> int:
    removed = 0
    while True:
        async with database.transaction() as connection:
            cursor = await connection.execute(
                f"DELETE FROM {table} WHERE rowid IN ({_OLD[table]})",  # noqa: S608 (both are constants of this file)
                (now - days * DAY_SECONDS, ROWS_AT_ONCE),
            )
        removed += cursor.rowcount
        if cursor.rowcount < ROWS_AT_ONCE:
            return removed
