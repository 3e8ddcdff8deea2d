"""The commands. One file each; `hearthbeat COMMAND --help` teaches them.

`options` holds what several commands ask for, `endings` the exit codes, `printing` tables and JSON, `remote` the way to
a running monitor. A command does no work of its own: it reads its options, calls a room, and prints. To add one: a file
with a function, and one line in the list below.

Only this room may import the simulators.
"""

import inspect
from collections.abc import Callable

import typer

from monitor.cli.alerts import alerts
from monitor.cli.backup import backup
from monitor.cli.check_config import check_config
from monitor.cli.demo import demo
from monitor.cli.devices import devices
from monitor.cli.evaluate import evaluate_scenarios
from monitor.cli.explain import explain
from monitor.cli.feeders import feeders
from monitor.cli.incidents import incidents
from monitor.cli.replay import replay
from monitor.cli.run import run
from monitor.cli.simulate import simulate
from monitor.cli.thermostats import thermostats
from monitor.cli.version import version

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


def _teach(name: str, panel: str, command: Callable[..., None]) -> None:
    """Register a command; in its help a paragraph is one piece, to fit any terminal, and an example has a prompt."""
    paragraphs = inspect.cleandoc(command.__doc__ or "").split("\n\n")
    app.command(name, rich_help_panel=panel, help="\n\n".join(map(_flowing, paragraphs)))(command)


def _flowing(paragraph: str) -> str:
    lines = paragraph.split("\n")
    return "\n".join(f"$ {line.strip()}" for line in lines) if paragraph.startswith(" ") else " ".join(lines)


_teach("run", "Watch", run)
_teach("check-config", "Watch", check_config)
_teach("backup", "Watch", backup)
_teach("devices", "Ask a running monitor", devices)
_teach("feeders", "Ask a running monitor", feeders)
_teach("thermostats", "Ask a running monitor", thermostats)
_teach("incidents", "Ask a running monitor", incidents)
_teach("alerts", "Ask a running monitor", alerts)
_teach("explain", "Ask a running monitor", explain)
_teach("demo", "Try and learn", demo)
_teach("simulate", "Try and learn", simulate)
_teach("replay", "Try and learn", replay)
_teach("evaluate", "Try and learn", evaluate_scenarios)
_teach("version", "Try and learn", version)

__all__ = ["app"]
