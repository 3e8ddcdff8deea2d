"""A copy of the database while the monitor runs."""

import contextlib
import os
import sqlite3
from pathlib import Path

from monitor.store.errors import explain
from monitor.store.protocol import StoreError


def backup(source: Path, target: Path, *, replace: bool = False) -> int:
    """Copy a database, whole or not at all, and return the copy's size in bytes. Raises StoreError."""
    if not source.is_file():
        raise StoreError(f"There is no database at {source}; name the right file in store.path.")
    if target.exists() and not replace:
        raise StoreError(f"{target} exists already; choose another name, or say --force to replace it.")
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        _make_private(unfinished)
        _copy(source, unfinished)
        unfinished.replace(target)
    except sqlite3.Error as error:
        raise explain(error, str(source)) from error
    except OSError as error:
        raise StoreError(f"The backup {target} cannot be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def _make_private(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _copy(source: Path, target: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as original,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        original.backup(copy)
        # A copy that a restore cannot rely on is worse than none.
        damage = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if damage != "ok":
            raise sqlite3.DatabaseError(f"the copy is damaged: {damage}")
