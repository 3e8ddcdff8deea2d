"""`hearthbeat incidents`: what is out, and what was."""

from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.options import ConfigOption, Format, FormatOption, LimitOption, TenantOption, UrlOption
from monitor.cli.printing import Column, Row, ago, duration, plain, print_json, print_table, scope_words, utc
from monitor.cli.remote import reach
from monitor.store.protocol import IncidentState


def _state(row: Row) -> Text:
    return Text(row["state"], "bold red" if row["state"] == "open" else "green")


def _lasted(row: Row) -> str:
    ended = row.get("resolved_at")
    return str(ago("started_at")(row)) if ended is None else duration(ended - row["started_at"])


COLUMNS = (
    Column("Incident", plain("id")),
    Column("State", _state),
    Column("Layer", plain("layer")),
    Column("Scope", lambda row: Text(scope_words(row["scope"]))),
    Column("Began", lambda row: utc(row["started_at"])),
    Column("Lasts", _lasted),
    Column("Silent", lambda row: f"{row['silent']} of {row['devices']}"),
    Column("Sure", lambda row: f"{row['confidence']:.0%}"),
    Column("Summary", plain("summary")),
)


def incidents(
    *,
    state: Annotated[IncidentState, typer.Option(help="Which ones.")] = "all",
    tenant: TenantOption = "",
    limit: LimitOption = 50,
    output: FormatOption = Format.TABLE,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """List the incidents of a running monitor, newest first.

    Is anything out right now?

        [bold]hearthbeat incidents --state open[/]
    """
    remote = reach(url, config)
    rows = remote.items("/api/v1/incidents", {"state": state, "tenant": tenant}, limit)
    if output is Format.JSON:
        print_json(rows)
        return
    nothing = "No incident is open." if state == "open" else "There was no incident."
    print_table(COLUMNS, rows, nothing, remote.now())
