"""Sudden faults: devices are heard, and the next moment they are not."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from simulators.durations import Duration
from simulators.faults.target import LARGEST, NoSuchTargetError, TargetedFault, TimedFault, identified
from simulators.recovery import USUAL, Recovery
from simulators.truth import Truth

if TYPE_CHECKING:
    from simulators.devices.device import SimulatedDevice
    from simulators.world import World


class _Ending(TimedFault):
    """A fault that ends after `duration`, or lasts."""

    duration: Annotated[Duration | None, Field(description="left out: it lasts beyond the scenario")] = None
    recovery: Recovery = USUAL

    def ends(self, world: "World") -> float | None:
        """When the cause is gone, None if it lasts beyond the scenario."""
        end = None if self.duration is None else self.staged(world) + self.duration
        return end if end is not None and end < world.end else None

    def plan_cut(self, world: "World", devices: "tuple[SimulatedDevice, ...]", *, dark: bool, wills: bool) -> None:
        """Plan that devices vanish when the fault begins, and return when it ends."""
        cause, end = self.name or str(getattr(self, "kind", "")), self.ends(world)
        world.plan(self.staged(world), partial(world.presence.cut, devices, cause, dark=dark, wills=wills))
        if end is not None:
            world.plan(end, partial(world.presence.restore, devices, self.recovery, dark=dark))


class Cut(_Ending, TargetedFault):
    """The way between the broker and a scope is cut: a provider's cloud fails, a region or a network (ISP) goes dark.

    With a `share` below 1 it is a brownout: only some devices are hit. Without `wills` the broker never notices, as
    when a provider's own bridge to our broker dies.
    """

    kind: Literal["cut"]
    wills: bool = False

    def stage(self, world: "World") -> None:
        """Plan the cut and the return."""
        scope = self.resolved(world.population)
        devices = self.choose(world, scope)
        self.record(world, "outage", scope, devices, self.ends(world))
        self.plan_cut(world, devices, dark=False, wills=self.wills)


class SharedCut(_Ending):
    """Several scopes fail within minutes of each other for the same reason, such as a cloud that they all rent."""

    kind: Literal["shared_cut"]
    scopes: Annotated[tuple[dict[str, str], ...], Field(min_length=2)]
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    within: Duration = 600.0

    def stage(self, world: "World") -> None:
        """Plan one cut per scope, each with its own truth."""
        for number, scope in enumerate(self.scopes):
            lag = self.within * number / (len(self.scopes) - 1)
            part = Cut(
                kind="cut",
                name=f"{self.name or 'shared'}-{number + 1}",
                at=self.at + lag,
                duration=self.duration,
                scope=scope,
                share=self.share,
                recovery=self.recovery,
            )
            part.stage(world)


class PowerCut(_Ending, TargetedFault):
    """The mains fails in a scope, usually a site: devices on mains stop, battery-backed ones lose their router."""

    kind: Literal["power_cut"]

    def stage(self, world: "World") -> None:
        """Plan the cut and the return of power."""
        scope = self.resolved(world.population)
        devices = self.choose(world, scope)
        self.record(world, "outage", scope, devices, self.ends(world))
        mains = tuple(device for device in devices if device.power == "mains")
        backed = tuple(device for device in devices if device.power != "mains")
        self.plan_cut(world, mains, dark=True, wills=True)
        self.plan_cut(world, backed, dark=False, wills=True)


class GatewayDeath(_Ending):
    """A gateway dies and takes along what hangs on it."""

    kind: Literal["gateway_death"]
    gateway: Annotated[str, Field(description="its name, or `largest`")] = LARGEST

    def stage(self, world: "World") -> None:
        """Plan the death and the return."""
        gateways = [device for device in world.population if device.children and self.gateway in {device.name, LARGEST}]
        if not gateways:
            message = f"no gateway is called {self.gateway!r} or none has children in this fleet"
            raise NoSuchTargetError(message)
        gateway = max(gateways, key=lambda device: len(device.children))
        children = tuple(gateway.children)
        world.stage(
            Truth(
                name=self.name or self.kind,
                kind="outage",
                layer="gateway",
                scope=identified({"parent": gateway.name}, (gateway,)),
                start=self.staged(world),
                end=self.ends(world),
                devices=frozenset(device.id for device in (gateway, *children)),
            )
        )
        self.plan_cut(world, (gateway,), dark=True, wills=True)
        self.plan_cut(world, children, dark=False, wills=False)


class DeviceDeath(_Ending, TargetedFault):
    """Single devices die, one by default; without `wills` even their broker session lingers unnoticed."""

    kind: Literal["device_death"]
    devices: Annotated[int | None, Field(ge=1)] = 1
    wills: bool = True

    def stage(self, world: "World") -> None:
        """Plan each death, with a truth of its own."""
        scope = self.resolved(world.population)
        for device in self.choose(world, scope, singly=True):
            self.record(world, "device", {"device": device.id}, (device,), self.ends(world))
            self.plan_cut(world, (device,), dark=True, wills=self.wills)
