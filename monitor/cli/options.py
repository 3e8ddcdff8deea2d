"""What several commands ask for."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.endings import Ending, end
from monitor.config import ConfigErrors, Loaded, find_file, load


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"


ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        help="Configuration file; if left out, hearthbeat.toml in this folder if there is one.",
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="For people, or for scripts.")]
UrlOption = Annotated[
    str | None,
    typer.Option(
        "--url",
        envvar="HEARTHBEAT_URL",
        metavar="URL",
        help="Where the monitor's page is; if left out, the address in the configuration's web.listen.",
    ),
]
TenantOption = Annotated[str, typer.Option(metavar="TENANT", help="Only this tenant's.")]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="Show at most so many.")]


def configured(path: Path | None) -> Loaded:
    """The configuration, or the end of the command with every mistake in it."""
    found = load(find_file(path, Path.cwd(), os.environ), os.environ)
    if isinstance(found, ConfigErrors):
        count = len(found.mistakes)
        end(
            Ending.MISUSED,
            *found.mistakes,
            "",
            f"{count} mistake{'s' if count > 1 else ''} in the configuration; every key is explained in "
            "docs/configuration.md.",
        )
    return found
