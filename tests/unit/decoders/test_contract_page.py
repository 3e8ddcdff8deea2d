"""docs/contract.md against the decoder: every example is read, every field and reason is told, and none that is not."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from monitor.core.settings import LimitSettings
from monitor.decoders.native import NativeDecoder
from monitor.decoders.native.channels import CHANNELS_BY_NAME
from monitor.decoders.native.decoder import DEFAULT_PAYLOAD_BYTES
from monitor.decoders.native.events import EVENT_TYPES, EventPayload, FeedEnded
from monitor.decoders.native.identity import InfoPayload, StatusPayload
from monitor.decoders.native.liveness import CloudPart, HeartbeatPayload
from monitor.decoders.native.plans import MealPart, PeriodPart, SchedulePayload
from monitor.decoders.protocol import DROPPED_CLASSES, IGNORED_REASONS, REJECT_REASONS, Decoded, Message, Speaker
from monitor.devices.feeder import FEEDER
from monitor.devices.reading import Choice, Count, DeviceKind, Flag, Moment, Number, Reading
from monitor.devices.thermostat import THERMOSTAT
from monitor.intake.floodgate import BACKLOG_FACTOR
from monitor.intake.reader import OWN_REASONS

PAGE = (Path(__file__).parents[3] / "docs" / "contract.md").read_text()
EXAMPLE = re.compile(r"^`(fleet/v1/[^`]+)`[^\n]*\n\n```json\n(.*?)```", re.DOTALL | re.MULTILINE)
OF_EVERY_PAYLOAD = {"tenant", "device"}

Table = list[list[str]]


def tables(heading: str) -> list[Table]:
    """The tables under a heading, down to the next one; rows of cells, the head left out."""
    section = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert section, heading
    found: list[Table] = []
    for block in re.findall(r"(?:^\|.*\n)+", section[1], re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        found.append(rows[2:])
    return found


def told(table: Table) -> dict[str, bool]:
    """The fields of a table, and whether they are bold, that is required."""
    return {cell.strip("*`"): cell.startswith("**") for cell, *_ in table}


def held(model: type[BaseModel]) -> dict[str, bool]:
    """The fields of a payload, and whether they are required."""
    return {name: field.is_required() for name, field in model.model_fields.items() if name not in OF_EVERY_PAYLOAD}


def examples() -> Iterator[Any]:
    for number, (topic, payload) in enumerate(EXAMPLE.findall(PAGE), 1):
        yield pytest.param(topic, payload, id=f"{number} {topic}")


@pytest.mark.parametrize(("topic", "payload"), list(examples()))
def test_every_example_is_read_without_a_field_left_out(topic: str, payload: str) -> None:
    decoded = NativeDecoder().decode(Message(topic, payload.encode(), retained=False, received_at=1_795_310_170.0))
    assert isinstance(decoded, Decoded), decoded
    assert len(decoded.observations) == 1
    assert list(decoded.dropped_fields) == []


def test_every_json_block_is_an_example_and_every_channel_has_one() -> None:
    topics = [topic for topic, _ in EXAMPLE.findall(PAGE)]
    assert len(topics) == PAGE.count("```json")
    assert {topic.rpartition("/")[2] for topic in topics} == set(CHANNELS_BY_NAME)


@pytest.mark.parametrize(
    ("heading", "number", "fields"),
    [
        ("status", 0, held(StatusPayload)),
        ("info", 0, held(InfoPayload)),
        (
            "heartbeat",
            0,
            held(HeartbeatPayload) | {f"cloud.{name}": required for name, required in held(CloudPart).items()},
        ),
        ("event", 0, held(EventPayload) | {"type": True}),
        (
            "event",
            2,
            {
                name: required
                for name, required in held(FeedEnded).items()
                if name not in {"event_id", "type", "ts", "replayed"}
            },
        ),
        ("schedule", 0, held(SchedulePayload)),
        ("schedule", 1, held(MealPart)),
        ("schedule", 2, held(PeriodPart)),
    ],
)
def test_each_table_has_the_fields_of_its_payload(heading: str, number: int, fields: dict[str, bool]) -> None:
    assert told(tables(heading)[number]) == fields


def test_all_event_types_are_told() -> None:
    types = [name for row in tables("event")[1] for name in re.findall(r"`([^`]+)`", row[0])]
    assert types == list(EVENT_TYPES)


def in_words(reading: Reading) -> str:
    """How the page tells the values of a reading."""
    match reading:
        case Number(_, _, low, high):
            return "number from 0" if high >= 1e9 else f"number, {low:,} to {high:,}".replace("-", "−")
        case Count(_, high):
            return "whole number from 0" if high >= 1e9 else f"whole number, 0 to {high:,}"
        case Choice(_, words):
            return " ".join(f"`{word}`" for word in words)
        case Flag():
            return "true or false"
        case Moment():
            return "moment"


@pytest.mark.parametrize(("heading", "kind"), [("Feeder readings", FEEDER), ("Thermostat readings", THERMOSTAT)])
def test_each_reading_is_told_with_its_range(heading: str, kind: DeviceKind) -> None:
    (table,) = tables(heading)
    assert [row[:2] for row in table] == [[f"`{reading.name}`", in_words(reading)] for reading in kind.readings]


def test_the_page_tells_which_channels_are_retained_as_the_decoder_knows_it() -> None:
    (table,) = tables("Topics")
    said = {re.findall(r"`(\w+)`", row[0])[0]: row[1] == "yes" for row in table}
    assert said == {name: channel.retained for name, channel in CHANNELS_BY_NAME.items()}


def test_all_reasons_and_classes_are_told() -> None:
    rejected, dropped, ignored = tables("What becomes of a bad message")
    assert list(told(rejected)) == [*REJECT_REASONS, "unclaimed", "flood", "crashed"]
    assert set(OWN_REASONS) == {"unclaimed", "flood", "crashed"}
    assert list(told(dropped)) == list(DROPPED_CLASSES)
    assert list(told(ignored)) == list(IGNORED_REASONS)


def test_the_limits_told_are_the_limits_kept() -> None:
    limits = LimitSettings()
    assert f"at most **{limits.payload_bytes} bytes**" in PAGE
    assert limits.payload_bytes == DEFAULT_PAYLOAD_BYTES
    assert f"more than {limits.device_messages_per_minute} messages from one device in a minute" in PAGE
    assert BACKLOG_FACTOR == 5
    assert "five times as many" in PAGE


def test_topics_on_the_page_are_topics() -> None:
    decoder = NativeDecoder()
    named = set(re.findall(r"fleet/v1/[a-z0-9][a-z0-9-]*/[a-z0-9-]+/[a-z]+", PAGE))
    assert named
    assert all(isinstance(decoder.speaker(topic), Speaker) for topic in named)
