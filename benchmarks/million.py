"""A million devices: bytes per device, processor time per second of time and per scrape.

Run `python -m benchmarks.million [devices]`. Needs about 3 GB of memory for a million.
"""

import gc
import resource
import sys
import time
from pathlib import Path

from benchmarks.fleet import engine_with, minute
from monitor.core.engine import Engine
from monitor.metrics.page import MetricsPage
from monitor.metrics.sources import Sources


def resident_bytes() -> int:
    """The memory of this process now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def quiet_minutes(engine: Engine, devices: int, first: int, minutes: int) -> tuple[float, float]:
    """Seconds spent per second of time: on waking (judging silence), and on heartbeats."""
    waking = beating = 0.0
    for number in range(first, first + minutes):
        for at, due in minute(number, devices):
            began = time.process_time()
            engine.wake(at)
            woken = time.process_time()
            for each in due:
                engine.observe(each)
            waking += woken - began
            beating += time.process_time() - woken
    return waking / (60 * minutes), beating / (60 * minutes)


def main(devices: int) -> None:
    gc.collect()
    empty = resident_bytes()
    engine = engine_with(devices)
    quiet_minutes(engine, devices, 1, 2)
    gc.collect()
    print(f"{devices:,} devices: {(resident_bytes() - empty) / devices:,.0f} bytes per device")
    gc.freeze()
    waking, beating = quiet_minutes(engine, devices, 3, 2)
    print(f"per second of time: {waking:.3f} s to judge silence, {beating:.3f} s for {devices // 60:,} heartbeats")
    page = MetricsPage(Sources(engine=engine, now=lambda: engine.horizon, version="benchmark"))
    page.fleet()
    began = time.process_time()
    body, _ = page.fleet()
    print(f"one scrape: {1000 * (time.process_time() - began):.1f} ms, {len(body):,} bytes")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
