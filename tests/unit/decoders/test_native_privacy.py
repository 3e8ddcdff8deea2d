"""Nothing outside of the contract gets in: not into observations or reasons, not into what a decoder remembers."""

import json
from typing import Any

import pytest

from monitor.decoders.native import NativeDecoder
from monitor.decoders.native.strangers import is_restricted, strangers
from monitor.decoders.protocol import Decoded, Message
from tests.unit.decoders.speaking import BEAT, INFO, NOW, STATUS, message

MARKER = "canary-7f3a"
PERSONAL: dict[str, Any] = {
    "ssid": MARKER,
    "wifi": {"ssid": MARKER, "bssid": MARKER, "networks": [{"mac": MARKER}, [MARKER]]},
    "owner": {"name": MARKER, "email": f"{MARKER}@example.org"},
    "petName": MARKER,
    "x_ip": MARKER,
    "lat": 48.2,
    "video_url": f"https://example.org/{MARKER}",
    f"{MARKER}@example.org": "a name as a key",
    MARKER: MARKER,
}
SOUND: dict[str, dict[str, Any]] = {
    "status": STATUS,
    "info": INFO,
    "heartbeat": BEAT | {"cloud": {"connected": True, "account": MARKER, "owner": MARKER}},
    "telemetry": {"temperature_c": 20, "occupancy": MARKER},
    "event": {"event_id": "e-1", "type": "feed.completed", "phone": MARKER},
    "schedule": {"rev": 1, "enabled": True, "meals": [{"plan_id": "a", "time": "07:00", "pet_name": MARKER}]},
}
FAULTY: dict[str, list[dict[str, Any]]] = {
    "status": [{"state": MARKER}, {"boot_id": f"{MARKER} {MARKER}"}, {"reason": MARKER}, {"device": MARKER}],
    "info": [{"model": f'"{MARKER}"'}, {"provider": f"{MARKER}@x"}, {"kind": [MARKER]}, {"tz": f"!{MARKER}"}],
    "heartbeat": [{"seq": MARKER}, {"ts": MARKER}, {"cloud": MARKER}, {"faults": [{MARKER: MARKER}]}],
    "telemetry": [{"temperature_c": MARKER}, {"hopper_state": MARKER}, {"ts": {MARKER: 1}}],
    "event": [{"type": MARKER}, {"event_id": f" {MARKER}"}, {"source": MARKER}, {"planned_ts": MARKER}],
    "schedule": [{"rev": MARKER}, {"meals": MARKER}, {"meals": [{"plan_id": "a", "time": MARKER}]}, {"tz": [MARKER]}],
}
CASES = [
    pytest.param(channel, fields, id=f"{channel} {'sound' if not fault else next(iter(fault))}")
    for channel, sound in SOUND.items()
    for fault in ({}, *FAULTY[channel])
    for fields in (PERSONAL | sound | fault,)
]


@pytest.mark.parametrize(("channel", "fields"), CASES)
def test_no_marker_survives_in_anything_that_comes_out(channel: str, fields: dict[str, Any]) -> None:
    decoder = NativeDecoder()
    decoded = decoder.decode(message(channel, fields))
    assert MARKER not in repr(decoded)
    assert MARKER not in repr(vars(decoder))
    if isinstance(decoded, Decoded):
        assert dict(decoded.dropped_fields)["restricted"] >= 8


@pytest.mark.parametrize(
    "payload",
    [
        f'{{"seq": 7, "boot_id": "{MARKER}", "owner": "{MARKER}"',
        MARKER,
        f'"{MARKER}"',
        f'["{MARKER}"]',
        MARKER * 1000,
        json.dumps(BEAT | {"device": MARKER}),
        f"{MARKER}ÿ".encode("latin-1"),
    ],
)
def test_no_marker_survives_in_a_reason(payload: str | bytes) -> None:
    assert MARKER not in repr(NativeDecoder().decode(message("heartbeat", payload)))


@pytest.mark.parametrize("topic", [f"fleet/v1/{MARKER}@x/f/status", f"fleet/v1/a/f/{MARKER}", f"fleet/v1/{MARKER}"])
def test_a_topic_that_names_no_device_is_not_repeated(topic: str) -> None:
    decoded = NativeDecoder().decode(Message(topic, b"{}", retained=False, received_at=NOW))
    assert MARKER not in repr(decoded)


@pytest.mark.parametrize(
    "name",
    [
        *("ssid", "bssid", "mac", "ip", "lat", "lon", "email", "phone", "owner", "pet_name", "occupancy", "motion"),
        *("video_url", "SSID", "wifi_ssid", "wifiSsid", "WiFiSSIDName", "ip-address", "x_mac", "ownerEmail", "gpsLat"),
    ],
)
def test_a_restricted_field_is_known_by_any_word_of_its_name(name: str) -> None:
    assert is_restricted(name)


@pytest.mark.parametrize("name", ["machine", "ship", "latency", "hopper_pct", "emotion", "", "x_", "zip", "platform"])
def test_a_name_that_only_sounds_restricted_is_not(name: str) -> None:
    assert not is_restricted(name)


def test_a_dropped_value_is_one_field_however_much_is_in_it() -> None:
    assert dict(strangers([{"a": {"b": [1, {"c": 2}]}, "x_d": {"e": {"mac": {"ip": 1}}}}, {"lat": 1}])) == {
        "unknown": 1,
        "vendor": 1,
        "restricted": 3,
    }
    assert strangers([]) == []
