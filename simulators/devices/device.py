"""One simulated device: who it is, how it is doing, and what lies between it and the broker."""

import math
from collections.abc import Mapping

from monitor.core.observations import Clock, DeviceEvent
from monitor.devices.profile import Kind, Liveness, Power, Profile
from monitor.devices.schedule import Schedule
from simulators.devices.feeder import Feeder
from simulators.devices.thermostat import Thermostat

DIMENSIONS = ("tenant", "provider", "region", "network", "site", "parent", "model", "firmware", "kind", "device")

CAPABILITIES: dict[Kind, tuple[str, ...]] = {
    "feeder": ("hopper_level", "jam_sensor", "local_schedule"),
    "thermostat": ("outdoor_temperature",),
    "gateway": (),
    "generic": (),
}


class SimulatedDevice:
    """Identity in the first group, state in the second. Moments are Unix seconds.

    `cuts` counts what keeps it from being heard (a power cut inside a provider outage makes two), `dark` those of them
    that also take its power. While `t < clear_until` a heartbeat simply travels: no cut, no burst, no mishap. Only each
    of `details_every` heartbeats carries signal and battery.
    """

    __slots__ = (
        "backlog", "battery_from", "boot_at", "boot_id", "burst_from", "burst_until", "charged_at", "children",
        "clear_until", "clock", "clock_offset", "cloud_connected", "cuts", "dark", "details_every", "drift_ppm",
        "feeder", "feeds", "firmware", "first_miss", "fresh_boot",
        "id", "interval", "keepalive", "kind", "last_sent", "liveness", "mishap_at", "model", "name", "network",
        "next_beat", "parent", "power", "profile", "provider", "region", "retired", "rssi", "seq", "session",
        "site", "sleepy", "tenant", "thermostat", "will_boot_id", "will_pending",
    )  # fmt: skip

    def __init__(self, tenant: str, name: str, kind: Kind, places: Mapping[str, str], interval: float) -> None:
        self.id = f"{tenant}/{name}"
        self.tenant = tenant
        self.name = name
        self.kind: Kind = kind
        self.provider = places["provider"]
        self.region = places["region"]
        self.network = places["network"]
        self.site = places["site"]
        self.parent = places.get("parent", "")
        self.model = places["model"]
        self.firmware = places["firmware"]
        self.interval = interval
        self.liveness: Liveness = "heartbeat"
        self.power: Power = "mains"
        self.sleepy = False
        self.keepalive = 60.0
        self.children: list[SimulatedDevice] = []
        self.feeder: Feeder | None = None
        self.thermostat: Thermostat | None = None
        self.feeds = True
        """Whether a feeder gives meals; one that does not states no plan for them."""

        self.boot_id = ""
        self.boot_at = 0.0
        self.seq = 0
        self.next_beat = 0.0
        self.last_sent = 0.0
        self.cuts = 0
        self.dark = 0
        self.retired = False
        self.session = 0
        self.will_pending = False
        self.will_boot_id = ""
        self.fresh_boot = True
        self.clear_until = 0.0
        self.first_miss = 0.0
        self.burst_from = math.inf
        self.burst_until = math.inf
        self.mishap_at = math.inf
        self.clock: Clock = "ntp"
        self.clock_offset = 0.0
        self.drift_ppm = 0.0
        self.rssi = -60.0
        self.cloud_connected = True
        self.backlog: list[DeviceEvent] = []
        self.battery_from: float | None = None
        """Since when it lives on its battery though it should have mains power; None while it does not."""
        self.charged_at: float | None = None
        """When fresh batteries were put in; None for what does not say how full they are."""
        self.details_every = 1
        self.profile = self.describe()

    @property
    def heard(self) -> bool:
        """Whether what it says reaches the broker, losses aside."""
        return not self.cuts and not self.retired

    @property
    def schedule(self) -> Schedule | None:
        """The plan that it follows, if it has one."""
        body = (self.feeder if self.feeds else None) or self.thermostat
        return None if body is None else body.schedule

    def value(self, dimension: str) -> str:
        """Its value in one of `DIMENSIONS`."""
        return self.id if dimension == "device" else str(getattr(self, dimension))

    def inside(self, scope: Mapping[str, str]) -> bool:
        """Whether every dimension of the scope has the named value; `device` may be given with or without tenant."""
        return all(
            value in {self.id, self.name} if dimension == "device" else self.value(dimension) == value
            for dimension, value in scope.items()
        )

    def settle_clear(self) -> None:
        """Work out anew until when heartbeats travel undisturbed."""
        special = self.battery_from is not None or self.charged_at is not None or self.details_every > 1
        if self.cuts or self.retired or self.sleepy or special:
            self.clear_until = 0.0
        else:
            self.clear_until = min(self.burst_from, self.mishap_at)

    def own_time(self, moment: float) -> float | None:
        """What the device's clock shows, to the millisecond; None if it was never set."""
        if self.clock == "none":
            return None
        return int((moment + self.clock_offset + (moment - self.boot_at) * self.drift_ppm * 1e-6) * 1000) / 1000

    def describe(self) -> Profile:
        """Its identity as it would state it in `info`."""
        return Profile(
            kind=self.kind,
            model=self.model,
            vendor=self.model.partition("-")[0],
            firmware=self.firmware,
            provider=self.provider,
            region=self.region,
            site=self.site,
            parent=self.parent,
            power=self.power,
            liveness=self.liveness,
            interval_seconds=self.interval,
            timezone=self.feeder.schedule.timezone if self.feeder is not None else "Etc/UTC",
            capabilities=CAPABILITIES[self.kind],
            schedule_survives_reboot=self.kind == "feeder",
        )
