"""A thermometer as it is built into a thermostat: it shows steps, wavers now and then, and rarely shows nonsense."""

from dataclasses import dataclass
from random import Random

NONSENSE = (85.0, 0.0)
"""What such sensors show for one message when they start, or when a wire shakes."""


@dataclass(slots=True)
class Sensor:
    """Shows a temperature in steps of `resolution_celsius`; `jitter` and `wild` are chances of each single reading.

    One that jitters is a step too high or too low. A wild one shows a value that has nothing to do with the room.
    """

    rng: Random
    resolution_celsius: float = 0.1
    jitter: float = 0.0
    wild: float = 0.0

    def show(self, celsius: float) -> float:
        """What a reading says of this temperature."""
        chance = self.rng.random()
        if chance < self.wild:
            return self.rng.choice(NONSENSE)
        steps = round(celsius / self.resolution_celsius)
        if chance < self.wild + self.jitter:
            steps += self.rng.choice((-1, 1))
        return round(steps * self.resolution_celsius, 2)
