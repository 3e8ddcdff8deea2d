"""Heartbeats per second of processor time through the engine alone, judging of silence included.

Run `python -m benchmarks.engine_rate [devices]`.
"""

import sys
import time

from benchmarks.fleet import engine_with, minute

MINUTES = 8


def main(devices: int) -> None:
    engine = engine_with(devices)
    spent = 0.0
    beats = 0
    for number in range(1, MINUTES + 1):
        for at, due in minute(number, devices):
            began = time.process_time()
            engine.wake(at)
            for each in due:
                engine.observe(each)
            spent += time.process_time() - began
            beats += len(due)
    print(f"{devices:,} devices, {beats:,} heartbeats: {beats / spent:,.0f} a second")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
