"""`hearthbeat alerts`: what people were told."""

from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.options import ConfigOption, Format, FormatOption, LimitOption, TenantOption, UrlOption
from monitor.cli.printing import Column, Row, ago, plain, print_json, print_table
from monitor.cli.remote import reach
from monitor.core.decisions import Severity
from monitor.store.protocol import AlertState

STYLES = {"critical": "bold red", "warning": "yellow", "info": "cyan"}


def _severity(row: Row) -> Text:
    return Text(row["severity"], STYLES.get(row["severity"], "") if row["state"] == "firing" else "dim")


COLUMNS = (
    Column("Alert", plain("name")),
    Column("State", plain("state")),
    Column("Severity", _severity),
    Column("Since", ago("starts_at")),
    Column("Incident", plain("incident")),
    Column("Summary", lambda row: Text(row.get("summary") or row.get("annotations", {}).get("summary", "–"))),
)


def alerts(
    context: typer.Context,
    *,
    state: Annotated[AlertState, typer.Option(help="Which ones.")] = "firing",
    severity: Annotated[Severity | None, typer.Option(help="Only these.")] = None,
    name: Annotated[str, typer.Option(metavar="NAME", help="Only alerts of this name, as in ProviderOutage.")] = "",
    tenant: TenantOption = "",
    limit: LimitOption = 50,
    output: FormatOption = Format.TABLE,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """List the alerts of a running monitor, newest first; those that fire, unless asked otherwise.

    What was urgent lately?

        [bold]hearthbeat alerts --state all --severity critical[/]

    What did a receiver not take?

        [bold]hearthbeat alerts dead[/]
    """
    if context.invoked_subcommand is not None:
        return
    filters = {"state": state, "severity": severity, "name": name, "tenant": tenant}
    remote = reach(url, config)
    rows = remote.items("/api/v1/alerts", filters, limit)
    if output is Format.JSON:
        print_json(rows)
        return
    nothing = "No alert is firing." if state == "firing" else "No alert matches."
    print_table(COLUMNS, rows, nothing, remote.now())
