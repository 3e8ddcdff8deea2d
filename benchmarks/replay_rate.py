"""Heartbeats per second of processor time: through the engine alone, and replayed from a trace end to end.

Run `python -m benchmarks.replay_rate [devices] [minutes]`. A replay reads JSON, decodes payloads and stops at each
deadline on the way; the engine is given ready observations, as a shard that decodes elsewhere would be.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence

from benchmarks.fleet import engine_with, minute
from monitor.core.engine import EngineSettings
from monitor.core.observations import Heartbeat
from monitor.replay import Replay
from simulators.encoders import native


def engine_rate(devices: int, minutes: int) -> float:
    """Ready observations, silence judged once a second."""
    engine = engine_with(devices)
    spent, count = 0.0, 0
    for number in range(1, minutes + 1):
        for at, due in minute(number, devices):
            began = time.process_time()
            engine.wake(at)
            for beat in due:
                engine.observe(beat)
            spent += time.process_time() - began
            count += len(due)
    return count / spent


def replay_rate(devices: int, minutes: int) -> float:
    """Lines of a trace, from JSON to decisions."""
    lines = [line for number in range(1, minutes + 1) for _, due in minute(number, devices) for line in lines_of(due)]
    run = Replay(EngineSettings())
    began = time.process_time()
    for _ in run.run(lines):
        pass
    return len(lines) / (time.process_time() - began)


def lines_of(beats: Sequence[Heartbeat]) -> Iterator[str]:
    """What a recorder would have written of these."""
    for beat in beats:
        packet = native.encode(beat)
        if packet is not None:
            yield json.dumps(
                {"at": beat.at, "topic": packet.topic, "payload": packet.payload.decode(), "retain": False}
            )


def main(devices: int, minutes: int) -> None:
    print(f"{devices:,} devices, {minutes} minutes, heartbeats a second of processor time on one core")
    print(f"  engine alone      {engine_rate(devices, minutes):,.0f}")
    print(f"  replay end to end {replay_rate(devices, minutes):,.0f}")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(given[0] if given else 20_000, given[1] if len(given) > 1 else 5)
