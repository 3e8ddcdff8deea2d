"""`hearthbeat receivers`: who is told, how they are, and whether it works."""

from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, Format, FormatOption, UrlOption
from monitor.cli.printing import Column, Row, ago, plain, print_json, print_table
from monitor.cli.remote import reach


def _dead(row: Row) -> Text:
    return Text(str(row["dead"]), "bold red" if row["dead"] else "")


COLUMNS = (
    Column("Receiver", plain("name")),
    Column("Type", plain("type")),
    Column("Trust", plain("trust")),
    Column("Tenants", lambda row: Text(", ".join(row["tenants"]) or "all")),
    Column("Owed", lambda row: str(row["owed"])),
    Column("Late since", ago("overdue_since")),
    Column("Dead", _dead),
    Column("Took last", ago("last_success_at")),
    Column("Failed last", ago("last_error_at")),
    Column("Because", plain("last_error")),
)


def receivers(
    context: typer.Context,
    *,
    output: FormatOption = Format.TABLE,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """List the receivers of a running monitor: what they are owed, what they took, why they did not.

    Does the night shift's pager work?

        [bold]hearthbeat receivers test night-shift[/]
    """
    if context.invoked_subcommand is not None:
        return
    remote = reach(url, config)
    rows = remote.get("/api/v1/receivers", {})["items"]
    if output is Format.JSON:
        print_json(rows)
        return
    print_table(COLUMNS, rows, "There is no [[notifiers]] entry: nobody is told.", remote.now())


def try_receiver(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `hearthbeat receivers` lists it.")],
    *,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Send a test alert, marked as one, and its end: by the outbox, the door out and the receiver's own protocol.

    It ends with 0 if the receiver took both, else with 1 and the reason:

        [bold]hearthbeat receivers test night-shift[/]
    """
    trial = reach(url, config).send("POST", f"/api/v1/receivers/{name}/test")
    if not trial["delivered"]:
        end(Ending.FAILED, f"{name} has not taken the test: {trial['error']}")
    typer.echo(f"{name} took the test and its end in {trial['seconds']:.1f} s.")
