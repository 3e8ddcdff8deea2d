"""A million devices in homes, releases, networks: bytes per device, processor time per second of time and per scrape.

Run `python -m benchmarks.million [devices]`. Needs about 3 GB of memory for a million. Seven dimensions, two pairs and
the whole fleet are looked at; 1.5 % of the heartbeats are lost; then the largest provider is cut off for three minutes.
"""

import gc
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.fleet import INTERVAL_SECONDS, lived_in, minute
from monitor.core.engine import Engine
from monitor.metrics.page import MetricsPage
from monitor.metrics.sources import Sources

LOST = 0.015


def resident_bytes() -> int:
    """The memory of this process now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


@dataclass(slots=True)
class Spent:
    """Seconds of processor time: per second of time, in the worst second, and in the longest step without a pause."""

    judging: float
    worst: float
    step: float
    hearing: float


def live(engine: Engine, devices: int, minutes: range, cut: Callable[[int], bool] = lambda _: False) -> Spent:
    """Let minutes pass in which some heartbeats are lost, and all those of devices that are cut off."""
    rng = Random(minutes.start)
    judging: list[float] = []
    longest = hearing = 0.0
    for number in minutes:
        for second, (at, due) in enumerate(minute(number, devices)):
            senders = range(second, devices, INTERVAL_SECONDS)
            heard = [
                each for each, sender in zip(due, senders, strict=True) if rng.random() >= LOST and not cut(sender)
            ]
            steps: list[float] = []
            while not steps or (engine.next_deadline() or at) <= at:
                began = time.process_time()
                engine.wake(at)
                steps.append(time.process_time() - began)
            judging.append(sum(steps))
            longest = max(longest, *steps)
            began = time.process_time()
            for each in heard:
                engine.observe(each)
            hearing += time.process_time() - began
    return Spent(sum(judging) / len(judging), max(judging), longest, hearing / len(judging))


def main(devices: int) -> None:
    gc.collect()
    empty = resident_bytes()
    engine, providers = lived_in(devices)
    live(engine, devices, range(1, 4))
    gc.collect()
    print(f"{devices:,} devices: {(resident_bytes() - empty) / devices:,.0f} bytes per device")
    print(f"{len(engine.leaves):,} leaves")
    gc.freeze()
    calm = live(engine, devices, range(4, 7))
    per_second = devices * (1 - LOST) / INTERVAL_SECONDS
    print(
        f"per second of time: {calm.judging:.3f} s to judge silence (the worst {calm.worst:.3f} s),"
        f" {calm.hearing:.3f} s for {per_second:,.0f} heartbeats"
    )
    page = MetricsPage(Sources(engine=engine, now=lambda: engine.horizon, version="benchmark"))
    page.fleet()
    began = time.process_time()
    body, _ = page.fleet()
    print(f"one scrape: {1000 * (time.process_time() - began):.1f} ms, {len(body):,} bytes")
    largest = max(sorted(set(providers)), key=providers.count)
    lost = live(engine, devices, range(7, 10), lambda sender: providers[sender] == largest)
    (incident,) = engine.incidents.values()
    print(
        f"{largest} with {providers.count(largest):,} devices is cut off: {lost.judging:.3f} s to judge a second,"
        f" the worst {lost.worst:.3f} s in steps of {lost.step:.3f} s at most; told as {dict(incident.scope)}"
        f" {incident.opened_at - 7 * INTERVAL_SECONDS:.0f} s after it began"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
