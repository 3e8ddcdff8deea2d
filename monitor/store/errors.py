"""What SQLite complains about, in words that tell a stranger what to do."""

import sqlite3

from monitor.store.protocol import StoreError

_PRIMARY = 0xFF
"""Extended result codes carry the primary one in their low byte."""

_BUSY = "is locked by another program. Close it, or wait until it is done (a copy, an SQL shell, a second Hearthbeat)."
_READONLY = (
    "cannot be written. Check owner and permissions of the file and its folder, "
    "and that the disk is not mounted read-only."
)
_DAMAGED = "is damaged. Stop Hearthbeat, move the file away, and restore a backup or begin with a new file."

_ADVICE = {
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full. Free some space; Hearthbeat goes on by itself.",
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: _READONLY,
    sqlite3.SQLITE_PERM: _READONLY,
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened. Check that its folder exists, that this user may write there, "
        "and that the disk is not mounted read-only."
    ),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: "is not an SQLite database. Name another file in store.path, or move this one away.",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk reports an error. Check the disk and the system's log.",
}

_SOUND = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CONSTRAINT}
"""After these a rollback is enough; after any other the connection is made anew."""


def explain(error: sqlite3.Error, path: str) -> StoreError:
    """The StoreError for what SQLite reports about the database at `path`."""
    advice = _ADVICE.get(_code(error), "did not take the write.")
    return StoreError(f"The database {path} {advice} (SQLite: {error})")


def needs_reconnect(error: BaseException) -> bool:
    """Whether the connection itself is in doubt."""
    return not (isinstance(error, sqlite3.Error) and _code(error) in _SOUND)


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & _PRIMARY
