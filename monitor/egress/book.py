"""The ledger's own SQLite file: a chain of lines that is only ever added to, and shortened at its old end."""

import contextlib
import hashlib
import hmac
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from monitor.egress.ledger import LedgerError
from monitor.egress.lines import BEFORE_THE_FIRST, Line, Seal, link

SCHEMA_VERSION = 1
SCHEMA = (
    """CREATE TABLE lines (
        number INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, sending TEXT NOT NULL, receiver TEXT NOT NULL,
        purpose TEXT NOT NULL, outcome TEXT NOT NULL, tenants TEXT NOT NULL, fields TEXT NOT NULL,
        size INTEGER NOT NULL, remark TEXT NOT NULL, link BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE anchor (
        one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, link BLOB NOT NULL, signature TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, link BLOB NOT NULL
    ) STRICT""",
    """CREATE TRIGGER lines_are_never_changed BEFORE UPDATE ON lines
        BEGIN SELECT RAISE(ABORT, 'a line of the ledger is never changed'); END""",
    """CREATE TRIGGER lines_leave_only_behind_an_anchor BEFORE DELETE ON lines
        WHEN OLD.number > coalesce((SELECT number FROM anchor), 0)
        BEGIN SELECT RAISE(ABORT, 'a line of the ledger is only removed by retention'); END""",
)
BUSY_SECONDS = 2.0
REMOVED_AT_ONCE = 20_000
VANISHED = "begun here: the file that was in use was moved, deleted or replaced"


class SqliteBook:
    """Lines in a file. Everything blocks and may be called from any thread; troubles are LedgerErrors.

    `key` signs what retention removes; nobody without it can shorten the chain unnoticed.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = signing_key(key)
        self._connection: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None
        self._last_ms = 0
        self._turn = threading.Lock()

    def append(self, lines: Iterable[Line]) -> None:
        """Add lines to the end of the chain, all or none, on the disk when this returns."""
        lines = list(lines)
        with self._turn:
            self._last_ms = lines[0].at_ms if lines else self._last_ms
            with self._transaction() as connection:
                _append(connection, lines)

    def prune(self, before_ms: int, now_ms: int) -> int:
        """Remove the lines at the old end that are older than a moment; a signed anchor says where the chain begins.

        Returns how many were removed. The removal is itself a line.
        """
        removed = 0
        while True:
            with self._turn, self._transaction() as connection:
                count = self._remove_some(connection, before_ms, now_ms)
            removed += count
            if count < REMOVED_AT_ONCE:
                return removed

    def extent(self) -> tuple[int, int | None]:
        """How many lines there are, and when the oldest was written, Unix milliseconds."""
        with self._turn, self._transaction() as connection:
            row = connection.execute("SELECT min(number), max(number) FROM lines").fetchone()
            oldest = connection.execute("SELECT at_ms FROM lines ORDER BY number LIMIT 1").fetchone()
        return (0, None) if row[0] is None else (row[1] - row[0] + 1, oldest[0])

    def close(self) -> None:
        """Release the file."""
        with self._turn:
            self._drop()

    def _remove_some(self, connection: sqlite3.Connection, before_ms: int, now_ms: int) -> int:
        first = connection.execute("SELECT min(number) FROM lines").fetchone()[0]
        young = connection.execute("SELECT min(number) FROM lines WHERE at_ms >= ?", (before_ms,)).fetchone()[0]
        # The last line stays, so that there is always something to hang the next one on.
        last = connection.execute("SELECT max(number) FROM lines").fetchone()[0]
        if first is None or first in (last, young):
            return 0
        upto = min((young or last) - 1, first + REMOVED_AT_ONCE - 1)
        seal = Seal(*connection.execute("SELECT number, link FROM lines WHERE number = ?", (upto,)).fetchone())
        connection.execute(
            "INSERT OR REPLACE INTO anchor VALUES (1, ?, ?, ?)", (seal.number, seal.link, sign(self._key, seal))
        )
        connection.execute("DELETE FROM lines WHERE number <= ?", (upto,))
        _append(connection, [Line(now_ms, "", "", "upkeep", "", remark=f"removed by age up to {seal}")])
        return int(upto - first + 1)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
        except LedgerError:
            self._drop()
            raise
        except sqlite3.Error as error:
            self._drop()
            raise explain(error, self.path) from error

    def _open(self) -> sqlite3.Connection:
        vanished = self._inode is not None and _inode(self.path) != self._inode
        if vanished:
            self._drop()
        if self._connection is None:
            _create(self.path)
            self._connection = connect(self.path)
            _write_ahead(self._connection)
            prepare(self._connection, self.path)
            self._inode = _inode(self.path)
        if vanished:
            self._connection.execute("BEGIN IMMEDIATE")
            _append(self._connection, [Line(self._last_ms, "", "", "upkeep", "", remark=VANISHED)])
            self._connection.execute("COMMIT")
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


def signing_key(key: bytes) -> bytes:
    """A key of its own, so that no signature is ever somebody's pseudonym."""
    return hmac.digest(key, b"egress ledger anchor", hashlib.sha256)


def sign(key: bytes, seal: Seal) -> str:
    """What only the holder of the key can write below an anchor."""
    return hmac.digest(key, str(seal).encode(), hashlib.sha256).hex()


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection to a file that exists. Raises sqlite3.Error."""
    uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new file. Raises LedgerError if a newer program wrote it."""
    connection.execute("BEGIN IMMEDIATE")  # another program may be preparing it at this moment
    version = schema_version(connection)
    if version > SCHEMA_VERSION:
        raise LedgerError(
            f"The egress ledger {path} was written by a newer Hearthbeat: its schema is version {version}, this one "
            f"knows up to {SCHEMA_VERSION}."
        )
    if version == 0:
        for statement in SCHEMA:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION:d}")
    connection.execute("COMMIT")


def schema_version(connection: sqlite3.Connection) -> int:
    """The version of a file's tables, 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def explain(error: sqlite3.Error, path: Path) -> LedgerError:
    """What SQLite reports about the file, in words."""
    return LedgerError(f"The egress ledger {path} cannot be used: {error}. Check the file, its folder and the disk.")


def line_of(row: tuple[Any, ...]) -> tuple[int, Line, bytes]:
    """Number, line and link from a row of `lines`. Raises ValueError if it cannot be understood."""
    number, at_ms, sending, receiver, purpose, outcome, tenants, fields, size, remark, seal = row
    told = Line(at_ms, sending, receiver, purpose, outcome, _names(tenants), _names(fields), size, remark)
    return number, told, seal


def _append(connection: sqlite3.Connection, lines: Iterable[Line]) -> None:
    row = connection.execute("SELECT number, link FROM lines ORDER BY number DESC LIMIT 1").fetchone()
    number, before = row or (0, BEFORE_THE_FIRST)
    for line in lines:
        number += 1
        before = link(before, number, line)
        written = (json.dumps(line.tenants), json.dumps(line.fields), line.size, line.remark, before)
        told = (number, line.at_ms, line.sending, line.receiver, line.purpose, line.outcome)
        connection.execute("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", told + written)
    connection.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", (number, before))


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Have each transaction on the disk when it is done, and readers never wait."""
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError:  # this one does not wait for others by itself
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)
    connection.execute("PRAGMA synchronous = FULL")


def _names(text: str) -> tuple[str, ...]:
    found = json.loads(text)
    if not isinstance(found, list):
        raise ValueError(f"{text} is no list of names")  # noqa: TRY004 -- one kind of error for every unreadable line
    return tuple(map(str, found))


def _create(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise LedgerError(f"The egress ledger {path} cannot be created: {error.strerror}.") from error


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
