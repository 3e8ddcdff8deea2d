"""`hearthbeat silences`: alerts that nobody wants to be told of for a while."""

from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.acting import OperatorOption, moment, span, who
from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, Format, FormatOption, UrlOption
from monitor.cli.printing import Column, Row, plain, print_json, print_table, utc
from monitor.cli.remote import reach

SILENCES = """Keep alerts from being told for a while. They are decided and kept; what still fires at the end is told.

Silence everything of one site for two hours, while its router is replaced:

    [bold]hearthbeat silences add 'tenant="acme"' 'site="s1"' --for 2h --comment "new router"[/]

End it sooner:

    [bold]hearthbeat silences end 5d0c11fe[/]
"""


def _on(row: Row) -> Text:
    return Text("on", "bold yellow") if row["on"] else Text("later", "dim")


COLUMNS = (
    Column("Silence", plain("id")),
    Column("Is", _on),
    Column("Alerts with", lambda row: Text(", ".join(row["matchers"]))),
    Column("From", lambda row: utc(row["starts_at"])),
    Column("Until", lambda row: utc(row["ends_at"])),
    Column("By", plain("author")),
    Column("Why", plain("comment")),
)


def list_silences(*, output: FormatOption = Format.TABLE, url: UrlOption = None, config: ConfigOption = None) -> None:
    """List the silences that are on or will be, the next to end first."""
    rows = reach(url, config).get("/api/v1/silences", {})["items"]
    if output is Format.JSON:
        print_json(rows)
    else:
        print_table(COLUMNS, rows, "Nothing is silenced.")


def add_silence(
    matchers: Annotated[
        list[str],
        typer.Argument(metavar="MATCHER...", help='As in site="s1" or alertname=~"Feeder.*"; all of them must match.'),
    ],
    *,
    lasting: Annotated[str, typer.Option("--for", metavar="TIME", help="How long, as in 90m or 2h30m.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="WHEN", help="Until when, as in 2026-03-29T01:30Z.")] = "",
    begins: Annotated[str, typer.Option("--from", metavar="WHEN", help="From when; now if left out.")] = "",
    comment: Annotated[str, typer.Option("--comment", metavar="TEXT", help="Why.")] = "",
    operator: OperatorOption = "",
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Silence alerts whose labels match, with an end and a name.

    A label must equal (=), not equal (!=), match (=~) or not match (!~) a value; expressions match the whole of it.

        [bold]hearthbeat silences add 'alertname=~"Device.*"' 'provider="aurora"' --for 1h[/]
    """
    if bool(lasting) == bool(until):
        end(Ending.MISUSED, "Say when it ends: either --for or --until.")
    wish = {
        "matchers": matchers,
        "starts_at": moment(begins) if begins else None,
        "ends_at": moment(until) if until else None,
        "duration_seconds": span(lasting) if lasting else None,
        "comment": comment,
        "author": who(operator),
    }
    made = reach(url, config).send("POST", "/api/v1/silences/add", wish)
    typer.echo(f"Silence {made['id']} until {utc(made['ends_at'])} for alerts with {', '.join(made['matchers'])}.")


def end_silence(
    silence: Annotated[str, typer.Argument(metavar="ID", help="The silence's id.")],
    *,
    operator: OperatorOption = "",
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """End a silence now; what still fires of what it kept is told."""
    reach(url, config).send("POST", f"/api/v1/silences/{silence}/end", {"author": who(operator)})
    typer.echo(f"Silence {silence} is over.")
