"""Heartbeats that have a hard time: unheard, asleep, in a bad spell, or hit by a mishap."""

from typing import TYPE_CHECKING

from simulators.devices import speech
from simulators.devices.device import SimulatedDevice
from simulators.truth import Absence

if TYPE_CHECKING:
    from simulators.world import World

_BURST_LOSS = 0.97
_LONG_BURST_SECONDS = 300.0
_STEP = 0.002
_AWAKE_SECONDS = 2.0


class Reception:
    """Decides about every heartbeat that does not simply travel."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def beat(self, device: SimulatedDevice, moment: float, delay: float) -> None:
        """One heartbeat falls due at `moment`; `delay` is how long it would travel, in seconds."""
        if device.dark or device.retired:
            return
        device.seq += 1
        if device.cuts:
            return
        if device.sleepy:
            self._wake(device, moment, delay)
            return
        lost = self._in_burst(device, moment)
        if moment >= device.mishap_at:
            fate = self._world.air.draw_mishap(device.first_miss)
            device.mishap_at = self._world.air.next_mishap(moment, device.first_miss, device.interval)
            lost = lost or fate == "lost"
            if fate == "overtaken":
                delay += device.interval + self._world.air.delay()
            elif fate == "doubled" and not lost:
                self._world.broker.publish(speech.heartbeat(device, moment, moment + delay + self._world.air.delay()))
        device.settle_clear()
        if not lost:
            self._world.broker.publish(speech.heartbeat(device, moment, moment + delay))

    def _in_burst(self, device: SimulatedDevice, moment: float) -> bool:
        """Whether a bad spell swallows the beat; long spells are real absences and go on record once they are over."""
        while moment >= device.burst_until:
            if device.burst_until - device.burst_from >= _LONG_BURST_SECONDS:
                self._world.presence.record_absence(Absence(device.id, device.burst_from, device.burst_until, "burst"))
            draw_burst(self._world, device, device.burst_until)
        return moment >= device.burst_from and self._world.rng.random() < _BURST_LOSS

    def _wake(self, device: SimulatedDevice, moment: float, delay: float) -> None:
        """A sleepy device reports, then says when it will be back."""
        publish, at = self._world.broker.publish, moment + delay
        publish(speech.birth(device, moment, at))
        publish(speech.heartbeat(device, moment, at + _STEP))
        publish(speech.nap(device, moment + _AWAKE_SECONDS, at + _AWAKE_SECONDS))


def settle_air(world: "World", device: SimulatedDevice, moment: float) -> None:
    """Draw a device's next bad spell and mishap anew, as after a connect or a change of its reception."""
    draw_burst(world, device, moment)
    device.mishap_at = world.air.next_mishap(moment, device.first_miss, device.interval)
    device.settle_clear()


def draw_burst(world: "World", device: SimulatedDevice, after: float) -> None:
    """Draw the next bad spell."""
    device.burst_from, device.burst_until = world.air.next_burst(after, device.first_miss)
