import contextlib
import sqlite3
from pathlib import Path

import pytest

from monitor.store.protocol import StoreError
from monitor.store.settings import StoreSettings
from monitor.store.sqlite import SqliteStore
from monitor.store.trial import try_store


async def test_a_store_in_use_answers(sqlite: SqliteStore, settings: StoreSettings) -> None:
    assert await sqlite.debts(0.0) == {}
    assert try_store(settings) == ""


def test_a_store_that_can_be_made_answers_and_is_not_made(settings: StoreSettings) -> None:
    assert try_store(settings) == ""
    assert not settings.path.exists()


def test_a_missing_folder_is_named(settings: StoreSettings) -> None:
    elsewhere = settings.model_copy(update={"path": settings.path.parent / "nowhere" / "x.db"})
    assert "nowhere does not exist; create it first" in try_store(elsewhere)


async def test_a_folder_that_takes_no_files_is_not_called_missing(settings: StoreSettings) -> None:
    elsewhere = settings.model_copy(update={"path": Path("/proc/hearthbeat.db")})
    assert try_store(elsewhere) == "store.path is /proc/hearthbeat.db, but this user may not write in /proc."
    with pytest.raises(StoreError, match=r"cannot be created .* this user may write in /proc"):
        await SqliteStore(elsewhere).open()


@pytest.mark.slow
def test_a_locked_store_says_so(settings: StoreSettings) -> None:
    with contextlib.closing(sqlite3.connect(settings.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "is locked by another program" in try_store(settings)


def test_a_store_of_a_newer_version_says_so(settings: StoreSettings) -> None:
    with contextlib.closing(sqlite3.connect(settings.path)) as other:
        other.execute("PRAGMA user_version = 9999")
    assert "written by a newer Hearthbeat: its schema is version 9999" in try_store(settings)


def test_something_else_is_called_so(settings: StoreSettings) -> None:
    settings.path.write_text("certainly no database, and long enough to be looked at\n" * 30)
    assert "is not an SQLite database" in try_store(settings)
