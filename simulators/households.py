"""Daily life in the homes: readings every few minutes and meals by plan."""

from functools import partial
from typing import TYPE_CHECKING

from monitor.devices.schedule import Meal
from simulators.devices import speech
from simulators.devices.device import SimulatedDevice
from simulators.devices.feeder import Feeder

if TYPE_CHECKING:
    from simulators.world import World

_MEAL_LATENESS_SECONDS = 12.0


class Households:
    """Plans the readings and meals of all devices, each one when the one before is done."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._every = world.scenario.fleet.telemetry

    def begin(self) -> None:
        """Start every device on its round."""
        world = self._world
        for device in world.population:
            if self._every and (device.feeder or device.thermostat):
                world.plan(world.start + world.rng.random() * self._every, partial(self._read, device))
            if world.scenario.fleet.meals and device.feeder is not None:
                self._plan_meal(device, device.feeder, world.start)

    def _read(self, device: SimulatedDevice) -> None:
        world = self._world
        if device.heard:
            reading = speech.reading(device, world.now, world.presence.arrival(device))
            if reading is not None:
                world.broker.publish(reading)
        world.plan(world.now + self._every, partial(self._read, device))

    def _plan_meal(self, device: SimulatedDevice, feeder: Feeder, after: float) -> None:
        if not feeder.schedule.enabled:
            return
        planned_at, meal = feeder.next_meal(after)
        late = self._world.rng.random() * _MEAL_LATENESS_SECONDS + feeder.off
        revision = feeder.schedule.revision
        self._world.plan(planned_at + late, partial(self._feed, device, feeder, revision, planned_at, meal))

    def follow(self, device: SimulatedDevice, feeder: Feeder) -> None:
        """The feeder's plan was changed just now; meals that are due already still come."""
        self._plan_meal(device, feeder, self._world.now)

    def _feed(self, device: SimulatedDevice, feeder: Feeder, revision: int, planned_at: float, meal: Meal) -> None:
        current = revision == feeder.schedule.revision
        if not current and planned_at > feeder.rewritten_at:
            return
        cut_off = feeder.schedule.held_by == "cloud" and not (device.heard and device.cloud_connected)
        if not (device.dark or device.retired or cut_off or feeder.plan_lost):
            self._world.presence.tell(device, feeder.feed(meal, planned_at, self._world.rng))
        if current:
            self._plan_meal(device, feeder, planned_at)
