"""`hearthbeat probes`: what was asked outside, and what came back."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, Format, FormatOption, UrlOption, configured
from monitor.cli.printing import Column, Row, ago, plain, print_json, print_json_object, print_table, utc
from monitor.cli.remote import reach
from monitor.clock import SystemClock
from monitor.config import Config
from monitor.core.probing.results import ProbeResult
from monitor.egress import EgressError, Ledger, SqliteBook, load_key
from monitor.egress.outlet import Outlet
from monitor.prober import ask_once, errand_of
from monitor.probes import AnyProbeSettings

STYLES = {"failing": "bold red", "unknown": "yellow", "healthy": "green"}


def _verdict(row: Row) -> Text:
    return Text(row["verdict"] + (" (old)" if row["stale"] else ""), STYLES[row["verdict"]])


def _said(row: Row) -> str:
    return row["last"]["statement"] if row["last"] else "It has not asked yet."


COLUMNS = (
    Column("Probe", plain("name")),
    Column("Type", plain("type")),
    Column("About", lambda row: Text(row["about"]["text"])),
    Column("Verdict", _verdict),
    Column("For", ago("since")),
    Column("Asked", lambda row: ago("at")({**(row["last"] or {}), "now": row["now"]})),
    Column("What it found", lambda row: Text(_said(row))),
)


def probes(
    context: typer.Context,
    *,
    output: FormatOption = Format.TABLE,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """List the active probes of a running monitor: what each last found, and what that is taken for.

    Is it the provider, or are we cut off?

        [bold]hearthbeat probes[/]

    Ask once more, now, from this machine:

        [bold]hearthbeat probes run aurora-api[/]
    """
    if context.invoked_subcommand is not None:
        return
    remote = reach(url, config)
    rows = remote.get("/api/v1/probes", {})["items"]
    if output is Format.JSON:
        print_json(rows)
        return
    print_table(COLUMNS, rows, "No probe is configured; docs/probes.md tells how.", remote.now())


def run_probe(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The probe, as [[probes]] name calls it.")],
    *,
    output: FormatOption = Format.TABLE,
    config: ConfigOption = None,
) -> None:
    """Ask once with one probe, now and from this machine, and print what was found. No monitor needs to run.

    It ends with 0 if the probe found all well, else with 1:

        [bold]hearthbeat probes run support-mail[/]
    """
    settings = configured(config).config
    entry = next((each for each in settings.probes if each.name == name), None)
    if entry is None:
        known = ", ".join(each.name for each in settings.probes) or "none"
        end(Ending.MISUSED, f"No probe is called {name}; configured are {known}.")
    try:
        result = asyncio.run(_ask(settings, entry))
    except (EgressError, OSError) as error:
        end(Ending.FAILED, str(error))
    if output is Format.JSON:
        print_json_object(asdict(result))
    else:
        typer.echo(f"{result.verdict} after {result.seconds:.2f} s: {result.statement}")
        for fact, value in result.facts.items():
            typer.echo(f"  {fact}: {utc(float(value)) if fact.endswith('_at') else value}")
    if result.verdict != "healthy":
        raise typer.Exit(Ending.FAILED)


async def _ask(settings: Config, entry: AnyProbeSettings) -> ProbeResult:
    """Ask, and write it down in the ledger as the running monitor would."""
    clock = SystemClock()
    key = load_key(settings.egress, settings.store.path.absolute().parent)
    book = SqliteBook(settings.egress.ledger(settings.store.path), key)
    ledger = Ledger(book, clock)
    try:
        outlet = Outlet(f"probe:{entry.name}", entry.bounds(allow_private=settings.egress.allow_private), ledger)
        return await ask_once(errand_of(entry, outlet), clock)
    finally:
        await ledger.aclose()
        book.close()
