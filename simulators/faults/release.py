"""Firmware: a rollout reaches device after device, and some of those it reaches fail, at once or weeks later."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from simulators.devices.device import SimulatedDevice
from simulators.durations import Duration, Span
from simulators.faults.target import TargetedFault
from simulators.truth import Truth

if TYPE_CHECKING:
    from simulators.world import World


class BadRelease(TargetedFault):
    """A scope, usually a model, is updated to `firmware` within `rollout`, and some of the updated devices die.

    They are a share of `failing`; they die `fails_after` their update, spread over `fails_within`.
    """

    kind: Literal["bad_release"]
    firmware: str
    rollout: Span = 7200.0
    failing: Annotated[float, Field(gt=0, le=1)] = 0.6
    fails_after: Duration = 0.0
    fails_within: Duration = 0.0
    wills: bool = False

    def stage(self, world: "World") -> None:
        """Plan every update and every death."""
        scope = self.resolved(world.population)
        devices = self.choose(world, scope, singly=True)
        doomed = []
        first = world.end
        for device in devices:
            updated_at = self.staged(world) + world.rng.random() * self.rollout
            world.plan(updated_at, partial(world.presence.reboot, device, firmware=self.firmware))
            if world.rng.random() >= self.failing:
                continue
            dies_at = updated_at + 60.0 + self.fails_after + world.rng.random() * self.fails_within
            if dies_at < world.end:
                doomed.append(device)
                first = min(first, dies_at)
                cut = partial(world.presence.cut, (device,), self.name or self.kind, dark=True, wills=self.wills)
                world.plan(dies_at, cut)
        if doomed:
            self._record_death(world, devices, doomed, first)

    def _record_death(
        self,
        world: "World",
        devices: tuple[SimulatedDevice, ...],
        doomed: list[SimulatedDevice],
        first: float,
    ) -> None:
        world.stage(
            Truth(
                name=self.name or self.kind,
                kind="outage",
                layer="release",
                scope={"firmware": self.firmware},
                start=first,
                end=None,
                devices=frozenset(device.id for device in doomed),
                share=len(doomed) / len(devices),
            )
        )
