"""Faults that take hours or days, or come and go."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from simulators.devices.device import SimulatedDevice
from simulators.durations import Duration, Span
from simulators.faults.target import TargetedFault
from simulators.recovery import AT_ONCE, USUAL, Recovery
from simulators.truth import TruthKind

if TYPE_CHECKING:
    from simulators.world import World


class Attrition(TargetedFault):
    """Devices of a scope fail one by one over `duration`, until `share` of them is gone; then, perhaps, they return."""

    kind: Literal["attrition"]
    duration: Span
    ends: Annotated[Duration | None, Field(description="when all return, counted like `at`; left out: never")] = None
    wills: bool = False
    recovery: Recovery = USUAL

    def stage(self, world: "World") -> None:
        """Plan each loss at a random moment."""
        scope = self.resolved(world.population)
        devices = self.choose(world, scope, singly=True)
        end = None if self.ends is None or world.start + self.ends >= world.end else world.start + self.ends
        self.record(world, "outage", scope, devices, end)
        latest = world.end if end is None else end
        for device in devices:
            falls_at = self.staged(world) + world.rng.random() * self.duration
            if falls_at >= latest:
                continue
            world.plan(falls_at, partial(world.presence.cut, (device,), self.name or self.kind, wills=self.wills))
            if end is not None:
                world.plan(end, partial(world.presence.restore, (device,), self.recovery))


class Flapping(TargetedFault):
    """Devices of a scope come and go: away for `down`, back for `up`; all `together`, or each in its own time."""

    kind: Literal["flapping"]
    duration: Span
    down: tuple[Span, Span] = (120.0, 1200.0)
    up: tuple[Span, Span] = (300.0, 3600.0)
    together: bool = False
    wills: bool = False

    def stage(self, world: "World") -> None:
        """Plan every spell."""
        scope = self.resolved(world.population)
        devices = self.choose(world, scope, singly=not self.together)
        end = self.staged(world) + self.duration
        groups = (devices,) if self.together else tuple((device,) for device in devices)
        last = max(self._plan_spells(world, group, end) for group in groups)
        shown = {"device": devices[0].id} if len(devices) == 1 else scope
        kind: TruthKind = "outage" if self.together else "flapping"
        self.record(world, kind, shown, devices, last if last < world.end else None)

    def _plan_spells(self, world: "World", devices: tuple[SimulatedDevice, ...], end: float) -> float:
        """Plan spell after spell; gives the end of the last one."""
        back = moment = self.staged(world) + (0.0 if self.together else world.rng.uniform(0.0, self.up[1]))
        while moment < min(end, world.end):
            back = moment + world.rng.uniform(*self.down)
            world.plan(moment, partial(world.presence.cut, devices, self.name or self.kind, wills=self.wills))
            world.plan(back, partial(world.presence.restore, devices, AT_ONCE))
            # The last device is back a few seconds after the spell; the next one must not begin before.
            moment = back + AT_ONCE.back_off + 1.0 + world.rng.uniform(*self.up)
        return back
