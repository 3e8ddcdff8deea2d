"""`heartbeat`: a sign of life must not be lost for a detail."""

from typing import Any

import pytest

from monitor.core.observations import Heartbeat
from tests.unit.decoders.speaking import BEAT, DEVICE, NOW, heard, left_out, read, refused


def beat(**fields: object) -> Heartbeat:
    observation = heard("heartbeat", BEAT | fields)
    assert isinstance(observation, Heartbeat)
    return observation


BARE = Heartbeat(DEVICE, NOW, "9f3c21aa", 7)


def test_a_number_and_a_boot_are_a_heartbeat() -> None:
    assert beat() == BARE


def test_a_heartbeat_tells_the_vital_signs_in_our_units() -> None:
    assert beat(
        ts=1_795_310_163_123,
        uptime_s=62_520,
        interval_s=60,
        clock="ntp",
        rssi_dbm=-61,
        power_source="battery",
        battery_pct=98,
        cloud={"connected": False, "since_ts": 1_795_309_800_000},
        faults=["motor.slow", "E-12"],
    ) == Heartbeat(
        DEVICE,
        NOW,
        "9f3c21aa",
        7,
        interval_seconds=60.0,
        sent_at=1_795_310_163.123,
        uptime_seconds=62_520.0,
        clock="ntp",
        rssi_dbm=-61.0,
        power_source="battery",
        battery_ratio=0.98,
        cloud_connected=False,
        faults=("motor.slow", "E-12"),
    )


def test_null_is_unknown_and_no_fault() -> None:
    unknown = dict.fromkeys(
        ("ts", "uptime_s", "interval_s", "clock", "rssi_dbm", "power_source", "battery_pct", "cloud", "faults")
    )
    assert beat(**unknown) == BARE
    assert beat(cloud={"connected": None}) == BARE
    assert left_out("heartbeat", BEAT | unknown) == {}


@pytest.mark.parametrize(
    ("ts", "sent_at"),
    [
        (1_795_310_163_123, 1_795_310_163.123),
        ("2026-11-22T01:16:03.123Z", 1_795_310_163.123),
        ("2026-11-22T02:16:03.123+01:00", 1_795_310_163.123),
        ("2026-11-22t01:16:03z", 1_795_310_163.0),
        ("2026-11-22 01:16:03.123456789Z", 1_795_310_163.123456),
        (946_684_800_000, 946_684_800.0),
        (4_133_980_799_999, 4_133_980_799.999),
    ],
)
def test_a_moment_is_unix_milliseconds_or_rfc_3339(ts: object, sent_at: float) -> None:
    assert beat(ts=ts).sent_at == pytest.approx(sent_at, abs=1e-6)


@pytest.mark.parametrize(
    "ts",
    [
        0,
        1_795_310_163,
        946_684_799_999,
        4_133_980_800_000,
        -5,
        1e300,
        "1999-12-31T23:59:59Z",
        "2101-01-01T00:00:00Z",
        "2026-11-22T01:16:03",
        "2026-02-30T00:00:00Z",
        "2026-11-22",
        "20261122T011603Z",
        "1795310163123",
        "now",
        "\u0662\u0660\u0662\u0666-11-22T01:16:03Z",
        True,
        [],
    ],
)
def test_an_absurd_moment_is_unknown_and_counted_and_the_device_lives(ts: object) -> None:
    assert beat(ts=ts) == BARE
    decoded = read("heartbeat", BEAT | {"ts": ts})
    assert dict(decoded.dropped_fields) == {"invalid": 1}
    assert "Unix milliseconds or an RFC 3339" in decoded.detail


@pytest.mark.parametrize(("stated", "taken"), [(0.2, 1.0), (1, 1.0), (900, 900.0), (86_401, 86_400.0)])
def test_an_interval_is_moved_to_what_can_be_judged(stated: float, taken: float) -> None:
    assert beat(interval_s=stated).interval_seconds == taken


@pytest.mark.parametrize(
    "fields",
    [
        {"battery_pct": 101},
        {"battery_pct": "98"},
        {"rssi_dbm": -400},
        {"rssi_dbm": True},
        {"interval_s": 0},
        {"interval_s": -60},
        {"uptime_s": -1},
        {"uptime_s": 1e300},
        {"clock": "sundial"},
        {"power_source": 1},
        {"cloud": True},
        {"cloud": {"connected": "yes"}},
        {"cloud": {"since_ts": 5}},
        {"faults": "jam"},
        {"faults": [1]},
        {"faults": ["spaces are no code"]},
        {"faults": ["f"] * 33},
    ],
)
def test_a_broken_gauge_does_not_make_a_living_device_look_dead(fields: dict[str, Any]) -> None:
    assert beat(**fields) == BARE
    decoded = read("heartbeat", BEAT | fields)
    assert dict(decoded.dropped_fields) == {"invalid": 1}
    assert decoded.detail.startswith(f"heartbeat.{next(iter(fields))}")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400])
def test_a_number_that_is_none_is_left_out(number: str) -> None:
    payload = f'{{"seq": 7, "boot_id": "9f3c21aa", "rssi_dbm": {number}, "battery_pct": 50}}'
    assert heard("heartbeat", payload) == Heartbeat(DEVICE, NOW, "9f3c21aa", 7, battery_ratio=0.5)
    assert left_out("heartbeat", payload) == {"invalid": 1}


def test_several_broken_fields_are_counted_each() -> None:
    payload = BEAT | {"ts": 0, "clock": 5, "faults": {}, "battery_pct": 50, "x_a": 1, "ssid": "n"}
    assert heard("heartbeat", payload) == Heartbeat(DEVICE, NOW, "9f3c21aa", 7, battery_ratio=0.5)
    assert left_out("heartbeat", payload) == {"invalid": 3, "vendor": 1, "restricted": 1}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"seq": None}, "wrong_type"),
        ({"seq": "7"}, "wrong_type"),
        ({"seq": 7.0}, "wrong_type"),
        ({"seq": True}, "wrong_type"),
        ({"seq": -1}, "out_of_range"),
        ({"seq": 2**53}, "out_of_range"),
        ({"boot_id": ""}, "not_allowed"),
        ({"boot_id": "a b"}, "not_allowed"),
        ({"boot_id": "b" * 65}, "not_allowed"),
        ({"boot_id": 9}, "wrong_type"),
    ],
)
def test_a_heartbeat_without_sound_number_and_boot_is_rejected(fields: dict[str, Any], reason: str) -> None:
    rejected = refused("heartbeat", BEAT | fields)
    assert rejected.reason == reason
    assert rejected.detail.startswith(f"heartbeat.{next(iter(fields))}: ")


def test_a_copy_that_the_broker_kept_proves_nothing_and_says_nothing() -> None:
    decoded = read("heartbeat", BEAT, retained=True)
    assert (list(decoded.observations), decoded.ignored) == ([], "retained")
