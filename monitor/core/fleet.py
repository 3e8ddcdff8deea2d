"""The fleet as it stands: devices, and the integer counts that everything else is read from."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from monitor.core.decisions import OfflineCause, Status
from monitor.core.observations import Heartbeat, Value
from monitor.core.patience.peers import STRANGERS, Peers
from monitor.devices.profile import UNKNOWN_PROFILE, Profile
from monitor.devices.schedule import Schedule

Held = Literal["", "window", "both"]
"""Whether a window holds a device in maintenance: none does, one does, or one does and somebody's hand does too."""

BOUNDED = ("provider", "region", "model", "firmware", "vendor")
OVERFLOW = "other"


class Cohort(NamedTuple):
    """The labels that fleet metrics are added up by; an empty value means not stated."""

    tenant: str
    provider: str
    region: str
    kind: str


class Device:
    """What is known of one device. Moments are Unix seconds; `last_seen` is the last proof of life, 0.0 for none.

    `beat` is the last heartbeat and holds the vital signs. `interval` is the expected time between heartbeats,
    `timeout` the silence that makes the device offline and `jitter` how much later than expected heartbeats usually
    are, all in seconds. `misses` counts due heartbeats missed in a row. `leaf` is the device's place in `leaves.py` and
    `counted` what it adds to the counts there. `slots` counts heartbeats that fell due while it was well, `starts` how
    many of those began a blip, `loss_bin` is the class of that rate and `peers` the devices like it (see `patience/`).
    """

    __slots__ = (
        "beat",
        "boot_id",
        "boots",
        "cause",
        "cleared",
        "counted",
        "deadline",
        "declared_interval",
        "deviation",
        "first_seen",
        "flaps",
        "gaps",
        "held",
        "id",
        "interval",
        "jitter",
        "last_seen",
        "leaf",
        "loss_bin",
        "maintenance",
        "messages",
        "misses",
        "peers",
        "profile",
        "reading",
        "reading_at",
        "reason",
        "reboots",
        "resting_until",
        "schedule",
        "sequence_gaps",
        "session_up",
        "since",
        "slots",
        "starts",
        "status",
        "timeout",
        "unsaved",
        "welfare",
        "will_at",
    )

    def __init__(self, device: str, at: float) -> None:
        self.id = device
        self.profile: Profile = UNKNOWN_PROFILE
        self.status: Status = "new"
        self.since = at
        self.first_seen = at
        self.last_seen = 0.0
        self.reason = "not heard yet"
        self.cause: OfflineCause = ""
        self.interval = 0.0
        self.declared_interval: float | None = None
        self.gaps: tuple[float, ...] = ()
        self.timeout = 0.0
        self.jitter = 0.0
        self.deviation = 0.0
        self.misses = 0
        self.slots = 0
        self.starts = 0.0
        self.loss_bin = 0
        self.peers: Peers = STRANGERS
        self.deadline = 0.0
        self.beat: Heartbeat | None = None
        self.boot_id = ""
        self.boots: tuple[str, ...] = ()
        self.session_up = False
        self.will_at: float | None = None
        self.resting_until: float | None = None
        self.maintenance = False
        self.held: Held = ""
        self.flaps: tuple[float, ...] = ()
        self.messages = 0
        self.sequence_gaps = 0
        self.reboots = 0
        self.reading: Mapping[str, Value] | None = None
        self.reading_at = 0.0
        self.schedule: Schedule | None = None
        self.cleared = ""
        self.leaf: object | None = None
        self.counted = 0
        self.unsaved = False
        self.welfare: Any = None

    @property
    def tenant(self) -> str:
        """The tenant part of the id."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """The device part of the id."""
        return self.id.partition("/")[2]

    @property
    def cohort(self) -> Cohort:
        """Where its counts are added."""
        profile = self.profile
        return Cohort(self.tenant, profile.provider, profile.region, profile.kind)

    @property
    def parent_id(self) -> str:
        """The id of the gateway it speaks through, empty if it speaks for itself."""
        return f"{self.tenant}/{self.profile.parent}" if self.profile.parent else ""

    @property
    def clock_offset_seconds(self) -> float | None:
        """How far ahead of ours its clock was at its last heartbeat; transit time counts against it."""
        beat = self.beat
        return None if beat is None or beat.sent_at is None else beat.sent_at - beat.at

    @property
    def ever_heard(self) -> bool:
        """Whether it ever proved to be alive."""
        return self.last_seen > 0


class Fleet:
    """All devices by id, and counts by cohort and status that are kept as devices change."""

    def __init__(self) -> None:
        self.devices: dict[str, Device] = {}
        self.counts: Counter[tuple[Cohort, Status]] = Counter()
        self.in_maintenance: Counter[Cohort] = Counter()
        self.children: dict[str, set[str]] = {}
        """Ids of the devices behind each gateway, by the gateway's id."""
        self.anomalies: Counter[str] = Counter()
        """How often something odd but harmless was seen; keys from `ANOMALIES`."""
        self._values: dict[str, dict[str, str]] = {name: {} for name in BOUNDED}
        self.refused = 0
        """Messages of unknown devices that were turned away because the fleet is full."""

    def __len__(self) -> int:
        return len(self.devices)

    def __iter__(self) -> Iterator[Device]:
        return iter(self.devices.values())

    def get(self, device: str) -> Device | None:
        """The device with this id, `tenant/device`."""
        return self.devices.get(device)

    def add(self, device: Device) -> None:
        """Take a device in."""
        self.devices[device.id] = device
        self._count(device, 1)

    def remove(self, device: Device) -> None:
        """Let a device go."""
        del self.devices[device.id]
        self._count(device, -1)

    def set_profile(self, device: Device, profile: Profile) -> None:
        """The device says what it is."""
        self._count(device, -1)
        device.profile = profile
        self._count(device, 1)

    def bounded(self, profile: Profile, limit: int) -> Profile:
        """The profile with values beyond `limit` different ones of a dimension replaced by `OVERFLOW`.

        Equal values become one text, of which a large fleet would otherwise keep as many as it has devices.
        """
        shared: dict[str, str] = {}
        for name, known in self._values.items():
            value = getattr(profile, name)
            if value in known:
                shared[name] = known[value]
            elif value and len(known) < limit:
                known[value] = value
            elif value:
                self.anomalies["label_limit"] += 1
                shared[name] = OVERFLOW
        return replace(profile, **shared)  # type: ignore[arg-type]  # only text fields are bounded

    def set_status(self, device: Device, status: Status) -> None:
        """The device changed its status."""
        cohort = device.cohort
        self.counts[cohort, device.status] -= 1
        device.status = status
        self.counts[cohort, status] += 1

    def set_maintenance(self, device: Device, *, on: bool) -> None:
        """The device is, or is no longer, under maintenance."""
        self.in_maintenance[device.cohort] += int(on) - int(device.maintenance)
        device.maintenance = on

    def offline_children(self, device: Device) -> int:
        """How many devices behind this gateway are offline."""
        return sum(self.devices[child].status == "offline" for child in self.children.get(device.id, ()))

    def _count(self, device: Device, step: int) -> None:
        cohort = device.cohort
        self.counts[cohort, device.status] += step
        if device.maintenance:
            self.in_maintenance[cohort] += step
        if parent := device.parent_id:
            siblings = self.children.setdefault(parent, set())
            if step > 0:
                siblings.add(device.id)
            else:
                siblings.discard(device.id)
                if not siblings:
                    del self.children[parent]


ANOMALIES = (
    "duplicate",
    "reordered",
    "sequence_gap",
    "sequence_reset",
    "reboot",
    "stale_boot",
    "stale_will",
    "backlog",
    "label_limit",
)
"""Odd but harmless things that are counted: the keys of `Fleet.anomalies`."""
