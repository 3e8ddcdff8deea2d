import asyncio
from pathlib import Path

from monitor.egress.book import SqliteBook
from monitor.egress.lines import Line
from monitor.store.protocol import Step
from monitor.store.settings import StoreSettings
from monitor.store.sqlite import SqliteStore
from tests.unit.cli.conftest import Type


async def _filled(path: Path) -> None:
    store = SqliteStore(StoreSettings(path=path))
    await store.open()
    await store.commit(Step(at=1.0))
    await store.close()


def test_a_backup_is_made_and_its_size_told(type_in: Type, tmp_path: Path) -> None:
    asyncio.run(_filled(tmp_path / "hearthbeat.db"))
    ended = type_in("backup", "copy.db")
    assert ended.code == 0
    assert ended.out == "copy.db: 0.2 MB, sound\n"
    assert (tmp_path / "copy.db").stat().st_size > 0


def test_the_ledger_is_copied_beside_the_database(type_in: Type, tmp_path: Path) -> None:
    asyncio.run(_filled(tmp_path / "hearthbeat.db"))
    key = b"k" * 32
    book = SqliteBook(tmp_path / "hearthbeat.ledger", key)
    book.append([Line(1, "s1", "pager", "alert", "sent")])
    ended = type_in("backup", "copy.db")
    assert [line.partition(":")[0] for line in ended.out.splitlines()] == ["copy.db", "copy.ledger"]
    book.append([Line(1, "s1", "pager", "alert", "sent")])
    book.close()
    assert SqliteBook(tmp_path / "copy.ledger", key).extent()[0] == 1


def test_an_existing_file_is_replaced_only_by_force(type_in: Type, tmp_path: Path) -> None:
    asyncio.run(_filled(tmp_path / "hearthbeat.db"))
    (tmp_path / "copy.db").write_text("precious")
    ended = type_in("backup", "copy.db")
    assert ended.code == 1
    assert "copy.db exists already; choose another name, or say --force" in ended.err
    assert type_in("backup", "copy.db", "--force").code == 0


def test_without_a_database_there_is_nothing_to_back_up(type_in: Type) -> None:
    ended = type_in("backup", "copy.db")
    assert (ended.code, ended.err) == (
        1,
        "There is no database at hearthbeat.db; name the right file in store.path.\n",
    )
