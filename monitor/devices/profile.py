"""What a device says it is."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["feeder", "thermostat", "gateway", "generic"]
Liveness = Literal["session", "heartbeat", "sleepy"]
Power = Literal["mains", "battery", "mains_battery_backup"]

KINDS: tuple[Kind, ...] = ("feeder", "thermostat", "gateway", "generic")


@dataclass(frozen=True, slots=True)
class Profile:
    """The identity and dimensions of one device, from its `info` message; empty text means not stated."""

    kind: Kind = "generic"
    model: str = ""
    vendor: str = ""
    firmware: str = ""
    hardware: str = ""
    provider: str = ""
    region: str = ""
    site: str = ""
    parent: str = ""
    power: Power | None = None
    liveness: Liveness = "heartbeat"
    interval_seconds: float | None = None
    timezone: str = ""
    capabilities: tuple[str, ...] = ()
    schedule_survives_reboot: bool = False


UNKNOWN_PROFILE = Profile()
