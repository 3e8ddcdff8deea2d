"""`hearthbeat alerts dead` and `hearthbeat alerts retry`: alerts that a receiver did not take."""

from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, Format, FormatOption, LimitOption, UrlOption
from monitor.cli.printing import Column, ago, plain, print_json, print_table
from monitor.cli.remote import reach

COLUMNS = (
    Column("Number", lambda row: str(row["id"])),
    Column("Receiver", plain("receiver")),
    Column("Alert", lambda row: Text(row["alert"]["name"])),
    Column("State", lambda row: Text(row["alert"]["state"])),
    Column("Owed", ago("owed_at")),
    Column("Given up", ago("abandoned_at")),
    Column("Tries", lambda row: str(row["attempts"])),
    Column("Because", plain("error")),
)


def dead(
    *,
    limit: LimitOption = 50,
    output: FormatOption = Format.TABLE,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """List the alerts that were given up, newest first: refused for good, or not taken for too long.

    What did somebody never hear of?

        [bold]hearthbeat alerts dead[/]
    """
    remote = reach(url, config)
    rows = remote.get("/api/v1/dead-letters", {"limit": limit})["items"]
    if output is Format.JSON:
        print_json(rows)
        return
    print_table(COLUMNS, rows, "Nothing was given up.", remote.now())


def retry(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="[NUMBER]...", help="Which, as `alerts dead` lists them.")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Try all of them again.")] = False,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Try alerts again that were given up, in their order and under their old keys.

    What has been overtaken by later news of the same alert is left alone. After a receiver works again:

        [bold]hearthbeat alerts retry --all[/]
    """
    if everything == bool(numbers):
        end(Ending.MISUSED, "Name the numbers to try again, or --all.")
    done = reach(url, config).send("POST", "/api/v1/dead-letters/retry", {"ids": None if everything else numbers})
    if not any(done.values()):
        if everything:
            typer.echo("Nothing was given up.")
            return
        end(Ending.FAILED, "None of them is waiting; `hearthbeat alerts dead` lists those that are.")
    typer.echo(f"{done['owed']} are tried again.")
    if done["outdated"]:
        typer.echo(f"{done['outdated']} are not: their receivers have later news of the same alerts.")
    if done["without_receiver"]:
        typer.echo(f"{done['without_receiver']} are not: their receivers are no longer configured.")
