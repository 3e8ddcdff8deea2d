"""The monitor may die at any moment: no alert that is owed gets lost, and none is told twice."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest

from monitor.core.decisions import Alert
from tests.simulation.driving import CrashingMonitor, alerts_in, driven, settings_of, troubles, world_of

LIVES = 8
BATCH = 25
ABOUT_US = ("MonitorBlind", "StoreFailing")
"""How often the monitor was away is the one thing that crashes do change."""
TOLD_AGAIN = ("PublicUpdateOverdue",)
"""Alerts that escalate: they are told again and again while they last, each time with more urgency."""


def firing(alerts: Iterable[Alert]) -> set[tuple[str, str]]:
    """What fires in the end: the name, and what it is about."""
    latest = {alert.key: alert for alert in alerts}
    return {_about(each) for each in latest.values() if each.state == "firing" and each.name not in ABOUT_US}


def _about(alert: Alert) -> tuple[str, str]:
    labels = alert.labels
    return alert.name, labels.get("device") or labels.get("provider") or labels.get("site") or ""


async def lives(seed: int) -> tuple[set[tuple[str, str]], list[Alert], CrashingMonitor]:
    """Play the troubles with crashes at random moments; also, what fires in the end where nothing crashes."""
    world, told = world_of(troubles(), seed)
    without = firing(alerts_in(driven(world, told)))
    rng = Random(seed)
    batches = [told[begin : begin + BATCH] for begin in range(0, len(told), BATCH)]
    crashes = set(rng.sample(range(5, len(batches)), LIVES))
    monitor = CrashingMonitor(settings_of(world), world.start)
    for number, batch in enumerate(batches):
        if number in crashes:
            # What was read and not committed is told again by nobody: heartbeats are sent at most once.
            await monitor.crash(batch, at=batch[-1].at)
        else:
            await monitor.step(batch)
    await monitor.finish(world.end)
    return without, await monitor.delivered(), monitor


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 5))
async def test_no_owed_alert_is_lost_over_crashes(seed: int) -> None:
    without, told, monitor = await lives(seed)
    assert firing(told) == firing(monitor.engine.alerts.values()), "what the store owes is what the engine believes"
    assert firing(told) == without
    names = {alert.name for alert in told}
    assert {"ProviderOutage", "DeviceOffline"} <= names


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 5))
async def test_no_alert_is_told_twice_over_crashes(seed: int) -> None:
    _, told, _ = await lives(seed)
    states: dict[str, str] = {}
    for alert in told:
        if alert.name in TOLD_AGAIN and states.get(alert.key) == "firing":
            continue
        assert states.get(alert.key) != alert.state, f"{alert.name} {alert.key} is {alert.state} twice in a row"
        states[alert.key] = alert.state
