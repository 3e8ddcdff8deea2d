"""Devices of one kind, or those at risk with the worst first: what `feeders` and `thermostats` have in common."""

from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.options import Format
from monitor.cli.printing import Column, Row, ago, plain, print_json, print_table
from monitor.cli.remote import Remote
from monitor.devices.profile import Kind

AtRiskOption = Annotated[
    bool, typer.Option("--at-risk", help="Only those that show a sign of harm, the least time until harm first.")
]
DEVICES = (
    Column("Device", plain("id")),
    Column("Status", plain("status")),
    Column("Last seen", ago("last_seen")),
    Column("Provider", plain("provider")),
    Column("Model", plain("model")),
    Column("Site", plain("site")),
)
STYLES = {"critical": "bold red", "warning": "yellow"}


def _left(row: Row) -> Text:
    hours = float(row["hours"])
    text = "now" if hours <= 0 else f"{hours:.0f} h" if hours >= 1 else f"{hours * 60:.0f} min"
    return Text(text, STYLES.get(row["severity"], ""))


RISKS = (
    Column("Device", plain("device")),
    Column("Until harm", _left),
    Column("Since", ago("since")),
    Column("Sign", plain("sign")),
    Column("Site", plain("site")),
    Column("What", plain("summary")),
)


def show(remote: Remote, kind: Kind, *, at_risk: bool, tenant: str, limit: int, output: Format) -> None:
    """Print them."""
    path, columns = ("/api/v1/welfare", RISKS) if at_risk else ("/api/v1/devices", DEVICES)
    rows = remote.items(path, {"kind": kind, "tenant": tenant}, limit)
    if output is Format.JSON:
        print_json(rows)
        return
    nothing = f"No {kind} is at risk." if at_risk else f"No {kind} is known yet."
    print_table(columns, rows, nothing, remote.now())
    if len(rows) == limit:
        typer.echo(f"Only the first {limit} are shown; see more with --limit.", err=True)
