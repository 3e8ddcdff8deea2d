"""The daemon on a real broker, in fast time, finds what the engine finds in virtual time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from monitor.app import running
from monitor.clock import ScaledClock
from monitor.config import Config
from monitor.core.decisions import Incident, IncidentChanged
from simulators.live import Show, Stations
from simulators.world import World
from tests.link_tap import settings_for
from tests.programs import RealMosquitto
from tests.simulation.driving import Driver
from tests.unit.simulators.worlds import fault, scenario
from tests.waiting import eventually

SPEED = 30.0
SEED = 5
ECHO_SECONDS = 15.0
ONSET_SECONDS = 30.0
PATIENCE_SECONDS = 180.0
CUT = scenario(
    fault(
        "cut", name="fails", at="5m", duration="6m", scope={"provider": "aurora"}, recovery={"back_off": "30s"},
    ),
    duration="40m",
    fleet={
        "devices": 40, "intervals": {"30s": 1.0}, "providers": ["aurora", "borealis"], "sleepy": 0.0,
        "behind_gateways": 0.0, "telemetry": "0s",
    },
)  # fmt: skip


def config_for(folder: Path, port: int) -> Config:
    """As shipped, but with patience for a busy machine: in fast time its hiccups last thirty times as long."""
    return Config.model_validate(
        {
            "mqtt": {"url": f"mqtt://127.0.0.1:{port}"},
            "store": {"path": folder / "hearthbeat.db"},
            "web": {"listen": "127.0.0.1:0"},
            "sight": {"echo_seconds": ECHO_SECONDS, "blind_after_seconds": 240.0},
        }
    )


async def live(folder: Path, port: int) -> tuple[float, list[Incident]]:
    """When the world began, and the incidents of the daemon once the outage is over."""
    clock, stop = ScaledClock(SPEED), asyncio.Event()
    world = World(CUT, SEED, start=clock.now() + 60)
    stations = Stations(world.population, settings_for(port, client_id="fleet"))
    async with running(config_for(folder, port), clock=clock) as monitor:
        show = asyncio.create_task(Show(world, stations, clock).run(stop))
        await eventually(lambda: monitor.engine.incidents, "the outage is found", PATIENCE_SECONDS)
        await eventually(lambda: not monitor.engine.incidents, "the outage is over", PATIENCE_SECONDS)
        found = list(await monitor.store.incidents(limit=10, kind="outage"))
        stop.set()
        await show
    return world.start, found


def virtual(folder: Path, start: float) -> list[Incident]:
    """The incidents of the same world in virtual time."""
    world = World(CUT, SEED, start=start, echo_seconds=ECHO_SECONDS)
    driver = Driver(config_for(folder, 1).engine, world.start)
    decisions = driver.tell(world.observations()).pass_to(world.end).decisions
    over = [each.incident for each in decisions if isinstance(each, IncidentChanged) and each.state == "resolved"]
    return [incident for incident in over if incident.kind == "outage"]


@pytest.mark.slow
@pytest.mark.mosquitto
async def test_live_the_same_outage_is_found_as_in_virtual_time(mosquitto_path: Path, tmp_path: Path) -> None:
    async with RealMosquitto(mosquitto_path, tmp_path) as broker:
        start, found = await live(tmp_path, broker.port)
    expected = virtual(tmp_path, start)
    assert [(each.layer, dict(each.scope)) for each in expected] == [("provider", {"provider": "aurora"})]
    assert [(each.layer, each.scope) for each in found] == [(each.layer, each.scope) for each in expected]
    assert found[0].started_at == pytest.approx(expected[0].started_at, abs=ONSET_SECONDS)
