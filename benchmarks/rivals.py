"""Patience beside the failure detectors of the literature, all as quick as it is on average.

Run `python -m benchmarks.rivals [runs] [first seed]`. Fleets, losses, days of learning and of judgement are those of
`benchmarks/patience.py`. The knob of each rival (seconds, φ, margin) is turned until its mean detection time is ours;
what is compared are the mistakes. Normal φ and Chen's detector are those of `simulators/baselines`, written for whole
arrays so that a knob can be turned forty times; the exponential φ takes the mean of the last 200 gaps. Clocks do not
drift.
"""

import heapq
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track

from benchmarks.patience import DAY, DAYS, DEVICES, FIRST_SEED, GROUNDS, LEARNING_DAYS, Gap, Ground, Trial, lost_beats
from simulators.baselines.deadlines import LEAST_SPREAD_SECONDS, WINDOW
from simulators.network import Air

Floats = npt.NDArray[np.float64]
PROMISES = (0.1, 1.0)
STEPS = 40


@dataclass(frozen=True, slots=True)
class Life:
    """One device's silences in the judged days, and for each what the rivals knew when it began.

    `gaps` are the seconds between two heartbeats in a row, `mean` and `spread` those of the window before, `ahead` by
    how much later than the last heartbeat, an interval added, Chen's detector expects the next one.
    """

    gaps: Floats
    mean: Floats
    spread: Floats
    ahead: Floats


def arrivals(ground: Ground, air: Air, rng: Random) -> tuple[npt.NDArray[np.int64], Floats]:
    """The numbers of the heartbeats of one device that arrive, and when."""
    numbers = np.arange(1, int(DAYS * DAY / ground.interval))
    kept = np.ones(len(numbers), dtype=bool)
    lost = np.asarray(lost_beats(ground, air, rng), dtype=np.int64)
    kept[lost[(lost >= 1) & (lost <= len(numbers))] - 1] = False
    numbers = numbers[kept]
    delays = np.random.default_rng(rng.getrandbits(32)).choice(np.asarray(air.delays), len(numbers))
    return numbers, numbers * ground.interval + delays


def windowed(values: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the last `WINDOW` values at each place, that one included."""
    shifted = values - values[0]
    sums, squares = (np.concatenate(([0.0], np.cumsum(each))) for each in (shifted, shifted**2))
    last = np.arange(1, len(values) + 1)
    first = np.maximum(0, last - WINDOW)
    count = last - first
    mean = (sums[last] - sums[first]) / count
    variance = (squares[last] - squares[first]) / count - mean**2
    return mean + values[0], np.sqrt(np.maximum(0.0, variance))


def life_of(ground: Ground, numbers: npt.NDArray[np.int64], at: Floats) -> Life:
    """What the rivals know of one device at each of its heartbeats."""
    gaps = np.diff(at)
    mean, spread = windowed(gaps)
    offsets = at - numbers * ground.interval
    expected, _ = windowed(offsets)
    judged = at[1:-1] >= LEARNING_DAYS * DAY
    return Life(
        gaps=gaps[1:][judged],
        mean=mean[:-1][judged],
        spread=np.maximum(spread[:-1][judged], LEAST_SPREAD_SECONDS),
        ahead=(expected - offsets)[1:-1][judged],
    )


def silences(device: int, numbers: npt.NDArray[np.int64], at: Floats) -> list[Gap]:
    """The silences of one device in which heartbeats were lost."""
    steps = np.diff(numbers)
    return [
        Gap(float(at[index + 1]), device, float(at[index + 1] - at[index]), int(steps[index]))
        for index in np.flatnonzero(steps > 1)
    ]


RIVALS: dict[str, Callable[[Life, float, float], Floats]] = {
    "fixed timeout": lambda life, _, knob: np.full(len(life.gaps), knob),
    "φ, normal tail": lambda life, _, knob: life.mean + knob * life.spread,
    "φ, exponential tail": lambda life, _, knob: life.mean * knob,
    "Chen, NFD-E": lambda life, interval, knob: life.ahead + interval + knob,
}
"""The timeout after each heartbeat, counted from its arrival, for a setting of the knob."""


def mistakes(rival: Callable[[Life, float, float], Floats], lives: Sequence[Life], ground: Ground, trial: Trial) -> int:
    """The mistakes of a rival that is as quick as the trial was on average."""
    low, high = 0.0, 100.0 * trial.timeout
    for _ in range(STEPS):
        knob = (low + high) / 2
        total = sum(float(rival(life, ground.interval, knob).sum()) for life in lives)
        quick = total < trial.timeout * sum(len(life.gaps) for life in lives)
        low, high = (knob, high) if quick else (low, knob)
    return sum(
        int(((life.gaps > rival(life, ground.interval, high)) & (life.gaps < trial.longest)).sum()) for life in lives
    )


def run(ground: Ground, seed: int) -> Iterator[tuple[float, int, dict[str, int]]]:
    """For each promise: our mistakes, and those of each rival."""
    rng = Random(seed)
    air = ground.air(rng)
    lives: list[Life] = []
    gaps: list[list[Gap]] = []
    for device in range(DEVICES):
        numbers, at = arrivals(ground, air, rng)
        lives.append(life_of(ground, numbers, at))
        gaps.append(silences(device, numbers, at))
    merged = list(heapq.merge(*gaps))
    for promise in PROMISES:
        trial = Trial(ground, promise)
        trial.live(merged)
        yield promise, trial.mistakes, {name: mistakes(rival, lives, ground, trial) for name, rival in RIVALS.items()}


def main(runs: int, first_seed: int) -> None:
    rows = []
    whole = [(ground, seed) for ground in GROUNDS[:3] for seed in range(first_seed, first_seed + runs)]
    found: dict[tuple[str, float], list[tuple[int, dict[str, int]]]] = {}
    for ground, seed in track(whole, console=Console(stderr=True), description="fleets"):
        for promise, ours, theirs in run(ground, seed):
            found.setdefault((ground.name, promise), []).append((ours, theirs))
    days = DEVICES * (DAYS - LEARNING_DAYS) * runs
    for (ground_name, promise), each in found.items():
        ours = sum(mistakes for mistakes, _ in each)
        cells = [f"{ours / days:.3f}", *(f"{ours / sum(them[name] for _, them in each):.2f}" for name in RIVALS)]
        rows.append(f"| {ground_name} | {promise:g} | {' | '.join(cells)} |")
    titles = ("losses", "promised", "ours, a device-day", *(f"÷ {name}" for name in RIVALS))
    print(f"| {' | '.join(titles)} |\n{'|---' * len(titles)}|", *rows, sep="\n")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 10,
        int(sys.argv[2]) if len(sys.argv) > 2 else FIRST_SEED,
    )
