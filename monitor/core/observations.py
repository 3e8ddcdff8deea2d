"""Everything that the engine can be told. One short list of ins; `decisions.py` is the list of outs.

`at` is always the moment of receipt on the monitor's clock, Unix seconds. `sent_at` is the device's own claim.
`device` is `tenant/device`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from monitor.core.operations.acts import Act
from monitor.core.probing.results import ProbeResult
from monitor.core.publication.bulletins import PublicAct
from monitor.devices.events import Happening
from monitor.devices.profile import Profile
from monitor.devices.schedule import Schedule

BlindCause = Literal["link", "echo", "store", "overload", "restart"]
Clock = Literal["ntp", "rtc", "none"]
PowerSource = Literal["mains", "battery"]
SessionState = Literal["online", "offline", "sleeping"]
Value = float | str | bool | None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sign of life, numbered within one boot."""

    device: str
    at: float
    boot_id: str
    seq: int
    interval_seconds: float | None = None
    sent_at: float | None = None
    uptime_seconds: float | None = None
    clock: Clock | None = None
    rssi_dbm: float | None = None
    power_source: PowerSource | None = None
    battery_ratio: float | None = None
    cloud_connected: bool | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """The device's session began, ended or went to sleep; `will` means that the broker said it for the device."""

    device: str
    at: float
    state: SessionState
    boot_id: str
    sent_at: float | None = None
    will: bool = False
    reason: str = ""
    next_seen_seconds: float | None = None
    retained: bool = False


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What the device says it is."""

    device: str
    at: float
    profile: Profile
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Readings by contract field name; a key that is absent says nothing, None says that the device does not know."""

    device: str
    at: float
    values: Mapping[str, Value]
    sent_at: float | None = None


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """Something that happened at the device, once; `replayed` ones come from its buffer after a gap."""

    device: str
    at: float
    event_id: str
    happening: Happening
    sent_at: float | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleDeclared:
    """The plan that the device or its cloud follows."""

    device: str
    at: float
    schedule: Schedule
    retained: bool = False


@dataclass(frozen=True, slots=True)
class DeviceRemoved:
    """The device was taken out of the fleet; `topic` is which of its two identity topics was cleared."""

    device: str
    at: float
    topic: Literal["status", "info"]


@dataclass(frozen=True, slots=True)
class Echo:
    """Our own message came back through broker, session and inbox; it left us at `sent_at`."""

    at: float
    sent_at: float


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The connection to the broker was made or lost."""

    at: float
    up: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SightChanged:
    """The shell cannot vouch for what it passes on (the store fails, the inbox overflows), or can again."""

    at: float
    blind: bool
    cause: BlindCause
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MaintenanceSet:
    """Somebody put a device under maintenance, or took it out."""

    device: str
    at: float
    on: bool
    author: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """Evidence about a scope from elsewhere: a probe or a provider's page. `weight_nats` > 0 speaks for an outage."""

    at: float
    source: str
    scope: Mapping[str, str] = field(default_factory=dict)
    statement: str = ""
    weight_nats: float = 0.0


@dataclass(frozen=True, slots=True)
class Flooding:
    """A device sends more than it may and its excess is dropped, or it stopped doing so."""

    device: str
    at: float
    on: bool
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Scraped:
    """Prometheus, or somebody in its place, read our metrics."""

    at: float


Observation = (
    Heartbeat
    | SessionStatus
    | DeviceInfo
    | Telemetry
    | DeviceEvent
    | ScheduleDeclared
    | DeviceRemoved
    | Echo
    | LinkChanged
    | SightChanged
    | MaintenanceSet
    | Witness
    | ProbeResult
    | Flooding
    | Scraped
    | Act
    | PublicAct
)
