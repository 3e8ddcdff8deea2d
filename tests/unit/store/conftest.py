"""Every kind of store, so that one suite judges them all; and the two of SQLite alone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from monitor.store.memory import MemoryStore
from monitor.store.protocol import Saved, Store
from monitor.store.settings import Retention, StoreSettings
from monitor.store.sqlite import SqliteStore

RETENTION = Retention(status_changes=10, counts=2, incidents=30, alerts=20)

Reopen = Callable[[], Awaitable[tuple[Store, Saved]]]


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    return StoreSettings(path=tmp_path / "hearthbeat.db", retention=RETENTION)


@pytest.fixture
async def sqlite(settings: StoreSettings) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(settings, busy_seconds=0.05)
    await store.open()
    yield store
    await store.close()


@pytest.fixture(params=["sqlite", "memory"])
async def store(request: pytest.FixtureRequest, settings: StoreSettings) -> AsyncIterator[Store]:
    made: Store = SqliteStore(settings) if request.param == "sqlite" else MemoryStore(RETENTION)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def reopen(store: Store, settings: StoreSettings) -> AsyncIterator[Reopen]:
    """Stop, start again, and hand back what a restarted monitor finds."""
    again: list[Store] = []

    async def close_and_open() -> tuple[Store, Saved]:
        await store.close()
        again.append(SqliteStore(settings) if isinstance(store, SqliteStore) else store)
        return again[-1], await again[-1].open()

    yield close_and_open
    for made in again:
        await made.close()
