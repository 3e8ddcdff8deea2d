"""`hearthbeat incidents`: what is wrong and what was; take care of it, say something about it, declare it over."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from monitor.cli.acting import OperatorOption, who
from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, Format, FormatOption, LimitOption, TenantOption, UrlOption
from monitor.cli.printing import (
    Column,
    Row,
    ago,
    duration,
    plain,
    print_json,
    print_json_object,
    print_table,
    scope_words,
    terminal,
    utc,
)
from monitor.cli.remote import reach
from monitor.core.words import certainty
from monitor.store.protocol import IncidentState
from monitor.web.api.queries import AskedKind

STYLES = {"open": "bold red", "acknowledged": "yellow", "resolved": "green"}
KINDS = {"seen": "", "decided": "bold", "sent": "cyan", "said": "magenta", "done": "yellow"}

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The incident's id.")]


def _state(row: Row) -> Text:
    return Text(row["state"], STYLES.get(row["state"], ""))


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
    Column("Sure", lambda row: certainty(row["confidence"]) if row["kind"] == "outage" else ""),
    Column("Taken by", plain("acknowledged_by")),
    Column("Summary", plain("summary")),
)


def incidents(
    context: typer.Context,
    *,
    state: Annotated[
        IncidentState, typer.Option(help="Which ones; those that somebody took care of are open.")
    ] = "all",
    kind: Annotated[AskedKind, typer.Option(help="Of which kind.")] = "outage",
    tenant: TenantOption = "",
    limit: LimitOption = 50,
    output: FormatOption = Format.TABLE,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """List the incidents of a running monitor, newest first: outages, unless asked for others. Act on one of them.

    Is anything out right now? Is anything else wrong that somebody must see to?

        [bold]hearthbeat incidents --state open[/]
        [bold]hearthbeat incidents --state open --kind all[/]

    Take care of one, and write its report when it is over:

        [bold]hearthbeat incidents ack 3fa2c91b07[/]
        [bold]hearthbeat incidents report 3fa2c91b07 --output outage.md[/]
    """
    if context.invoked_subcommand is None:
        list_incidents(state=state, kind=kind, tenant=tenant, limit=limit, output=output, url=url, config=config)


def list_incidents(
    *,
    state: Annotated[
        IncidentState, typer.Option(help="Which ones; those that somebody took care of are open.")
    ] = "all",
    kind: Annotated[AskedKind, typer.Option(help="Of which kind.")] = "outage",
    tenant: TenantOption = "",
    limit: LimitOption = 50,
    output: FormatOption = Format.TABLE,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """List incidents, newest first; the same as without a subcommand."""
    remote = reach(url, config)
    rows = remote.items("/api/v1/incidents", {"state": state, "kind": kind, "tenant": tenant}, limit)
    if output is Format.JSON:
        print_json(rows)
        return
    nothing = "No incident is open." if state == "open" else "There was no incident."
    print_table(COLUMNS, rows, nothing, remote.now())


def show_incident(
    incident: IdArgument, *, output: FormatOption = Format.TABLE, url: UrlOption = None, config: ConfigOption = None
) -> None:
    """Show one incident with its timeline: everything seen, decided, sent, said and done, and what it cost."""
    remote = reach(url, config)
    found = remote.get(f"/api/v1/incidents/{incident}", {})
    story = remote.get(f"/api/v1/incidents/{incident}/timeline", {})
    if output is Format.JSON:
        print_json_object({**found, **story})
        return
    console = terminal()
    console.print(Text.assemble((f"{found['id']} ", "bold"), _state(found), f"  {found['summary']}"), soft_wrap=True)
    if found["meaning"]:
        console.print(Text(found["meaning"]), soft_wrap=True)
    facts = [f"began {utc(found['started_at'])}", f"lasts {duration(story['duration_seconds'])}"]
    if found["acknowledged_by"]:
        facts.append(f"taken care of by {found['acknowledged_by']}")
    if found["related"]:
        facts.append(f"related to {', '.join(found['related'])}")
    console.print(Text(", ".join(facts)), soft_wrap=True)
    console.print()
    for line in story["lines"]:
        by = f" — {line['author']}" if line["author"] else ""
        said = Text.assemble((utc(line["at"]), "dim"), f"  {line['kind']:8} ", (line["text"], KINDS[line["kind"]]), by)
        console.print(said, soft_wrap=True)
    if story["losses"]:
        console.print()
        print_table(LOSSES, story["losses"], "")


LOSSES = (
    Column("Since", lambda row: utc(row["since"])),
    Column("Device", plain("device")),
    Column("What was lost", plain("what")),
    Column("Known now", plain("outcome")),
)


def acknowledge_incident(
    incident: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="The incident's id; or the key of a firing alert, which becomes an incident by this."
        ),
    ],
    *,
    operator: OperatorOption = "",
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Take care of an incident: nobody is reminded of it any longer, and everybody sees who has it.

    A warning about a single device is no incident until somebody takes care of it, by the key of its alert:

        [bold]hearthbeat incidents ack device/acme/feeder-7/offline[/]
    """
    path, body = f"/api/v1/incidents/{incident}/acknowledge", dict[str, Any]()
    if "/" in incident:
        path, body = "/api/v1/alerts/acknowledge", {"alert": incident}
    found = reach(url, config).send("POST", path, {**body, "author": who(operator)})
    typer.echo(f"Incident {found['id']} is {found['state']} by {found['acknowledged_by']}: {found['summary']}")


def note_incident(
    incident: IdArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What there is to say.")],
    *,
    operator: OperatorOption = "",
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Add a line to the timeline of an incident, open or over.

    [bold]hearthbeat incidents note 3fa2c91b07 "Called the provider; a router is being replaced."[/]
    """
    reach(url, config).send("POST", f"/api/v1/incidents/{incident}/notes", {"text": text, "author": who(operator)})
    typer.echo(f"Noted in incident {incident}.")


def resolve_incident(
    incident: IdArgument,
    *,
    reason: Annotated[str, typer.Option("--reason", "-r", metavar="TEXT", help="Why it is over.")] = "",
    operator: OperatorOption = "",
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Declare an incident over. If its cause goes on and gets worse, it opens again."""
    body = {"reason": reason, "author": who(operator)}
    found = reach(url, config).send("POST", f"/api/v1/incidents/{incident}/resolve", body)
    typer.echo(f"Incident {found['id']} is {found['state']}: {found['summary']}")


def report_incident(
    incident: IdArgument,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there; a new file only.")
    ] = None,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Draft a post-mortem in Markdown: timeline, scope, evidence, harm, what was sent to whom, open questions."""
    text = reach(url, config).text(f"/api/v1/incidents/{incident}/report")
    if output is None:
        typer.echo(text)
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        end(Ending.FAILED, f"{output} cannot be written: {error.strerror}")
    typer.echo(f"The draft is in {output}.")
