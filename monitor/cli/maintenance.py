"""`hearthbeat maintenance`: when trouble of some devices is expected."""

from typing import Annotated, Any

import typer
from rich.text import Text

from monitor.cli.acting import OperatorOption, moment, span, who
from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, Format, FormatOption, UrlOption
from monitor.cli.printing import Column, Row, duration, plain, print_json, print_table, scope_words, utc
from monitor.cli.remote import reach

MAINTENANCE = """Plan maintenance: while a window is on, its devices' state stays true and their alerts are withheld.

Replace a router tonight:

    [bold]hearthbeat maintenance add tenant=acme site=s1 --from 2026-03-29T01:00Z --for 2h[/]

Updates come every Sunday night:

    [bold]hearthbeat maintenance add provider=aurora --daily 02:00 --days sun --zone Europe/Berlin --for 1h[/]
"""


def _on(row: Row) -> Text:
    return Text("on", "bold yellow") if row["on"] else Text("later", "dim")


def _when(row: Row) -> str:
    repeated = row["recurrence"]
    if repeated is None:
        return f"{utc(row['starts_at'])} to {utc(row['ends_at'])}"
    days = "every day" if len(repeated["days"]) == 7 else ", ".join(repeated["days"])  # noqa: PLR2004 -- a week
    until = f" until {utc(row['ends_at'])}" if row["ends_at"] is not None else ""
    return f"{days} {repeated['time']} {repeated['timezone']} for {duration(repeated['duration_seconds'])}{until}"


COLUMNS = (
    Column("Window", plain("id")),
    Column("Is", _on),
    Column("Devices", lambda row: Text(scope_words(row["scope"]))),
    Column("When", _when),
    Column("Changes", lambda row: utc(row["next_at"]) if row["next_at"] is not None else "–"),
    Column("By", plain("author")),
    Column("Why", plain("comment")),
)


def list_windows(*, output: FormatOption = Format.TABLE, url: UrlOption = None, config: ConfigOption = None) -> None:
    """List the maintenance windows that are on or will be."""
    rows = reach(url, config).get("/api/v1/maintenance", {})["items"]
    if output is Format.JSON:
        print_json(rows)
    else:
        print_table(COLUMNS, rows, "No maintenance is planned.")


def add_window(
    scope: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY=VALUE...", help="Which devices: tenant, site, provider, region, kind, device; all must fit."
        ),
    ],
    *,
    lasting: Annotated[str, typer.Option("--for", metavar="TIME", help="How long (each time), as in 90m or 2h30m.")],
    begins: Annotated[str, typer.Option("--from", metavar="WHEN", help="From when; now if left out.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="WHEN", help="When a daily window ends for good.")] = "",
    daily: Annotated[str, typer.Option("--daily", metavar="HH:MM", help="Again and again at this local time.")] = "",
    days: Annotated[str, typer.Option("--days", metavar="DAYS", help="Of a daily window, as in sat,sun.")] = "",
    zone: Annotated[
        str, typer.Option("--zone", metavar="ZONE", help="Of a daily window, as in Europe/Berlin.")
    ] = "UTC",
    comment: Annotated[str, typer.Option("--comment", metavar="TEXT", help="Why.")] = "",
    operator: OperatorOption = "",
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Keep devices in maintenance, once, or again and again in local time.

    What was known when it began is not announced again at its end; trouble that came meanwhile and stays is.

        [bold]hearthbeat maintenance add tenant=acme device=feeder-7 --for 30m[/]
    """
    if not daily and (until or days):
        end(Ending.MISUSED, "--until and --days belong to --daily; a window that is on once ends after --for.")
    seconds = span(lasting)
    wish: dict[str, Any] = {
        "scope": _scope(scope),
        "starts_at": moment(begins) if begins else None,
        "ends_at": moment(until) if until else None,
        "duration_seconds": None if daily else seconds,
        "comment": comment,
        "author": who(operator),
    }
    if daily:
        named = {"days": [day.strip() for day in days.split(",")]} if days else {}
        wish["recurrence"] = {"time": daily, "timezone": zone, "duration_seconds": seconds, **named}
    made = reach(url, config).send("POST", "/api/v1/maintenance/add", wish)
    typer.echo(f"Maintenance {made['id']} for {scope_words(made['scope'])}: {_when(made)}.")


def end_window(
    window: Annotated[str, typer.Argument(metavar="ID", help="The window's id.")],
    *,
    operator: OperatorOption = "",
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """End a maintenance window now, with all its recurrences."""
    reach(url, config).send("POST", f"/api/v1/maintenance/{window}/end", {"author": who(operator)})
    typer.echo(f"Maintenance {window} is over.")


def _scope(terms: list[str]) -> dict[str, str]:
    scope: dict[str, str] = {}
    for term in terms:
        key, equals, value = term.partition("=")
        if not equals or not value:
            end(Ending.MISUSED, f"{term!r} names no devices; write KEY=VALUE, as in tenant=acme or site=s1.")
        scope[key] = value
    return scope
