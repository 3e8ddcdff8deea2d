"""Short ways to let a device speak and to hear what the native decoder makes of it."""

import json

from monitor.core.observations import Observation
from monitor.decoders.native import NativeDecoder
from monitor.decoders.protocol import Decoded, Message, Rejected

NOW = 1_795_310_170.0
DEVICE = "acme/feeder-1"
BEAT = {"seq": 7, "boot_id": "9f3c21aa"}
STATUS = {"state": "online", "boot_id": "9f3c21aa"}
INFO = {"kind": "feeder", "model": "Bowl 3"}


def message(channel: str, payload: object, *, retained: bool = False, device: str = DEVICE) -> Message:
    """A message; what is neither bytes nor text is written as JSON."""
    raw = payload if isinstance(payload, bytes) else payload if isinstance(payload, str) else json.dumps(payload)
    return Message(f"fleet/v1/{device}/{channel}", raw.encode() if isinstance(raw, str) else raw, retained, NOW)


def decode(channel: str, payload: object, *, retained: bool = False) -> Decoded | Rejected:
    """What a fresh decoder makes of one message."""
    return NativeDecoder().decode(message(channel, payload, retained=retained))


def read(channel: str, payload: object, *, retained: bool = False) -> Decoded:
    """The same, where it must be usable."""
    decoded = decode(channel, payload, retained=retained)
    assert isinstance(decoded, Decoded), decoded
    return decoded


def heard(channel: str, payload: object, *, retained: bool = False) -> Observation:
    """The single observation that a message becomes."""
    (observation,) = read(channel, payload, retained=retained).observations
    return observation


def refused(channel: str, payload: object) -> Rejected:
    """Why a message is not usable."""
    rejected = decode(channel, payload)
    assert isinstance(rejected, Rejected), rejected
    return rejected


def left_out(channel: str, payload: object) -> dict[str, int]:
    """How many fields of a usable message were dropped, by class."""
    return dict(read(channel, payload).dropped_fields)
