"""The fleet as it stands: devices, and the integer counts that everything else is read from."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from monitor.core.decisions import Status
from monitor.core.observations import Heartbeat, Value
from monitor.devices.profile import UNKNOWN_PROFILE, Profile
from monitor.devices.schedule import Schedule


class Cohort(NamedTuple):
    """The labels that fleet metrics are added up by; an empty value means not stated."""

    tenant: str
    provider: str
    region: str
    kind: str


class Device:
    """What is known of one device. Moments are Unix seconds; `last_seen` is the last proof of life, 0.0 if none.

    `beat` is the last heartbeat and holds the vital signs. `interval` is the expected time between heartbeats and
    `timeout` the silence that makes the device offline, both in seconds. `misses` counts due heartbeats missed in a row.
    """

    __slots__ = (
        "beat",
        "boot_id",
        "boots",
        "cause",
        "clock_offset",
        "deadline",
        "first_seen",
        "flaps",
        "id",
        "interval",
        "jitter",
        "last_seen",
        "leaf",
        "maintenance",
        "messages",
        "misses",
        "profile",
        "reading",
        "reading_at",
        "reason",
        "reboots",
        "resting_until",
        "schedule",
        "sequence_gaps",
        "since",
        "status",
        "timeout",
        "will_at",
    )

    def __init__(self, device: str, at: float, interval: float, timeout: float) -> None:
        self.id = device
        self.profile: Profile = UNKNOWN_PROFILE
        self.status: Status = "new"
        self.since = at
        self.first_seen = at
        self.last_seen = 0.0
        self.reason = "never heard"
        self.cause = ""
        self.interval = interval
        self.timeout = timeout
        self.jitter = 0.0
        self.misses = 0
        self.deadline = 0.0
        self.beat: Heartbeat | None = None
        self.boot_id = ""
        self.boots: tuple[str, ...] = ()
        self.will_at: float | None = None
        self.resting_until: float | None = None
        self.maintenance = False
        self.flaps: tuple[float, ...] = ()
        self.messages = 0
        self.sequence_gaps = 0
        self.reboots = 0
        self.clock_offset: float | None = None
        self.reading: Mapping[str, Value] | None = None
        self.reading_at = 0.0
        self.schedule: Schedule | None = None
        self.leaf: object | None = None

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
    def flapping(self) -> bool:
        """Whether it changed its status so often lately that changes are no longer news."""
        return bool(self.flaps) and self.cause == "flapping"


class Fleet:
    """All devices by id, and counts by cohort and status that are kept as devices change."""

    def __init__(self) -> None:
        self.devices: dict[str, Device] = {}
        self.counts: dict[tuple[Cohort, Status], int] = {}
        self.in_maintenance: Counter[Cohort] = Counter()
        self.anomalies: Counter[str] = Counter()
        """How often something odd but harmless was seen: duplicate, sequence_gap, reboot, stale_will, …"""

    def __len__(self) -> int:
        return len(self.devices)

    def __iter__(self) -> Iterator[Device]:
        return iter(self.devices.values())

    def get(self, device: str) -> Device | None:
        """The device with this id, `tenant/device`."""
        return self.devices.get(device)

    def members(self, scope: Mapping[str, str]) -> Iterable[Device]:
        """The devices inside a scope."""
        raise NotImplementedError
