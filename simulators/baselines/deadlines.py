"""Detectors that know one deadline per device: until when may it be silent.

None of them needs a timer here. A device that is heard again after its deadline was called offline in between, and one
whose deadline passed before the end is called offline since.
"""

import math
from collections import deque
from collections.abc import Callable
from statistics import NormalDist
from typing import Protocol

from monitor.core.observations import Heartbeat, Observation
from simulators.scoring.verdicts import ONLY_DEVICES, Verdicts

WINDOW = 200
LEAST_SPREAD_SECONDS = 0.1
INTERVALS = 3.0
USUAL_INTERVAL_SECONDS = 60.0


class Patience(Protocol):
    """One device's deadline under some method."""

    def heard(self, beat: Heartbeat) -> float:
        """Take in a heartbeat; the moment after which the device is offline."""
        ...


class FixedTimeout:
    """So many seconds, but never less than three intervals; 0 means three intervals."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def heard(self, beat: Heartbeat) -> float:
        """Take in a heartbeat; the moment after which the device is offline."""
        interval = beat.interval_seconds or USUAL_INTERVAL_SECONDS
        return beat.at + (max(self._seconds, interval) if self._seconds else INTERVALS * interval)


class Phi:
    """φ-accrual with a normal tail: offline once a gap this long has a chance of less than 10^-φ."""

    def __init__(self, threshold: float) -> None:
        # Deep in the tail the quantile is found from the complement; 10^-300 is the smallest that floats can tell.
        self._deviations = -NormalDist().inv_cdf(max(10.0**-threshold, 1e-300))
        self._gaps: deque[float] = deque(maxlen=WINDOW)
        self._sum = 0.0
        self._squares = 0.0
        self._last: float | None = None

    def heard(self, beat: Heartbeat) -> float:
        """Take in a heartbeat; the moment after which the device is offline."""
        if self._last is not None:
            self._remember(beat.at - self._last)
        self._last = beat.at
        if not self._gaps:
            return beat.at + INTERVALS * (beat.interval_seconds or USUAL_INTERVAL_SECONDS)
        mean = self._sum / len(self._gaps)
        spread = math.sqrt(max(0.0, self._squares / len(self._gaps) - mean * mean))
        return beat.at + mean + self._deviations * max(spread, LEAST_SPREAD_SECONDS)

    def _remember(self, gap: float) -> None:
        if len(self._gaps) == WINDOW:
            oldest = self._gaps[0]
            self._sum -= oldest
            self._squares -= oldest * oldest
        self._gaps.append(gap)
        self._sum += gap
        self._squares += gap * gap


class ExponentialPhi:
    """φ with an exponential tail: offline after φ·ln 10 mean gaps."""

    def __init__(self, threshold: float) -> None:
        self._gaps_allowed = threshold * math.log(10)
        self._mean: float | None = None
        self._last: float | None = None

    def heard(self, beat: Heartbeat) -> float:
        """Take in a heartbeat; the moment after which the device is offline."""
        if self._last is not None:
            gap = beat.at - self._last
            self._mean = gap if self._mean is None else self._mean + (gap - self._mean) / WINDOW
        self._last = beat.at
        mean = beat.interval_seconds or USUAL_INTERVAL_SECONDS if self._mean is None else self._mean
        return beat.at + self._gaps_allowed * mean


class Chen:
    """NFD-E: the next arrival is expected from the averaged offset of numbered beats, plus a constant margin."""

    def __init__(self, margin_seconds: float) -> None:
        self._margin = margin_seconds
        self._boot_id = ""
        self._offsets: deque[float] = deque(maxlen=WINDOW)
        self._sum = 0.0

    def heard(self, beat: Heartbeat) -> float:
        """Take in a heartbeat; the moment after which the device is offline."""
        interval = beat.interval_seconds or USUAL_INTERVAL_SECONDS
        if beat.boot_id != self._boot_id:
            self._boot_id = beat.boot_id
            self._offsets.clear()
            self._sum = 0.0
        if len(self._offsets) == WINDOW:
            self._sum -= self._offsets[0]
        offset = beat.at - beat.seq * interval
        self._offsets.append(offset)
        self._sum += offset
        return self._sum / len(self._offsets) + (beat.seq + 1) * interval + self._margin


class DeadlineJudge:
    """Judges every device by a patience of its own."""

    def __init__(self, name: str, make: Callable[[], Patience]) -> None:
        self.verdicts = Verdicts(name, vocabulary=ONLY_DEVICES)
        self._make = make
        self._patience: dict[str, Patience] = {}
        self._deadlines: dict[str, float] = {}

    def observe(self, observation: Observation) -> None:
        """Only heartbeats matter here."""
        if type(observation) is not Heartbeat:
            return
        device = observation.device
        patience = self._patience.get(device)
        if patience is None:
            patience = self._patience[device] = self._make()
        elif observation.at > self._deadlines[device]:
            self.verdicts.went_offline(device, self._deadlines[device])
            self.verdicts.came_back(device, observation.at)
        self._deadlines[device] = patience.heard(observation)

    def finish(self, end: float) -> None:
        """Whose deadline has passed is offline."""
        for device, deadline in self._deadlines.items():
            if deadline < end:
                self.verdicts.went_offline(device, deadline)
