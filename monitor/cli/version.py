"""`hearthbeat version`."""

import platform
import sqlite3
from importlib.metadata import version as version_of

import typer

from monitor.cli.options import Format, FormatOption
from monitor.cli.printing import print_json
from monitor.version import VERSION


def version(*, output: FormatOption = Format.TABLE) -> None:
    """Say which version this is, and of what it runs on: what a report of a problem should begin with."""
    if output is Format.JSON:
        print_json([{"hearthbeat": VERSION, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}])
        return
    typer.echo(
        f"hearthbeat {VERSION} (Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"paho-mqtt {version_of('paho-mqtt')}, {platform.system()} {platform.machine()})"
    )
