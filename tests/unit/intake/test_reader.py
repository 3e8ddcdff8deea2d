"""The intake: one bad message costs nothing but itself, one loud device harms nobody, and everything is counted."""

import json
from collections.abc import Sequence

import pytest

from monitor.core.observations import Echo, Heartbeat, LinkChanged, MaintenanceSet, SessionStatus
from monitor.core.settings import LimitSettings
from monitor.decoders.native import NativeDecoder
from monitor.decoders.protocol import Decoded, Message, Rejected, Speaker
from monitor.intake import Intake
from monitor.intake.reader import ALL_REASONS, KEPT_NEWS, KEPT_SAMPLES

START = 1_795_310_000.0
MARKER = "canary-7f3a"


class Stumbling:
    """A decoder with a fault: it trips over every message and repeats it as it falls."""

    dialect = "stumbling"
    channels: Sequence[str] = ("all",)

    def claims(self, topic: str) -> bool:
        return topic.startswith("stumble/")

    def speaker(self, topic: str) -> Speaker | None:
        if topic.endswith("/nobody"):
            raise LookupError(topic)
        return Speaker("zoo/ape-1", "all")

    def decode(self, message: Message) -> Decoded | Rejected:
        raise ValueError(f"cannot read {message.payload!r}")


def intake(per_minute: int = 600) -> Intake:
    return Intake([Stumbling(), NativeDecoder()], LimitSettings(device_messages_per_minute=per_minute))


def beat(seq: int, device: str = "feeder-1", at: float = START, **fields: object) -> Message:
    payload = json.dumps({"seq": seq, "boot_id": "b1"} | fields).encode()
    return Message(f"fleet/v1/acme/{device}/heartbeat", payload, retained=False, received_at=at)


def said(topic: str, payload: str = "{}", at: float = START) -> Message:
    return Message(topic, payload.encode(), retained=False, received_at=at)


def test_a_batch_becomes_observations_in_its_order() -> None:
    echo, link = Echo(START, START - 1), LinkChanged(START, up=True)
    told = MaintenanceSet("acme/feeder-2", START, on=True)
    assert intake().read([link, beat(1), echo, beat(2), told]) == [
        link,
        Heartbeat("acme/feeder-1", START, "b1", 1),
        echo,
        Heartbeat("acme/feeder-1", START, "b1", 2),
        told,
    ]


def test_every_counter_is_there_at_zero_before_anything_came() -> None:
    figures = intake().figures
    assert figures.messages == {"stumbling": 0, "native": 0, "none": 0}
    assert {reason for dialect, reason in figures.rejected if dialect == "native"} == set(ALL_REASONS)
    assert set(figures.rejected.values()) == set(figures.dropped_fields.values()) == {0}


def test_what_comes_is_counted_by_dialect_and_channel() -> None:
    reader = intake()
    reader.read([beat(1), beat(2), said("fleet/v1/acme/feeder-1/info"), said("fleet/v1/odd"), said("x/y")])
    assert reader.figures.messages == {"stumbling": 0, "native": 4, "none": 1}
    assert reader.channels["native", "heartbeat"] == 2
    assert reader.channels["native", "info"] == 1
    assert reader.figures.rejected["native", "missing"] == 1
    assert reader.figures.rejected["native", "topic"] == 1
    assert reader.figures.rejected["none", "unclaimed"] == 1


def test_what_is_left_out_is_counted_by_class() -> None:
    reader = intake()
    assert len(reader.read([beat(1, ssid=MARKER, x_a=1, b=2, battery_pct=700)])) == 1
    counted = {name: number for (dialect, name), number in reader.figures.dropped_fields.items() if dialect == "native"}
    assert counted == {"unknown": 1, "vendor": 1, "restricted": 1, "invalid": 1, "unknown_kind": 0}
    (sample,) = reader.take_news()
    assert (sample.device, sample.reason, sample.count) == ("acme/feeder-1", "invalid", 1)
    assert sample.detail.startswith("heartbeat.battery_pct")


def test_a_copy_that_the_broker_kept_is_counted_and_says_nothing() -> None:
    reader = intake()
    assert reader.read([beat(1)._replace(retained=True)]) == []
    assert reader.ignored["native", "retained"] == 1
    assert reader.take_news() == []


def test_the_way_of_a_heartbeat_is_measured_where_it_names_its_time() -> None:
    reader = intake()
    reader.read([beat(1, ts=(START - 3) * 1000), beat(2)])
    assert reader.figures.lag["native"].count == 1
    assert reader.figures.lag["native"].total == pytest.approx(3.0)


@pytest.mark.parametrize("topic", ["stumble/1", "stumble/nobody"])
def test_a_message_that_our_decoder_trips_over_is_set_aside_alone(topic: str) -> None:
    reader = intake()
    observations = reader.read([beat(1), said(topic, MARKER), beat(2)])
    assert [each.seq for each in observations if isinstance(each, Heartbeat)] == [1, 2]
    assert reader.figures.rejected["stumbling", "crashed"] == 1
    (sample,) = reader.take_news()
    assert sample.reason == "crashed"
    assert "Error in " in sample.detail
    assert MARKER not in repr(reader.samples())


def test_a_bad_message_is_news_once_and_its_sample_is_kept_up_to_date() -> None:
    reader = intake()
    bad = said("fleet/v1/acme/feeder-1/heartbeat", f'{{"seq": "{MARKER}"}}')
    reader.read([bad, bad])
    assert [sample.reason for sample in reader.take_news()] == ["wrong_type"]
    reader.read([bad._replace(received_at=START + 9)])
    assert reader.take_news() == []
    (sample,) = reader.samples()
    assert (sample.count, sample.at, sample.dialect) == (3, START + 9, "native")
    assert MARKER not in repr(sample)


def test_a_thousand_bad_devices_fill_neither_memory_nor_log() -> None:
    reader = intake()
    reader.read([said(f"fleet/v1/acme/f-{number}/heartbeat", "?") for number in range(1000)])
    assert len(reader.samples()) == KEPT_SAMPLES
    assert reader.samples()[-1].device == "acme/f-999"
    assert len(reader.take_news()) == KEPT_NEWS
    assert reader.figures.rejected["native", "not_json"] == 1000


def test_a_flood_costs_the_device_its_excess_and_its_neighbours_nothing() -> None:
    reader = intake(per_minute=10)
    batch = [beat(seq, device) for seq in range(50) for device in ("loud", "calm") if device == "loud" or seq < 10]
    heard = [each for each in reader.read(batch) if isinstance(each, Heartbeat)]
    assert sum(each.device == "acme/loud" for each in heard) == 10
    assert sum(each.device == "acme/calm" for each in heard) == 10
    assert reader.flooding() == {"acme/loud": 40}
    assert reader.figures.rejected["native", "flood"] == 40
    (sample,) = reader.take_news()
    assert (sample.device, sample.reason, sample.count) == ("acme/loud", "flood", 1)
    assert "[limits] device_messages_per_minute" in sample.detail
    assert reader.samples()[0].count == 40


def test_a_flooding_device_is_heard_again_in_the_next_minute() -> None:
    reader = intake(per_minute=10)
    reader.read([beat(seq) for seq in range(30)])
    assert len(reader.read([beat(seq, at=START + 60) for seq in range(30, 60)])) == 10


def test_the_last_will_of_a_flooding_device_is_still_heard() -> None:
    reader = intake(per_minute=10)
    reader.read([beat(seq) for seq in range(30)])
    will = said("fleet/v1/acme/feeder-1/status", '{"state": "offline", "boot_id": "b1"}')
    assert reader.read([will]) == [SessionStatus("acme/feeder-1", START, "offline", "b1", will=True)]
    assert len(reader.read([will] * 20)) == 9


def test_what_the_broker_kept_while_we_were_away_is_no_flood() -> None:
    reader = intake(per_minute=10)
    reader.read([beat(0, at=START - 1)])
    assert len(reader.read([LinkChanged(START, up=True), *(beat(seq) for seq in range(60))])) == 51
    assert reader.flooding() == {"acme/feeder-1": 10}


def test_a_lost_link_gives_no_room() -> None:
    reader = intake(per_minute=10)
    assert len(reader.read([beat(0), LinkChanged(START, up=False), *(beat(seq) for seq in range(1, 60))])) == 11
