"""Walks the chain of the ledger, for those who want to know whether it is whole."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.egress.book import connect, explain, line_of, schema_version, sign, signing_key
from monitor.egress.ledger import LedgerError
from monitor.egress.lines import BEFORE_THE_FIRST, Line, Seal, link

LINES_A_BREATH = 500
BEGINNING = Seal(0, BEFORE_THE_FIRST)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a walk along the chain found. `fault` names the first line that does not fit; empty if all do."""

    lines: int = 0
    first_at_ms: int | None = None
    last_at_ms: int | None = None
    head: Seal = BEGINNING
    removed: int = 0
    """Lines that retention removed before the first that is left."""
    fault: str = ""
    met: bool = False
    """Whether the place that was asked for is in the chain."""


def verify(
    path: Path, key: bytes, *, expected: Seal | None = None, breathe: Callable[[], None] = lambda: None
) -> Finding:
    """Walk along the chain in a file and say what was found; with `expected`, that place must be in it.

    `breathe` is called now and then; it may let others have their turn, or end the walk by raising LedgerError, which
    is also raised if there is no such file or it cannot be read at all.
    """
    with reading(path) as connection:
        try:
            return _Walk(connection, signing_key(key), breathe).go(expected)
        except sqlite3.DatabaseError as error:
            return Finding(fault=f"the file is damaged: {error}")


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A consistent view of a ledger that may be written meanwhile. Raises LedgerError."""
    if not path.is_file():
        raise LedgerError(f"There is no egress ledger at {path}; it is made with the first sending.")
    try:
        connection = connect(path, read_only=True)
    except sqlite3.Error as error:
        raise explain(error, path) from error
    with contextlib.closing(connection):
        try:
            if schema_version(connection) == 0:
                raise LedgerError(f"{path} is not an egress ledger.")
            connection.execute("BEGIN")
        except sqlite3.Error as error:
            raise explain(error, path) from error
        yield connection


def lines(connection: sqlite3.Connection, since_ms: int = 0) -> Iterator[tuple[int, Line, bytes]]:
    """Number, line and link of each line, oldest first. Raises ValueError at one that cannot be understood."""
    for row in connection.execute("SELECT * FROM lines WHERE at_ms >= ? ORDER BY number", (since_ms,)):
        yield line_of(row)


class _Walk:
    def __init__(self, connection: sqlite3.Connection, key: bytes, breathe: Callable[[], None]) -> None:
        self._connection = connection
        self._key = key
        self._breathe = breathe

    def go(self, expected: Seal | None) -> Finding:
        anchor, fault = self._anchor()
        place = anchor
        met = expected in (None, anchor)
        count, first, last = 0, None, None
        removal_told, told = anchor.number == 0, f" {anchor}"
        rows = self._connection.execute("SELECT * FROM lines ORDER BY number")
        for row in rows:
            if fault:
                break
            try:
                number, line, written = line_of(row)
            except ValueError:
                fault = f"line {row[0]} cannot be understood"
                break
            if number != place.number + 1:
                fault = f"line {place.number + 1} is missing; after line {place.number} comes line {number}"
            elif written != link(place.link, number, line):
                fault = f"line {number} is not what was written: its link does not fit it and the line before"
            else:
                place = Seal(number, written)
                count, first, last = count + 1, first if first is not None else line.at_ms, line.at_ms
                met = met or place == expected
                removal_told = removal_told or line.remark.endswith(told)
                if count % LINES_A_BREATH == 0:
                    self._breathe()
        if not fault and not removal_told:
            fault = f"line {anchor.number + 1} is the first, but no line tells of the removal of those before it"
        if not fault and not met and expected is not None and expected.number > anchor.number:
            fault = f"line {expected.number} is not the one that was expected"
        return Finding(count, first, last, place, anchor.number, fault or self._head(place), met)

    def _anchor(self) -> tuple[Seal, str]:
        """Where the chain begins, and what is wrong with that."""
        row = self._connection.execute("SELECT number, link, signature FROM anchor").fetchone()
        if row is None:
            return BEGINNING, ""
        anchor = Seal(row[0], row[1])
        if row[2] != sign(self._key, anchor):
            return anchor, (
                f"line {anchor.number + 1} is the first, but what says so is not signed with our key: either the lines "
                "before it were not removed by Hearthbeat, or the key of the pseudonyms was changed since"
            )
        return anchor, ""

    def _head(self, place: Seal) -> str:
        """What is wrong with the young end."""
        row = self._connection.execute("SELECT number, link FROM head").fetchone()
        if row is None or Seal(*row) == place:
            return ""
        return f"the last line written was {row[0]}, but the last one there is {place.number}"
