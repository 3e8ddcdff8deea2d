"""Rooms as tests tell of them: a thermostat, and how its room cools."""

import math
from collections.abc import Callable
from typing import Any

from tests.unit.core.welfare.household import Household

Readings = Callable[[float], dict[str, Any]]
HOUR = 3600.0


def room(start: str = "2026-01-12 00:00", **profile: Any) -> Household:  # noqa: ANN401
    """One thermostat."""
    return Household(start).settle("t1", "thermostat", site="s1", **profile)


def live(house: Household, hours: float, readings: Readings, every: float = 300.0) -> Household:
    """Telemetry every five minutes; readings by hours gone."""
    begin = house.now
    while house.now < begin + hours * HOUR - 1:
        house.reads("t1", **readings((house.now - begin) / HOUR))
        house.to(house.now + every)
    return house


def cooling(begin: float, outdoor: float | None, tau: float, **more: Any) -> Readings:  # noqa: ANN401
    """A room whose boiler is out."""

    def readings(hours: float) -> dict[str, Any]:
        towards = outdoor if outdoor is not None else -5.0
        celsius = round(towards + (begin - towards) * math.exp(-hours / tau), 2)
        known = {} if outdoor is None else {"outdoor_temperature_c": outdoor}
        return {"temperature_c": celsius, "running_state": "idle", "heating_setpoint_c": 20.0, **known, **more}

    return readings
