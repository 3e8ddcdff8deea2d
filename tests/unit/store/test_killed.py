"""kill -9 at any moment: what is on disk is whole steps, all those that were reported as written among them."""

import asyncio
import contextlib
import random
import sqlite3
import sys
from pathlib import Path

import pytest

from monitor.store.settings import StoreSettings
from monitor.store.sqlite import SqliteStore

WRITER = """
import asyncio, sys
from pathlib import Path
from monitor.core.decisions import StatusChanged
from monitor.store.protocol import Step
from monitor.store.settings import StoreSettings
from monitor.store.sqlite import SqliteStore
from tests.unit.store.steps import alert, owing, row

async def main():
    store = SqliteStore(StoreSettings(path=Path(sys.argv[1])))
    saved = await store.open()
    number = int(saved.saved_at or 0)
    while True:
        number += 1
        owed = owing(alert(f"k{number}"), at=float(number))
        changed = StatusChanged("acme/d", float(number), "late", "online", "")
        rows = [row(f"acme/{index}", step=number) for index in range(20)]
        await store.commit(Step(float(number), [*owed.decisions, changed], rows, {"step": number}, owed.letters))
        print(number, flush=True)

asyncio.run(main())
"""


async def reported_before_kill(database: Path, steps: int) -> int:
    """Run the writer until it has reported so many more steps, kill it, and return the last step it reported."""
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(database), stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    for _ in range(steps):
        assert await writer.stdout.readline(), "the writer ended by itself"
    writer.kill()
    rest = (await writer.stdout.read()).split()
    await writer.wait()
    return int(rest[-1]) if rest else steps


@pytest.mark.slow
async def test_after_kill_9_every_step_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    database = tmp_path / "hearthbeat.db"
    chance = random.Random(9)
    for _ in range(6):
        reported = await reported_before_kill(database, chance.randrange(2, 60))
        with contextlib.closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        store = SqliteStore(StoreSettings(path=database))
        saved = await store.open()
        assert saved.saved_at is not None
        written = int(saved.saved_at)
        assert written >= reported
        assert saved.engine == {"step": written}
        assert {device["step"] for device in saved.devices} == {written}
        assert {made.key for made in saved.alerts} == {f"k{number}" for number in range(1, written + 1)}
        owed = await store.owed("night-shift", float(written), 1_000_000)
        assert [delivery.alert.key for delivery in owed] == [f"k{number}" for number in range(1, written + 1)]
        assert len(await store.history("acme/d", limit=1_000_000)) == written
        await store.close()
