"""One daemon for each database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.store.lock import sole_user
from monitor.store.protocol import StoreError

HOLDER = """
import sys
from pathlib import Path
from monitor.store.lock import sole_user
with sole_user(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_user_is_refused_by_name_of_the_file_and_the_process(tmp_path: Path) -> None:
    database = tmp_path / "hearthbeat.db"
    link = tmp_path / "link.db"
    link.symlink_to(database)
    with sole_user(database):
        for path in (database, link):
            refused = rf"{path} is in use by another Hearthbeat \(process {os.getpid()}\)"
            with pytest.raises(StoreError, match=refused), sole_user(path):
                pass
        with sole_user(tmp_path / "other.db"):
            pass
    with sole_user(database):
        pass


def test_a_crash_frees_the_database(tmp_path: Path) -> None:
    database = tmp_path / "hearthbeat.db"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match=f"process {holder.pid}"), sole_user(database):
            pass
        holder.kill()
    with sole_user(database):
        pass


def test_where_no_lock_can_be_made_the_store_has_the_word(tmp_path: Path) -> None:
    with sole_user(tmp_path / "missing" / "hearthbeat.db"):
        pass
