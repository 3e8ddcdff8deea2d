import contextlib
import sqlite3
from pathlib import Path

import aiosqlite
import pytest

from monitor.store.migrate import migrate, migrations, schema_version


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [step.number for step in migrations()] == list(range(1, len(migrations()) + 1))


async def test_a_database_is_brought_up_to_date_once(tmp_path: Path) -> None:
    async with aiosqlite.connect(tmp_path / "x.db", isolation_level=None) as connection:
        await migrate(connection, "x.db")
        assert await schema_version(connection) == len(migrations())
        await migrate(connection, "x.db")
        assert await schema_version(connection) == len(migrations())


async def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "x.db")) as other:
        # Something in the way of the last table that the first migration makes.
        other.execute("CREATE TABLE deliveries (mine)")
    async with aiosqlite.connect(tmp_path / "x.db", isolation_level=None) as connection:
        with pytest.raises(sqlite3.OperationalError, match="already exists"):
            await migrate(connection, "x.db")
    with contextlib.closing(sqlite3.connect(tmp_path / "x.db")) as after:
        assert after.execute("SELECT name FROM sqlite_schema").fetchall() == [("deliveries",)]
        assert after.execute("PRAGMA user_version").fetchone() == (0,)
