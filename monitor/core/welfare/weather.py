"""How cold it is outdoors, as thermostats tell: by each for itself, and for its neighbours of the same site."""

from collections.abc import Mapping
from typing import Any

from monitor.core.fleet import Device
from monitor.core.welfare.cooling import outdoor_of

STALE_SECONDS = 86_400.0


class Weather:
    """The last temperature outdoors that was told of each site, in Celsius."""

    def __init__(self) -> None:
        self._sites: dict[str, tuple[float, float]] = {}

    def note(self, device: Device, at: float) -> None:
        """A thermostat told its readings."""
        celsius = outdoor_of(device.reading)
        if celsius is not None and device.profile.site:
            self._sites[_site(device)] = (celsius, at)

    def outdoor(self, device: Device, at: float) -> float | None:
        """The temperature outdoors: what its site told within a day, else the device's own last reading."""
        known = self._sites.get(_site(device)) if device.profile.site else None
        if known is not None and at - known[1] < STALE_SECONDS:
            return known[0]
        return outdoor_of(device.reading)

    def save(self) -> dict[str, list[float]]:
        """As plain data."""
        return {site: list(known) for site, known in self._sites.items()}

    def restore(self, data: Mapping[str, Any]) -> None:
        """From plain data."""
        self._sites = {site: (float(celsius), float(at)) for site, (celsius, at) in data.items()}


def _site(device: Device) -> str:
    return f"{device.tenant}/{device.profile.site}"
