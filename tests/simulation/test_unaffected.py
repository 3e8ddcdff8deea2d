"""Devices that have no part in an outage change nothing about it, however many they are."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import replace

import pytest

from monitor.core.decisions import Decision, IncidentChanged, StatusChanged
from monitor.core.observations import DeviceInfo, Heartbeat, Observation
from monitor.devices.profile import Profile
from simulators.world import World
from tests.simulation.driving import Driver, settings_of, troubles, world_of

pytestmark = pytest.mark.slow

TENANT = "bystander"
MOST_LATER_SECONDS = 5.0
"""What is on the brink of being named waits for the next look, and looks are five seconds apart."""


def bystanders(world: World, number: int = 40) -> Iterator[Observation]:
    """A cohort of its own provider, region and model that is always on time."""
    names = [f"{TENANT}/b-{index:06d}" for index in range(number)]
    profile = Profile(kind="feeder", provider="calm", region="calm-1", model="calm-m1", firmware="9.0")
    for name in names:
        yield DeviceInfo(name, world.start + 1, profile)
    for seq in range(1, int((world.end - world.start) / 45.0)):
        at = world.start + 45.0 * seq
        for index, name in enumerate(names):
            yield Heartbeat(name, at + index / number, "boot", seq, interval_seconds=45.0)


def verdicts(decisions: list[Decision]) -> list[StatusChanged]:
    """What was said of devices that were there in both runs; the odds told with it are those of the fleet."""
    said = [each for each in decisions if isinstance(each, StatusChanged) and not each.device.startswith(TENANT)]
    return [replace(each, reason="") for each in said]


def opened(decisions: list[Decision]) -> list[tuple[str, dict[str, str], float]]:
    """What was confirmed, and when."""
    found = [each for each in decisions if isinstance(each, IncidentChanged) and each.state == "opened"]
    found = [each for each in found if each.incident.kind == "outage"]
    return [(each.incident.layer, dict(each.incident.scope), each.at) for each in found]


@pytest.fixture(scope="module", params=range(1, 5))
def both_ways(request: pytest.FixtureRequest) -> tuple[list[Decision], list[Decision]]:
    """The troubles without and with bystanders, judged with the default settings."""
    world, told = world_of(troubles(), request.param)
    together = heapq.merge(told, bystanders(world), key=lambda each: each.at)
    without, with_them = (
        Driver(settings_of(world), world.start).tell(each).pass_to(world.end).decisions for each in (told, together)
    )
    return without, with_them


def test_an_unaffected_cohort_changes_no_confirmed_scope(both_ways: tuple[list[Decision], list[Decision]]) -> None:
    without, with_them = map(opened, both_ways)
    assert [each[:2] for each in with_them] == [each[:2] for each in without]
    moved = [abs(one[2] - other[2]) for one, other in zip(with_them, without, strict=True)]
    assert moved
    assert max(moved) <= MOST_LATER_SECONDS


def test_an_unaffected_cohort_changes_no_verdict_on_a_device(both_ways: tuple[list[Decision], list[Decision]]) -> None:
    without, with_them = map(verdicts, both_ways)
    assert with_them == without
    assert without
