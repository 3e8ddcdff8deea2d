"""Faults at the centre: the broker, the monitor, and the link between them. No device is to blame for any of these."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from simulators.devices import speech
from simulators.devices.device import SimulatedDevice
from simulators.durations import Duration, Span
from simulators.faults.target import TimedFault
from simulators.recovery import Recovery
from simulators.truth import Truth

if TYPE_CHECKING:
    from simulators.world import World

RECONNECT = Recovery(back_off=60.0)
MONITOR_STOPPED = "the monitor itself was stopped"
CENTER = "center"
"""The cause of absences that are the centre's fault: for a monitor, these spells are blindness."""


class _CenterFault(TimedFault):
    """A fault of the centre that lasts for `duration`."""

    duration: Span

    def record(self, world: "World") -> float:
        """Put the blindness on record; gives the moment at which it ends."""
        end = self.staged(world) + self.duration
        name = self.name or str(getattr(self, "kind", ""))
        world.stage(Truth(name, "blind", "monitor", {}, self.staged(world), end, frozenset()))
        return end


class BrokerRestart(_CenterFault):
    """The broker goes down and comes back: sessions end, retained wills greet the monitor, all devices storm in."""

    kind: Literal["broker_restart"]
    duration: Span = 20.0
    wills: Annotated[bool, Field(description="whether the broker publishes everybody's will as it goes")] = True
    recovery: Recovery = RECONNECT

    def stage(self, world: "World") -> None:
        """Plan the end and the beginning."""
        end = self.record(world)
        world.plan(self.staged(world), partial(self._down, world))
        world.plan(end, partial(self._up, world))

    def _down(self, world: "World") -> None:
        world.broker.drop_link(world.now, "broker closed the connection")
        if self.wills:
            for device in world.population:
                if device.heard and world.scenario.fleet.wills and not device.parent and not device.sleepy:
                    world.broker.retain(speech.will(device, device.boot_id, world.now))
        world.presence.cut(_roots(world), CENTER, wills=False)

    def _up(self, world: "World") -> None:
        world.broker.raise_link(world.now + 1.0, "connected")
        world.presence.restore(_roots(world), self.recovery)


class BrokerPartition(_CenterFault):
    """Nobody reaches the broker: devices and monitor alike. The monitor's client finds out after `noticed_after`."""

    kind: Literal["broker_partition"]
    duration: Span = 120.0
    noticed_after: Duration = 15.0
    recovery: Recovery = RECONNECT

    def stage(self, world: "World") -> None:
        """Plan the separation and the reunion."""
        end = self.record(world)
        start = self.staged(world)
        world.plan(start, world.broker.stall)
        world.plan(start, lambda: world.presence.cut(_roots(world), CENTER, wills=True))
        if self.noticed_after < self.duration:
            world.plan(start + self.noticed_after, lambda: world.broker.drop_link(world.now, "keep-alive ran out"))
            world.plan(end, lambda: world.broker.raise_link(world.now + 1.0, "connected"))
        world.plan(end, lambda: world.broker.resume(world.now))
        world.plan(end, lambda: world.presence.restore(_roots(world), self.recovery))


class BrokerStall(_CenterFault):
    """The broker freezes for a moment: nothing is lost, everything comes late."""

    kind: Literal["broker_stall"]
    duration: Span = 20.0

    def stage(self, world: "World") -> None:
        """Plan the freeze and the thaw."""
        end = self.record(world)
        world.plan(self.staged(world), world.broker.stall)
        world.plan(end, lambda: world.broker.resume(world.now))


class _MonitorAway(_CenterFault):
    """The monitor is off the broker: heartbeats of that time are gone for it, the rest comes later."""

    duration: Span = 300.0

    def stage(self, world: "World") -> None:
        """Plan the loss and the return of the link."""
        end = self.record(world)
        world.plan(self.staged(world), lambda: world.broker.drop_link(world.now, self.reason("connection lost")))
        world.plan(end, lambda: world.broker.raise_link(world.now, self.reason("connected")))

    def reason(self, usual: str) -> str:
        """What the link's change is put down to."""
        return usual


class MonitorLinkDown(_MonitorAway):
    """Only the monitor loses the broker; devices go on as if nothing had happened."""

    kind: Literal["monitor_link_down"]


class MonitorStop(_MonitorAway):
    """The monitor itself is stopped and started again; whoever judges this restarts the engine from what it saved."""

    kind: Literal["monitor_stop"]

    def reason(self, usual: str) -> str:  # noqa: ARG002 -- the same for going and coming
        """What the link's change is put down to."""
        return MONITOR_STOPPED


def _roots(world: "World") -> list[SimulatedDevice]:
    """Everything that has its own connection to the broker; children follow their gateway."""
    return [device for device in world.population if not device.parent]
