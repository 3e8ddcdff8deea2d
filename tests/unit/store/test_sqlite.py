import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from monitor.core.decisions import StatusChanged
from monitor.store.errors import explain, needs_reconnect
from monitor.store.protocol import SchemaTooNewError, Step, StoreError
from monitor.store.settings import StoreSettings
from monitor.store.sqlite import SqliteStore
from tests.unit.store.steps import alert, owing, row, status


def sql(path: Path, statement: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return connection.execute(statement).fetchall()


async def test_a_new_database_is_readable_by_its_owner_only(sqlite: SqliteStore, settings: StoreSettings) -> None:
    await sqlite.commit(Step(at=1.0))
    for path in settings.path.parent.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name


async def test_a_database_of_a_newer_version_is_refused_by_name(sqlite: SqliteStore, settings: StoreSettings) -> None:
    await sqlite.close()
    sql(settings.path, "PRAGMA user_version = 9999")
    with pytest.raises(SchemaTooNewError, match=r"hearthbeat\.db was written by a newer .* version 9999, .* up to \d+"):
        await sqlite.open()


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    store = SqliteStore(StoreSettings(path=tmp_path / "nowhere" / "x.db"))
    with pytest.raises(StoreError, match=r"the folder .*nowhere does not exist; create it first"):
        await store.open()


async def test_a_folder_instead_of_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="which is a folder; name a file in it"):
        await SqliteStore(StoreSettings(path=tmp_path)).open()


async def test_a_file_that_is_no_database_is_left_alone(settings: StoreSettings) -> None:
    settings.path.write_text("a shopping list, and long enough to be mistaken for something else\n" * 20)
    store = SqliteStore(settings)
    with pytest.raises(StoreError, match="is not an SQLite database"):
        await store.open()
    await store.close()
    assert settings.path.read_text().startswith("a shopping list")


async def test_a_full_disk_is_explained_and_overcome(sqlite: SqliteStore) -> None:
    await sqlite.commit(Step(at=1.0))
    async with sqlite._database.transaction() as connection:
        pages = (await (await connection.execute("PRAGMA page_count")).fetchone())[0]  # type: ignore[index]
        await connection.execute(f"PRAGMA max_page_count = {pages}")
    big = Step(at=2.0, devices=[row(f"acme/{number}", note="x" * 1000) for number in range(100)])
    with pytest.raises(StoreError, match=r"the disk is full\. Free some space"):
        await sqlite.commit(big)
    async with sqlite._database.transaction() as connection:
        await connection.execute("PRAGMA max_page_count = 1000000")
    await sqlite.commit(big)
    saved = await sqlite.open()
    assert len(saved.devices) == 100


async def test_nothing_of_a_step_that_failed_is_there(sqlite: SqliteStore, settings: StoreSettings) -> None:
    await sqlite.commit(Step(at=1.0, devices=[row("acme/before")]))
    nonsense = StatusChanged("acme/x", 2.0, None, "late", "")  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="NOT NULL constraint failed"):
        await sqlite.commit(Step(at=2.0, devices=[row("acme/during")], decisions=[nonsense]))
    assert sql(settings.path, "SELECT id FROM devices") == [("acme/before",)]
    await sqlite.commit(Step(at=3.0, devices=[row("acme/after")]))
    assert sql(settings.path, "SELECT id FROM devices ORDER BY id") == [("acme/after",), ("acme/before",)]


async def test_a_locked_database_is_explained_and_overcome(sqlite: SqliteStore, settings: StoreSettings) -> None:
    with contextlib.closing(sqlite3.connect(settings.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="is locked by another program"):
            await sqlite.commit(owing(alert()))
        assert await sqlite.owed("night-shift", 100.0, 10) == [], "reading goes on while the file is locked"
    await sqlite.commit(owing(alert()))
    assert len(await sqlite.owed("night-shift", 100.0, 10)) == 1


async def test_a_database_that_vanished_takes_no_writes_until_it_is_back(
    sqlite: SqliteStore, settings: StoreSettings
) -> None:
    await sqlite.commit(Step(at=1.0, devices=[row("acme/a")]))
    elsewhere = settings.path.with_name("elsewhere.db")
    settings.path.rename(elsewhere)
    with pytest.raises(StoreError, match="was moved, deleted or replaced"):
        await sqlite.commit(Step(at=2.0))
    assert not settings.path.exists(), "an empty database in its place would hide the loss"
    elsewhere.rename(settings.path)
    await sqlite.commit(Step(at=3.0))


async def test_after_doubt_about_the_connection_a_new_one_is_made(sqlite: SqliteStore) -> None:
    await sqlite.commit(owing(alert()))
    writer = sqlite._database._writer
    with pytest.raises(StoreError, match="did not take the write"):
        async with sqlite._database.transaction() as connection:
            await connection.execute("not a statement")
    assert sqlite._database._writer is None
    await sqlite.commit(owing(alert("b")))
    assert sqlite._database._writer is not writer
    assert len(await sqlite.owed("night-shift", 100.0, 10)) == 2


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 10])
async def test_a_cancelled_step_leaves_no_transaction_open(sqlite: SqliteStore, turns: int) -> None:
    many = Step(at=1.0, devices=[row(f"acme/{number}") for number in range(2000)])
    task = asyncio.create_task(sqlite.commit(many))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await sqlite.commit(Step(at=2.0, decisions=[status(2.0, "online", "new")]))
    assert len(await sqlite.history("acme/feeder-1", limit=10)) == 1


async def test_a_row_that_cannot_be_understood_does_not_prevent_the_start(
    sqlite: SqliteStore, settings: StoreSettings
) -> None:
    await sqlite.commit(Step(at=1.0, devices=[row("acme/good"), row("acme/bad"), row("acme/odd")]))
    sql(settings.path, "UPDATE devices SET body = '{' WHERE id = 'acme/bad'")
    sql(settings.path, "UPDATE devices SET body = '[]' WHERE id = 'acme/odd'")
    saved = await sqlite.open()
    assert saved.devices == [row("acme/good")]
    assert saved.unreadable == ("device acme/bad", "device acme/odd")


async def test_commits_that_meet_do_not_mix(sqlite: SqliteStore) -> None:
    await asyncio.gather(*(sqlite.commit(owing(alert(f"k{number}"), at=float(number))) for number in range(20)))
    assert len(await sqlite.owed("night-shift", 100.0, 100)) == 20


async def test_a_relative_path_with_odd_characters_is_opened_as_it_is(tmp_path: Path) -> None:
    with contextlib.chdir(tmp_path):
        store = SqliteStore(StoreSettings(path=Path("what? 100%#.db")))
        await store.open()
        await store.close()
    assert (tmp_path / "what? 100%#.db").stat().st_size > 0


def test_a_database_that_can_only_be_read_is_explained(settings: StoreSettings) -> None:
    sql(settings.path, "CREATE TABLE t (x)")
    with (
        contextlib.closing(sqlite3.connect(f"{settings.path.as_uri()}?mode=ro", uri=True)) as connection,
        pytest.raises(sqlite3.OperationalError) as refused,
    ):
        connection.execute("INSERT INTO t VALUES (1)")
    assert "cannot be written. Check owner and permissions" in str(explain(refused.value, "x.db"))
    assert needs_reconnect(refused.value)
