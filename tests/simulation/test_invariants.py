"""What holds of every run, whatever happens in it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import pytest

from monitor.core.decisions import (
    AlertOwed,
    BlindChanged,
    Decision,
    Incident,
    IncidentChanged,
    StatusChanged,
    SuspicionChanged,
)
from monitor.core.observations import Echo, LinkChanged, Observation
from simulators.scenario import Scenario
from simulators.world import World
from tests.house.sources import ROOT
from tests.simulation.driving import FLEET, Driver, driven, settings_of, troubles, world_of
from tests.unit.simulators.worlds import fault, scenario

SINGLE = ("DeviceOffline", "DeviceFlapping", "GatewayOffline")
SEEDS = range(1, 5)

pytestmark = pytest.mark.slow


def inside_a_reported_outage(world: World, decisions: Sequence[Decision]) -> Iterator[str]:
    """Alerts about single devices that lie in the scope of an incident which was open when they were owed."""
    opened: dict[str, Incident] = {}
    for each in decisions:
        match each:
            case IncidentChanged(state="resolved"):
                opened.pop(each.incident.id, None)
            case IncidentChanged() if each.incident.kind == "outage":
                opened[each.incident.id] = each.incident
            case AlertOwed() if each.alert.state == "firing" and each.alert.name in SINGLE and not each.alert.incident:
                name = f"{each.alert.labels['tenant']}/{each.alert.labels['device']}"
                for incident in opened.values():
                    if any(device.id == name for device in world.population.inside(incident.scope)):
                        yield f"{each.alert.name} of {name} at {each.at - world.start:.0f} s inside {incident.summary}"


def decided_while_blind(decisions: Sequence[Decision]) -> Iterator[Decision]:
    """Verdicts by silence, suspicions and outages between the loss of sight and its return."""
    causes: set[str] = set()
    for each in decisions:
        match each:
            case BlindChanged():
                (causes.add if each.blind else causes.discard)(each.cause)
            case StatusChanged(status="late" | "offline", cause="" | "silence" | "will" | "parent") if causes:
                yield each
            case SuspicionChanged() if causes:
                yield each
            case IncidentChanged() if causes and each.incident.kind == "outage":
                yield each


def dark_region() -> Scenario:
    """A region is cut off, with houses that hang on gateways and devices that sleep; half an hour later it is back."""
    dark = fault("cut", name="dark", at="12m", duration="30m", scope={"region": "us-east"}, wills=True)
    return scenario(dark, duration="60m", fleet={**FLEET, "behind_gateways": 0.5, "sleepy": 0.1, "sleepy_wake": "4m"})


@pytest.mark.parametrize("seed", SEEDS)
def test_no_gateway_is_announced_inside_a_reported_outage(seed: int) -> None:
    world, told = world_of(dark_region(), seed)
    decisions = driven(world, told)
    assert any(isinstance(each, IncidentChanged) for each in decisions), "there was an outage"
    down = {each.device for each in decisions if isinstance(each, StatusChanged) and each.status == "offline"}
    kinds = {device.liveness for device in world.population if device.id in down}
    assert {"heartbeat", "session"} <= kinds
    assert list(inside_a_reported_outage(world, decisions)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_no_device_is_announced_inside_a_reported_outage_and_nothing_is_judged_while_blind(seed: int) -> None:
    world, told = world_of(troubles(), seed)
    decisions = driven(world, told)
    assert any(isinstance(each, IncidentChanged) for each in decisions), "there was an outage"
    assert any(isinstance(each, BlindChanged) for each in decisions), "the monitor was blind at times"
    assert list(inside_a_reported_outage(world, decisions)) == []
    assert list(decided_while_blind(decisions)) == []


FINGERPRINT = """
from tests.simulation.test_invariants import fingerprint
print(fingerprint(3))
"""


def fingerprint(seed: int) -> str:
    """A digest of every decision of a run, in order."""
    world, told = world_of(troubles(), seed)
    return hashlib.sha256(repr(driven(world, told)).encode()).hexdigest()


def test_the_same_seed_makes_the_same_decisions_in_every_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", FINGERPRINT],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert digests == {f"{fingerprint(3)}\n"}


def by_seconds(told: Sequence[Observation], rng: Random | None = None) -> Iterator[Observation]:
    """The same observations as if all of one second came at once; with `rng` in any order of devices.

    What one device says stays in order, and so do the echoes and the link, which come after it.
    """
    seconds: dict[float, dict[str, list[Observation]]] = {}
    for each in told:
        at = float(int(each.at))
        name = "" if isinstance(each, Echo | LinkChanged) else each.device  # type: ignore[union-attr]
        seconds.setdefault(at, {}).setdefault(name, []).append(replace(each, at=at))
    for groups in seconds.values():
        ours, devices = groups.pop("", []), list(groups.values())
        if rng is not None:
            rng.shuffle(devices)
        for group in devices:
            yield from group
        yield from ours


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_simultaneous_observations_does_not_matter(seed: int) -> None:
    world, told = world_of(troubles(), seed)
    one, other = (driven(world, list(by_seconds(told, rng))) for rng in (None, Random(seed)))
    assert Counter(map(repr, one)) == Counter(map(repr, other))
    assert any(isinstance(each, IncidentChanged) for each in one)


@pytest.mark.parametrize("seed", SEEDS)
def test_memory_follows_the_number_of_devices_and_not_time(seed: int) -> None:
    world = World(scenario(duration="5h", fleet={"devices": 60, "telemetry": "0s"}), seed, echo_seconds=5.0)
    driver = Driver(settings_of(world), world.start)
    sizes = []
    hour = world.start + 3600
    for observation in world.observations():
        if observation.at >= hour:
            sizes.append(len(json.dumps(driver.engine.save())))
            hour += 3600
        driver.tell([observation])
        driver.decisions.clear()
    assert len(driver.engine.leaves) <= len(driver.engine.fleet)
    assert sizes[-1] < 1.5 * sizes[0], f"bytes of saved state after each hour: {sizes}"
