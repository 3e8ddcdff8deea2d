"""The small real trouble of each day, which must not become an outage: drawn day by day, so a month needs no memory."""

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from monitor.core.settings import Section
from simulators.devices.device import SimulatedDevice
from simulators.durations import Span
from simulators.faults.signals import worsen
from simulators.network import Share
from simulators.recovery import AT_ONCE, USUAL, Recovery
from simulators.truth import Layer, Truth

if TYPE_CHECKING:
    from simulators.world import World

_DAY_SECONDS = 86_400.0
_HOUR_SECONDS = 3600.0
_WORTH_NOTING = 3
"""Fewer devices than this are not an event that anybody could be expected to explain."""
Rate = Annotated[float, Field(ge=0, le=1000)]


class EverydaySpec(Section):
    """`[everyday]`: how restless an ordinary day is; rates are per day and over the whole fleet unless said."""

    router_reboots: Annotated[
        Share, Field(description="share of sites whose router restarts each night for 2 minutes")
    ] = 0.02
    gateway_reboots: Annotated[Share, Field(description="share of gateways that restart on a given day")] = 0.03
    network_dips: Annotated[
        Rate, Field(description="times a day that a network loses 2 % of its devices for 5 minutes")
    ] = 2.0
    congestions: Annotated[
        Rate, Field(description="times a day that loss in a network is four times as high for 10 minutes")
    ] = 1.0
    failures_per_device: Annotated[Rate, Field(description="breakdowns of a device per day")] = 1 / 30
    repair: Annotated[Span, Field(description="mean time until a broken device is back")] = 6 * _HOUR_SECONDS
    night_off: Annotated[Share, Field(description="share of sites that switch everything off at night")] = 0.02
    stalls: Annotated[Rate, Field(description="times a day that the broker freezes for 5 to 25 seconds")] = 0.0


QUIET = EverydaySpec(
    router_reboots=0, gateway_reboots=0, network_dips=0, congestions=0, failures_per_device=0, night_off=0, stalls=0
)


class Everyday:
    """Draws the trouble of one day after the other."""

    def __init__(self, world: "World", spec: EverydaySpec) -> None:
        self._world, self._spec, self._rng = world, spec, world.rng
        self._sites: dict[str, list[SimulatedDevice]] = defaultdict(list)
        self._networks: dict[str, list[SimulatedDevice]] = defaultdict(list)
        self._gateways = [device for device in world.population if device.children]
        self._night_homes: list[str] = []
        self._singles = [device for device in world.population if not device.children]
        for device in world.population:
            self._sites[f"{device.tenant}/{device.site}"].append(device)
            self._networks[device.network].append(device)

    def begin(self) -> None:
        """Choose the homes that switch off at night, and draw the first day."""
        if self._spec == QUIET:
            return
        self._night_homes = [site for site in self._sites if self._rng.random() < self._spec.night_off]
        self._draw_day(self._world.start)

    def _draw_day(self, day: float) -> None:
        spec = self._spec
        for site in self._sites:
            if spec.router_reboots and self._rng.random() < spec.router_reboots:
                self._away(self._sites[site], self._night(day, 2.0, 4.0), 120.0, "site", {"site": site})
        for site in self._night_homes:
            asleep = self._rng.gauss(7.0, 0.5) * _HOUR_SECONDS
            self._away(self._sites[site], self._night(day, 22.5, 1.5), asleep, "site", {"site": site}, dark=True)
        for gateway in self._gateways:
            if self._rng.random() < spec.gateway_reboots:
                group = [gateway, *gateway.children]
                scope = {"tenant": gateway.tenant, "parent": gateway.name}
                self._away(group, self._any(day), self._rng.uniform(60.0, 180.0), "gateway", scope)
        for _ in range(self._count(spec.network_dips)):
            self._dip(day)
        for _ in range(self._count(spec.congestions)):
            self._congest(day)
        for _ in range(self._count(spec.failures_per_device * len(self._singles))):
            broken = self._rng.choice(self._singles)
            away = self._rng.expovariate(1 / self._spec.repair)
            self._away([broken], self._any(day), away, "device", {"device": broken.id}, dark=True)
        for _ in range(self._count(spec.stalls)):
            self._stall(day)
        self._world.plan(day + _DAY_SECONDS, partial(self._draw_day, day + _DAY_SECONDS))

    def _dip(self, day: float) -> None:
        name = self._rng.choice(list(self._networks))
        members = [device for device in self._networks[name] if not device.children]
        if members:
            hit = self._rng.sample(members, max(1, round(0.02 * len(members))))
            self._away(hit, self._any(day), 300.0, "network", {"network": name})

    def _congest(self, day: float) -> None:
        members = tuple(self._networks[self._rng.choice(list(self._networks))])
        begin = self._any(day)
        self._world.plan(begin, partial(worsen, self._world, members, 4.0))
        self._world.plan(begin + 600.0, partial(worsen, self._world, members, 0.25))

    def _stall(self, day: float) -> None:
        world, begin = self._world, self._any(day)
        end = begin + self._rng.uniform(5.0, 25.0)
        world.plan(begin, world.broker.stall)
        world.plan(end, lambda: world.broker.resume(world.now))
        world.stage(Truth("stall", "blind", "monitor", {}, begin, end, frozenset(), minor=True))

    def _away(
        self,
        devices: list[SimulatedDevice],
        begin: float,
        seconds: float,
        layer: Layer,
        scope: dict[str, str],
        *,
        dark: bool = False,
    ) -> None:
        """Take devices away for a while; on record if there are enough of them to be noticed."""
        world = self._world
        recovery: Recovery = USUAL if layer == "network" else AT_ONCE
        world.plan(begin, partial(world.presence.cut, devices, f"everyday-{layer}", dark=dark))
        world.plan(begin + seconds, partial(world.presence.restore, devices, recovery, dark=dark))
        if len(devices) >= _WORTH_NOTING:
            if layer == "site":
                tenant, _, site = scope["site"].partition("/")
                scope = {"tenant": tenant, "site": site}
            ids = frozenset(device.id for device in devices)
            world.stage(Truth(f"everyday-{layer}", "outage", layer, scope, begin, begin + seconds, ids, minor=True))

    def _any(self, day: float) -> float:
        return day + self._rng.random() * _DAY_SECONDS

    def _night(self, day: float, hour: float, width: float) -> float:
        """A moment within `width` hours from an hour of the clock (UTC), not before `day` and at most a day later."""
        midnight = day - day % _DAY_SECONDS
        moment = midnight + (hour + self._rng.random() * width) * _HOUR_SECONDS
        return moment if moment >= day else moment + _DAY_SECONDS

    def _count(self, mean: float) -> int:
        """How often something happens today: Poisson, by counting exponential pauses."""
        if mean <= 0:
            return 0
        count, mark = 0, self._rng.expovariate(mean)
        while mark < 1.0:
            count += 1
            mark += self._rng.expovariate(mean)
        return count
