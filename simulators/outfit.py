"""How devices of one kind differ as they are built: coarse thermometers, batteries, feeders that only count.

All of it is drawn from a source of chance of its own, so that a fleet is the same with and without it.
"""

from random import Random

from simulators.devices.sensor import Sensor
from simulators.durations import DAY_SECONDS
from simulators.fleet import Chooser, FleetSpec, Population, SensorSpec

_FRESHEST_DAYS, _OLDEST_DAYS = 1.0, 270.0
"""How long ago somebody put in the batteries; they last for a year."""


def fit_out(population: Population, spec: FleetSpec, chance: Random, start: float) -> None:
    """Give each device what sets it apart from its like."""
    sensors = _Sensors(spec.sensors, spec.telemetry, chance) if spec.sensors is not None else None
    for device in population:
        device.details_every = spec.details_every
        if device.feeder is not None and spec.counters_only:
            device.feeder.tells = chance.random() >= spec.counters_only
        if device.thermostat is None:
            continue
        if sensors is not None:
            device.thermostat.sensor = sensors.draw()
            device.thermostat.window_contact = sensors.has_contact()
        if spec.battery_powered and chance.random() < spec.battery_powered:
            device.power = "battery"
            device.charged_at = start - chance.uniform(_FRESHEST_DAYS, _OLDEST_DAYS) * DAY_SECONDS
            device.profile = device.describe()


class _Sensors:
    """Draws thermometers."""

    def __init__(self, spec: SensorSpec, every_seconds: float, chance: Random) -> None:
        self._spec, self._chance = spec, chance
        self._resolution = Chooser({text: share for text, share in spec.resolutions.items() if share > 0})
        self._wild = min(1.0, spec.wild_readings * every_seconds / DAY_SECONDS)

    def draw(self) -> Sensor:
        return Sensor(self._chance, float(self._resolution.draw(self._chance)), self._spec.jitter, self._wild)

    def has_contact(self) -> bool:
        return self._chance.random() < self._spec.window_contacts
