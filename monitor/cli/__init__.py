"""The commands. One file each; `hearthbeat COMMAND --help` teaches them.

`options` holds what several commands ask for, `endings` the exit codes, `printing` tables and JSON, `remote` the way to
a running monitor. A command does no work of its own: it reads its options, calls a room, and prints. To add one: a file
with a function, and one line in the list below.

Only this room may import the simulators.
"""

import typer

from monitor.cli.alerts import alerts
from monitor.cli.backup import backup
from monitor.cli.check_config import check_config
from monitor.cli.demo import demo
from monitor.cli.devices import devices
from monitor.cli.explain import explain
from monitor.cli.incidents import incidents
from monitor.cli.replay import replay
from monitor.cli.run import run
from monitor.cli.simulate import simulate
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

app.command("run", rich_help_panel="Watch")(run)
app.command("check-config", rich_help_panel="Watch")(check_config)
app.command("backup", rich_help_panel="Watch")(backup)
app.command("devices", rich_help_panel="Ask a running monitor")(devices)
app.command("incidents", rich_help_panel="Ask a running monitor")(incidents)
app.command("alerts", rich_help_panel="Ask a running monitor")(alerts)
app.command("explain", rich_help_panel="Ask a running monitor")(explain)
app.command("demo", rich_help_panel="Try and learn")(demo)
app.command("simulate", rich_help_panel="Try and learn")(simulate)
app.command("replay", rich_help_panel="Try and learn")(replay)
app.command("version", rich_help_panel="Try and learn")(version)

__all__ = ["app"]
