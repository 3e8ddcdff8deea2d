"""Tries a configured store out without changing anything that is there."""

import contextlib
import sqlite3
import tempfile
from pathlib import Path

from monitor.store.errors import explain
from monitor.store.migrate import migrations
from monitor.store.settings import StoreSettings

PATIENCE_SECONDS = 2.0


def try_store(settings: StoreSettings) -> str:
    """Why the store is of no use with these settings, for people; empty if it is."""
    path = settings.path
    if not path.exists():
        folder = path.absolute().parent
        if not folder.is_dir():
            return f"store.path is {path}, but the folder {folder} does not exist; create it first."
        return "" if _takes_files(folder) else f"store.path is {path}, but this user may not write in {folder}."
    try:
        uri = f"{path.absolute().as_uri()}?mode=rw"
        connecting = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=PATIENCE_SECONDS)
        with contextlib.closing(connecting) as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        return str(explain(error, str(path)))
    ours = migrations()[-1].number
    if version > ours:
        return (
            f"{path} was written by a newer Hearthbeat: its schema is version {version}, this one knows up to {ours}."
        )
    return ""


def _takes_files(folder: Path) -> bool:
    """Whether a file can be made there: rights alone do not tell, for there are folders such as /proc."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
