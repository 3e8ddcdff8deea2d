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
    """Copy the database, and the ledger of what left, whole and checked, while the monitor goes on.

    The ledger's copy is named as FILE is, and ends in .ledger. To restore, stop the monitor, put the copies in place of
    the originals (without the files that end in -wal and -shm), and start it again. Every night, for instance:

        [bold]hearthbeat backup /var/backups/hearthbeat-$(date +%F).db[/]
    """
    settings = configured(config).config
    database, ledger = settings.store.path, settings.egress.ledger(settings.store.path)
    copies = {database: file} | ({ledger: file.with_suffix(".ledger")} if ledger.is_file() else {})
    for source, copy in copies.items():
        try:
            size = copy_database(source, copy, replace=force)
        except StoreError as error:
            end(Ending.FAILED, str(error))
        typer.echo(f"{copy}: {size / 1e6:.1f} MB, sound")
