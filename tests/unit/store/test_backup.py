from pathlib import Path

import pytest

from monitor.store.backup import backup
from monitor.store.protocol import Step, StoreError
from monitor.store.settings import StoreSettings
from monitor.store.sqlite import SqliteStore
from tests.unit.store.steps import alert, owing, row


async def test_a_backup_taken_while_the_store_is_open_is_whole(sqlite: SqliteStore, settings: StoreSettings) -> None:
    await sqlite.commit(Step(at=1.0, devices=[row("acme/a")]))
    await sqlite.commit(owing(alert(), at=2.0))
    target = settings.path.with_name("copy.db")
    size = backup(settings.path, target)
    assert size == target.stat().st_size > 0
    assert target.stat().st_mode & 0o077 == 0
    copy = SqliteStore(StoreSettings(path=target))
    saved = await copy.open()
    assert (saved.saved_at, saved.devices, saved.alerts) == (2.0, [row("acme/a")], [alert()])
    await copy.close()


@pytest.mark.usefixtures("sqlite")
async def test_a_backup_replaces_only_when_told_to(settings: StoreSettings) -> None:
    target = settings.path.with_name("copy.db")
    target.write_text("precious")
    with pytest.raises(StoreError, match="exists already"):
        backup(settings.path, target)
    assert target.read_text() == "precious"
    backup(settings.path, target, replace=True)
    assert target.read_bytes().startswith(b"SQLite format 3")


def test_a_backup_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no database at"):
        backup(tmp_path / "never.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_of_something_else_leaves_nothing_behind(tmp_path: Path) -> None:
    source = tmp_path / "notes.txt"
    source.write_text("not a database at all, but long enough to be looked into\n" * 30)
    with pytest.raises(StoreError, match="is not an SQLite database"):
        backup(source, tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.usefixtures("sqlite")
async def test_a_backup_into_a_missing_folder_is_explained(settings: StoreSettings) -> None:
    with pytest.raises(StoreError, match=r"cannot be written: No such file or directory"):
        backup(settings.path, settings.path.parent / "nowhere" / "copy.db")
