"""`hearthbeat updates`: what the public is told."""

import getpass
import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, Format, FormatOption, UrlOption
from monitor.cli.printing import Column, Row, ago, duration, plain, print_json, print_table, utc
from monitor.cli.remote import Remote, reach

UPDATES = """Tell the public what happens, what to do and what not to do.

What must be said, and what is overdue?

    [bold]hearthbeat updates list[/]

Read the suggested text of an incident, then publish it:

    [bold]hearthbeat updates publish 3fa2c9[/]
"""
KEPT = ("title", "stage", "body", "conditions", "incidents", "audience", "planned_from", "planned_until")
"""The fields of a draft that are sent back."""

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The incident's id, or that of planned work.")]
OperatorOption = Annotated[
    str, typer.Option("--operator", envvar="HEARTHBEAT_OPERATOR", metavar="NAME", help="Who does it.")
]


def _due(row: Row) -> Text:
    if row.get("due_at") is None:
        return Text("a draft", "dim")
    if row["overdue_seconds"] > 0:
        return Text(f"overdue by {duration(row['overdue_seconds'])}", "bold red")
    return Text(f"in {duration(row['due_at'] - row['now'])}")


COLUMNS = (
    Column("Id", plain("id")),
    Column("Next word", _due),
    Column("Last said", ago("said_at")),
    Column("About", plain("title")),
    Column("Drafted by", plain("edited_by")),
)
COMPONENT_COLUMNS = (
    Column("Id", plain("id")),
    Column("What", plain("name")),
    Column("Provider", plain("provider")),
    Column("Region", plain("region")),
    Column("Is", plain("condition")),
)


def list_updates(output: FormatOption = Format.TABLE, url: UrlOption = None, config: ConfigOption = None) -> None:
    """List what the public must hear of, the most urgent first."""
    remote = reach(url, config)
    rows = remote.get("/api/v1/updates", {})["items"]
    if output is Format.JSON:
        print_json(rows)
    else:
        print_table(COLUMNS, rows, "Nothing needs to be said.", remote.now())


def list_components(output: FormatOption = Format.TABLE, url: UrlOption = None, config: ConfigOption = None) -> None:
    """List the components of the public page, with the ids by which updates name them."""
    rows = reach(url, config).get("/api/v1/updates/components", {})["items"]
    if output is Format.JSON:
        print_json(rows)
    else:
        print_table(COMPONENT_COLUMNS, rows, "The page has no components yet.")


def show_draft(
    bulletin: IdArgument, output: FormatOption = Format.TABLE, url: UrlOption = None, config: ConfigOption = None
) -> None:
    """Show what would be said next, and why it could not be."""
    remote = reach(url, config)
    draft = remote.get(f"/api/v1/updates/{bulletin}", {})
    if output is Format.JSON:
        print_json([draft])
    else:
        _show(draft, remote)


def edit_draft(
    bulletin: IdArgument,
    *,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="In a few words, what does not work.")] = None,
    stage: Annotated[
        str | None, typer.Option(metavar="STAGE", help="investigating, identified, monitoring or resolved.")
    ] = None,
    body: Annotated[str | None, typer.Option(metavar="TEXT", help="The text.")] = None,
    body_file: Annotated[
        Path | None, typer.Option(metavar="FILE", exists=True, dir_okay=False, help="A file that holds the text.")
    ] = None,
    component: Annotated[
        list[str] | None, typer.Option(metavar="ID=CONDITION", help="How a component is; may be repeated.")
    ] = None,
    incident: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="One more incident that it speaks of; may be repeated.")
    ] = None,
    operator: OperatorOption = "",
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Change the next word. Without an option your editor opens with the text. Nobody sees it until it is published."""
    remote = reach(url, config)
    draft = remote.get(f"/api/v1/updates/{bulletin}", {})
    changed = {name: draft[name] for name in KEPT}
    if body_file is not None:
        body = body_file.read_text(encoding="utf-8").strip()
    if title is None and stage is None and body is None and not component and not incident:
        body = _edited(draft["body"])
        if body == draft["body"]:
            end(Ending.FAILED, "Nothing was changed.")
    changed |= {
        name: value for name, value in (("title", title), ("stage", stage), ("body", body)) if value is not None
    }
    changed["conditions"] = {**draft["conditions"], **_conditions(component or [])}
    changed["incidents"] = list(dict.fromkeys((*draft["incidents"], *(incident or []))))
    kept = remote.send("PUT", f"/api/v1/updates/{bulletin}/draft", changed, operator=_operator(operator))
    _show(kept, remote)


def publish(
    bulletin: IdArgument,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask once more.")] = False,
    operator: OperatorOption = "",
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Publish the next word: what is shown is what is said, to everybody who looks or subscribed."""
    remote = reach(url, config)
    draft = remote.get(f"/api/v1/updates/{bulletin}", {})
    _show(draft, remote)
    if draft["objections"]:
        end(Ending.FAILED, "", "It cannot be published like this; change it with `hearthbeat updates edit`.")
    if not yes and not typer.confirm("\nPublish this now?"):
        end(Ending.FAILED, "Nothing was published.")
    said = {name: draft[name] for name in KEPT}
    remote.send("POST", f"/api/v1/updates/{bulletin}/publish", said, operator=_operator(operator))
    typer.echo("It is public.")


def drop_draft(
    bulletin: IdArgument, operator: OperatorOption = "", url: UrlOption = None, config: ConfigOption = None
) -> None:
    """Throw a draft away; the suggestion stands again."""
    reach(url, config).send("POST", f"/api/v1/updates/{bulletin}/drop", operator=_operator(operator))
    typer.echo("The draft is gone.")


def begin(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="In a few words, what it is about.")],
    *,
    body: Annotated[str, typer.Option(metavar="TEXT", help="The text; may be written later.")] = "",
    planned_from: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%dT%H:%M"], help="When planned work begins, UTC.")
    ] = None,
    planned_until: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%dT%H:%M"], help="When planned work ends, UTC.")
    ] = None,
    component: Annotated[
        list[str] | None, typer.Option(metavar="ID=CONDITION", help="How a component is; may be repeated.")
    ] = None,
    audience: Annotated[
        str, typer.Option(metavar="TENANT", help="Only for subscribers of this tenant, not for the public.")
    ] = "",
    operator: OperatorOption = "",
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Begin what no incident has brought up: planned work, or a trouble that only people told of.

    For work tonight:

        [bold]hearthbeat updates begin "New servers for the app" --from 2026-03-03T22:00 --until 2026-03-03T23:00[/]
    """
    planned = planned_from is not None and planned_until is not None
    draft = {
        "title": title,
        "stage": "scheduled" if planned else "investigating",
        "body": body,
        "conditions": _conditions(component or []),
        "audience": audience,
        "planned_from": _moment(planned_from),
        "planned_until": _moment(planned_until),
    }
    begun = reach(url, config).send("POST", "/api/v1/bulletins", draft, operator=_operator(operator))
    typer.echo(f"A draft was made: hearthbeat updates publish {begun['id']}")


def _show(draft: Mapping[str, Any], remote: Remote) -> None:
    whom = f"to subscribers of {draft['audience']} only" if draft["audience"] else "to the public"
    typer.echo(f"{draft['title']}\n{draft['stage']}, {whom}\n\n{draft['body']}\n")
    if draft["conditions"]:
        components = remote.get("/api/v1/updates/components", {})["items"]
        names = {each["id"]: each["name"] for each in components}
        for component, condition in draft["conditions"].items():
            typer.echo(f"  {names.get(component, 'a component that is no more')} ({component}): {condition}")
    if draft["planned_from"] is not None:
        typer.echo(f"  planned from {utc(draft['planned_from'])} to {utc(draft['planned_until'])}")
    for word in draft["said"]:
        typer.echo(f"  said {utc(word['at'])} by {word['author']}: {word['stage']}")
    for objection in draft["objections"]:
        typer.echo(f"Cannot be published: {objection}", err=True)


def _conditions(given: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in given:
        name, equals, condition = each.partition("=")
        if not equals or not condition:
            end(Ending.MISUSED, f"--component {each}: write ID=CONDITION, as in ac4d098619b5=major_outage")
        found[name] = condition
    return found


def _edited(text: str) -> str:
    """The text as the operator leaves it in their editor."""
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "update.txt"
        file.write_text(text + "\n", encoding="utf-8")
        try:
            subprocess.run([*editor, str(file)], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            end(Ending.FAILED, f"The editor {editor[0]} did not work ({error}); use --body-file instead.")
        return file.read_text(encoding="utf-8").strip()


def _moment(given: datetime | None) -> float | None:
    return None if given is None else given.replace(tzinfo=UTC).timestamp()


def _operator(given: str) -> str:
    return given or getpass.getuser()
