"""Drives an engine through what a world tells it, in virtual time, and keeps every decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.core.decisions import Alert, AlertOwed, Decision, DeviceForgotten, DeviceRecorded, StatusChanged
from monitor.core.engine import Engine, EngineSettings
from monitor.core.observations import Observation
from monitor.runtime import WEIGHTY
from monitor.store.memory import MemoryStore
from monitor.store.protocol import Step
from simulators.judges import engine_settings
from simulators.scenario import Scenario
from simulators.world import World
from tests.alerts import to_all
from tests.unit.simulators.worlds import Fields, fault, scenario

RECEIVER = "night-shift"
FLEET: Fields = {
    "devices": 70,
    "intervals": {"30s": 0.7, "60s": 0.3},
    "providers": ["aurora", "borealis"],
    "regions": ["us-east", "eu-west"],
    "telemetry": "0s",
    "sleepy": 0.0,
}
WEATHER: Fields = {"loss": "geometric"}


def troubles() -> Scenario:
    """A feeder dies, a provider fails and leaves some behind, a house goes dark, the broker restarts: fifty minutes."""
    return scenario(
        fault("device_death", name="dies", at="6m", scope={"kind": "feeder", "provider": "borealis"}, wills=False),
        fault(
            "cut", name="fails", at="12m", duration="12m", scope={"provider": "aurora"}, recovery={"stragglers": 0.1}
        ),
        fault("broker_restart", name="restart", at="34m", duration="20s"),
        fault("monitor_link_down", name="cut-off", at="40m", duration="3m"),
        duration="50m",
        fleet=FLEET,
        network=WEATHER,
    )


def world_of(played: Scenario, seed: int) -> tuple[World, list[Observation]]:
    """A world, and all that the monitor is told of it."""
    world = World(played, seed, echo_seconds=5.0)
    return world, list(world.observations())


def settings_of(world: World) -> EngineSettings:
    """The defaults, with the networks of the simulated sites."""
    return engine_settings(world.population.networks())


class Driver:
    """One engine and what it decided. `told` keeps the decisions of one step together."""

    def __init__(self, settings: EngineSettings, at: float) -> None:
        self.engine = Engine(settings, at=at)
        self.decisions: list[Decision] = []

    def tell(self, observations: Iterable[Observation]) -> Driver:
        """Let time pass up to each observation, then observe it."""
        for observation in observations:
            self.pass_to(observation.at)
            self.decisions += self.engine.observe(observation)
        return self

    def pass_to(self, moment: float) -> Driver:
        """Wake the engine for all that falls due until then."""
        due = self.engine.next_deadline()
        while due is not None and due <= moment:
            self.decisions += self.engine.wake(due)
            following = self.engine.next_deadline()
            if following is not None and following <= due:
                break
            due = following
        return self


def driven(world: World, observations: Sequence[Observation]) -> list[Decision]:
    """All that an engine decides about a world."""
    return Driver(settings_of(world), world.start).tell(observations).pass_to(world.end).decisions


class CrashingMonitor:
    """Commits as the loop does, and dies at times: what was not committed is gone, what was begins the next life."""

    def __init__(self, settings: EngineSettings, at: float) -> None:
        self.store = MemoryStore()
        self._settings = settings
        self._driver = Driver(settings, at)

    @property
    def engine(self) -> Engine:
        """The engine of this life."""
        return self._driver.engine

    async def step(self, observations: Sequence[Observation]) -> None:
        """Observe, then commit."""
        self._driver.tell(observations)
        await self.commit()

    async def finish(self, end: float) -> None:
        """Let time pass to the end, and commit."""
        self._driver.pass_to(end)
        await self.commit()

    async def commit(self) -> None:
        """Write what was decided, as the loop does."""
        decisions, self._driver.decisions = self._driver.decisions, []
        engine = self.engine
        changed = {each.device for each in decisions if isinstance(each, StatusChanged | DeviceRecorded)}
        changed -= {each.device for each in decisions if isinstance(each, DeviceForgotten)}
        changed.update(engine.take_unsaved(1000))
        weighty = any(isinstance(each, WEIGHTY) for each in decisions)
        saved = engine.save() if weighty or not engine.sight.blind else None
        rows = engine.rows(sorted(changed))
        await self.store.commit(Step(engine.horizon, decisions, rows, saved, to_all(decisions, (RECEIVER,))))

    async def crash(self, observations: Sequence[Observation], at: float) -> None:
        """Observe, and die before the commit; a new life begins at `at` with what the store has."""
        self._driver.tell(observations)
        saved = await self.store.open()
        assert saved.saved_at is not None, "a crash before the first commit is a new start"
        self._driver = Driver(self._settings, at)
        self._driver.decisions += self.engine.restore(
            at=at,
            saved_at=saved.saved_at,
            engine=saved.engine,
            devices=saved.devices,
            incidents=saved.incidents,
            alerts=saved.alerts,
            bulletins=saved.bulletins,
        )

    async def delivered(self) -> list[Alert]:
        """Everything owed over all lives, in order, as if each had been delivered at once."""
        alerts: list[Alert] = []
        while found := await self.store.owed(RECEIVER, 4e9, 1000):
            for each in found:
                alerts.append(each.alert)
                await self.store.delivered({each.id: None}, each.owed_at)
        return alerts


def alerts_in(decisions: Iterable[Decision]) -> list[Alert]:
    """The alerts owed, in order."""
    return [each.alert for each in decisions if isinstance(each, AlertOwed)]
