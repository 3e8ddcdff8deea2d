"""How cold it is outdoors: as thermostats tell, each for itself and its site, or as the season makes likely."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from monitor.core.fleet import Device
from monitor.core.welfare.cooling import outdoor_of

STALE_SECONDS = 86_400.0
WARMER_KELVIN = (0.0, 0.0, 0.0, 5.0, 10.0, 15.0, 15.0, 15.0, 10.0, 5.0, 0.0, 0.0)
"""How much warmer than in the cold months it may be supposed to be, from January to December in the north."""
HALF_YEAR = 6
SOUTHERN = (
    "Africa/Harare",
    "Africa/Johannesburg",
    "Africa/Maseru",
    "Africa/Windhoek",
    "America/Argentina/",
    "America/Asuncion",
    "America/Buenos_Aires",
    "America/La_Paz",
    "America/Lima",
    "America/Montevideo",
    "America/Punta_Arenas",
    "America/Santiago",
    "America/Sao_Paulo",
    "Antarctica/",
    "Atlantic/Stanley",
    "Australia/",
    "NZ",
    "Pacific/Auckland",
)
"""Beginnings of the names of zones where it freezes in July."""


class Outdoor(NamedTuple):
    """A temperature outdoors in Celsius, and when it was told."""

    celsius: float
    told_at: float

    def holds(self, at: float) -> bool:
        """Whether it still says something about this moment."""
        return at - self.told_at < STALE_SECONDS


class Weather:
    """The last temperature outdoors that was told at each site, or by a thermostat that names no site."""

    def __init__(self) -> None:
        self._places: dict[str, Outdoor] = {}

    def note(self, device: Device, values: Mapping[str, Any], at: float) -> None:
        """A thermostat told its readings."""
        celsius = outdoor_of(values)
        if celsius is not None:
            self._places[_place(device)] = Outdoor(celsius, at)

    def told(self, device: Device) -> Outdoor | None:
        """What was told last of where the device is, however long ago."""
        known = self._places.get(_place(device))
        if known is None and (own := outdoor_of(device.reading)) is not None:
            return Outdoor(own, device.reading_at)
        return known

    def outdoor(self, device: Device, at: float) -> float | None:
        """The temperature outdoors, if it was told within a day."""
        known = self.told(device)
        return known.celsius if known is not None and known.holds(at) else None

    def forget(self, device: Device) -> None:
        """The device left the fleet; what it told of a site is still true."""
        if not device.profile.site:
            self._places.pop(_place(device), None)

    def save(self) -> dict[str, list[float]]:
        """As plain data."""
        return {place: list(known) for place, known in self._places.items()}

    def restore(self, data: Mapping[str, Any]) -> None:
        """From plain data."""
        self._places = {place: Outdoor(float(celsius), float(at)) for place, (celsius, at) in data.items()}


def seasonal(coldest: float, zone: tzinfo, at: float) -> float:
    """What to assume outdoors where nobody tells: the setting in the cold months, more in the others.

    A zone that does not say where it is counts as northern, as nearly all homes with frost are.
    """
    month = datetime.fromtimestamp(at, zone).month
    southern = str(zone).startswith(SOUTHERN)
    return coldest + WARMER_KELVIN[(month - 1 + HALF_YEAR * southern) % len(WARMER_KELVIN)]


def _place(device: Device) -> str:
    return f"{device.tenant}/{device.profile.site}" if device.profile.site else f"{device.tenant}//{device.name}"
