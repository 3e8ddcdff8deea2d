"""What a device says, decoded and put back into the contract, says the same again."""

import json
from typing import Any

import pytest

from monitor.core.observations import Echo, Observation
from monitor.decoders.native import NativeDecoder
from monitor.decoders.protocol import Decoded, Message
from monitor.trace.encode import encode

TS = 1_795_310_163_123
EVENT = {"event_id": "e-1", "ts": TS, "replayed": True}


def decode(channel: str, payload: bytes, *, retained: bool = False) -> Observation:
    message = Message(f"fleet/v1/acme/dev-1/{channel}", payload, retained, 1000.25)
    decoded = NativeDecoder(payload_bytes=8192).decode(message)
    assert isinstance(decoded, Decoded), decoded
    (observation,) = decoded.observations
    return observation


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("heartbeat", {"seq": 7, "boot_id": "b1"}),
        (
            "heartbeat",
            {
                "seq": 7,
                "boot_id": "b1",
                "ts": TS,
                "uptime_s": 62520.5,
                "interval_s": 60,
                "clock": "ntp",
                "rssi_dbm": -61,
                "power_source": "battery",
                "battery_pct": 33,
                "cloud": {"connected": False},
                "faults": ["e1", "e2"],
            },
        ),
        ("status", {"state": "online", "boot_id": "b1", "ts": TS}),
        ("status", {"state": "offline", "boot_id": "b1"}),
        ("status", {"state": "offline", "boot_id": "b1", "reason": "connection_lost"}),
        ("status", {"state": "offline", "boot_id": "b1", "reason": "shutdown", "ts": TS}),
        ("status", {"state": "sleeping", "boot_id": "b1", "next_seen_s": 3600}),
        ("info", {"kind": "other", "model": "m"}),
        (
            "info",
            {
                "kind": "feeder",
                "model": "m",
                "vendor": "v",
                "fw": "1.2",
                "hw": "r3",
                "provider": "aurora",
                "region": "eu",
                "site": "s1",
                "parent": "gw-1",
                "power": "mains_battery_backup",
                "liveness": "sleepy",
                "heartbeat_interval_s": 900,
                "tz": "Europe/Vienna",
                "capabilities": ["hopper_level"],
                "schedule_survives_reboot": True,
            },
        ),
        ("telemetry", {"hopper_state": "ok", "hopper_pct": 40, "last_dispense_ts": TS, "bowl_g": None, "ts": TS}),
        ("telemetry", {"temperature_c": 19.5, "window_open": False, "heating_cycles": 3}),
        (
            "schedule",
            {
                "rev": 3,
                "enabled": True,
                "held_by": "cloud",
                "basis": "utc",
                "tz": "Europe/Vienna",
                "meals": [
                    {"plan_id": "p", "time": "07:05", "days": ["mon"], "portions": 2, "grams": 11.5, "enabled": False}
                ],
            },
        ),
        ("schedule", {"rev": 3, "enabled": False, "periods": [{"time": "22:30", "heating_setpoint_c": 17.5}]}),
        (
            "event",
            {
                **EVENT,
                "type": "feed.partial",
                "plan_id": "p",
                "planned_ts": TS,
                "source": "schedule",
                "portions_expected": 2,
                "portions_actual": 1,
                "grams_expected": 20,
                "grams_actual": 9.5,
                "reason": "jam",
            },
        ),
        ("event", {**EVENT, "type": "feed.skipped"}),
        ("event", {**EVENT, "type": "power.lost"}),
        ("event", {**EVENT, "type": "power.restored"}),
        ("event", {**EVENT, "type": "boot", "cause": "watchdog"}),
        ("event", {**EVENT, "type": "clock.synced", "offset_ms": -5500}),
        ("event", {**EVENT, "type": "fault.raised", "code": "e7"}),
        ("event", {**EVENT, "type": "fault.cleared", "code": "e7"}),
        ("event", {**EVENT, "type": "schedule.lost"}),
    ],
)
def test_what_was_decoded_can_be_said_again(channel: str, said: dict[str, Any]) -> None:
    observation = decode(channel, json.dumps(said).encode())
    encoded = encode(observation)
    assert encoded is not None
    topic, fields, retained = encoded
    assert (topic, retained) == (f"fleet/v1/acme/dev-1/{channel}", False)
    assert decode(channel, json.dumps(fields).encode()) == observation


def test_a_retained_delivery_stays_one() -> None:
    observation = decode("info", b'{"kind":"feeder","model":"m"}', retained=True)
    encoded = encode(observation)
    assert encoded is not None
    assert encoded[2] is True


@pytest.mark.parametrize("channel", ["status", "info"])
def test_a_device_that_was_removed_is_a_cleared_topic(channel: str) -> None:
    assert encode(decode(channel, b"")) == (f"fleet/v1/acme/dev-1/{channel}", None, False)


def test_what_is_not_in_the_contract_is_gone() -> None:
    observation = decode("heartbeat", b'{"seq":1,"boot_id":"b","owner":"Ada","x_vendor":1}')
    encoded = encode(observation)
    assert encoded is not None
    assert encoded[1] == {"seq": 1, "boot_id": "b"}


def test_our_own_echo_belongs_to_no_device() -> None:
    assert encode(Echo(1.0, 1.0)) is None
