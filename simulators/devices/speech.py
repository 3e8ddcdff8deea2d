"""What devices say, as observations of the monitor. Moments are Unix seconds; `at` is the receipt."""

from monitor.core.observations import (
    DeviceEvent,
    DeviceInfo,
    Heartbeat,
    ScheduleDeclared,
    SessionStatus,
    Telemetry,
    Value,
)
from monitor.devices.events import Happening
from simulators.devices.device import SimulatedDevice

BACKUP_SECONDS = 30 * 3600.0
"""How long a backup battery lasts."""
BATTERY_SECONDS = 365 * 86_400.0
"""How long the batteries last of what has nothing else."""


def heartbeat(device: SimulatedDevice, spoken_at: float, at: float) -> Heartbeat:
    """A sign of life with the number that the device has just counted up to."""
    detailed = device.seq % device.details_every == 0
    return Heartbeat(
        device.id,
        at,
        device.boot_id,
        device.seq,
        device.interval,
        device.own_time(spoken_at),
        float(int(spoken_at - device.boot_at)),
        device.clock,
        device.rssi if detailed else None,
        "battery" if device.power == "battery" or device.dark or device.battery_from is not None else "mains",
        _charge(device, spoken_at) if detailed else None,
        device.cloud_connected,
    )


def _charge(device: SimulatedDevice, moment: float) -> float | None:
    """How full its battery is, as far as it says so."""
    if device.battery_from is not None:
        return max(0.0, 1.0 - (moment - device.battery_from) / BACKUP_SECONDS)
    if device.charged_at is not None:
        return max(0.0, round(1.0 - (moment - device.charged_at) / BATTERY_SECONDS, 2))
    return None


def birth(device: SimulatedDevice, spoken_at: float, at: float) -> SessionStatus:
    """A session begins."""
    return SessionStatus(device.id, at, "online", device.boot_id, sent_at=device.own_time(spoken_at))


def farewell(device: SimulatedDevice, spoken_at: float, at: float, reason: str) -> SessionStatus:
    """The device ends its session in good order."""
    return SessionStatus(device.id, at, "offline", device.boot_id, sent_at=device.own_time(spoken_at), reason=reason)


def nap(device: SimulatedDevice, spoken_at: float, at: float) -> SessionStatus:
    """The device goes to sleep and says for how long."""
    return SessionStatus(
        device.id,
        at,
        "sleeping",
        device.boot_id,
        sent_at=device.own_time(spoken_at),
        next_seen_seconds=device.interval,
    )


def will(device: SimulatedDevice, boot_id: str, at: float) -> SessionStatus:
    """The broker announces that the session of that boot broke off."""
    return SessionStatus(device.id, at, "offline", boot_id, will=True, reason="connection_lost")


def info(device: SimulatedDevice, at: float, *, retained: bool = False) -> DeviceInfo:
    """The device states what it is."""
    return DeviceInfo(device.id, at, device.profile, retained)


def plan(device: SimulatedDevice, at: float) -> ScheduleDeclared | None:
    """The device states its plan, if it has one."""
    return None if device.schedule is None else ScheduleDeclared(device.id, at, device.schedule)


def reading(device: SimulatedDevice, spoken_at: float, at: float) -> Telemetry | None:
    """The device states its readings, if it has a body."""
    values: dict[str, Value]
    if device.feeder is not None:
        values = device.feeder.reading(spoken_at)
    elif device.thermostat is not None:
        values = device.thermostat.reading(spoken_at)
    else:
        return None
    return Telemetry(device.id, at, values, sent_at=device.own_time(spoken_at))


def happened(device: SimulatedDevice, spoken_at: float, at: float, event_id: str, happening: Happening) -> DeviceEvent:
    """The device tells what happened."""
    return DeviceEvent(device.id, at, event_id, happening, sent_at=device.own_time(spoken_at))
