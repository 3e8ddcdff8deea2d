"""`hearthbeat replay`: what would have been decided."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.text import Text

from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, configured
from monitor.cli.printing import scope_words, terminal, utc
from monitor.core.decisions import (
    AlertOwed,
    BlindChanged,
    Decision,
    DeviceForgotten,
    IncidentChanged,
    MealSettled,
    StatusChanged,
    SuspicionChanged,
    WelfareChanged,
)
from monitor.core.words import certainty
from monitor.replay import Replay

SHOWN_BAD_LINES = 20


Fields = dict[str, Any]


class Lines(StrEnum):
    """How decisions are printed."""

    TABLE = "table"
    JSONL = "jsonl"


def replay(
    trace: Annotated[Path, typer.Argument(metavar="TRACE", help="A recorded trace; - reads standard input.")],
    *,
    output: Annotated[
        Lines, typer.Option("--format", "-f", help="For people, or one JSON object on each line.")
    ] = Lines.TABLE,
    incidents: Annotated[
        Literal["outage", "all"],
        typer.Option("--incidents", help="Outages only, or also those of single devices and of the monitor itself."),
    ] = "outage",
    config: ConfigOption = None,
) -> None:
    """Judge a recorded trace again, with the same engine and in virtual time, and print every decision.

    This is how to ask what last month would have looked like with another threshold: record with
    [bold]hearthbeat run --record FILE[/], change the configuration, replay, and compare.

        [bold]hearthbeat replay march.jsonl --config stricter.toml --format jsonl | grep '"alert"'[/]

    Lines that cannot be used are named and left out; the exit code is then 1.
    """
    settings = configured(config).config.engine
    run = Replay(settings)
    show = _print_json if output is Lines.JSONL else _print_words()
    began = time.perf_counter()
    for decision in run.run(_lines_of(trace)):
        line = as_line(decision)
        if line is not None and not _left_out(decision, everything=incidents == "all"):
            show(line)
    _sum_up(run, time.perf_counter() - began)


def _left_out(decision: Decision, *, everything: bool) -> bool:
    """Incidents that were not asked for, and alerts that a silence keeps from everybody."""
    if isinstance(decision, IncidentChanged):
        return decision.incident.kind != "outage" and not everything
    return isinstance(decision, AlertOwed) and bool(decision.silenced_by)


def as_line(decision: Decision) -> dict[str, Any] | None:
    """A decision as a line of the replay; None for what is only bookkeeping."""
    found = _LINES.get(type(decision))
    if found is None:
        return None
    kind, fields_of = found
    return {"at": decision.at, "type": kind, **fields_of(decision)}


def _device(changed: StatusChanged) -> Fields:
    return {
        "device": changed.device,
        "status": changed.status,
        "previous": changed.previous,
        "reason": changed.reason,
    }


def _incident(changed: IncidentChanged) -> Fields:
    incident = changed.incident
    return {
        "id": incident.id,
        "state": changed.state,
        "phase": incident.phase,
        "kind": incident.kind,
        "layer": incident.layer,
        "scope": dict(incident.scope),
        "devices": incident.devices,
        "silent": incident.silent,
        "confidence": round(incident.confidence, 4),
        "started_at": incident.started_at,
        "summary": incident.summary,
        "meaning": incident.meaning,
    }


def _alert(owed: AlertOwed) -> Fields:
    alert = owed.alert
    return {
        "name": alert.name,
        "state": alert.state,
        "severity": alert.severity,
        "labels": dict(alert.labels),
        "summary": alert.summary,
        **({"resolution": alert.annotations["resolution"]} if alert.state == "resolved" else {}),
    }


def _suspicion(changed: SuspicionChanged) -> Fields:
    return {
        "state": changed.state,
        "layer": changed.layer,
        "scope": dict(changed.scope),
        "devices": changed.devices,
        "silent": changed.silent,
        "reason": changed.reason,
    }


def _blind(changed: BlindChanged) -> Fields:
    return {"blind": changed.blind, "cause": changed.cause, "since": changed.since}


def _meal(settled: MealSettled) -> Fields:
    return {
        "device": settled.device,
        "sign": "meal",
        "plan_id": settled.plan_id,
        "planned_at": settled.planned_at,
        "outcome": settled.outcome,
        "before": settled.before,
        "fed_at": settled.fed_at,
        "reason": settled.reason,
    }


def _welfare(changed: WelfareChanged) -> Fields:
    return {
        "device": changed.device,
        "sign": changed.sign,
        "showing": changed.showing,
        "summary": changed.summary,
    }


_LINES: dict[type[Decision], tuple[str, Callable[[Any], Fields]]] = {
    StatusChanged: ("device", _device),
    IncidentChanged: ("incident", _incident),
    AlertOwed: ("alert", _alert),
    SuspicionChanged: ("suspicion", _suspicion),
    BlindChanged: ("blind", _blind),
    MealSettled: ("welfare", _meal),
    WelfareChanged: ("welfare", _welfare),
    DeviceForgotten: ("removed", lambda forgotten: {"device": forgotten.device}),
}


def _lines_of(trace: Path) -> Iterator[str]:
    if str(trace) == "-":
        yield from sys.stdin
        return
    try:
        with trace.open(encoding="utf-8", errors="replace") as file:
            yield from file
    except OSError as error:
        end(Ending.MISUSED, f"{trace}: cannot be read: {error.strerror}")


def _print_json(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def _print_words() -> Callable[[dict[str, Any]], None]:
    console = terminal()

    def show(line: dict[str, Any]) -> None:
        what, style = _words(line)
        console.print(Text.assemble((utc(line["at"]), "dim"), f"  {line['type']:9} ", (what, style)), soft_wrap=True)

    return show


def _words(line: dict[str, Any]) -> tuple[str, str]:
    """A line for people, and how loud it is."""
    match line["type"]:
        case "device":
            style = {"offline": "red", "late": "yellow", "online": "green"}.get(line["status"], "")
            return f"{line['device']} {line['previous']} → {line['status']}: {line['reason']}", style
        case "incident":
            sure = f"{line['silent']} of {line['devices']} devices, {certainty(line['confidence'])} sure"
            style = "green" if line["state"] == "resolved" else "bold red"
            meant = f"; {line['meaning']}" if line["meaning"] else ""
            course = ", recovering" if line["state"] != "resolved" and line["phase"] == "recovering" else ""
            return f"{line['state']} {line['layer']} {scope_words(line['scope'])}{course}: {sure}{meant}", style
        case "alert":
            style = (
                "green" if line["state"] == "resolved" else "bold red" if line["severity"] == "critical" else "yellow"
            )
            over = f"; {line['resolution']}" if line.get("resolution") else ""
            return f"{line['state']} {line['name']} ({line['severity']}): {line['summary']}{over}", style
        case "suspicion":
            return f"{line['state']} {line['layer']} {scope_words(line['scope'])}: {line['reason']}", "dim"
        case "blind":
            word = "the monitor cannot see" if line["blind"] else "the monitor sees again"
            return f"{word} ({line['cause']}, since {utc(line['since'])})", "magenta"
    return _welfare_words(line) if line["type"] == "welfare" else (f"{line['device']} left the fleet", "")


def _welfare_words(line: dict[str, Any]) -> tuple[str, str]:
    """A line about a meal, or about a sign of harm."""
    if line["sign"] == "meal":
        before = f", believed {line['before']} until now" if line["before"] else ""
        style = "" if line["outcome"] in ("dispensed", "skipped") else "yellow"
        return f"{line['device']} meal {line['plan_id']} of {utc(line['planned_at'])}: {line['outcome']}{before}", style
    shows = "shows" if line["showing"] else "no longer shows"
    return f"{line['device']} {shows} {line['sign']}: {line['summary']}", "yellow" if line["showing"] else "green"


def _sum_up(run: Replay, seconds: float) -> None:
    sys.stdout.flush()
    progress = run.progress
    lasted = progress.now - progress.began_at if progress.began_at is not None else 0.0
    typer.echo(
        f"{progress.lines:,} lines, {progress.messages:,} messages, {lasted / 3600:.1f} h of trace in {seconds:.1f} s"
        f" ({progress.messages / seconds if seconds else 0:,.0f} messages a second)",
        err=True,
    )
    for sample in run.intake.samples():
        where = f" from {sample.device}" if sample.device else ""
        typer.echo(f"set aside, {sample.count} ×{where}: {sample.reason}: {sample.detail}", err=True)
    if not progress.left_out:
        return
    hidden = progress.left_out - min(SHOWN_BAD_LINES, len(progress.bad))
    end(
        Ending.FAILED,
        *(f"line {bad.number}: {bad.reason}" for bad in progress.bad[:SHOWN_BAD_LINES]),
        *([f"and {hidden} more"] if hidden > 0 else []),
        f"{progress.left_out} of {progress.lines} lines could not be used and were left out.",
    )
