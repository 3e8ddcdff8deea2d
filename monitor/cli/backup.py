"""`hearthbeat backup`: a copy of the database while the monitor runs."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, configured
from monitor.store.backup import backup as copy_database
from monitor.store.protocol import StoreError


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to put the copy.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")] = False,
    config: ConfigOption = None,
) -> None:
    """Copy the database, whole and checked, while the monitor goes on.

    To restore, stop the monitor, put the copy in place of the database (without the files that end in -wal and -shm),
    and start it again. Every night, for instance:

        [bold]hearthbeat backup /var/backups/hearthbeat-$(date +%F).db[/]
    """
    source = configured(config).config.store.path
    try:
        size = copy_database(source, file, replace=force)
    except StoreError as error:
        end(Ending.FAILED, str(error))
    typer.echo(f"{file}: {size / 1e6:.1f} MB, sound")
