"""How commands end: with a code that scripts can use, and words for people on standard error."""

from enum import IntEnum
from typing import NoReturn

import typer


class Ending(IntEnum):
    """The exit codes of every command."""

    FINE = 0
    FAILED = 1
    """It did not work, or problems were found."""
    MISUSED = 2
    """Wrong usage or configuration."""


def end(ending: Ending, *lines: str) -> NoReturn:
    """Say why, and leave."""
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(int(ending))
