"""How many rooms will be how cold how soon: the forecasts of single rooms, added up as they change."""

from collections import Counter

from monitor.core.fleet import Cohort, Device
from monitor.core.welfare.care import ThermostatCare
from monitor.core.welfare.cooling import Forecast

CELSIUS = (10.0, 5.0)
WITHIN_HOURS = (4, 12, 24)
HOUR_SECONDS = 3600.0


class Outlook:
    """Counts each room under every temperature and span of time that its forecast comes within."""

    def __init__(self) -> None:
        self.rooms: Counter[tuple[Cohort, str, str]] = Counter()
        """Rooms by cohort, temperature in Celsius (`5`) and span (`4h`)."""

    def note(self, device: Device, care: ThermostatCare, found: Forecast | None, now: float) -> None:
        """What is foretold of a room now; None if nothing is."""
        places = () if found is None else tuple((device.cohort, *place) for place in _places(found, now))
        if places == care.counted:
            return
        for place in care.counted:
            self.rooms[place] -= 1
            if not self.rooms[place]:
                del self.rooms[place]
        for place in places:
            self.rooms[place] += 1
        care.counted = places


def _places(found: Forecast, now: float) -> list[tuple[str, str]]:
    places: list[tuple[str, str]] = []
    for celsius in CELSIUS:
        reach = found.reaches(celsius)
        if reach is not None:
            left = found.at + reach.seconds - now
            places += [(f"{celsius:g}", f"{hours}h") for hours in WITHIN_HOURS if left <= hours * HOUR_SECONDS]
    return places
