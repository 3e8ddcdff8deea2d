"""Deliveries that an older version owed are still owed, in their order, after an update."""

from __future__ import annotations

from pathlib import Path

import aiosqlite

from monitor.store.codec import write_alert
from monitor.store.migrate import migrations
from monitor.store.settings import StoreSettings
from monitor.store.sqlite import SqliteStore
from tests.unit.store.steps import alert

OLD = """
    INSERT INTO deliveries (receiver, alert, idempotency_key, owed_at, due_at, attempts, outcome, finished_at, body)
    VALUES ('phone', 'a', ?, 100.0, 130.0, ?, ?, ?, ?)"""


async def test_what_was_owed_before_an_update_is_owed_after_it(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        await connection.executescript(f"BEGIN; {migrations()[0].sql} PRAGMA user_version = 1; COMMIT;")
        body = write_alert(alert())
        await connection.execute("INSERT INTO alerts VALUES ('a', 'DeviceOffline', 'firing', 100.0, 100.0, ?)", (body,))
        await connection.execute(OLD, ("k1", 0, "delivered", 101.0, body))
        await connection.execute(OLD, ("k2", 3, "owed", None, write_alert(alert(state="resolved"))))
    store = SqliteStore(StoreSettings(path=path))
    await store.open()
    [left] = await store.owed("phone", 130.0, 10)
    assert (left.idempotency_key, left.attempts, left.wanted_at, left.state) == ("k2", 3, 100.0, "resolved")
    assert (left.told, left.reason, left.bundle, left.thread) == (True, "alert", "", "i-1")
    assert [sent.outcome for sent in await store.deliveries_of("i-1", limit=10)] == ["owed", "delivered"]
    await store.close()
