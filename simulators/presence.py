"""Who can be heard: cuts and returns, sessions, births and wills."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from monitor.devices.events import Booted, Feeding, Happening
from simulators.devices import speech
from simulators.devices.device import SimulatedDevice
from simulators.reception import settle_air
from simulators.recovery import Recovery
from simulators.truth import Absence

if TYPE_CHECKING:
    from simulators.world import World

_WILL_FACTOR = 1.5
_BACKLOG_LIMIT = 50
_BOOT_SECONDS = (4.0, 25.0)
_STEP = 0.002
"""Between two messages that a device sends in one go; one connection keeps their order."""


class Presence:
    """Keeps every device's cuts and session, and publishes what follows from them."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._rng = world.rng
        self._wills = world.scenario.fleet.wills
        self._absent: dict[str, tuple[float, str]] = {}
        self._absences: list[Absence] = []

    def begin(self) -> None:
        """Put all devices in place: running since long ago, or about to come up one after another."""
        world, rng = self._world, self._rng
        running = world.scenario.fleet.begin == "running"
        for device in world.population:
            device.boot_id = self._draw_boot_id()
            settle_air(world, device, world.start)
            if running:
                device.fresh_boot = False
                device.boot_at = world.start - rng.uniform(3600.0, 30 * 86_400.0)
                device.seq = int((world.start - device.boot_at) / device.interval)
                world.rephase(device, world.start + rng.random() * device.interval)
                world.broker.retain(
                    speech.nap(device, world.start, 0.0) if device.sleepy else speech.birth(device, world.start, 0.0)
                )
            else:
                device.cuts = device.dark = 1
                device.settle_clear()
                up_at = world.start + rng.random() * world.scenario.fleet.boot
                world.plan(up_at, partial(self._relieve, device, dark=True))
        world.broker.raise_link(world.start, "connected")

    def cut(self, devices: Iterable[SimulatedDevice], cause: str, *, dark: bool = False, wills: bool = True) -> None:
        """Keep devices from being heard; `dark` stops them as well. Each cut needs its own `restore`."""
        for device in devices:
            self._cut(device, cause, dark=dark, wills=wills)

    def restore(self, devices: Iterable[SimulatedDevice], recovery: Recovery, *, dark: bool = False) -> None:
        """Take back a cut: the devices return one by one, as the recovery has it."""
        for device in devices:
            wait = recovery.draw(device, self._rng)
            if wait is None:
                continue
            if dark:
                wait += self._rng.uniform(*_BOOT_SECONDS)
            self._world.plan(self._world.now + wait, partial(self._relieve, device, dark=dark))

    def retire(self, device: SimulatedDevice) -> None:
        """The device says goodbye and leaves for good."""
        now = self._world.now
        if device.heard:
            self._world.broker.publish(speech.farewell(device, now, now + self._world.air.delay(), "shutdown"))
            self._absent[device.id] = (now, "retired")
        device.retired = True
        device.settle_clear()

    def reboot(self, device: SimulatedDevice, *, firmware: str = "", orderly: bool = True) -> None:
        """The device restarts, perhaps with another firmware; in good order it says goodbye first."""
        now = self._world.now
        if not device.heard:
            return
        if firmware:
            device.firmware = firmware
            device.profile = device.describe()
        if orderly:
            self._world.broker.publish(speech.farewell(device, now, now + self._world.air.delay(), "update"))
        self._boot(device, now + self._rng.uniform(*_BOOT_SECONDS))

    def tell(self, device: SimulatedDevice, happening: Happening) -> None:
        """Tell of something that happened: now, or after the return if the device cannot be heard."""
        if isinstance(happening, Feeding) and device.feeder is not None and not device.feeder.tells:
            return
        event_id = f"e{self._rng.getrandbits(48):012x}"
        now = self._world.now
        if device.heard:
            self._world.broker.publish(speech.happened(device, now, self.arrival(device), event_id, happening))
        elif not device.retired and not device.dark and len(device.backlog) < _BACKLOG_LIMIT:
            device.backlog.append(replace(speech.happened(device, now, now, event_id, happening), replayed=True))

    def arrival(self, device: SimulatedDevice) -> float:
        """When a message sent now at least once will arrive: a bad spell delays it, but does not lose it."""
        now = self._world.now
        return (max(now, device.burst_until) if device.burst_from <= now else now) + self._world.air.delay()

    def absences(self) -> list[Absence]:
        """Closed spells, then those that still last."""
        still = [Absence(device, start, None, cause) for device, (start, cause) in self._absent.items()]
        return [*self._absences, *still]

    def record_absence(self, absence: Absence) -> None:
        """Note a spell that is known from beginning to end."""
        self._absences.append(absence)

    def _cut(self, device: SimulatedDevice, cause: str, *, dark: bool, wills: bool) -> None:
        now = self._world.now
        heard = device.heard
        device.cuts += 1
        if dark:
            device.dark += 1
            self._power_body(device, on=False)
        device.settle_clear()
        if not heard:
            return
        self._absent[device.id] = (now, cause)
        if wills and self._wills and not device.parent and not device.sleepy:
            device.will_pending = True
            device.will_boot_id = device.boot_id
            last_packet = now - self._rng.random() * min(device.keepalive, device.interval)
            announce = partial(self._announce_will, device, device.session, device.boot_id)
            self._world.plan(last_packet + _WILL_FACTOR * device.keepalive, announce)

    def _relieve(self, device: SimulatedDevice, *, dark: bool) -> None:
        device.cuts -= 1
        booted = False
        if dark:
            device.dark -= 1
            booted = device.dark == 0
            self._power_body(device, on=booted)
        if booted:
            self._start_up(device, self._world.now)
        if not device.heard:
            device.settle_clear()
            return
        start, cause = self._absent.pop(device.id, (0.0, ""))
        if cause:
            self._absences.append(Absence(device.id, start, self._world.now, cause))
        self._connect(device)

    def _boot(self, device: SimulatedDevice, at: float) -> None:
        """Restart; the session is gone until the device is up again."""
        device.cuts += 1
        device.dark += 1
        device.settle_clear()
        self._world.plan(at, partial(self._relieve, device, dark=True))

    def _start_up(self, device: SimulatedDevice, at: float) -> None:
        device.boot_id = self._draw_boot_id()
        device.boot_at = at
        device.seq = 0
        device.fresh_boot = True

    def _connect(self, device: SimulatedDevice) -> None:
        """Open a session: a pending will of the old one comes first, then birth, heartbeat, and what was kept back."""
        world, now = self._world, self._world.now
        settle_air(world, device, now)
        at = self.arrival(device)
        if device.will_pending:
            world.broker.publish(speech.will(device, device.will_boot_id, at))
        device.session += 1
        device.will_pending = False
        device.seq += 1
        world.broker.publish(speech.birth(device, now, at + _STEP))
        if device.fresh_boot:
            device.fresh_boot = False
            self._introduce(device, at + _STEP)
        world.broker.publish(speech.heartbeat(device, now, at + 4 * _STEP))
        for position, event in enumerate(device.backlog):
            world.broker.publish(replace(event, at=at + (5 + position) * _STEP))
        device.backlog.clear()
        world.rephase(device, now + device.interval)

    def _introduce(self, device: SimulatedDevice, at: float) -> None:
        publish = self._world.broker.publish
        publish(speech.info(device, at + _STEP))
        plan = speech.plan(device, at + _STEP)
        lost = device.feeder is not None and device.feeder.plan_lost
        if plan is not None and not lost:
            publish(plan)
        event_id = f"e{self._rng.getrandbits(48):012x}"
        publish(speech.happened(device, self._world.now, at + 2 * _STEP, event_id, Booted(cause="power_on")))

    def _announce_will(self, device: SimulatedDevice, session: int, boot_id: str) -> None:
        if device.will_pending and device.session == session:
            device.will_pending = False
            self._world.broker.publish(speech.will(device, boot_id, self._world.now + _STEP))

    def _power_body(self, device: SimulatedDevice, *, on: bool) -> None:
        if device.thermostat is not None:
            device.thermostat.advance(self._world.now)
            device.thermostat.powered = on

    def _draw_boot_id(self) -> str:
        return f"{self._rng.getrandbits(32):08x}"
