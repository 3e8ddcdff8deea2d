"""`hearthbeat watch`: the live page for people on a terminal."""

import itertools
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, UrlOption
from monitor.cli.printing import duration, scope_words, terminal, utc
from monitor.cli.remote import Remote, UnansweredError, reach

NARROW = 72
"""Below so many columns only what cannot be left out is shown."""
MOST_LINES = 6
MOST_GROUPS = 5
FEWEST_DEVICES = 4
TONES = {"well": "bold green", "notice": "bold yellow", "outage": "bold red", "blind": "bold reverse"}
WORDS = {"well": "OK", "notice": "LOOK", "outage": "OUTAGE", "blind": "BLIND"}
STATUSES = {"online": "green", "late": "yellow", "offline": "red", "sleeping": "blue", "new": "white"}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the monitor said at one moment."""

    fleet: Row
    incidents: Sequence[Row]
    alerts: Sequence[Row]
    risks: Sequence[Row]


def watch(
    *,
    once: Annotated[bool, typer.Option("--once", help="Show how it is now, and end.")] = False,
    every: Annotated[float, typer.Option(min=0.5, max=3600, metavar="SECONDS", help="Look this often.")] = 2.0,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Watch a running monitor from a terminal: the sentence, incidents, who is at risk, where it is silent.

    It keeps looking when the monitor does not answer, and says since when. Where the output is no terminal it shows
    one picture and ends, as with --once. End it with Ctrl-C.

        [bold]hearthbeat watch[/]
    """
    remote = reach(url, config)
    console = terminal()
    if once or not console.is_terminal:
        try:
            seen = look(remote)
        except UnansweredError as error:
            end(error.ending, str(error))
        console.print(picture(seen, console.width))
        return
    try:
        _keep_looking(remote, console, every)
    except KeyboardInterrupt:
        raise typer.Exit(int(Ending.FINE)) from None


def look(remote: Remote) -> Seen:
    """Ask for everything that is shown. Raises UnansweredError."""
    return Seen(
        remote.ask("/api/v1/fleet", {}),
        remote.ask("/api/v1/incidents", {"state": "open", "limit": MOST_LINES})["items"],
        remote.ask("/api/v1/alerts", {"limit": MOST_LINES})["items"],
        remote.ask("/api/v1/welfare", {"limit": MOST_LINES})["items"],
    )


def _keep_looking(remote: Remote, console: Console, every: float) -> None:
    shown: Seen | None = None
    away_since: float | None = None
    pause = threading.Event()
    with Live(console=console, screen=True, auto_refresh=False) as live:
        for _ in itertools.count():
            trouble = ""
            try:
                shown, away_since = look(remote), None
            except UnansweredError as error:
                away_since = away_since or time.monotonic()
                trouble = f"No answer for {duration(time.monotonic() - away_since)}: {error}"
            live.update(picture(shown, console.width, trouble), refresh=True)
            pause.wait(every)


def picture(seen: Seen | None, width: int, trouble: str = "") -> RenderableType:
    """Everything as it stands on a terminal of this width; `trouble` is why it is not current."""
    parts: list[RenderableType] = []
    if trouble:
        parts += [Text(f"✕ {trouble} Trying again.", "bold red"), Text("")]
    if seen is None:
        return Group(*parts) if parts else Text("Asking the monitor …")
    parts += _headline(seen.fleet)
    narrow = width < NARROW
    for title, lines in (
        ("Open incidents", _incidents(seen, narrow)),
        ("At risk, the worst first", _risks(seen)),
        ("Silent by provider and region", _groups(seen.fleet)),
        ("Firing alerts", _alerts(seen, narrow)),
    ):
        if lines is not None:
            parts += [Text(""), Rule(Text(title, "bold"), align="left", style="dim"), lines]
    parts += [Text(""), Text(f"as of {utc(seen.fleet['at'])}" + (", now old" if trouble else ""), "dim")]
    return Group(*parts)


def _headline(fleet: Row) -> list[RenderableType]:
    tone = fleet.get("tone", "well" if fleet["current"] else "blind")
    told = Text.assemble((f" {WORDS[tone]} ", TONES[tone]), " ", (fleet["sentence"], "bold"))
    parts: list[RenderableType] = [told]
    if fleet.get("detail"):
        parts.append(Text(fleet["detail"]))
    counts = Text("")
    for status, style in STATUSES.items():
        number = fleet["statuses"].get(status, 0)
        counts.append(f"{status} ", style if number else "dim").append(f"{number:,}   ", "bold" if number else "dim")
    return [*parts, Text(""), counts]


def _incidents(seen: Seen, narrow: bool) -> Table | None:
    if not seen.incidents:
        return None
    table = _table("Scope", "For", "Silent", *(() if narrow else ("Taken care of",)))
    now = seen.fleet["at"]
    for each in seen.incidents:
        taken = each.get("acknowledged_by") or ("yes" if each.get("acknowledged_at") else "by nobody yet")
        cells = (
            Text(scope_words(each["scope"]), "bold"),
            Text(duration(now - each["started_at"])),
            Text(f"{each['silent']:,} of {each['devices']:,}"),
        )
        table.add_row(*cells, *(() if narrow else (Text(taken),)))
    return table


def _risks(seen: Seen) -> Table | None:
    if not seen.risks:
        return None
    table = _table("Within", "Device", "What")
    for each in seen.risks:
        left = "now" if each["hours"] <= 0 else duration(each["hours"] * 3600)
        style = "red" if each["severity"] == "critical" else "yellow"
        table.add_row(Text(left, style), Text(each["device"]), Text(each["summary"]))
    return table


def _groups(fleet: Row) -> Table | None:
    worst = list(itertools.islice(_silent(fleet["cohorts"]), MOST_GROUPS))
    if not worst:
        return None
    table = _table("Provider", "Region", "Silent", "")
    for provider, region, silent, heard in worst:
        share = silent / heard
        style = "red" if share >= 0.5 else "yellow"  # noqa: PLR2004 -- one half
        table.add_row(
            Text(provider), Text(region), Text(f"{share:.0%}", style), Text(f"{silent:,} of {heard:,}", "dim")
        )
    return table


def _silent(cohorts: Sequence[Row]) -> Iterator[tuple[str, str, int, int]]:
    """Groups in which anybody is silent, the worst first, very small ones last."""
    sums: dict[tuple[str, str], list[int]] = {}
    for each in cohorts:
        found = sums.setdefault((each["provider"] or "not stated", each["region"] or "not stated"), [0, 0])
        counts = each["statuses"]
        found[0] += counts.get("late", 0) + counts.get("offline", 0)
        found[1] += sum(number for status, number in counts.items() if status != "new")
    groups = [(*name, silent, heard) for name, (silent, heard) in sums.items() if silent]
    yield from sorted(groups, key=lambda each: (each[3] < FEWEST_DEVICES, -each[2] / each[3], each[:2]))


def _alerts(seen: Seen, narrow: bool) -> Table | None:
    if not seen.alerts:
        return None
    table = _table(*(() if narrow else ("Severity",)), "Alert", "For", *(() if narrow else ("What",)))
    for each in seen.alerts:
        style = {"critical": "red", "warning": "yellow"}.get(each["severity"], "")
        severity, what = Text(each["severity"], style), Text(each["annotations"].get("summary", ""))
        cells = (Text(each["name"]), Text(duration(seen.fleet["at"] - each["starts_at"])))
        table.add_row(*cells) if narrow else table.add_row(severity, *cells, what)
    return table


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", collapse_padding=True, show_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    return table
