"""`hearthbeat demo`: everything at once, in one process, with nothing to install."""

import asyncio
import contextlib
import secrets
import signal
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from monitor.app import Monitor, running
from monitor.cli.endings import Ending, end
from monitor.cli.narrator import Narrator
from monitor.cli.run import EXPECTED, reasons
from monitor.clock import ScaledClock
from monitor.config import Config
from monitor.logs import LogSettings, set_up
from monitor.mqtt import MqttSettings
from monitor.web.server import ListenError
from simulators.cloud import CloudServer, demo_probes, demo_providers
from simulators.live import Show, Stations
from simulators.scenario import load_scenario
from simulators.world import World

SPEED = 30.0
TOKEN_BYTES = 9
OPEN = {"read_open": True, "session_hours": 168}
"""Anybody on this machine may look; a log-in lasts for some hours although time is fast."""
LEAD_SECONDS = 30.0
"""Simulated: the monitor has read its first echo before the first device speaks."""
GOES_ON_SECONDS = 30 * 86_400.0


def demo(
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Where to serve the page; 0 takes any free port.")
    ] = 8080,
    for_seconds: Annotated[
        float | None, typer.Option("--for", min=1, metavar="SECONDS", help="End by itself after this long.")
    ] = None,
    devices: Annotated[int, typer.Option(min=20, max=5000, help="How many devices to simulate.")] = 300,
    seed: Annotated[int, typer.Option(help="Another seed makes another fleet.")] = 1,
) -> None:
    """Watch an hour in the life of a fleet in two minutes.

    A broker, three hundred simulated feeders and thermostats, the monitor, its database and its page, all in this
    process and in a temporary folder. A feeder dies, a provider fails and recovers, and the terminal tells what was
    seen. Devices are judged as in earnest: time passes thirty times as fast, their thresholds are as shipped.

        [bold]hearthbeat demo --port 0[/]
    """
    set_up(LogSettings(level="error"))
    problems: list[str] = []
    try:
        with tempfile.TemporaryDirectory(prefix="hearthbeat-demo-") as folder:
            asyncio.run(_play(Path(folder), port, for_seconds, devices, seed))
    except* ListenError as group:
        problems = [*reasons(group), "For the demo: hearthbeat demo --port 0"]
    except* EXPECTED as group:
        problems = reasons(group)
    if problems:
        end(Ending.FAILED, *problems)


async def _play(folder: Path, port: int, for_seconds: float | None, devices: int, seed: int) -> None:
    clock = ScaledClock(SPEED)
    scenario = load_scenario("demo").resized(devices).model_copy(update={"duration": GOES_ON_SECONDS})
    world = World(scenario, seed, start=clock.now() + LEAD_SECONDS)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if for_seconds is not None:
        loop.call_later(for_seconds, stop.set)
    cloud = CloudServer(clock, demo_providers(world))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    async with cloud, running(settings(folder, port, cloud.url, token), clock=clock) as monitor:
        narrator = Narrator(monitor.engine, world, clock)
        narrator.welcome(monitor.page_url, monitor.broker_flavour, SPEED, token)
        async with asyncio.TaskGroup() as parts:
            parts.create_task(narrator.tell(stop))
            await _show(world, monitor, clock, stop)
        narrator.farewell()


def settings(folder: Path, port: int, cloud: str = "", token: str = "") -> Config:
    """As shipped, but for an embedded broker, everything in one folder, and more patience with this machine.

    With the address of a simulated cloud it asks that, too, and does not wait as long for a page that stays green.
    With a token people can act on its pages; they may look without it.

    Fast time makes every hiccup of the host as many times as long, and the demo is not about those.
    """
    return Config.model_validate(
        {
            "mqtt": {"url": "embedded://127.0.0.1:0"},
            "store": {"path": folder / "hearthbeat.db"},
            "web": {"listen": f"127.0.0.1:{port}", **({"token": token} | OPEN if token else {})},
            "sight": {"echo_seconds": 15.0, "blind_after_seconds": 120.0},
            "egress": {"allow_private": True},
            "probing": {"green_page_seconds": 600},
            "probes": demo_probes(cloud) if cloud else [],
        }
    )


async def _show(world: World, monitor: Monitor, clock: ScaledClock, stop: asyncio.Event) -> None:
    publisher = MqttSettings(url=monitor.broker_url, client_id="hearthbeat-demo")
    with contextlib.suppress(asyncio.CancelledError):
        await Show(world, Stations(world.population, publisher), clock).run(stop)
    stop.set()
