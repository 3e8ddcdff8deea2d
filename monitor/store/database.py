"""One SQLite file with two connections: one that writes, one that only reads and so never waits for a write."""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiosqlite

from monitor.store.errors import explain, needs_reconnect
from monitor.store.migrate import migrate
from monitor.store.protocol import StoreError

Row = Sequence[Any]


class Database:
    """Transactions and reads. Every trouble is a StoreError; the next use tries again, reconnecting if need be."""

    def __init__(self, path: Path, *, busy_seconds: float = 2.0) -> None:
        self.path = path
        self._busy_seconds = busy_seconds
        self._turn = asyncio.Lock()
        self._opening_reader = asyncio.Lock()
        self._writer: aiosqlite.Connection | None = None
        self._reader: aiosqlite.Connection | None = None
        self._inode: tuple[int, int] | None = None

    async def open(self) -> None:
        """Create the file if there is none, readable by its owner only, and bring its schema up to date."""
        _create(self.path)
        async with self._turn:
            with self._explained():
                await self._drop_writer()
                self._inode = _inode(self.path)
                connection = await self._writing()
                await migrate(connection, str(self.path))
                # A file that can only be read is better refused now than at the first verdict.
                await connection.executescript("BEGIN IMMEDIATE; ROLLBACK;")

    async def close(self) -> None:
        """Close both connections, after what is going on."""
        async with self._turn:
            await self._drop_writer()
            await self._drop_reader()

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """All or nothing. Raises StoreError; then nothing of it was written."""
        async with self._turn:
            with self._explained():
                self._be_sure_of_the_file()
                connection = await self._writing()
                try:
                    await connection.execute("BEGIN IMMEDIATE")
                    yield connection
                    await connection.execute("COMMIT")
                except BaseException as error:
                    await self._undo(connection, error)
                    raise

    async def scrub(self) -> None:
        """Move everything from the log beside the file into it, so that what was deleted is in neither."""
        async with self._turn:
            with self._explained():
                await (await self._writing()).execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    async def read(self, sql: str, parameters: Iterable[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """Rows as they were last committed."""
        given = parameters if isinstance(parameters, dict) else tuple(parameters)
        with self._explained():
            try:
                return list(await (await self._reading()).execute_fetchall(sql, given))
            except sqlite3.Error as error:
                if needs_reconnect(error):
                    await self._drop_reader()
                raise

    async def _writing(self) -> aiosqlite.Connection:
        if self._writer is None:
            self._writer = await self._connect()
        return self._writer

    async def _reading(self) -> aiosqlite.Connection:
        async with self._opening_reader:
            if self._reader is None:
                self._reader = await self._connect("PRAGMA query_only = ON")
            return self._reader

    async def _connect(self, *pragmas: str) -> aiosqlite.Connection:
        # mode=rw: a file that vanished is an error, not a new and empty memory.
        uri = f"{self.path.absolute().as_uri()}?mode=rw"
        connection = await aiosqlite.connect(uri, uri=True, isolation_level=None, timeout=self._busy_seconds)
        try:
            for pragma in (
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = NORMAL",
                "PRAGMA foreign_keys = ON",
                *pragmas,
            ):
                await connection.execute_fetchall(pragma)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _undo(self, connection: aiosqlite.Connection, error: BaseException) -> None:
        # Asked for blindly: after a cancellation the BEGIN may still be on its way to the connection's thread.
        with contextlib.suppress(sqlite3.Error):
            await connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error) and needs_reconnect(error):
            await self._drop_writer()

    async def _drop_writer(self) -> None:
        connection, self._writer = self._writer, None
        await _close(connection)

    async def _drop_reader(self) -> None:
        connection, self._reader = self._reader, None
        await _close(connection)

    def _be_sure_of_the_file(self) -> None:
        if _inode(self.path) != self._inode:
            raise StoreError(
                f"The database {self.path} was moved, deleted or replaced while Hearthbeat runs; nothing is written. "
                "Put it back, or restart Hearthbeat to go on with what is there now."
            )

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise explain(error, str(self.path)) from error


def _create(path: Path) -> None:
    """Make an empty file that only its owner may read, unless there is one."""
    if path.parent.exists() and not path.parent.is_dir():
        raise StoreError(f"store.path is {path}, but {path.parent} is a file; name a folder that exists.")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if path.is_dir():
            raise StoreError(f"store.path is {path}, which is a folder; name a file in it.") from None
    except OSError as error:
        if not path.parent.exists():
            raise StoreError(
                f"store.path is {path}, but the folder {path.parent} does not exist; create it first."
            ) from None
        raise StoreError(
            f"The database {path} cannot be created ({error.strerror}). Check that this user may write in "
            f"{path.parent}, or name another file in store.path."
        ) from None


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


async def _close(connection: aiosqlite.Connection | None) -> None:
    if connection is not None:
        with contextlib.suppress(sqlite3.Error):
            await connection.close()
