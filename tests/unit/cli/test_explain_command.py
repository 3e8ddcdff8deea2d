"""`explain`: the words of a running monitor, part by part."""

import json
from typing import Any

import pytest

from tests.unit.cli.conftest import Page, Type

INCIDENT: dict[str, Any] = {
    "id": "i1", "summary": "Provider aurora fell silent", "expected": "Each of them is due.", "seen": "All are silent.",
    "since": "Began about 14:02:10 UTC.", "sure": "Almost certain.",
    "evidence": [
        {"source": "prior", "statement": "Outages are rare.", "weight_nats": -6.0, "words": "strong against it"},
        {"source": "silence", "statement": "38 of 40 fell silent.", "weight_nats": 30.0, "words": "decisive evidence"},
    ],
    "considered": ["Region eu (score 12 against 90)."], "indistinguishable": [], "unaffected": "60 of 60 others.",
    "would_change": ["It is over once 90 % are heard again."], "withheld": 38, "notices": "38 notices are held back.",
    "stayed_away": "",
}  # fmt: skip
DEVICE: dict[str, Any] = {
    "id": "acme/f-1", "summary": "Feeder acme/f-1 is offline", "expected": "A heartbeat every 60 s.", "seen": "Silent.",
    "since": "Since 14:03:00 UTC.", "cause": "", "explained_by": ["Incident i1: [bold]aurora[/]."],
    "changes": ["14:03:00 UTC: late → offline"], "next": ["Its notice is withheld."],
}  # fmt: skip


def test_an_incident_is_told_part_by_part_with_the_weight_of_each_piece(type_in: Type, page: Page) -> None:
    page.single["incidents/i1/explanation"] = INCIDENT
    ended = type_in("explain", "i1", "--url", page.url)
    assert ended.code == 0
    assert ended.out.startswith("Provider aurora fell silent\n\nExpected\n  Each of them is due.\n")
    assert "  +30.0  silence: 38 of 40 fell silent. (decisive evidence)" in ended.out
    assert "   -6.0  prior: Outages are rare. (strong against it)" in ended.out
    assert "What would change this\n  It is over once 90 % are heard again." in ended.out


def test_a_part_that_says_nothing_is_left_out(type_in: Type, page: Page) -> None:
    page.single["incidents/i1/explanation"] = INCIDENT
    out = type_in("explain", "i1", "--url", page.url).out
    assert "Cannot be told apart" not in out
    assert "Did not come back" not in out


def test_a_device_is_told_with_what_happens_next(type_in: Type, page: Page) -> None:
    page.single["devices/acme/f-1/explanation"] = DEVICE
    out = type_in("explain", "acme/f-1", "--url", page.url).out
    assert "What happens next\n  Its notice is withheld." in out
    assert "[bold]aurora[/]" in out, "what devices call themselves is no markup"


def test_an_explanation_comes_as_json_too(type_in: Type, page: Page) -> None:
    page.single["devices/acme/f-1/explanation"] = DEVICE
    assert json.loads(type_in("explain", "acme/f-1", "--url", page.url, "--format", "json").out) == DEVICE


@pytest.mark.parametrize("subject", ["acme/", "/f-1", "acme/f/1"])
def test_what_is_neither_incident_nor_device_is_refused(type_in: Type, subject: str) -> None:
    ended = type_in("explain", subject)
    assert (ended.code, ended.err) == (
        2,
        f"{subject} is neither an incident's id nor a device as tenant/device.\n",
    )


def test_what_the_monitor_does_not_know_is_said_in_its_words(type_in: Type, page: Page) -> None:
    page.status, page.body = 404, b'{"detail": "no incident i9 is known; GET /api/v1/incidents lists them"}'
    ended = type_in("explain", "i9", "--url", page.url)
    assert ended.code == 1
    assert "no incident i9 is known" in ended.err
