"""A trace that was recorded from a scenario, replayed: the same incidents, named the same."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from monitor.core.decisions import AlertOwed, Decision, IncidentChanged
from monitor.replay import Replay
from simulators.trace import trace_lines
from simulators.world import World
from tests.simulation.driving import FLEET, driven, settings_of, world_of
from tests.unit.simulators.worlds import fault, scenario

pytestmark = pytest.mark.slow

ONSET_SECONDS = 5.0
CONFIRM_SECONDS = 10.0
"""In a trace the monitor's path is sound at every moment, live it is known to be with every echo."""
OUTAGE = scenario(
    fault("device_death", name="dies", at="4m", scope={"kind": "feeder", "provider": "borealis"}, wills=False),
    fault("cut", name="fails", at="10m", duration="12m", scope={"provider": "aurora"}),
    duration="40m",
    fleet=FLEET,
)


def incidents(decisions: Iterable[Decision]) -> list[IncidentChanged]:
    changes = [each for each in decisions if isinstance(each, IncidentChanged) and each.incident.kind == "outage"]
    return [each for each in changes if each.state != "updated"]


def announced(decisions: Iterable[Decision]) -> set[tuple[str, str]]:
    """The alerts about devices and outages that were owed."""
    alerts = [each.alert for each in decisions if isinstance(each, AlertOwed)]
    return {(alert.name, alert.labels.get("device", "")) for alert in alerts}


@pytest.mark.parametrize("seed", range(1, 4))
def test_a_replayed_trace_gives_the_incidents_that_were_seen(seed: int) -> None:
    world, told = world_of(OUTAGE, seed)
    live = driven(world, told)
    replay = Replay(settings_of(world))
    again = list(replay.run(trace_lines(World(OUTAGE, seed))))
    assert replay.progress.left_out == 0
    seen, replayed = incidents(live), incidents(again)
    assert [(each.state, each.incident.layer, each.incident.scope) for each in replayed] == [
        (each.state, each.incident.layer, each.incident.scope) for each in seen
    ]
    for one, other in zip(seen, replayed, strict=True):
        assert other.at == pytest.approx(one.at, abs=CONFIRM_SECONDS)
        assert other.incident.started_at == pytest.approx(one.incident.started_at, abs=ONSET_SECONDS)
    assert announced(again) == announced(live)
    assert "DeviceOffline" in {name for name, _ in announced(live)}, "the dead feeder was announced"


def test_a_trace_replayed_twice_gives_the_same_decisions() -> None:
    lines = list(trace_lines(World(OUTAGE, 1)))
    settings = settings_of(World(OUTAGE, 1))
    assert list(Replay(settings).run(lines)) == list(Replay(settings).run(lines))
