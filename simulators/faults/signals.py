"""Faults in what devices say while they live: cut off from their cloud, congested, late, announced to end."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from monitor.core.observations import MaintenanceSet
from simulators.devices import speech
from simulators.devices.device import SimulatedDevice
from simulators.durations import Duration, Span
from simulators.faults.target import TargetedFault
from simulators.reception import settle_air

if TYPE_CHECKING:
    from simulators.world import World


class ControlPlane(TargetedFault):
    """Devices lose their vendor's cloud and say so (`cloud.connected` is false), but their heartbeats flow on."""

    kind: Literal["control_plane"]
    duration: Span

    def stage(self, world: "World") -> None:
        """Plan the loss and the return of the cloud."""
        scope = self.resolved(world.population)
        devices = self.choose(world, scope)
        end = self.staged(world) + self.duration
        self.record(world, "degraded", scope, devices, end if end < world.end else None)
        world.plan(self.staged(world), partial(_set_cloud, devices, connected=False))
        world.plan(end, partial(_set_cloud, devices, connected=True))


class Sunset(TargetedFault):
    """A service ends as announced: its devices are set under maintenance, then say goodbye within `duration`."""

    kind: Literal["sunset"]
    duration: Span = 3600.0
    announced: Annotated[bool, Field(description="whether somebody set the devices under maintenance first")] = True

    def stage(self, world: "World") -> None:
        """Plan the announcement and each farewell."""
        scope = self.resolved(world.population)
        devices = self.choose(world, scope)
        self.record(world, "planned", scope, devices, None)
        if self.announced:
            world.plan(self.staged(world), partial(_announce, world, devices))
        for device in devices:
            leaves_at = self.staged(world) + 60.0 + world.rng.random() * self.duration
            world.plan(leaves_at, partial(world.presence.retire, device))


class LateWill(TargetedFault):
    """A device restarts without a goodbye, and the will of its old session comes only `lateness` after that."""

    kind: Literal["late_will"]
    devices: Annotated[int | None, Field(ge=1)] = 1
    lateness: Span = 120.0

    def stage(self, world: "World") -> None:
        """Plan the restart and the will."""
        scope = self.resolved(world.population)
        devices = self.choose(world, scope)
        self.record(world, "nothing", scope, devices, self.staged(world) + self.lateness)
        for device in devices:
            world.plan(self.staged(world), partial(self._restart, world, device))

    def _restart(self, world: "World", device: SimulatedDevice) -> None:
        old_boot_id = device.boot_id
        world.presence.reboot(device, orderly=False)
        will_at = world.now + self.lateness
        world.plan(will_at, lambda: world.broker.publish(speech.will(device, old_boot_id, world.now)))


class Congestion(TargetedFault):
    """Loss in a scope rises by `factor` for a while; nobody is away, so nothing must be declared."""

    kind: Literal["congestion"]
    duration: Span = 600.0
    factor: Annotated[float, Field(gt=1, le=50)] = 4.0

    def stage(self, world: "World") -> None:
        """Plan the rise and the fall."""
        scope = self.resolved(world.population)
        devices = self.choose(world, scope)
        end = self.staged(world) + self.duration
        self.record(world, "nothing", scope, devices, end)
        world.plan(self.staged(world), partial(worsen, world, devices, self.factor))
        world.plan(end, partial(worsen, world, devices, 1 / self.factor))


class IntervalChange(TargetedFault):
    """Devices report at another interval from now on, as after a change of settings."""

    kind: Literal["interval_change"]
    interval: Span

    def stage(self, world: "World") -> None:
        """Plan the change."""
        scope = self.resolved(world.population)
        devices = self.choose(world, scope)
        self.record(world, "nothing", scope, devices, self.staged(world))
        world.plan(self.staged(world), partial(self._change, devices))

    def _change(self, devices: tuple[SimulatedDevice, ...]) -> None:
        for device in devices:
            device.interval = self.interval
            device.profile = device.describe()


class ClockJump(TargetedFault):
    """The devices' clocks jump by `by_seconds`.

    A jump of the monitor's own clock cannot be seen in its observations, since they are stamped by a clock that never
    jumps.
    """

    kind: Literal["clock_jump"]
    by_seconds: float = 3600.0
    duration: Annotated[Duration | None, Field(description="when the clocks are right again")] = None

    def stage(self, world: "World") -> None:
        """Plan the jump, and the correction if there is one."""
        scope = self.resolved(world.population)
        devices = self.choose(world, scope)
        end = None if self.duration is None else self.staged(world) + self.duration
        self.record(world, "nothing", scope, devices, end)
        world.plan(self.staged(world), partial(_shift_clocks, devices, self.by_seconds))
        if end is not None:
            world.plan(end, partial(_shift_clocks, devices, -self.by_seconds))


def worsen(world: "World", devices: tuple[SimulatedDevice, ...], factor: float) -> None:
    """Multiply the loss of devices."""
    for device in devices:
        device.first_miss *= factor
        settle_air(world, device, world.now)


def _set_cloud(devices: tuple[SimulatedDevice, ...], *, connected: bool) -> None:
    for device in devices:
        device.cloud_connected = connected


def _announce(world: "World", devices: tuple[SimulatedDevice, ...]) -> None:
    for device in devices:
        world.broker.publish(MaintenanceSet(device.id, world.now, on=True, author="operator"))


def _shift_clocks(devices: tuple[SimulatedDevice, ...], seconds: float) -> None:
    for device in devices:
        device.clock_offset += seconds
