"""What one full heartbeat costs at the door: decoded alone, and through the whole intake. One core.

Run `python -m benchmarks.decode_rate [devices]`.
"""

import sys
import time
from collections.abc import Callable, Sequence

from monitor.core.settings import LimitSettings
from monitor.decoders.native import NativeDecoder
from monitor.decoders.protocol import Message
from monitor.intake import Intake

PAYLOAD = (
    b'{"seq":1042,"boot_id":"9f3c21aa","ts":1795310163123,"uptime_s":62520,"interval_s":60,"clock":"ntp",'
    b'"rssi_dbm":-61,"power_source":"mains","battery_pct":98,"cloud":{"connected":true}}'
)
BATCH = 2000
ROUNDS = 5
AT = 1_795_310_163.2


def main(devices: int) -> None:
    messages = [
        Message(f"fleet/v1/acme/feeder-{number}/heartbeat", PAYLOAD, retained=False, received_at=AT)
        for number in range(devices)
    ]
    decoder = NativeDecoder()
    intake = Intake([NativeDecoder()], LimitSettings())
    print(f"{devices:,} devices, the best of {ROUNDS} rounds, microseconds of processor time for each heartbeat")
    print(f"  decoder {cost(messages, lambda batch: [decoder.decode(message) for message in batch]):.2f}")
    print(f"  intake  {cost(messages, intake.read):.2f}")


def cost(messages: Sequence[Message], read: Callable[[Sequence[Message]], object]) -> float:
    """Microseconds of processor time for each message, in the best round."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for start in range(0, len(messages), BATCH):
            read(messages[start : start + BATCH])
        rounds.append(time.process_time() - began)
    return min(rounds) / len(messages) * 1e6


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
