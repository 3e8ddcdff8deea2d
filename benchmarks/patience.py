"""Does patience keep its promise? Mistakes measured against promised, and against a fixed timeout as quick on average.

Run `python -m benchmarks.patience [runs]`. Each run draws a fleet and its losses from a seed of its own, learns for a
week and is judged on the next one. The losses are those of the simulated world (`simulators/network.py`), as gaps
between heartbeats that `Patience` is told as the engine would tell it; a run takes seconds this way.

A mistake is a device called offline that is heard again before the longest silence that is waited for. `T_D` is the mean
time from a crash at a random moment to its verdict.
"""

import heapq
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import NamedTuple

from monitor.core.fleet import Device
from monitor.core.patience.calibrated import Patience
from monitor.core.settings import LivenessSettings
from monitor.devices.profile import Profile
from simulators.network import Air, LossClass, LossFamily, NetworkSpec

DAY = 86_400.0
LEARNING_DAYS = 7
DAYS = 14
DEVICES = 500
BURST_LOSS = 0.97
FAMILIES: tuple[LossFamily, ...] = ("geometric", "pareto", "long_bursts")
PROMISES = (0.03, 0.1, 0.3, 1.0)
FIRST_SEED = 1000
FLEETS = {
    "usual": (
        LossClass(share=0.70, first_miss=0.0017),
        LossClass(share=0.25, first_miss=0.015),
        LossClass(share=0.05, first_miss=0.07),
    ),
    "harsh": (
        LossClass(share=0.40, first_miss=0.004),
        LossClass(share=0.40, first_miss=0.02),
        LossClass(share=0.20, first_miss=0.05),
    ),
}


class Gap(NamedTuple):
    """A silence of one device that ended by itself: when, how long, and how many heartbeats were sent since the last."""

    until: float
    device: int
    seconds: float
    sent: int


def gaps_of(number: int, air: Air, rng: Random, interval: float, days: float) -> Iterator[Gap]:
    """The silences of one device, in order."""
    first_miss = air.draw_class()
    end = days * DAY
    lost: set[int] = set()
    begin, over = air.next_burst(0.0, first_miss)
    while begin < end:
        lost.update(
            beat for beat in range(math.ceil(begin / interval), math.ceil(over / interval)) if rng.random() < BURST_LOSS
        )
        begin, over = air.next_burst(over, first_miss)
    chance = air.single_loss(first_miss)
    moment = rng.expovariate(chance / interval)
    while moment < end:
        lost.add(math.ceil(moment / interval))
        moment += rng.expovariate(chance / interval)
    came = -1
    for beat, following in pairwise((*sorted(lost), math.inf)):
        if came < 0:
            came = beat - 1
            last_delay = air.delay()
        if following > beat + 1:
            delay = air.delay()
            sent = beat + 1 - came
            yield Gap((beat + 1) * interval + delay, number, sent * interval + delay - last_delay, sent)
            came = -1


@dataclass(slots=True)
class Outcome:
    """What one run showed. Rates are per device-day, times in seconds."""

    promise: float
    mistakes: float
    first_day: float
    detection: float
    fixed: float
    strict: float

    @property
    def calibration(self) -> float:
        return self.mistakes / self.promise


def draw(family: LossFamily, seed: int, interval: float, fleet: str) -> list[Gap]:
    """All silences of a fleet over all days, in order of their end."""
    rng = Random(seed)
    air = Air(NetworkSpec(loss=family, classes=FLEETS[fleet]), rng)
    return list(heapq.merge(*[list(gaps_of(number, air, rng, interval, DAYS)) for number in range(DEVICES)]))


def judged(gaps: list[Gap], promise: float, interval: float, **choices: float) -> Outcome:
    """Let patience live through the silences, and compare."""
    settings = LivenessSettings(false_alarms_per_device_year=min(365.0, promise * 365.25), **choices)
    patience = Patience(settings)
    devices = [Device(f"acme/{number}", 0.0) for number in range(DEVICES)]
    for number, device in enumerate(devices):
        device.profile = Profile(kind="feeder", model=f"model-{number % 4}", firmware=f"{number % 2}.0")
        device.declared_interval = interval
        patience.renew(device)
    floor = max(settings.minimum_seconds, settings.factor * interval)
    longest = max(settings.maximum_seconds, 2 * floor)
    told = [0] * DEVICES
    mistakes = first_day = strict = 0
    waits: list[float] = []
    sample_at = DAY * LEARNING_DAYS
    for gap in gaps:
        if gap.until >= sample_at:
            sample_at += DAY / 2
            for each in devices:
                patience.reconsider(each)
            waits += [each.timeout for each in devices]
        device = devices[gap.device]
        slots = int(gap.until / interval) - gap.sent
        passed = max(0, slots - told[gap.device])
        told[gap.device] = slots
        device.slots += passed
        device.peers.slots += passed
        patience.reconsider(device)
        if gap.seconds > device.timeout:
            strict += gap.until >= LEARNING_DAYS * DAY
            if gap.seconds < longest:
                mistakes += gap.until >= LEARNING_DAYS * DAY
                first_day += gap.until < DAY
        patience.learn(device, gap.seconds, gap.sent, gap.until)
    mean = sum(waits) / len(waits)
    days = (DAYS - LEARNING_DAYS) * DEVICES
    judged_gaps = [gap.seconds for gap in gaps if gap.until >= LEARNING_DAYS * DAY]
    fixed = sum(mean < seconds < longest for seconds in judged_gaps) / days
    return Outcome(promise, mistakes / days, first_day / DEVICES, mean - interval / 2, fixed, strict / days)


def main(runs: int, first_seed: int, interval: float, fleet: str, **choices: float) -> None:
    for family in FAMILIES:
        results: dict[float, list[Outcome]] = {promise: [] for promise in PROMISES}
        for seed in range(first_seed, first_seed + runs):
            gaps = draw(family, seed, interval, fleet)
            for promise in PROMISES:
                results[promise].append(judged(gaps, promise, interval, **choices))
        for promise, found in results.items():
            ratios = sorted(each.calibration for each in found)
            gains = sorted(each.mistakes / each.fixed if each.fixed else math.nan for each in found)
            td = sum(each.detection for each in found) / runs
            print(
                f"{family:12} {promise:5} cal {ratios[0]:.2f} {sum(ratios) / runs:.2f} {ratios[-1]:.2f}  T_D {td:4.0f}  vs fixed {gains[0]:.2f} {sum(gains) / runs:.2f} {gains[-1]:.2f}  first day {sum(each.first_day for each in found) / runs:.3f} strict/promise {sum(e.strict for e in found) / runs / promise:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main(
        int(sys.argv[1]),
        int(sys.argv[2]),
        float(sys.argv[3]),
        sys.argv[4],
        **{k: float(v) for k, v in (a.split("=") for a in sys.argv[5:])},
    )
