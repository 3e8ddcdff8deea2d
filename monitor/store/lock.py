"""One daemon for each database: two would both judge, and both tell people."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from monitor.store.protocol import StoreError


@contextlib.contextmanager
def sole_user(path: Path) -> Iterator[None]:
    """Hold the database at `path` for this process; raises StoreError if another process holds it.

    The lock is on a file beside it and belongs to the process, so that it is gone however the process ends. Readers and
    backups do not need it. Where that file cannot be made, nothing is held: the store will say what is wrong there.
    """
    beside = path.resolve().with_name(f"{path.resolve().name}.lock")
    try:
        descriptor = os.open(beside, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError:
        yield
        return
    try:
        _take(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        raise StoreError(
            f"The database {path} is in use by another Hearthbeat (process {holder}). Stop that one, or name another "
            "file in store.path."
        ) from None
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
