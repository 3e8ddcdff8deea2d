"""The topic alone says who speaks."""

import pytest

from monitor.decoders.native import NativeDecoder
from monitor.decoders.native import decoder as decoder_module
from monitor.decoders.native.topics import not_a_device, speaker_of
from monitor.decoders.protocol import Decoded, Message, Rejected, Speaker
from tests.unit.decoders.speaking import BEAT, NOW, message


@pytest.mark.parametrize("channel", ["status", "info", "heartbeat", "telemetry", "event", "schedule"])
def test_each_channel_of_a_device_is_known(channel: str) -> None:
    decoder = NativeDecoder()
    assert decoder.speaker(f"fleet/v1/acme/f-1/{channel}") == Speaker("acme/f-1", channel)
    assert channel in decoder.channels


def test_only_the_first_version_of_the_contract_is_claimed() -> None:
    decoder = NativeDecoder()
    assert decoder.claims("fleet/v1/acme/f-1/heartbeat")
    assert not decoder.claims("fleet/v2/acme/f-1/heartbeat")
    assert not decoder.claims("zigbee2mqtt/kitchen")


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("fleet/v1/", "1 levels"),
        ("fleet/v1/acme", "1 levels"),
        ("fleet/v1/acme/f-1", "2 levels"),
        ("fleet/v1/acme/f-1/status/now", "4 levels"),
        ("fleet/v1//f-1/status", "the tenant is not an id"),
        ("fleet/v1/acme//status", "the device is not an id"),
        ("fleet/v1/Acme/f-1/status", "the tenant is not an id"),
        ("fleet/v1/acme/_f/status", "the device is not an id"),
        ("fleet/v1/acme/-f/status", "the device is not an id"),
        ("fleet/v1/acme/f 1/status", "the device is not an id"),
        ("fleet/v1/acme/f-1\n/status", "the device is not an id"),
        ("fleet/v1/acme/" + "f" * 65 + "/status", "the device is not an id"),
    ],
)
def test_odd_topics_are_rejected_and_told_why(topic: str, words: str) -> None:
    rejected = NativeDecoder().decode(Message(topic, b"{}", retained=False, received_at=NOW))
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "topic"
    assert words in rejected.detail


@pytest.mark.parametrize("channel", ["verdict", "heartbeat\n", "Heartbeat", ""])
def test_a_seventh_channel_is_rejected_by_name_of_the_six(channel: str) -> None:
    rejected = not_a_device(f"fleet/v1/acme/f-1/{channel}")
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "channel"
    assert "heartbeat" in rejected.detail


@pytest.mark.parametrize(
    "topic", ["fleet/v1/_monitor/main/echo", "fleet/v1/acme/_monitor/main/heartbeat", "fleet/v1/acme/_monitor/main/x/y"]
)
def test_what_monitors_say_is_not_a_devices_word(topic: str) -> None:
    decoded = NativeDecoder().decode(Message(topic, b"\xff", retained=False, received_at=NOW))
    assert decoded == Decoded((), ignored="monitor")


def test_the_longest_id_is_still_an_id() -> None:
    assert speaker_of(f"fleet/v1/{'t' * 64}/{'0' * 64}/info") == Speaker(f"{'t' * 64}/{'0' * 64}", "info")


def test_topics_remembered_are_bounded_and_forgetting_changes_nothing() -> None:
    decoder = NativeDecoder()
    for number in range(decoder_module.REMEMBERED_TOPICS + 5):
        decoder.speaker(f"fleet/v1/acme/f-{number}/status")
    assert len(decoder._speakers) == 5
    decoded = decoder.decode(message("heartbeat", BEAT, device="acme/f-1"))
    assert isinstance(decoded, Decoded)
    assert decoder.speaker("fleet/v1/acme/f-1/status") == Speaker("acme/f-1", "status")


def test_odd_topics_are_never_remembered() -> None:
    decoder = NativeDecoder()
    decoder.decode(Message("fleet/v1/a/b/c/d", b"", retained=False, received_at=NOW))
    assert not decoder._speakers
