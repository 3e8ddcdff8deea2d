"""Samples as they may come from a broker: what is accepted, and what each bad one is rejected as."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.decoders.protocol import REJECT_REASONS
from tests.unit.decoders.speaking import left_out, read, refused

SAMPLES = Path(__file__).parents[2] / "samples" / "native"
OF_TOPICS = {"topic", "channel"}


def samples(file: str) -> list[Any]:
    lines = map(json.loads, (SAMPLES / file).read_text().splitlines())
    return [pytest.param(line, id=f"{line['channel']}: {line['about']}") for line in lines]


def payload_of(sample: dict[str, Any]) -> bytes:
    """The bytes; `repeat` lists a placeholder, what stands for it, and how often, so that samples stay short."""
    if "hex" in sample:
        return bytes.fromhex(sample["hex"])
    text: str = sample["text"]
    repeat = sample.get("repeat", [])
    for at in range(0, len(repeat), 3):
        text = text.replace(repeat[at], repeat[at + 1] * repeat[at + 2])
    return text.encode()


@pytest.mark.parametrize("sample", samples("accepted.jsonl"))
def test_an_unusual_but_sound_message_is_read(sample: dict[str, Any]) -> None:
    payload = payload_of(sample)
    assert len(read(sample["channel"], payload).observations) == 1
    assert left_out(sample["channel"], payload) == sample["dropped"]


@pytest.mark.parametrize("sample", samples("rejected.jsonl"))
def test_a_bad_message_is_rejected_for_its_own_reason(sample: dict[str, Any]) -> None:
    rejected = refused(sample["channel"], payload_of(sample))
    assert rejected.reason == sample["reason"]
    assert rejected.detail.startswith(sample["channel"])


def test_there_is_a_sample_of_every_reason() -> None:
    told = {param.values[0]["reason"] for param in samples("rejected.jsonl")}
    assert told == set(REJECT_REASONS) - OF_TOPICS
