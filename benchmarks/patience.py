"""Does patience keep its promise? Mistakes measured against promised, and against a fixed timeout as quick on average.

Run `python -m benchmarks.patience [runs] [first seed]`. Each run draws a fleet and its losses from a seed of its own,
learns for a week and is judged on the next one. The losses are those of the simulated world (`simulators/network.py`),
told to `Patience` as the engine would tell them, but without the world around: a run takes seconds this way.

A mistake is a device called offline that is heard again before the longest silence that is waited for. `T_D` is the
mean time from a crash at a random moment to its verdict.
"""

import heapq
import math
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import NamedTuple

from monitor.core.fleet import Device
from monitor.core.patience.calibrated import LEAST_MISSES, Patience
from monitor.core.patience.rules import rules_of
from monitor.core.settings import LivenessSettings
from monitor.devices.profile import Profile
from simulators.network import Air, LossClass, LossFamily, NetworkSpec

DAY = 86_400.0
LEARNING_DAYS = 7
DAYS = 14
DEVICES = 400
BURST_LOSS = 0.97
PROMISES = (0.03, 0.1, 0.3, 1.0)
FIRST_SEED = 1000
TUNED = (0.70, 0.0017), (0.25, 0.015), (0.05, 0.07)
"""Shares and first-miss chances of the simulated world."""
UNSEEN = (0.40, 0.004), (0.40, 0.02), (0.20, 0.05)
"""A fleet with worse reception, never looked at while the method was made."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A fleet and its weather. `lasting` makes the bursts of each class of devices so many times as long."""

    name: str
    family: LossFamily
    interval: float
    classes: tuple[tuple[float, float], ...]
    lasting: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def air(self, rng: Random) -> Air:
        """The network over this ground."""
        classes = tuple(LossClass(share=share, first_miss=first_miss) for share, first_miss in self.classes)
        return Air(NetworkSpec(loss=self.family, classes=classes), rng)

    def stretch(self, first_miss: float) -> float:
        """How much longer than usual the bursts of such a device are."""
        return self.lasting[[chance for _, chance in self.classes].index(first_miss)]


GROUNDS = (
    Ground("geometric, 30 s", "geometric", 30.0, TUNED),
    Ground("Pareto, 30 s", "pareto", 30.0, TUNED),
    Ground("3 % long, 30 s", "long_bursts", 30.0, TUNED),
    Ground("geometric, 60 s, unseen fleet", "geometric", 60.0, UNSEEN),
    Ground("Pareto, 60 s, unseen fleet", "pareto", 60.0, UNSEEN),
    Ground("3 % long, 60 s, unseen fleet", "long_bursts", 60.0, UNSEEN),
    Ground("geometric, longer where worse", "geometric", 30.0, TUNED, (0.7, 1.5, 4.0)),
)


class Gap(NamedTuple):
    """A silence of one device that ended by itself: when, how long, and how far the numbering went on."""

    until: float
    device: int
    seconds: float
    sent: int


def lost_beats(ground: Ground, air: Air, rng: Random) -> list[int]:
    """The numbers of one device's heartbeats that never arrive."""
    first_miss = air.draw_class()
    stretch = ground.stretch(first_miss)
    lost: set[int] = set()
    begin, over = air.next_burst(0.0, first_miss)
    while begin < DAYS * DAY:
        over = begin + (over - begin) * stretch
        spell = range(math.ceil(begin / ground.interval), math.ceil(over / ground.interval))
        lost.update(beat for beat in spell if rng.random() < BURST_LOSS)
        begin, over = air.next_burst(over, first_miss)
    alone = air.single_loss(first_miss) / ground.interval
    moment = rng.expovariate(alone)
    while moment < DAYS * DAY:
        lost.add(math.ceil(moment / ground.interval))
        moment += rng.expovariate(alone)
    return sorted(lost)


def gaps_of(device: int, ground: Ground, air: Air, rng: Random) -> list[Gap]:
    """The silences of one device, in order."""
    gaps = []
    first: int | None = None
    for beat, following in pairwise((*lost_beats(ground, air, rng), sys.maxsize)):
        first = beat if first is None else first
        if following > beat + 1:
            sent = beat + 2 - first
            early, late = air.delay(), air.delay()
            gaps.append(Gap((beat + 1) * ground.interval + late, device, sent * ground.interval + late - early, sent))
            first = None
    return gaps


class Trial:
    """One fleet living through its silences under one promise."""

    def __init__(self, ground: Ground, promise: float) -> None:
        settings = LivenessSettings(false_alarms_per_device_year=min(365.0, promise * 365.25))
        self._ground = ground
        self._patience = Patience(settings)
        self.longest = rules_of(settings)["feeder"].longest(ground.interval)
        self._devices = [self._device(number) for number in range(DEVICES)]
        self._told = [0] * DEVICES
        self._timeouts: list[float] = []
        self.mistakes = self.first_day = self.with_longer = 0

    def _device(self, number: int) -> Device:
        device = Device(f"acme/{number}", 0.0)
        device.profile = Profile(kind="feeder", model=f"model-{number % 4}", firmware=f"{number % 2}.0")
        device.declared_interval = self._ground.interval
        self._patience.renew(device)
        return device

    def live(self, gaps: Sequence[Gap]) -> None:
        """Learn from all silences, and count mistakes on the first day and in the judged days."""
        look_at = LEARNING_DAYS * DAY
        for gap in gaps:
            if gap.until >= look_at:
                look_at += DAY / 2
                self._look()
            self._meet(gap)

    def _look(self) -> None:
        for device in self._devices:
            self._patience.reconsider(device)
            self._timeouts.append(device.timeout)

    def _meet(self, gap: Gap) -> None:
        device = self._devices[gap.device]
        slots = max(0, int(gap.until / self._ground.interval) - gap.sent - self._told[gap.device])
        self._told[gap.device] += slots + gap.sent
        device.slots += slots
        device.peers.slots += slots
        self._patience.reconsider(device)
        if gap.seconds > device.timeout:
            judged, blip = gap.until >= LEARNING_DAYS * DAY, gap.seconds < self.longest
            self.mistakes += judged and blip
            self.with_longer += judged
            self.first_day += gap.until < DAY and blip
        self._patience.learn(device, gap.seconds, gap.sent, gap.until)

    @property
    def timeout(self) -> float:
        """The mean timeout over devices and judged days."""
        return sum(self._timeouts) / len(self._timeouts)

    def fixed(self, gaps: Sequence[Gap]) -> int:
        """The mistakes of a fixed timeout as long as ours is on average."""
        shortest = self.timeout
        return sum(shortest < gap.seconds < self.longest and gap.until >= LEARNING_DAYS * DAY for gap in gaps)

    def best(self, gaps: Sequence[Gap]) -> float:
        """The mistakes of one who knows the true rates and lengths and spends the same patience where it helps most."""
        known = [gap for gap in gaps if gap.seconds < self.longest]
        lengths = sorted(gap.sent - 1 for gap in known)
        rates = Counter(gap.device for gap in known)
        reach = [1 - bisect_right(lengths, misses - 1) / len(lengths) for misses in range(lengths[-1] + 2)]
        steps = sorted(
            (-rates[device] * (reach[misses] - reach[misses + 1]), device, misses)
            for device in range(DEVICES)
            for misses in range(LEAST_MISSES, len(reach) - 1)
        )
        budget = int(DEVICES * ((self.timeout - 1.0) / self._ground.interval - LEAST_MISSES))
        total = sum(rates.values()) * reach[LEAST_MISSES] + sum(step[0] for step in steps[:budget])
        return total * (DAYS - LEARNING_DAYS) / DAYS


@dataclass(frozen=True, slots=True)
class Result:
    """What one run showed, in multiples of what was promised or of a fixed timeout's mistakes."""

    kept: float
    detection: float
    against_fixed: float
    best: float
    first_day: float
    with_longer: float


def run(ground: Ground, seed: int) -> Iterator[tuple[float, Result]]:
    """One fleet under each promise."""
    rng = Random(seed)
    air = ground.air(rng)
    gaps = list(heapq.merge(*[gaps_of(device, ground, air, rng) for device in range(DEVICES)]))
    for promise in PROMISES:
        trial = Trial(ground, promise)
        trial.live(gaps)
        fixed = trial.fixed(gaps)
        promised = promise * DEVICES * (DAYS - LEARNING_DAYS)
        yield (
            promise,
            Result(
                kept=trial.mistakes / promised,
                detection=trial.timeout - ground.interval / 2,
                against_fixed=trial.mistakes / fixed,
                best=trial.best(gaps) / fixed,
                first_day=trial.first_day / DEVICES / promise,
                with_longer=trial.with_longer / promised,
            ),
        )


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Mean and range."""
    return f"{sum(values) / len(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def main(runs: int, first_seed: int) -> None:
    titles = ("losses", "promised a day", "measured ÷ promised", "T_D, s", "÷ fixed", "best", "first day", "and longer")
    print(f"| {' | '.join(titles)} |\n{'|---' * len(titles)}|")
    for ground in GROUNDS:
        found: dict[float, list[Result]] = {promise: [] for promise in PROMISES}
        for seed in range(first_seed, first_seed + runs):
            for promise, result in run(ground, seed):
                found[promise].append(result)
        for promise, results in found.items():
            cells = [
                spread([each.kept for each in results]),
                spread([each.detection for each in results], 0),
                spread([each.against_fixed for each in results]),
                f"{sum(each.best for each in results) / runs:.2f}",
                f"{sum(each.first_day for each in results) / runs:.2f}",
                f"{sum(each.with_longer for each in results) / runs:.2f}",
            ]
            print(f"| {ground.name} | {promise:g} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 10,
        int(sys.argv[2]) if len(sys.argv) > 2 else FIRST_SEED,
    )
