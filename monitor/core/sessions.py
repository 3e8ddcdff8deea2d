"""Which boot of a device speaks, and in which order: what is a proof of life and what is an echo of the past.

And what a session says by itself, for devices that are judged by it alone.
"""

from typing import Literal
from zlib import crc32

from monitor.core.fleet import Device, Fleet
from monitor.core.observations import Heartbeat

BOOTS_REMEMBERED = 4
LATE_ARRIVAL_SECONDS = 10.0

LOOK_SECONDS = 60
"""How often it is counted for outage detection whether a session is up: as if it sent a heartbeat once in this time."""

Boot = Literal["current", "new", "stale"]


def trusts_session(device: Device) -> bool:
    """Whether the device is judged by its session alone, so that silence says nothing."""
    return device.profile.liveness == "session"


def next_look(device: Device, at: float) -> float:
    """When its session is counted next after a moment: each device has a second of the minute of its own."""
    second = int(at)
    return float(second + LOOK_SECONDS - (second - crc32(device.id.encode())) % LOOK_SECONDS)


def is_look(device: Device) -> bool:
    """Whether the device is filed for the second in which its session is counted."""
    return int(device.deadline) % LOOK_SECONDS == crc32(device.id.encode()) % LOOK_SECONDS


def recognise(device: Device, boot_id: str) -> Boot:
    """Whether this boot is the one we know, one that it replaced, or one not seen before."""
    if boot_id == device.boot_id:
        return "current"
    return "stale" if boot_id in device.boots else "new"


def begin_boot(fleet: Fleet, device: Device, boot_id: str) -> None:
    """A boot not seen before: the device restarted, or is met for the first time."""
    if device.boot_id:
        device.boots = (device.boot_id, *device.boots[: BOOTS_REMEMBERED - 1])
        device.reboots += 1
        fleet.anomalies["reboot"] += 1
    device.boot_id = boot_id
    device.will_at = None


def accept(fleet: Fleet, device: Device, beat: Heartbeat) -> bool:
    """Whether this heartbeat is news; repeats, late arrivals and those of a replaced boot are counted and ignored.

    A lower number is a late arrival only close behind a newer one. Later it means that the device counts anew,
    and believing the old number would turn a living device into a silent one.
    """
    boot = recognise(device, beat.boot_id)
    if boot == "stale":
        fleet.anomalies["stale_boot"] += 1
        return False
    if boot == "new":
        begin_boot(fleet, device, beat.boot_id)
        return True
    previous = device.beat
    if previous is None or previous.boot_id != beat.boot_id:
        return True
    step = beat.seq - previous.seq
    if step > 1:
        device.sequence_gaps += step - 1
        fleet.anomalies["sequence_gap"] += step - 1
    elif step == 0:
        fleet.anomalies["duplicate"] += 1
        return False
    elif step < 0:
        if beat.at - previous.at < min(LATE_ARRIVAL_SECONDS, device.interval / 2):
            fleet.anomalies["reordered"] += 1
            return False
        fleet.anomalies["sequence_reset"] += 1
    return True
