"""`hearthbeat devices`: the fleet, one line for each device."""

from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, Format, FormatOption, LimitOption, TenantOption, UrlOption, configured
from monitor.cli.printing import Column, Row, ago, plain, print_json, print_table
from monitor.cli.remote import reach
from monitor.core.decisions import STATUSES
from monitor.devices.profile import Kind
from monitor.egress import EgressError, Pseudonyms, load_key

EVERYTHING = 10_000_000
STYLES = {"offline": "bold red", "late": "yellow", "online": "green", "sleeping": "blue", "new": "dim"}


def _status(row: Row) -> Text:
    marked = row["status"] + (" (maintenance)" if row.get("maintenance") else "")
    return Text(marked, STYLES.get(row["status"], ""))


COLUMNS = (
    Column("Device", plain("id")),
    Column("Status", _status),
    Column("For", ago("since")),
    Column("Last seen", ago("last_seen")),
    Column("Kind", plain("kind")),
    Column("Provider", plain("provider")),
    Column("Region", plain("region")),
    Column("Site", plain("site")),
    Column("Why", plain("reason")),
)


def _known_statuses(given: list[str]) -> list[str]:
    for status in given:
        if status not in STATUSES:
            raise typer.BadParameter(f"{status} is not a status; it may be {', '.join(STATUSES)}")
    return given


def devices(
    *,
    status: Annotated[
        list[str],
        typer.Option(
            "--status",
            "-s",
            callback=_known_statuses,
            metavar="STATUS",
            help=f"Only these ({', '.join(STATUSES)}); may be given several times.",
        ),
    ] = [],  # noqa: B006 -- typer makes a new one each time
    tenant: TenantOption = "",
    kind: Annotated[Kind | None, typer.Option(help="Only devices of this kind.")] = None,
    provider: Annotated[str, typer.Option(metavar="NAME", help="Only devices of this provider.")] = "",
    region: Annotated[str, typer.Option(metavar="NAME", help="Only devices in this region.")] = "",
    site: Annotated[str, typer.Option(metavar="NAME", help="Only devices at this site.")] = "",
    parent: Annotated[str, typer.Option(metavar="ID", help="Only devices behind this gateway.")] = "",
    search: Annotated[str, typer.Option("--search", metavar="TEXT", help="Only ids that contain this.")] = "",
    pseudonym: Annotated[
        str, typer.Option(metavar="P", help="Whose pseudonym this is; receivers that are third parties see no ids.")
    ] = "",
    limit: LimitOption = 100,
    output: FormatOption = Format.TABLE,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """List the devices of a running monitor, those that match all filters.

    What is offline now, as a table:

        [bold]hearthbeat devices --status offline[/]

    The ids of all late feeders of one provider, for a script:

        [bold]hearthbeat devices -s late --kind feeder --provider aurora --format json | jq -r '.[].id'[/]
    """
    remote = reach(url, config)
    filters = {
        "status": status,
        "tenant": tenant,
        "kind": kind,
        "provider": provider,
        "region": region,
        "site": site,
        "parent": parent,
        "q": search,
    }
    rows: list[dict[str, object]] = remote.items("/api/v1/devices", filters, EVERYTHING if pseudonym else limit)
    if pseudonym:
        rows = _known_as(pseudonym, rows, config)
    if output is Format.JSON:
        print_json(rows)
        return
    nothing = "No device matches." if any(filters.values()) else "No device is known yet."
    print_table(COLUMNS, rows, nothing, remote.now())
    if len(rows) == limit and not pseudonym:
        typer.echo(f"Only the first {limit} are shown; see more with --limit.", err=True)


def _known_as(pseudonym: str, rows: list[dict[str, object]], config: ConfigOption) -> list[dict[str, object]]:
    """The device that a third party knows by this name. The key never leaves this machine, so it is looked up here."""
    settings = configured(config).config
    try:
        names = Pseudonyms(load_key(settings.egress, settings.store.path.absolute().parent))
    except (EgressError, OSError) as error:
        end(Ending.FAILED, str(error))
    found = [row for row in rows if names.of_device(str(row["id"])) == pseudonym]
    if not found:
        end(Ending.FAILED, f"No device is known as {pseudonym} with this key.")
    return found
