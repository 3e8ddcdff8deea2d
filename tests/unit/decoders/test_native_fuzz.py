"""Whatever a broker delivers, the answer is `Decoded` or `Rejected`, in words from the closed lists."""

import json
import math
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.core.observations import DeviceEvent, DeviceInfo, Heartbeat, ScheduleDeclared, SessionStatus, Telemetry
from monitor.decoders.native import NativeDecoder
from monitor.decoders.native.channels import CHANNELS_BY_NAME
from monitor.decoders.native.events import EVENT_TYPES
from monitor.decoders.protocol import DROPPED_CLASSES, IGNORED_REASONS, REJECT_REASONS, Decoded, Message, Rejected
from monitor.devices.kinds import READINGS
from tests.unit.decoders.speaking import BEAT, INFO, NOW, STATUS, message

DECODER = NativeDecoder()
CHANNELS = st.sampled_from(sorted(CHANNELS_BY_NAME))
FIELDS = sorted(
    {"tenant", "device", "seq", "boot_id", "ts", "uptime_s", "interval_s", "clock", "rssi_dbm", "power_source"}
    | {"battery_pct", "cloud", "faults", "state", "reason", "next_seen_s", "kind", "model", "fw", "provider", "site"}
    | {"parent", "liveness", "heartbeat_interval_s", "tz", "capabilities", "event_id", "type", "replayed", "plan_id"}
    | {"planned_ts", "source", "grams_actual", "offset_ms", "code", "rev", "enabled", "meals", "periods", "held_by"}
    | {reading.name for reading in READINGS}
)
WORDS = ["online", "offline", "a", "ntp", "mains", "session", "feeder", "07:00", "2026-11-22T01:16:03Z", *EVENT_TYPES]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(0, 5)
    | st.just(1_795_310_163_123)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(WORDS)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner, max_size=4),
    max_leaves=12,
)
PAYLOADS = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8)
SOUND: dict[str, dict[str, Any]] = {
    "status": STATUS,
    "info": INFO,
    "heartbeat": BEAT,
    "telemetry": {"humidity_pct": 50},
    "event": {"event_id": "e-1", "type": "feed.completed"},
    "schedule": {"rev": 1, "enabled": True},
}
OBSERVED = (DeviceEvent, DeviceInfo, Heartbeat, ScheduleDeclared, SessionStatus, Telemetry)


def judged(decoded: Decoded | Rejected) -> Decoded | Rejected:
    """Holds whatever came out against the promises of the protocol."""
    if isinstance(decoded, Rejected):
        assert decoded.reason in REJECT_REASONS
        assert decoded.detail
        return decoded
    assert decoded.ignored is None or decoded.ignored in IGNORED_REASONS
    assert all(name in DROPPED_CLASSES and count > 0 for name, count in decoded.dropped_fields)
    assert len({name for name, _ in decoded.dropped_fields}) == len(decoded.dropped_fields)
    assert all(math.isfinite(number) for observation in decoded.observations for number in numbers(observation))
    return decoded


def numbers(thing: object) -> list[float]:
    """Every number in an observation, however deep."""
    if isinstance(thing, float | int):
        return [thing]
    if isinstance(thing, dict):
        return [number for value in thing.values() for number in numbers(value)]
    if isinstance(thing, list | tuple):
        return [number for value in thing for number in numbers(value)]
    return [number for name in getattr(thing, "__slots__", ()) for number in numbers(getattr(thing, name))]


@given(CHANNELS, st.binary(max_size=200), st.booleans())
def test_arbitrary_bytes_are_answered(channel: str, payload: bytes, retained: bool) -> None:  # noqa: FBT001
    judged(DECODER.decode(message(channel, payload, retained=retained)))


@given(CHANNELS, JSON)
def test_arbitrary_json_is_answered(channel: str, payload: object) -> None:
    judged(DECODER.decode(message(channel, json.dumps(payload))))


@pytest.mark.slow
@settings(max_examples=400)
@given(CHANNELS, PAYLOADS)
@example("event", {"type": "clock.synced", "event_id": "a", "offset_ms": math.nan})
@example("heartbeat", {"seq": 10**30, "boot_id": "a"})
def test_contract_fields_with_arbitrary_values_are_answered(channel: str, payload: dict[str, Any]) -> None:
    judged(DECODER.decode(message(channel, json.dumps(payload))))


@pytest.mark.slow
@settings(max_examples=400)
@given(st.sampled_from(["status", "info", "heartbeat", "telemetry", "event"]), PAYLOADS)
def test_whatever_is_added_to_a_sound_message_it_stays_readable(channel: str, extra: dict[str, Any]) -> None:
    for name in ("tenant", "device", "offset_ms", "code"):
        extra.pop(name, None)
    decoded = judged(DECODER.decode(message(channel, json.dumps(extra | SOUND[channel]))))
    assert isinstance(decoded, Decoded)
    (observation,) = decoded.observations
    assert isinstance(observation, OBSERVED)


@given(st.text(max_size=80), st.binary(max_size=20))
def test_arbitrary_topics_are_answered(topic: str, payload: bytes) -> None:
    judged(DECODER.decode(Message(topic, payload, retained=False, received_at=NOW)))
    judged(DECODER.decode(Message(f"fleet/v1/{topic}", payload, retained=False, received_at=NOW)))


@given(st.binary(max_size=300))
def test_a_sound_heartbeat_damaged_on_its_way_is_answered(noise: bytes) -> None:
    sound = json.dumps(BEAT | {"ts": 1_795_310_163_123, "cloud": {"connected": True}}).encode()
    for at in range(0, len(sound), 7):
        judged(DECODER.decode(message("heartbeat", sound[:at] + noise + sound[at:])))
