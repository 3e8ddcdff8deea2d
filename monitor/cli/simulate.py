"""`hearthbeat simulate`: a fleet that does not exist, on a broker that does, or written down as a trace."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.live import Live
from rich.text import Text

from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, configured
from monitor.cli.printing import utc
from monitor.cli.run import shared_clock
from monitor.mqtt import MqttSettings
from simulators.live import LiveReport, Progress, Show, Stations
from simulators.scenario import Scenario, ScenarioError, load_scenario, shipped
from simulators.trace import write_trace
from simulators.world import World

LEAD_SECONDS = 2.0


def simulate(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A scenario's name, or the path of a file of your own.")
    ] = "",
    *,
    broker: Annotated[
        str | None, typer.Option(metavar="URL", help="Where to publish; if left out, the configuration's mqtt.url.")
    ] = None,
    devices: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, metavar="N", help="How many devices, instead of the scenario's.")
    ] = None,
    speed: Annotated[
        float,
        typer.Option(
            min=0.01, max=1000, metavar="X", help="So many times as fast; run the monitor with the same --speed."
        ),
    ] = 1.0,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed makes the same fleet and the same faults.")] = 1,
    trace: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a trace for `hearthbeat replay` instead, in virtual time."),
    ] = None,
    clean: Annotated[
        bool, typer.Option(help="Remove the fleet's retained messages from the broker at the end.")
    ] = True,
    show_list: Annotated[bool, typer.Option("--list", help="Name the scenarios that come with the program.")] = False,
    config: ConfigOption = None,
) -> None:
    """Play a scenario: feeders and thermostats of several providers, and what goes wrong with them.

    Live against a broker, an hour of a provider's failure in two minutes, for a monitor that runs as fast:

        [bold]hearthbeat simulate provider-cut --broker mqtt://127.0.0.1:1883 --devices 500 --speed 30[/]

    In virtual time, to be judged at once:

        [bold]hearthbeat simulate provider-cut --trace cut.jsonl && hearthbeat replay cut.jsonl[/]
    """
    if show_list or not scenario:
        _list_scenarios()
        raise typer.Exit(int(Ending.FINE if show_list else Ending.MISUSED))
    chosen = _chosen(scenario, devices)
    if trace is not None:
        _write(_staged(chosen, seed), trace)
        return
    settings = _publisher(broker, config)
    if speed != 1.0 and not settings.address.loopback:
        end(Ending.MISUSED, f"--speed is for trials: {settings.url} is not on this machine.")
    report = asyncio.run(_play(chosen, settings, seed, speed, clean=clean))
    typer.echo(f"{report.published:,} messages published, {report.dropped:,} given up", err=True)
    if report.failure:
        end(Ending.FAILED, f"The broker could not be reached: {report.failure}")


async def _play(scenario: Scenario, settings: MqttSettings, seed: int, speed: float, *, clean: bool) -> LiveReport:
    clock = shared_clock(speed)
    world = _staged(scenario, seed, start=clock.now() + LEAD_SECONDS * speed)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with Live(console=Console(stderr=True), refresh_per_second=2, transient=True) as line:
        stations = Stations(world.population, settings)
        show = Show(world, stations, clock, report=lambda progress: line.update(_progress(scenario, progress)))
        return await show.run(stop, clean=clean)


def _progress(scenario: Scenario, progress: Progress) -> Text:
    said = (
        f"{scenario.name}  {progress.share:4.0%}  {utc(progress.at)}  "
        f"{progress.published:,} messages, {progress.connected:,} connections"
    )
    return Text.assemble(said, (f"  {progress.failure}", "red") if progress.failure else "")


def _chosen(name: str, devices: int | None) -> Scenario:
    try:
        scenario = load_scenario(name)
    except ScenarioError as error:
        end(Ending.MISUSED, str(error))
    return scenario if devices is None else scenario.resized(devices)


def _staged(scenario: Scenario, seed: int, start: float | None = None) -> World:
    """The world of a scenario, or the end of the command if a fault meets nobody in it."""
    try:
        return World(scenario, seed) if start is None else World(scenario, seed, start=start)
    except ScenarioError as error:
        end(Ending.MISUSED, str(error))


def _publisher(broker: str | None, config: ConfigOption) -> MqttSettings:
    """The way to the broker; user, password and certificates are those of the configuration."""
    settings = configured(config).config.mqtt
    own = {"client_id": f"{settings.client_id}-simulator", "url": broker or settings.url}
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    try:
        return MqttSettings.model_validate({**given, **own})
    except ValidationError as error:
        end(Ending.MISUSED, *(f"--broker: {each['msg'].removeprefix('Value error, ')}" for each in error.errors()))


def _write(world: World, path: Path) -> None:
    try:
        lines = write_trace(world, path)
    except OSError as error:
        end(Ending.FAILED, f"{path}: cannot be written: {error.strerror}")
    typer.echo(f"{path}: {lines:,} lines; judge them with `hearthbeat replay {path}`", err=True)


def _list_scenarios() -> None:
    for name in shipped():
        typer.echo(f"{name:28} {load_scenario(name).title}")
