"""Whom a fault hits, and what all faults have in common."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, field_validator

from monitor.core.settings import Section
from simulators.devices.device import DIMENSIONS, SimulatedDevice
from simulators.durations import Duration
from simulators.fleet import Population
from simulators.truth import Layer, Truth, TruthKind

if TYPE_CHECKING:
    from simulators.world import World

LARGEST = "largest"
_LAYERS: tuple[tuple[str, Layer], ...] = (
    ("device", "device"),
    ("parent", "gateway"),
    ("site", "site"),
    ("provider", "provider"),
    ("region", "region"),
    ("network", "network"),
    ("model", "release"),
    ("firmware", "release"),
)
_SHOWN_VALUES = 8


class NoSuchTargetError(ValueError):
    """A fault is aimed at devices that the fleet does not have."""


class TimedFault(Section):
    """A fault begins `at` so long after the scenario's start; `name` is how expectations refer to it."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]*$")] = ""
    at: Duration = 0.0

    def staged(self, world: "World") -> float:
        """The moment at which it begins."""
        return world.start + self.at


class TargetedFault(TimedFault):
    """A fault that hits the devices of a scope: all of them, a `share`, or a number of `devices`."""

    scope: dict[str, str] = Field(default_factory=dict)
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    devices: Annotated[int | None, Field(ge=1)] = None

    @field_validator("scope")
    @classmethod
    def _dimensions_exist(cls, scope: dict[str, str]) -> dict[str, str]:
        for dimension in scope:
            if dimension not in DIMENSIONS:
                message = f"{dimension!r} is not a dimension; a scope is made of {', '.join(DIMENSIONS)}"
                raise ValueError(message)
        return scope

    def resolved(self, population: Population) -> dict[str, str]:
        """The scope with `largest` replaced by the value that most devices have."""
        scope = {dimension: value for dimension, value in self.scope.items() if value != LARGEST}
        for dimension in self.scope:
            if self.scope[dimension] != LARGEST:
                continue
            sizes = Counter(device.value(dimension) for device in population.inside(scope))
            sizes.pop("", None)
            if not sizes:
                message = f"no device has a {dimension}, so there is no largest one"
                raise NoSuchTargetError(message)
            scope[dimension] = max(sorted(sizes), key=lambda value: sizes[value])
        return scope

    def choose(self, world: "World", scope: Mapping[str, str], *, singly: bool = False) -> tuple[SimulatedDevice, ...]:
        """The devices that are hit.

        A part of a scope, or devices hit `singly`, are never gateways; where the whole scope is hit, what hangs on its
        gateways goes with them.
        """
        inside = world.population.inside(scope)
        if not inside:
            raise NoSuchTargetError(_nobody(world.population, scope))
        count = self.devices if self.devices is not None else max(1, round(self.share * len(inside)))
        if count >= len(inside) and not singly:
            return tuple(dict.fromkeys(child for device in inside for child in (device, *device.children)))
        leaves = [device for device in inside if not device.children]
        return tuple(world.rng.sample(leaves, min(count, len(leaves))))

    def record(
        self,
        world: "World",
        kind: TruthKind,
        scope: Mapping[str, str],
        devices: tuple[SimulatedDevice, ...],
        end: float | None,
    ) -> None:
        """Put the truth of this fault on record."""
        inside = world.population.inside(scope)
        named = identified(scope, devices)
        world.stage(
            Truth(
                name=self.name or str(getattr(self, "kind", "")),
                kind=kind,
                layer=layer_of(scope),
                scope=named,
                start=self.staged(world),
                end=end,
                devices=frozenset(device.id for device in devices),
                share=len(devices) / len(inside) if inside else 0.0,
            )
        )


def layer_of(scope: Mapping[str, str]) -> Layer:
    """The layer of an outage with this scope; an empty scope is the whole fleet."""
    return next((layer for dimension, layer in _LAYERS if dimension in scope), "fleet")


def identified(scope: Mapping[str, str], devices: tuple[SimulatedDevice, ...]) -> dict[str, str]:
    """The scope as a verdict names it: sites and gateways are told apart by tenant too."""
    if devices and ("site" in scope or "parent" in scope):
        return {"tenant": devices[0].tenant, **scope}
    return dict(scope)


def _nobody(population: Population, scope: Mapping[str, str]) -> str:
    for dimension, value in scope.items():
        known = population.values(dimension)
        if value not in known and dimension != "device":
            shown = ", ".join(known[:_SHOWN_VALUES]) + (", …" if len(known) > _SHOWN_VALUES else "")
            return f"no device has {dimension} = {value!r}; this fleet has {shown or 'none'}"
    return f"no device is inside the scope {dict(scope)}"
