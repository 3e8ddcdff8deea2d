"""One look at one device: who it is, what is remembered of it, which numbers hold for it, and when that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from monitor.core.decisions import Decision
from monitor.core.fleet import Device
from monitor.core.observations import Value
from monitor.core.welfare.care import Care, FeederCare, ThermostatCare
from monitor.core.welfare.settings import (
    Choices,
    FeederWelfare,
    ThermostatWelfare,
    Thresholds,
    VitalWelfare,
    WelfareSettings,
)
from monitor.core.welfare.signs import Say, Signs

C = TypeVar("C", bound=Care)
N = TypeVar("N", FeederWelfare, ThermostatWelfare, VitalWelfare)


@dataclass(frozen=True, slots=True)
class Case(Generic[C, N]):
    """What a judgement needs to know, and where it speaks."""

    device: Device
    care: C
    numbers: N
    at: float
    signs: Signs

    @property
    def readings(self) -> Mapping[str, Value]:
        """What the device measured last."""
        return self.device.reading or {}

    def number(self, name: str) -> float | None:
        """A reading that is a number; None if it is not known."""
        value = self.readings.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    @property
    def called(self) -> str:
        """The device as a sentence names it: feeder acme/hall-2."""
        kind = self.device.profile.kind
        return f"{'device' if kind == 'generic' else kind} {self.device.id}"

    def put(self, name: str, *, showing: bool | None, say: Say, over: str, hold: float = 0.0) -> list[Decision]:
        """The device shows it, does not (`over` says why), or is in between, where everything stays as it was."""
        if showing:
            return self.signs.show(self.device, name, self.at, say, hold)
        if showing is None:
            self.signs.answer(self.device, name, self.at, hold)
            return []
        return self.clear(name, over)

    def clear(self, name: str, reason: str) -> list[Decision]:
        """The device does not show it any longer."""
        return self.signs.clear(self.device, name, self.at, reason) if name in self.care.signs else []


FeederCase = Case[FeederCare, FeederWelfare]
RoomCase = Case[ThermostatCare, ThermostatWelfare]
VitalCase = Case[Care, VitalWelfare]


class Cases:
    """Opens cases with the numbers that hold for each device."""

    def __init__(self, settings: WelfareSettings, signs: Signs) -> None:
        self._choices = Choices(settings)
        self._signs = signs

    def numbers(self, device: Device) -> Thresholds:
        """The numbers that hold for a device."""
        return self._choices.for_all or self._choices.of(
            device.tenant, device.profile.site, device.name, device.profile.kind
        )

    def feeder(self, device: Device, care: FeederCare, at: float) -> FeederCase:
        """A look at a feeder."""
        return Case(device, care, self.numbers(device).feeders, at, self._signs)

    def room(self, device: Device, care: ThermostatCare, at: float) -> RoomCase:
        """A look at the room of a thermostat."""
        return Case(device, care, self.numbers(device).thermostats, at, self._signs)

    def vitals(self, device: Device, care: Care, at: float) -> VitalCase:
        """A look at what any device can suffer from."""
        return Case(device, care, self.numbers(device).vitals, at, self._signs)
