"""The commands. One file each; `hearthbeat COMMAND --help` teaches them.

`options` holds what several commands ask for, `endings` the exit codes, `printing` tables and JSON, `remote` the way to
a running monitor. A command does no work of its own: it reads its options, calls a room, and prints. To add one: a file
with a function, and one line in the list below.

Only this room may import the simulators.
"""

import inspect
from collections.abc import Callable

import typer

from monitor.cli import maintenance, silences, subscribers, updates
from monitor.cli.alerts import alerts
from monitor.cli.backup import backup
from monitor.cli.check_config import check_config
from monitor.cli.dead_letters import dead, retry
from monitor.cli.demo import demo
from monitor.cli.devices import devices
from monitor.cli.egress import preview, report, verify_ledger
from monitor.cli.evaluate import evaluate_scenarios
from monitor.cli.explain import explain
from monitor.cli.feeders import feeders
from monitor.cli.incidents import (
    acknowledge_incident,
    incidents,
    list_incidents,
    note_incident,
    report_incident,
    resolve_incident,
    show_incident,
)
from monitor.cli.probes import probes, run_probe
from monitor.cli.receivers import receivers, try_receiver
from monitor.cli.replay import replay
from monitor.cli.run import run
from monitor.cli.simulate import simulate
from monitor.cli.thermostats import thermostats
from monitor.cli.version import version
from monitor.cli.watch import watch

app = typer.Typer(
    name="hearthbeat",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Watches a fleet of smart-home devices over MQTT: tells a dead device from a cloud outage, and pages once for "
        "each cause.\n\nTo see it work: [bold]hearthbeat demo[/]. To use it: write hearthbeat.toml, try it with "
        "[bold]hearthbeat check-config --connect[/], then [bold]hearthbeat run[/].\n\n"
        "Exit codes: 0 all is well, 1 it did not work or problems were found, 2 wrong usage or configuration."
    ),
)


egress = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")


EGRESS = """Tell what left this machine, to whom and what for, and what would leave.

Everything that is sent is written down before it leaves: names of fields, no values. Who got what lately?

    [bold]hearthbeat egress report --since 7d[/]

Has anybody meddled with that record?

    [bold]hearthbeat egress verify[/]
"""

trouble = typer.Typer(rich_markup_mode="rich")
quiet = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
work = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
told = typer.Typer(rich_markup_mode="rich")
addressed = typer.Typer(rich_markup_mode="rich")
probing = typer.Typer(rich_markup_mode="rich")
public = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
people = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")


def _teach(name: str, panel: str, command: Callable[..., None], group: typer.Typer = app) -> None:
    """Register a command; in its help a paragraph is one piece, to fit any terminal, and an example has a prompt."""
    group.command(name, rich_help_panel=panel or None, help=_help(command.__doc__))(command)


def _help(text: str | None) -> str:
    return "\n\n".join(map(_flowing, inspect.cleandoc(text or "").split("\n\n")))


def _flowing(paragraph: str) -> str:
    lines = paragraph.split("\n")
    return "\n".join(f"$ {line.strip()}" for line in lines) if paragraph.startswith(" ") else " ".join(lines)


_teach("run", "Watch", run)
_teach("check-config", "Watch", check_config)
_teach("backup", "Watch", backup)
app.add_typer(egress, name="egress", rich_help_panel="Watch", help=_help(EGRESS))
_teach("report", "", report, egress)
_teach("verify", "", verify_ledger, egress)
_teach("preview", "", preview, egress)
_teach("watch", "Ask a running monitor", watch)
_teach("devices", "Ask a running monitor", devices)
_teach("feeders", "Ask a running monitor", feeders)
_teach("thermostats", "Ask a running monitor", thermostats)
app.add_typer(trouble, name="incidents", rich_help_panel="Ask a running monitor", help=_help(incidents.__doc__))
trouble.callback(invoke_without_command=True)(incidents)
_teach("list", "", list_incidents, trouble)
_teach("show", "", show_incident, trouble)
_teach("ack", "", acknowledge_incident, trouble)
_teach("note", "", note_incident, trouble)
_teach("resolve", "", resolve_incident, trouble)
_teach("report", "", report_incident, trouble)
app.add_typer(quiet, name="silences", rich_help_panel="Ask a running monitor", help=_help(silences.SILENCES))
_teach("list", "", silences.list_silences, quiet)
_teach("add", "", silences.add_silence, quiet)
_teach("end", "", silences.end_silence, quiet)
app.add_typer(work, name="maintenance", rich_help_panel="Ask a running monitor", help=_help(maintenance.MAINTENANCE))
_teach("list", "", maintenance.list_windows, work)
_teach("add", "", maintenance.add_window, work)
_teach("end", "", maintenance.end_window, work)
app.add_typer(told, name="alerts", rich_help_panel="Ask a running monitor", help=_help(alerts.__doc__))
told.callback(invoke_without_command=True)(alerts)
_teach("dead", "", dead, told)
_teach("retry", "", retry, told)
app.add_typer(addressed, name="receivers", rich_help_panel="Ask a running monitor", help=_help(receivers.__doc__))
addressed.callback(invoke_without_command=True)(receivers)
_teach("test", "", try_receiver, addressed)
app.add_typer(probing, name="probes", rich_help_panel="Ask a running monitor", help=_help(probes.__doc__))
probing.callback(invoke_without_command=True)(probes)
_teach("run", "", run_probe, probing)
app.add_typer(public, name="updates", rich_help_panel="Tell the public", help=_help(updates.UPDATES))
_teach("list", "", updates.list_updates, public)
_teach("draft", "", updates.show_draft, public)
_teach("edit", "", updates.edit_draft, public)
_teach("publish", "", updates.publish, public)
_teach("drop", "", updates.drop_draft, public)
_teach("begin", "", updates.begin, public)
_teach("components", "", updates.list_components, public)
app.add_typer(people, name="subscribers", rich_help_panel="Tell the public", help=_help(subscribers.SUBSCRIBERS))
_teach("list", "", subscribers.list_subscribers, people)
_teach("add", "", subscribers.add_subscriber, people)
_teach("remove", "", subscribers.remove_subscriber, people)
_teach("explain", "Ask a running monitor", explain)
_teach("demo", "Try and learn", demo)
_teach("simulate", "Try and learn", simulate)
_teach("replay", "Try and learn", replay)
_teach("evaluate", "Try and learn", evaluate_scenarios)
_teach("version", "Try and learn", version)

__all__ = ["app"]
