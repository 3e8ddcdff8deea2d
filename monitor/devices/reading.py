"""The words in which a kind of device is described: what it reads, and which readings are symptoms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from monitor.devices.profile import Kind

Value = float | str | bool | None
Unit = Literal["°C", "%", "g", "mV", "s", "unix_seconds", "count"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit; anything outside `low`..`high` is a broken sensor or a wrong unit, not a reading."""

    name: str
    unit: Unit
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number that is 0 or more; a counter may start again from 0."""

    name: str
    high: int = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of a short list."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    name: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time: Unix milliseconds or RFC 3339 in a payload, Unix seconds in here."""

    name: str


Reading = Number | Count | Choice | Flag | Moment


@dataclass(frozen=True, slots=True)
class Symptom:
    """A reading that alone says something is wrong: it equals `equals`, is under `below` or over `above`."""

    name: str
    reading: str
    equals: str | bool | None = None
    below: float | None = None
    above: float | None = None

    def shows(self, values: Mapping[str, Value]) -> bool:
        """Whether these readings show it; what is unknown shows nothing."""
        value = values.get(self.reading)
        if value is None:
            return False
        if self.equals is not None:
            return value == self.equals
        if isinstance(value, str):
            return False
        return (self.below is not None and value < self.below) or (self.above is not None and value > self.above)


@dataclass(frozen=True)
class DeviceKind:
    """One kind of device: the readings that belong to it, and the symptoms among them."""

    name: Kind
    readings: tuple[Reading, ...] = ()
    symptoms: tuple[Symptom, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of its readings."""
        return frozenset(reading.name for reading in self.readings)

    def relevant(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Those of the values that this kind reads."""
        names = self.names
        return {name: value for name, value in values.items() if name in names}

    def merged(self, known: Mapping[str, Value] | None, values: Mapping[str, Value]) -> dict[str, Value]:
        """What is known after a new statement: an absent key keeps what was known, None makes it unknown again."""
        both = self.relevant(known or {}) | self.relevant(values)
        return {name: value for name, value in both.items() if value is not None}

    def shown_by(self, values: Mapping[str, Value]) -> list[str]:
        """The names of the symptoms that these readings show."""
        return [symptom.name for symptom in self.symptoms if symptom.shows(values)]


def distinct(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Each reading once; two that share a name must be the same, or a payload field would mean two things."""
    by_name: dict[str, Reading] = {}
    for reading in readings:
        if by_name.setdefault(reading.name, reading) != reading:
            raise ValueError(f"the reading {reading.name} is described in two ways")
    return tuple(by_name.values())
