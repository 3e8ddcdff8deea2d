"""Draws the devices of a fleet from its description."""

import math
from random import Random

from monitor.devices.profile import Kind
from simulators.devices.device import SimulatedDevice
from simulators.devices.feeder import Feeder
from simulators.devices.thermostat import Thermostat
from simulators.durations import parse_duration
from simulators.fleet import Chooser, FleetSpec, GroupSpec, Population, zipf
from simulators.names import ID_PREFIX
from simulators.network import Air

_HOME_SIZES = Chooser({"1": 0.45, "2": 0.30, "3": 0.15, "4": 0.10})
_MEAN_HOME = 1.9
_GATEWAY_CHILDREN = (5, 59)
_MEAN_CHILDREN = 16.0
_SIGNAL_LOST_DB = 100.0
"""How a lossy way shows in the signal: 7 % of first misses go with about 26 dB less."""
_LOYALTY = 0.75
"""Share of a site's devices that use the provider its first one uses."""


def settle(spec: FleetSpec, air: Air, rng: Random, start: float) -> Population:
    """Draw a fleet; the same spec and random state give the same fleet."""
    return Population(_Settlement(spec, air, rng, start).build())


class _Settlement:
    """One drawing: keeps the weights and numbers the sites."""

    def __init__(self, spec: FleetSpec, air: Air, rng: Random, start: float) -> None:
        self.spec, self.air, self.rng, self.start = spec, air, rng, start
        self.devices: list[SimulatedDevice] = []
        self._sites = 0
        self._tenant, self._provider, self._region = (
            zipf(spec.tenants, 0.5),
            zipf(spec.providers, 0.7),
            zipf(spec.regions, 0.5),
        )
        self._networks = {
            region: zipf([f"{region}-isp{number}" for number in range(1, spec.networks_per_region + 1)])
            for region in spec.regions
        }
        self._kind = Chooser(
            {kind: share for kind, share in spec.kinds.items() if share > 0 and kind != "gateway"} or {"gateway": 1}
        )
        self._model = {kind: zipf(models) for kind, models in spec.models.items()}
        self._firmware = {
            model: zipf([f"{model}-{major}.{minor}" for major, minor in _versions(spec.firmwares_per_model)])
            for models in spec.models.values()
            for model in models
        }
        self._interval = Chooser({text: share for text, share in spec.intervals.items() if share > 0})

    def build(self) -> list[SimulatedDevice]:
        for group in self.spec.groups:
            self._place_group(group)
        while len(self.devices) < self.spec.devices:
            self._place_site()
        return self.devices

    def _place_site(self) -> None:
        room = self.spec.devices - len(self.devices)
        places = self._draw_places({})
        share = self.spec.behind_gateways
        big = share * _MEAN_HOME / (share * _MEAN_HOME + (1 - share) * _MEAN_CHILDREN) if share < 1 else 1.0
        if room > _GATEWAY_CHILDREN[0] and self.rng.random() < big:
            low, high = _GATEWAY_CHILDREN
            children = min(room - 1, high, low + int(self.rng.expovariate(1 / (_MEAN_CHILDREN - low))))
            self._place_gateway(places, children)
            return
        for _ in range(min(room, int(_HOME_SIZES.draw(self.rng)))):
            self._add(self._draw_kind(), self._vary_provider(places))

    def _place_gateway(self, places: dict[str, str], children: int) -> None:
        gateway = self._add("gateway", places)
        for _ in range(children):
            child = self._add(self._draw_kind(), {**places, "parent": gateway.name})
            gateway.children.append(child)

    def _place_group(self, group: GroupSpec) -> None:
        wishes = group.model_dump(
            exclude_none=True, include={"tenant", "provider", "region", "network", "site", "model", "firmware"}
        )
        interval = group.interval
        gateway = None
        places = self._draw_places(wishes)
        if group.gateway is not None:
            gateway = self._add(
                "gateway",
                {**places, **{k: v for k, v in wishes.items() if k not in {"model", "firmware"}}},
                name=group.gateway,
            )
        for _ in range(group.devices):
            if group.site is None and gateway is None:
                places = self._draw_places(wishes)
            own = {**places, **wishes, **({"parent": gateway.name} if gateway else {})}
            device = self._add(group.kind, own, interval=interval, sleepy=group.sleepy)
            if gateway is not None:
                gateway.children.append(device)

    def _draw_places(self, wishes: dict[str, str]) -> dict[str, str]:
        """Tenant, site and everything that a site settles, as wished or drawn."""
        self._sites += 1
        region = (
            wishes.get("region")
            or _region_of(wishes.get("network", ""), self.spec.regions)
            or self._region.draw(self.rng)
        )
        networks = self._networks.get(region)
        return {
            "tenant": wishes.get("tenant") or self._tenant.draw(self.rng),
            "region": region,
            "network": wishes.get("network") or (networks.draw(self.rng) if networks else f"{region}-isp1"),
            "site": wishes.get("site") or f"s{self._sites:05d}",
            "provider": wishes.get("provider") or self._provider.draw(self.rng),
        }

    def _vary_provider(self, places: dict[str, str]) -> dict[str, str]:
        if self.rng.random() < _LOYALTY:
            return places
        return {**places, "provider": self._provider.draw(self.rng)}

    def _draw_kind(self) -> Kind:
        return self._kind.draw(self.rng)  # type: ignore[return-value]

    def _add(
        self, kind: Kind, places: dict[str, str], *, name: str = "", interval: float | None = None, sleepy: bool = False
    ) -> SimulatedDevice:
        rng = self.rng
        model = places.get("model") or (self._model[kind].draw(rng) if kind in self._model else f"{kind}-1")
        firmware = places.get("firmware") or (
            self._firmware[model].draw(rng) if model in self._firmware else f"{model}-1.0"
        )
        number = len(self.devices) + 1
        device = SimulatedDevice(
            places["tenant"],
            name or f"{ID_PREFIX[kind]}-{number:06d}",
            kind,
            {**places, "model": model, "firmware": firmware},
            interval if interval is not None else float(parse_duration(self._interval.draw(rng))),  # type: ignore[arg-type]
        )
        if sleepy or (kind == "generic" and interval is None and rng.random() < self.spec.sleepy):
            _make_sleepy(device, interval or self.spec.sleepy_wake)
        elif kind == "gateway":
            device.liveness, device.keepalive = "session", 30.0
            device.interval = interval or 60.0
        self._equip(device)
        self.devices.append(device)
        return device

    def _equip(self, device: SimulatedDevice) -> None:
        """Give a device its body, its reception and its clock."""
        rng = self.rng
        if device.kind == "feeder":
            spec = self.spec
            device.feeder = Feeder.draw(rng, zone=spec.zone, cloud_held=spec.cloud_held, tended=spec.tended)
            device.power = "mains_battery_backup"
            device.feeds = spec.meals
        elif device.kind == "thermostat":
            device.thermostat = Thermostat.draw(rng, self.start, self.spec.mean_celsius)
        device.first_miss = self.air.draw_class()
        device.rssi = float(round(-50 - 8 * rng.random() - _SIGNAL_LOST_DB * math.sqrt(device.first_miss)))
        device.clock_offset = rng.gauss(0.0, 0.05)
        device.drift_ppm = rng.gauss(0.0, 5.0)
        if rng.random() < self.spec.wrong_clocks:
            device.clock = "none" if rng.random() < 0.15 else "rtc"  # noqa: PLR2004
            device.clock_offset = rng.choice((-7200.0, -3600.0, -90.0, 45.0, 180.0, 3600.0)) * rng.random()
            device.drift_ppm = rng.gauss(0.0, 60.0)
        device.profile = device.describe()


def _make_sleepy(device: SimulatedDevice, wake: float) -> None:
    device.sleepy = True
    device.liveness = "sleepy"
    device.power = "battery"
    device.interval = wake


def _versions(count: int) -> list[tuple[int, int]]:
    """The newest version first, since most devices run it."""
    return [(3 - number // 4, 9 - number % 4) for number in range(count)]


def _region_of(network: str, regions: tuple[str, ...]) -> str:
    """The region that a network's name begins with, if any."""
    return next((region for region in regions if network.startswith(f"{region}-")), "")
