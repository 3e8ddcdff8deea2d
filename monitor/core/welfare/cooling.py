"""How a room cools, and when it will be cold: an exponential approach to the temperature outdoors.

The rate is the median slope between all pairs of recent readings (Theil and Sen), which a window, a sunbeam on the
sensor or a single wild value moves little; its uncertainty is the interval of slopes that Kendall's rank correlation
does not exclude at 90 %. Temperatures are in Celsius, moments in Unix seconds, rates in kelvin per second.
"""

import math
from array import array
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

POINTS_KEPT = 24
POINT_SECONDS = 600.0
WINDOW_SECONDS = 7200.0
FEWEST_POINTS = 4
SAME_KELVIN = 0.005
"""Readings that differ by no more are one: the finest sensors have steps of a hundredth."""
FEW_STEPS = 4
"""A fall by fewer steps of what the sensor can show is better judged over a longer time."""
STEADY_KELVIN, RISE_KELVIN = 0.2, 1.0
STEADY_SECONDS_PER_KELVIN = 6 * 3600.0
"""A room that shows no fall for so long, for each kelvin of its sensor's steps, is steady."""
LARGEST_BREAK_SECONDS = 5400.0
SLOWEST_RATE = 0.08 / 3600
"""Slower than this is not cooling but a steady room."""
KENDALL_90 = 1.645
FASTEST_SECONDS, SLOWEST_SECONDS = 1800.0, 300 * 3600.0
TYPICAL_SECONDS = 30 * 3600.0
TYPICAL_SPREAD = 3.0
SWING_KELVIN, UNKNOWN_KELVIN = 2.0, 5.0
"""How far the temperature outdoors may go off in hours to come, or is off where it is only assumed."""
NEVER_WITHIN_SECONDS = 14 * 86_400.0
HOUR_SECONDS = 3600.0


class Trail:
    """The recent readings of one room, at most 24, ten minutes apart or more."""

    __slots__ = ("celsius", "moments")

    def __init__(self) -> None:
        self.moments = array("d")
        self.celsius = array("f")

    def add(self, at: float, celsius: float) -> None:
        """A reading; those that come sooner than ten minutes after the last one kept are not needed."""
        if self.moments and at - self.moments[-1] < POINT_SECONDS:
            return
        self.moments.append(at)
        self.celsius.append(celsius)
        if len(self.moments) > POINTS_KEPT:
            del self.moments[0]
            del self.celsius[0]

    def clear(self) -> None:
        """What was measured says nothing about what comes, as after a window was open."""
        del self.moments[:]
        del self.celsius[:]

    def recent(self, now: float, seconds: float = WINDOW_SECONDS) -> list[tuple[float, float]]:
        """The readings of the last two hours, or of so many seconds, without a break among them."""
        found: list[tuple[float, float]] = []
        for at, celsius in zip(reversed(self.moments), reversed(self.celsius), strict=True):
            if at < now - seconds or (found and found[-1][0] - at > LARGEST_BREAK_SECONDS):
                break
            found.append((at, celsius))
        return found[::-1]

    def telling(self, now: float) -> list[tuple[float, float]]:
        """The readings that tell how the room cools: those of two hours, and more where they show only a few steps."""
        points, whole = self.recent(now), self.recent(now, math.inf)
        if (
            len(points) < FEWEST_POINTS
            or len(whole) == len(points)
            or points[0][1] - points[-1][1] >= FEW_STEPS * _step(whole)
        ):
            return points
        begin = len(whole) - len(points)
        while begin > 0 and whole[begin - 1][1] >= points[0][1]:
            begin -= 1
        return whole[begin:]

    def usual_pause(self) -> float:
        """How much time usually lies between two readings, in seconds; nothing if there is only one."""
        pauses = sorted(after - before for before, after in pairwise(self.moments))
        return pauses[len(pauses) // 2] if pauses else 0.0

    def recovers(self, now: float, unchanged: float) -> bool:
        """Whether the room has clearly warmed within two hours, or is steady, as it is if long `unchanged`.

        A sensor with coarse steps shows nothing for hours while the room cools, so it must be steady for longer.
        """
        points = self.recent(now)
        if len(points) < FEWEST_POINTS:
            return False
        last, lowest = points[-1][1], min(celsius for _, celsius in points)
        if last - points[0][1] >= STEADY_KELVIN or last - lowest > RISE_KELVIN:
            return True
        needed = max(WINDOW_SECONDS, STEADY_SECONDS_PER_KELVIN * _step(self.recent(now, math.inf)))
        span = self.recent(now, needed)
        level = span[0][1] - last < STEADY_KELVIN and span[0][0] <= now - needed + 2 * POINT_SECONDS
        return level or unchanged >= needed

    def save(self) -> list[list[float]]:
        """As plain data."""
        return [list(self.moments), [round(celsius, 3) for celsius in self.celsius]]

    @classmethod
    def load(cls, data: Any) -> "Trail":  # noqa: ANN401 -- plain data
        """From plain data."""
        trail = cls()
        if data:
            trail.moments.extend(data[0])
            trail.celsius.extend(data[1])
        return trail


class Reach(NamedTuple):
    """When a temperature will be reached: the best guess and the span around it, in seconds from the last reading.

    `latest` is infinite where it may never come to it.
    """

    seconds: float
    earliest: float
    latest: float


class Forecast(NamedTuple):
    """A room that cools: from `celsius` at `at` towards `outdoor`, with a time constant between `low` and `high`.

    It is not expected below `floor`, where its heating will set in.
    """

    at: float
    celsius: float
    outdoor: float
    outdoor_known: bool
    tau: float
    low: float
    high: float
    points: int
    floor: float | None = None

    def celsius_at(self, moment: float) -> float:
        """The expected temperature at a moment."""
        return self.outdoor + (self.celsius - self.outdoor) * math.exp(-(moment - self.at) / self.tau)

    def reaches(self, celsius: float) -> Reach | None:
        """When it will be as cold as this; None if it will not be, zero if it is."""
        if self.celsius <= celsius:
            return Reach(0.0, 0.0, 0.0)
        if self.outdoor >= celsius or (self.floor is not None and celsius < self.floor):
            return None
        seconds = self._share(celsius, self.outdoor) * self.tau
        if seconds > NEVER_WITHIN_SECONDS:
            return None
        swing = SWING_KELVIN if self.outdoor_known else UNKNOWN_KELVIN
        milder = self.outdoor + swing
        latest = self._share(celsius, milder) * self.high if milder < celsius else math.inf
        return Reach(seconds, self._share(celsius, self.outdoor - swing) * self.low, latest)

    def _share(self, celsius: float, outdoor: float) -> float:
        """How many time constants it takes to be as cold as this."""
        return math.log((self.celsius - outdoor) / (celsius - outdoor))

    @property
    def rate(self) -> float:
        """Kelvin per hour at the last reading, below zero."""
        return (self.outdoor - self.celsius) / self.tau * HOUR_SECONDS


def forecast(trail: Trail, now: float, outdoor: float | None, assumed: float) -> Forecast | None:
    """What the recent readings foretell; None if there are too few of them or the room is not cooling."""
    points = trail.telling(now)
    if len(points) < FEWEST_POINTS or points[-1][1] >= points[0][1]:
        return None
    rate, slow, fast = slopes(points)
    if rate > -SLOWEST_RATE:
        return None
    at, celsius = points[-1][0], _level(points, rate)
    towards = outdoor if outdoor is not None else min(assumed, celsius - 1.0)
    middle = sum(value for _, value in points) / len(points) - towards
    if middle <= 0:
        return None
    return Forecast(
        at,
        celsius,
        towards,
        outdoor is not None,
        _bounded(middle / -rate),
        _bounded(middle / -fast),
        _bounded(middle / -slow) if slow < 0 else math.inf,
        len(points),
    )


def supposed(at: float, celsius: float, outdoor: float, tau: float) -> Forecast:
    """How a room would cool if its heating stopped now, by what is known of the house or of houses in general."""
    typical = tau or TYPICAL_SECONDS
    return Forecast(
        at,
        celsius,
        outdoor,
        outdoor_known=True,
        tau=typical,
        low=typical / TYPICAL_SPREAD,
        high=typical * TYPICAL_SPREAD,
        points=1,
    )


def slopes(points: list[tuple[float, float]]) -> tuple[float, float, float]:
    """The median slope of all pairs, and the highest and lowest that the readings allow at 90 %."""
    pairs = sorted(
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for index, earlier in enumerate(points)
        for later in points[index + 1 :]
    )
    number, count = len(points), len(pairs)
    spread = KENDALL_90 * math.sqrt(number * (number - 1) * (2 * number + 5) / 18)
    low = max(0, round((count - spread) / 2) - 1)
    high = min(count - 1, round((count + spread) / 2))
    middle = (pairs[(count - 1) // 2] + pairs[count // 2]) / 2
    return middle, pairs[high], pairs[low]


def _step(points: list[tuple[float, float]]) -> float:
    """The smallest change between two readings, in kelvin; one where nothing changed, and nobody knows."""
    changes = (abs(after[1] - before[1]) for before, after in pairwise(points))
    return min((each for each in changes if each > SAME_KELVIN), default=1.0)


def _level(points: list[tuple[float, float]], rate: float) -> float:
    """Where the room is now by all readings, so that one wild value at the end does not decide."""
    last = points[-1][0]
    levels = sorted(celsius + rate * (last - at) for at, celsius in points)
    return levels[len(levels) // 2]


def _bounded(tau: float) -> float:
    return min(max(tau, FASTEST_SECONDS), SLOWEST_SECONDS)


def save_forecast(found: Forecast | None) -> list[Any] | None:
    """As plain data."""
    return None if found is None else [None if value == math.inf else value for value in found]


def load_forecast(data: Any) -> Forecast | None:  # noqa: ANN401 -- plain data
    """From plain data."""
    if not data:
        return None
    at, celsius, outdoor, known, tau, low, high, points, *floor = data
    return Forecast(at, celsius, outdoor, known, tau, low, math.inf if high is None else high, points, *floor)


def outdoor_of(readings: Mapping[str, Any] | None) -> float | None:
    """The outdoor temperature among the readings of a device."""
    value = (readings or {}).get("outdoor_temperature_c")
    return float(value) if isinstance(value, int | float) else None
