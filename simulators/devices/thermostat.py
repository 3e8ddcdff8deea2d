"""A thermostat and its room: heat leaks outdoors exponentially, the boiler comes and goes with hysteresis."""

import math
from dataclasses import dataclass
from random import Random

from monitor.core.observations import Value
from monitor.devices.schedule import Period, Schedule
from simulators.devices.sensor import Sensor

DAY_SECONDS = 86_400.0
HYSTERESIS_CELSIUS = 0.3
FROST_CELSIUS = 5.0
"""Below this a room comes to harm: pipes burst soon."""
_LONGEST_STEP_SECONDS = 1800.0
_WINDOW_FACTOR = 8.0
_FLUTTER_SECONDS = 300.0
_PERIODS = ((6 * 60, 20.5), (9 * 60, 18.0), (17 * 60, 21.0), (22 * 60 + 30, 16.5))


@dataclass(frozen=True, slots=True)
class Climate:
    """Outdoors at one place: a mean with a daily swing that is coldest at about five in the morning, in Celsius."""

    mean_celsius: float
    swing_celsius: float

    def outdoor(self, moment: float) -> float:
        """The temperature outdoors."""
        phase = 2 * math.pi * ((moment % DAY_SECONDS) / DAY_SECONDS - 5 / 24)
        return self.mean_celsius - self.swing_celsius * math.cos(phase)


@dataclass(slots=True)
class Thermostat:
    """The state of one room.

    `leak_seconds` is the time constant towards outdoors, `lift_celsius` how far above outdoors the boiler could hold
    the room if it never stopped. `mute` readings carry no temperature. `frozen_at` is when the room was first down to
    `FROST_CELSIUS`. Without a `sensor` it is measured exactly.
    """

    climate: Climate
    schedule: Schedule
    leak_seconds: float
    lift_celsius: float
    temperature: float
    at: float
    heating: bool = False
    heating_seconds: float = 0.0
    cycles: int = 0
    powered: bool = True
    stuck_at: float | None = None
    window_open: bool = False
    relay_stuck: bool = False
    flutters: bool = False
    mute: bool = False
    sensor: Sensor | None = None
    window_contact: bool = True
    frozen_at: float | None = None

    @classmethod
    def draw(cls, rng: Random, at: float, mean_celsius: float = 3.0) -> "Thermostat":
        """Some room in some house on a winter's day."""
        climate = Climate(mean_celsius=rng.gauss(mean_celsius, 3.0), swing_celsius=rng.uniform(2.0, 6.0))
        periods = tuple(Period(minute=minute, heating_setpoint_celsius=target) for minute, target in _PERIODS)
        return cls(
            climate=climate,
            schedule=Schedule(revision=1, enabled=True, basis="utc", timezone="Etc/UTC", periods=periods),
            leak_seconds=rng.uniform(15.0, 60.0) * 3600.0,
            lift_celsius=rng.uniform(35.0, 55.0),
            temperature=rng.uniform(17.0, 20.0),
            at=at,
        )

    def setpoint(self, moment: float) -> float:
        """The temperature aimed at by the plan."""
        minute = moment % DAY_SECONDS / 60.0
        target = self.schedule.periods[-1].heating_setpoint_celsius
        for period in self.schedule.periods:
            if period.minute <= minute:
                target = period.heating_setpoint_celsius
        return target if target is not None else 5.0

    def advance(self, moment: float) -> None:
        """Let time pass up to `moment`; exact between switchings for an outdoor temperature held over each step."""
        while self.at < moment:
            step = min(_LONGEST_STEP_SECONDS, moment - self.at)
            self._switch()
            self._drift(min(step, self._seconds_to_switch()))

    def reading(self, moment: float) -> dict[str, Value]:
        """Telemetry by contract field name."""
        self.advance(moment)
        target = self.setpoint(moment)
        values: dict[str, Value] = {
            "temperature_c": self._shown(),
            "heating_setpoint_c": target,
            "scheduled_heating_setpoint_c": target,
            "system_mode": "heat",
            "running_state": "heat" if self.heating and not self.relay_stuck else "idle",
            "hold": "none",
            "heating_s": int(self.heating_seconds),
            "heating_cycles": self.cycles,
            "outdoor_temperature_c": round(self.climate.outdoor(moment), 1),
            "window_open": self.window_open,
        }
        if self.mute:
            del values["temperature_c"]
        if not self.window_contact:
            del values["window_open"]
        return values

    def _shown(self) -> float:
        if self.stuck_at is not None or self.sensor is None:
            return round(self.temperature if self.stuck_at is None else self.stuck_at, 2)
        return self.sensor.show(self.temperature)

    def _switch(self) -> None:
        target = self.setpoint(self.at)
        if self.relay_stuck:
            self.heating = True
        elif self.heating and (not self.powered or self.temperature >= target + HYSTERESIS_CELSIUS - 1e-9):
            self.heating = False
        elif not self.heating and self.powered and self.temperature <= target - HYSTERESIS_CELSIUS + 1e-9:
            self.heating = True
            self.cycles += 1

    def _goal(self) -> float:
        """Where the temperature would end up if nothing changed."""
        return self.climate.outdoor(self.at) + (self.lift_celsius if self.heating else 0.0)

    def _seconds_to_switch(self) -> float:
        """Time until the boiler would next switch on or off, infinite if it never would; at least a second."""
        if not self.powered or self.relay_stuck:
            return math.inf
        limit = self.setpoint(self.at) + (HYSTERESIS_CELSIUS if self.heating else -HYSTERESIS_CELSIUS)
        goal = self._goal()
        ratio = (self.temperature - goal) / (limit - goal) if limit != goal else 0.0
        return max(1.0, self.leak_seconds * math.log(ratio)) if ratio > 1 else math.inf

    def _drift(self, seconds: float) -> None:
        goal = self._goal()
        leak = self.leak_seconds / (_WINDOW_FACTOR if self.window_open else 1.0)
        before = self.temperature
        self.temperature = goal + (before - goal) * math.exp(-seconds / leak)
        if self.frozen_at is None and self.temperature <= FROST_CELSIUS:
            above = before > FROST_CELSIUS
            self.frozen_at = self.at + (leak * math.log((before - goal) / (FROST_CELSIUS - goal)) if above else 0.0)
        if self.heating:
            self.heating_seconds += seconds
        if self.flutters:
            self.cycles = max(self.cycles, int(self.at // _FLUTTER_SECONDS))
        self.at += seconds
