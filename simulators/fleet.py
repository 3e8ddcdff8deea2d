"""What a simulated fleet is made of.

Networks lie in regions, sites in networks, gateways in sites, firmware in models; sizes are as uneven as in life: a few
large, many small.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from monitor.core.settings import Section
from monitor.devices.profile import Kind
from simulators.devices.device import SimulatedDevice
from simulators.durations import Duration, Span, parse_duration
from simulators.names import MODELS, PROVIDERS, REGIONS, TENANTS
from simulators.network import Share

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
_KINDS: dict[Kind, float] = {"feeder": 0.45, "thermostat": 0.40, "generic": 0.15}
_INTERVALS = {"30s": 0.60, "60s": 0.20, "5m": 0.15, "15m": 0.05}
_RESOLUTIONS = {"0.1": 0.6, "0.5": 0.3, "1": 0.1}
_COARSEST_CELSIUS = 5.0
Names = Annotated[tuple[Name, ...], Field(min_length=1, max_length=500)]


class GroupSpec(Section):
    """`[[fleet.groups]]`: devices placed on purpose, for instance forty behind one gateway or all on one interval."""

    devices: Annotated[int, Field(ge=1, le=100_000)]
    kind: Kind = "feeder"
    tenant: Name | None = None
    provider: Name | None = None
    region: Name | None = None
    network: Name | None = None
    site: Name | None = None
    gateway: Annotated[Name | None, Field(description="they all hang on a gateway of this name")] = None
    model: Name | None = None
    firmware: str | None = None
    interval: Span | None = None
    sleepy: bool = False


class SensorSpec(Section):
    """`[fleet.sensors]`: thermometers and window contacts as homes have them; without it all of them are exact."""

    resolutions: Annotated[
        dict[str, Share], Field(min_length=1, description="share of thermostats by the step of what they show, in K")
    ] = Field(default_factory=lambda: dict(_RESOLUTIONS))
    jitter: Annotated[Share, Field(description="share of readings that are a step too high or too low")] = 0.05
    wild_readings: Annotated[
        float, Field(ge=0, le=1000, description="times a day that a thermostat shows nonsense for one message")
    ] = 0.05
    window_contacts: Annotated[Share, Field(description="share of thermostats that know of an open window")] = 0.5

    @field_validator("resolutions")
    @classmethod
    def _resolutions_are_steps(cls, resolutions: dict[str, float]) -> dict[str, float]:
        for text in resolutions:
            try:
                usable = 0 < float(text) <= _COARSEST_CELSIUS
            except ValueError:
                usable = False
            if not usable:
                message = f"{text!r} is not a step in kelvin; write it like 0.1, 0.5 or 1, up to {_COARSEST_CELSIUS:g}"
                raise ValueError(message)
        if sum(resolutions.values()) <= 0:
            message = "the shares in resolutions add up to nothing; at least one must be greater than 0"
            raise ValueError(message)
        return resolutions


class FleetSpec(Section):
    """`[fleet]`: how many devices and of what sort."""

    devices: Annotated[int, Field(ge=1, le=1_000_000)] = 1000
    tenants: Names = TENANTS
    providers: Names = PROVIDERS
    regions: Names = REGIONS
    networks_per_region: Annotated[int, Field(ge=1, le=500)] = 6
    kinds: Annotated[dict[Kind, Share], Field(description="shares of feeders, thermostats and generic devices")] = (
        Field(default_factory=lambda: dict(_KINDS))
    )
    models: dict[Kind, Names] = Field(default_factory=lambda: dict(MODELS))
    firmwares_per_model: Annotated[int, Field(ge=1, le=50)] = 3
    intervals: Annotated[dict[str, Share], Field(description="share of devices by heartbeat interval")] = Field(
        default_factory=lambda: dict(_INTERVALS)
    )
    behind_gateways: Annotated[Share, Field(description="share of devices that hang on a gateway")] = 0.30
    sleepy: Annotated[Share, Field(description="share of generic devices that mostly sleep")] = 0.05
    sleepy_wake: Span = 21_600.0
    wrong_clocks: Annotated[Share, Field(description="share of devices whose clock drifts or is unset")] = 0.08
    groups: tuple[GroupSpec, ...] = ()
    wills: Annotated[bool, Field(description="whether devices leave a last will with the broker")] = True
    telemetry: Annotated[Duration, Field(description="time between readings; 0 for none")] = 300.0
    meals: bool = True
    zone: Annotated[str, Field(description="the time zone in which feeders hold their plans")] = "Etc/UTC"
    cloud_held: Annotated[Share, Field(description="share of feeders whose plan is held by their cloud")] = 0.0
    tended: Annotated[bool, Field(description="whether hoppers are filled in time and nothing jams by chance")] = False
    sensors: Annotated[SensorSpec | None, Field(description="thermometers as homes have them")] = None
    battery_powered: Annotated[Share, Field(description="share of thermostats that live on a battery")] = 0.0
    counters_only: Annotated[Share, Field(description="share of feeders that count but tell of no feeding")] = 0.0
    details_every: Annotated[
        int, Field(ge=1, le=1000, description="one heartbeat of so many carries signal and battery")
    ] = 1
    mean_celsius: Annotated[float, Field(ge=-40, le=40, description="mean temperature outdoors")] = 3.0
    begin: Annotated[
        str, Field(pattern="^(running|booting)$", description="whether the fleet is up when time starts")
    ] = "running"
    boot: Annotated[Span, Field(description="a booting fleet comes up within this time")] = 300.0

    @field_validator("intervals")
    @classmethod
    def _intervals_are_durations(cls, intervals: dict[str, float]) -> dict[str, float]:
        for text in intervals:
            parse_duration(text)
        return intervals

    @model_validator(mode="after")
    def _something_to_draw_from(self) -> "FleetSpec":
        for key in ("kinds", "intervals"):
            if sum(getattr(self, key).values()) <= 0:
                message = f"the shares in {key} add up to nothing; at least one must be greater than 0"
                raise ValueError(message)
        return self


class Chooser:
    """Draws from a few values with given weights."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._values = tuple(weights)
        self._sums = tuple(accumulate(weights.values()))

    def draw(self, rng: Random) -> str:
        """One of the values."""
        return rng.choices(self._values, cum_weights=self._sums)[0]


def zipf(values: Sequence[str], exponent: float = 0.9) -> Chooser:
    """Weights that fall like 1/rank: the first value is common, the last ones are rare."""
    return Chooser({value: 1.0 / (rank + 1) ** exponent for rank, value in enumerate(values)})


class Population:
    """All devices of a world, and who stands behind whom."""

    def __init__(self, devices: Sequence[SimulatedDevice]) -> None:
        self.devices = tuple(devices)
        self.by_id = {device.id: device for device in self.devices}

    def __len__(self) -> int:
        return len(self.devices)

    def __iter__(self) -> Iterator[SimulatedDevice]:
        return iter(self.devices)

    def inside(self, scope: Mapping[str, str]) -> tuple[SimulatedDevice, ...]:
        """The devices in a scope, in a fixed order."""
        return tuple(device for device in self.devices if device.inside(scope))

    def values(self, dimension: str) -> tuple[str, ...]:
        """All values of a dimension, sorted, without the empty one."""
        return tuple(sorted({device.value(dimension) for device in self.devices} - {""}))

    def networks(self) -> dict[str, str]:
        """The network of each site, as the monitor's configuration wants it."""
        return {device.site: device.network for device in self.devices}
