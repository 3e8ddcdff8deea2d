"""`hearthbeat subscribers`: who wants to be told of what is published."""

from enum import StrEnum
from typing import Annotated

import typer

from monitor.cli.options import ConfigOption, Format, FormatOption, UrlOption
from monitor.cli.printing import Column, ago, plain, print_json, print_table
from monitor.cli.remote import reach
from monitor.core.words import count

SUBSCRIBERS = """Look after those who want to be told of what is published. Addresses are shown in part only.

Somebody writes that they want to hear nothing more?

    [bold]hearthbeat subscribers list --address joe@example.org[/]
"""


class Kind(StrEnum):
    """How a message reaches them."""

    EMAIL = "email"
    WEBHOOK = "webhook"


COLUMNS = (
    Column("Number", plain("id")),
    Column("By", plain("kind")),
    Column("Address", plain("address")),
    Column("Tenant", plain("tenant")),
    Column("Hears of", lambda row: count(len(row["components"]), "line") if row["components"] else "everything"),
    Column("Confirmed", lambda row: "yes" if row["confirmed"] else "not yet"),
    Column("Asked", ago("asked_at")),
)
ComponentOption = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="Only of this component; may be repeated.")
]


def list_subscribers(
    address: Annotated[str, typer.Option(metavar="ADDRESS", help="Only those with exactly this address.")] = "",
    output: FormatOption = Format.TABLE,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """List subscribers, the latest first."""
    remote = reach(url, config)
    rows = remote.get("/api/v1/subscribers", {"address": address})["items"]
    if output is Format.JSON:
        print_json(rows)
    else:
        print_table(COLUMNS, rows, "Nobody is subscribed.", remote.now())


def add_subscriber(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="An e-mail address, or the URL of a webhook.")],
    *,
    kind: Annotated[Kind, typer.Option(help="How a message reaches them.")] = Kind.EMAIL,
    tenant: Annotated[
        str, typer.Option(metavar="TENANT", help="Whose customer they are; they hear what is said to it alone, too.")
    ] = "",
    component: ComponentOption = None,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Ask somebody whether they want to be told. Until they confirm it, nothing is sent to them."""
    body = {"kind": kind.value, "address": address, "tenant": tenant, "components": component or []}
    reach(url, config).send("POST", "/api/v1/subscribers/add", body)
    typer.echo("The question is on its way. Nothing more is sent until it is confirmed.")


def remove_subscriber(
    subscriber: Annotated[int, typer.Argument(metavar="NUMBER", help="Their number, as the list shows it.")],
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Erase a subscriber, with everything owed to them."""
    reach(url, config).send("DELETE", f"/api/v1/subscribers/{subscriber}")
    typer.echo("The address is erased.")
