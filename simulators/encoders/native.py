"""The native contract, version 1, as devices publish it: JSON payload, retain flag and quality of service."""

import json
from typing import NamedTuple

from monitor.core.observations import Observation
from monitor.trace.encode import encode as encode_fields

KEPT_CHANNELS = frozenset({"status", "info", "schedule"})
"""What the broker keeps for late subscribers."""
UNCONFIRMED_CHANNELS = frozenset({"heartbeat", "telemetry"})
"""What may be lost on the way: quality of service 0."""


class Packet(NamedTuple):
    """One MQTT message; its publisher sets `retain`, and `retained` says that a late subscriber is handed it."""

    topic: str
    payload: bytes
    retain: bool
    qos: int
    retained: bool


def encode(observation: Observation) -> Packet | None:
    """The message that makes a monitor see this, None for what is not said by devices."""
    encoded = encode_fields(observation)
    if encoded is None:
        return None
    topic, fields, retained = encoded
    channel = topic.rpartition("/")[2]
    payload = b"" if fields is None else json.dumps(fields, separators=(",", ":")).encode()
    return Packet(topic, payload, channel in KEPT_CHANNELS, 0 if channel in UNCONFIRMED_CHANNELS else 1, retained)
