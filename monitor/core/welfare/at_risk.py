"""Who is at risk now, the worst first: read from the signs that devices show and from what their rooms foretell."""

from collections.abc import Callable, Iterable, Mapping

from monitor.core.fleet import Device
from monitor.core.notices import Cover
from monitor.core.welfare.care import ThermostatCare
from monitor.core.welfare.case import Cases
from monitor.core.welfare.cooling import Forecast
from monitor.core.welfare.harm import Risk, ranked, risk_of
from monitor.core.welfare.unseen import onwards, unseen_from
from monitor.core.welfare.weather import Weather


class AtRisk:
    """Ranks devices by the time until harm. `devices` are those that show something, by id."""

    def __init__(
        self, devices: Mapping[str, Device], cases: Cases, weather: Weather, cover: Callable[[Device], Cover]
    ) -> None:
        self._devices = devices
        self._cases = cases
        self._weather = weather
        self._cover = cover

    def risks(self, now: float, *, tenant: str = "", kind: str = "", incident: str = "") -> list[Risk]:
        """Devices at risk, the worst first; of one tenant, of one kind, of those that one open incident covers."""
        return self._ranked(
            (
                device
                for device in self._devices.values()
                if tenant in ("", device.tenant)
                and kind in ("", device.profile.kind)
                and (not incident or self._cover(device) == ("incident", incident))
            ),
            now,
        )

    def in_order(self, devices: Iterable[str], now: float) -> list[str]:
        """The same ids, the worst first; those that show nothing any more are left out."""
        known = (self._devices[device] for device in devices if device in self._devices)
        return [risk.device for risk in self._ranked(known, now)]

    def foretold(self, device: Device, now: float) -> Forecast | None:
        """How the room of a thermostat will cool, by its readings or onwards from the last one; None if it will not."""
        care = device.welfare
        if not isinstance(care, ThermostatCare):
            return None
        case = self._cases.room(device, care, now)
        seen = device.status != "offline" and unseen_from(case) > now
        return care.forecast if seen else onwards(case, self._weather.told(device))

    def _ranked(self, devices: Iterable[Device], now: float) -> list[Risk]:
        found = (risk_of(each, now, self._cases.numbers(each), self.foretold(each, now)) for each in devices)
        return ranked(risk for risk in found if risk is not None)
