"""`hearthbeat version`."""

import platform
import sqlite3
from importlib.metadata import version as version_of

import typer

from monitor.cli.options import Format, FormatOption
from monitor.cli.printing import print_json
from monitor.version import REVISION, VERSION


def version(*, output: FormatOption = Format.TABLE) -> None:
    """Say which version this is, and of what it runs on: what a report of a problem should begin with."""
    if output is Format.JSON:
        ours = {"hearthbeat": VERSION, "revision": REVISION}
        print_json([{**ours, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}])
        return
    typer.echo(
        f"hearthbeat {VERSION} (revision {REVISION}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, paho-mqtt {version_of('paho-mqtt')}, "
        f"{platform.system()} {platform.machine()})"
    )
