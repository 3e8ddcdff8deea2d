"""Tables for people, JSON for scripts."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

UNBOUNDED_WIDTH = 400
"""Columns, where the output is no terminal: a script's table is never cut."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, and how a cell is read off a row."""

    head: str
    cell: Callable[[Row], str | Text]


def print_table(columns: Sequence[Column], rows: Iterable[Row], nothing: str, now: float = 0.0) -> None:
    """Rows as a table, or the sentence `nothing`; `now` is the present of whoever told the rows."""
    table = Table(box=None, pad_edge=False, header_style="bold", collapse_padding=True)
    for column in columns:
        table.add_column(column.head, overflow="fold")
    for row in rows:
        table.add_row(*(column.cell({**row, "now": now}) for column in columns))
    if not table.row_count:
        typer.echo(nothing)
        return
    terminal().print(table)


def print_json(rows: Sequence[Row]) -> None:
    """Rows as one JSON array."""
    typer.echo(json.dumps(list(rows), indent=2, ensure_ascii=False))


def print_json_object(row: Row) -> None:
    """One JSON object."""
    typer.echo(json.dumps(dict(row), indent=2, ensure_ascii=False))


def terminal() -> Console:
    """Standard output, as wide as it is."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=UNBOUNDED_WIDTH)


def plain(name: str) -> Callable[[Row], str | Text]:
    """A cell that shows a field as text, without reading markup into what devices call themselves."""
    return lambda row: Text(str(row.get(name) or "–"))


def ago(name: str) -> Callable[[Row], str | Text]:
    """A cell that shows a moment as the time from then until the row's `now`."""
    return lambda row: "–" if row.get(name) is None else duration(row["now"] - row[name])


def utc(moment: float) -> str:
    """A moment, in UTC to the second."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def duration(seconds: float) -> str:
    """A length of time with its largest unit, as in 12 min."""
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if abs(seconds) >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def scope_words(scope: Mapping[str, str]) -> str:
    """A scope as provider=aurora region=us-east; nothing means the whole fleet."""
    return " ".join(f"{name}={value}" for name, value in scope.items()) or "whole fleet"
