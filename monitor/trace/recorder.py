"""Writes a trace while the monitor runs: contract fields only, spells of blindness as lines about the link.

Replay takes the monitor's own path to be sound unless a line says otherwise, so a blind spell must begin in the trace
at the last echo that came back, not when its absence was noticed. Lines therefore wait until an echo confirms them.
"""

import contextlib
import errno
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from monitor.core.observations import Echo, LinkChanged, Observation, SightChanged
from monitor.core.settings import SightSettings
from monitor.trace.lines import LineError, moment_of, read_line, write_end, write_line, write_link

log = structlog.get_logger()

TAIL_BYTES = 65_536


class Recorder:
    """Appends to a trace file, which only its owner may read. A disk that fails ends the recording, not the monitor."""

    def __init__(self, path: Path, sight: SightSettings) -> None:
        self._path = path
        self._blind_after = sight.blind_after_seconds
        self._waiting: list[tuple[float, str]] = []
        self._sees = False
        self._echo_at = 0.0
        self._began = False
        self._last_at = float("-inf")
        self._file: int | None = None

    def __enter__(self) -> Self:
        """Open the file, or go on with a trace that is there. Raises OSError."""
        tail = _tail(self._path)
        before = _last_moment(tail)
        if tail and before is None and self._path.is_file():
            raise FileExistsError(errno.EEXIST, "there is such a file and it is not a trace", str(self._path))
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if before is not None:
            if not tail.endswith("\n"):
                os.write(self._file, b"\n")
            # Between the two recordings nobody watched.
            self._begin(before)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Write what still waits, and until when the way was known to be sound: silence until then is observed too."""
        self._write(self._waiting)
        if self._sees:
            ended = max(self._last_at, self._echo_at)
            self._write([(ended, write_end(ended))])
        self._close()

    def __call__(self, observations: Sequence[Observation]) -> None:
        """Record what the engine is about to be given."""
        for observation in observations:
            at = observation.at
            if not self._began:
                self._begin(at)
            if self._sees and at >= self._echo_at + self._blind_after:
                self._lose_sight()
            match observation:
                case Echo():
                    self._confirm(at)
                case LinkChanged(up=False) | SightChanged(blind=True):
                    self._lose_sight()
                case _:
                    self._keep(observation)

    def _begin(self, at: float) -> None:
        """Until the first echo nothing is known to be read."""
        self._began = True
        self._write([(at, write_link(at, up=False))])

    def _keep(self, observation: Observation) -> None:
        line = write_line(observation)
        if line is not None:
            self._waiting.append((observation.at, line))
        if not self._sees:
            self._release()

    def _confirm(self, at: float) -> None:
        self._release()
        if not self._sees:
            self._write([(at, write_link(at, up=True))])
        self._sees, self._echo_at = True, at

    def _lose_sight(self) -> None:
        if self._sees:
            self._sees = False
            self._waiting.insert(0, (self._echo_at, write_link(self._echo_at, up=False)))
        self._release()

    def _release(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._write(waiting)

    def _write(self, lines: Sequence[tuple[float, str]]) -> None:
        if self._file is None or not lines:
            return
        text = ""
        for at, line in lines:
            text += _not_before(self._last_at, at, line) + "\n"
            self._last_at = max(self._last_at, at)
        try:
            os.write(self._file, text.encode(errors="surrogatepass"))
        except OSError as error:
            log.error("recording_ended", file=str(self._path), error=error.strerror)  # noqa: TRY400 -- a full disk
            self._close()

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _not_before(last_at: float, at: float, line: str) -> str:
    """The line, moved to the moment of the one before it if it is earlier: time never goes back in a trace."""
    return line if at >= last_at else line.replace(f'"at":{at!r}', f'"at":{last_at!r}', 1)


def _tail(path: Path) -> str:
    """The end of the recording that is there; empty if there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            return file.read(TAIL_BYTES).decode(errors="replace")
    except FileNotFoundError:
        return ""


def _last_moment(tail: str) -> float | None:
    """When the recording that is there ended."""
    for line in reversed(tail.splitlines()):
        with contextlib.suppress(LineError):
            return moment_of(read_line(line))
    return None
