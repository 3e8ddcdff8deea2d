"""Counts in SQLite."""

from collections.abc import Sequence

from monitor.core.census import Count
from monitor.store.database import Database

_KEEP = """
    INSERT INTO fleet_counts (at, new, online, late, offline, sleeping, blind) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""
_SINCE = "SELECT at, new, online, late, offline, sleeping, blind FROM fleet_counts WHERE at >= ? ORDER BY at"


class SqliteCounts:
    """Counts in the table that `0005_counts.sql` made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, count: Count) -> None:
        """Keep one count. Raises StoreError."""
        async with self._database.transaction() as connection:
            await connection.execute(_KEEP, (count.at, *count.numbers, count.blind))

    async def since(self, at: float) -> Sequence[Count]:
        """The counts from a moment on, oldest first."""
        rows = await self._database.read(_SINCE, (at,))
        return [Count(moment, tuple(numbers), bool(blind)) for moment, *numbers, blind in rows]
