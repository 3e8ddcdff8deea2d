"""What devices say, taken in one device at a time: each kind of observation and what it changes."""

from collections.abc import Callable
from typing import Any

from monitor.core.decisions import Decision, DeviceForgotten, DeviceRecorded
from monitor.core.fleet import Device, Fleet
from monitor.core.liveness import Liveness
from monitor.core.notices import Notices
from monitor.core.observations import (
    DeviceEvent,
    DeviceInfo,
    DeviceRemoved,
    Heartbeat,
    MaintenanceSet,
    ScheduleDeclared,
    SessionStatus,
    Telemetry,
)
from monitor.core.settings import LimitSettings
from monitor.core.upkeep import Upkeep
from monitor.core.welfare.symptoms import stirs
from monitor.core.welfare.ward import Ward
from monitor.devices.kinds import KINDS_BY_NAME

FromDevice = Heartbeat | SessionStatus | DeviceInfo | Telemetry | DeviceEvent | ScheduleDeclared


class Registry:
    """Meets devices, keeps what they say of themselves, lets them go, and remembers which were heard since saved."""

    def __init__(
        self, fleet: Fleet, liveness: Liveness, notices: Notices, welfare: Ward, upkeep: Upkeep, limits: LimitSettings
    ) -> None:
        self._fleet = fleet
        self._liveness = liveness
        self._notices = notices
        self._welfare = welfare
        self._upkeep = upkeep
        self._limits = limits
        self._unsaved: list[str] = []

    def take_unsaved(self, limit: int) -> list[str]:
        """Ids of devices heard since they were last saved, at most `limit` of them, and consider them saved."""
        taken = self._unsaved[-limit:]
        del self._unsaved[-limit:]
        for name in taken:
            device = self._fleet.get(name)
            if device is not None:
                device.unsaved = False
        return taken

    def heartbeat(self, beat: Heartbeat) -> list[Decision]:
        """A sign of life; the quiet ones of known devices pass here without a detour."""
        device = self._fleet.devices.get(beat.device)
        if device is None:
            return self._with_device(beat, self._hear)
        device.messages += 1
        if not device.unsaved:
            self._touch(device)
        previous = device.beat
        decisions = self._liveness.hear(device, beat)
        if stirs(previous, beat):
            decisions = decisions + self._welfare.heartbeat(device, previous, beat)
        return decisions

    def status(self, observation: SessionStatus) -> list[Decision]:
        """Its session began, ended or went to sleep."""
        return self._with_device(observation, self._liveness.status)

    def info(self, observation: DeviceInfo) -> list[Decision]:
        """What it is."""
        return self._with_device(observation, self._describe)

    def telemetry(self, observation: Telemetry) -> list[Decision]:
        """What it measures."""
        return self._with_device(observation, self._read)

    def event(self, observation: DeviceEvent) -> list[Decision]:
        """What happened at it."""
        return self._with_device(observation, self._happen)

    def schedule(self, observation: ScheduleDeclared) -> list[Decision]:
        """What it plans."""
        return self._with_device(observation, self._plan)

    def removed(self, observation: DeviceRemoved) -> list[Decision]:
        """It left the fleet, once both of its identity topics are cleared."""
        device = self._fleet.get(observation.device)
        if device is None:
            return []
        if device.cleared in ("", observation.topic):
            device.cleared = observation.topic
            return []
        self._liveness.part(device)
        ended = self._notices.removed(device.id, observation.at) + self._welfare.removed(device, observation.at)
        return [DeviceForgotten(device.id, observation.at), *ended]

    def maintenance(self, observation: MaintenanceSet) -> list[Decision]:
        """Somebody works on it, or no longer does."""
        device = self._fleet.get(observation.device)
        if device is None:
            return []
        if not device.held:
            return self._maintain(device, observation.at, on=observation.on)
        device.held = "both" if observation.on else "window"
        return [DeviceRecorded(device.id, observation.at)]

    def hold(self, device: Device, on: bool, at: float) -> list[Decision]:  # noqa: FBT001 -- as `Hold` is called
        """A window begins to hold it in maintenance, or lets it go; somebody's hand may hold it still."""
        by_hand = device.maintenance if not device.held else device.held == "both"
        device.held = "" if not on else "both" if by_hand else "window"
        told = self._maintain(device, at, on=on or by_hand)
        return told or [DeviceRecorded(device.id, at)]

    def _maintain(self, device: Device, at: float, *, on: bool) -> list[Decision]:
        if device.maintenance == on:
            return []
        self._fleet.set_maintenance(device, on=on)
        self._liveness.describe(device)
        told = self._notices.maintained(device, at) + self._welfare.maintained(device, at)
        return [DeviceRecorded(device.id, at), *told]

    def _with_device(self, observation: FromDevice, way: Callable[[Device, Any], list[Decision]]) -> list[Decision]:
        """Find or meet the device that speaks, then go that way with it."""
        met: list[Decision] = []
        device = self._fleet.devices.get(observation.device)
        if device is None:
            if len(self._fleet) >= self._limits.devices:
                return self._upkeep.refuse(observation.at)
            device = Device(observation.device, observation.at)
            self._liveness.meet(device)
            met.append(DeviceRecorded(device.id, observation.at))
        device.messages += 1
        device.cleared = ""
        if not device.unsaved:
            self._touch(device)
        return met + way(device, observation)

    def _touch(self, device: Device) -> None:
        device.unsaved = True
        self._unsaved.append(device.id)

    def _hear(self, device: Device, beat: Heartbeat) -> list[Decision]:
        return self._liveness.hear(device, beat) + self._welfare.heartbeat(device, None, beat)

    def _describe(self, device: Device, observation: DeviceInfo) -> list[Decision]:
        profile = self._fleet.bounded(observation.profile, self._limits.label_values)
        if profile == device.profile:
            return []
        before = device.profile
        self._fleet.set_profile(device, profile)
        self._liveness.describe(device)
        self._welfare.described(device, before, observation.at)
        return [DeviceRecorded(device.id, observation.at)]

    def _read(self, device: Device, observation: Telemetry) -> list[Decision]:
        device.reading = KINDS_BY_NAME[device.profile.kind].merged(device.reading, observation.values)
        device.reading_at = observation.at
        return self._liveness.notice(device, observation.at) + self._welfare.telemetry(device, observation)

    def _happen(self, device: Device, observation: DeviceEvent) -> list[Decision]:
        alive = [] if observation.replayed else self._liveness.notice(device, observation.at)
        return alive + self._welfare.event(device, observation)

    def _plan(self, device: Device, observation: ScheduleDeclared) -> list[Decision]:
        if device.schedule == observation.schedule:
            return []
        former, device.schedule = device.schedule, observation.schedule
        told = self._welfare.planned(device, former, observation.at, retained=observation.retained)
        return [DeviceRecorded(device.id, observation.at), *told]
