"""`watch`: the live page on a terminal."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from monitor.cli.watch import Seen, picture
from tests.unit.cli.conftest import Page, Type

FLEET: dict[str, Any] = {
    "at": 7200.0,
    "sentence": "Provider aurora is down since 00:40 UTC: 369 feeders unreachable.",
    "detail": "It began 1 h 20 min ago.",
    "tone": "outage",
    "current": True,
    "statuses": {"online": 515, "late": 4, "offline": 374, "sleeping": 7, "new": 0},
    "cohorts": [
        {"provider": "aurora", "region": "us", "statuses": {"offline": 370, "online": 3}},
        {"provider": "borealis", "region": "", "statuses": {"online": 90, "late": 4, "new": 5}},
        {"provider": "cirrus", "region": "eu", "statuses": {"offline": 3}},
        {"provider": "dorado", "region": "eu", "statuses": {"online": 70}},
    ],
}
INCIDENT = {
    "scope": {"provider": "aurora"}, "started_at": 2400.0, "silent": 369, "devices": 373, "acknowledged_by": "",
}  # fmt: skip
ALERT = {
    "name": "ProviderOutage", "severity": "critical", "starts_at": 2500.0,
    "annotations": {"summary": "Aurora [bold]is[/] out"},
}  # fmt: skip
RISKS = [
    {"hours": 0.0, "severity": "critical", "device": "acme/t1", "summary": "4.1 °C in the room"},
    {"hours": 12.0, "severity": "warning", "device": "acme/f1", "summary": "nobody knows whether it was fed"},
]
SEEN = Seen(FLEET, [INCIDENT], [ALERT], RISKS)


def drawn(seen: Seen | None, width: int, trouble: str = "") -> str:
    out = StringIO()
    Console(file=out, width=width, no_color=True, highlight=False).print(picture(seen, width, trouble))
    return out.getvalue()


def test_everything_that_matters_is_on_one_picture() -> None:
    seen = drawn(SEEN, 120)
    assert " OUTAGE  Provider aurora is down since 00:40 UTC" in seen
    assert "online 515   late 4   offline 374" in seen
    assert "provider=aurora 80 min 369 of 373 by nobody yet" in " ".join(seen.split())
    assert "4.1 °C in the room" in seen
    assert seen.index("now") < seen.index("12 h")
    assert "Aurora [bold]is[/] out" in seen
    assert "as of 1970-01-01 02:00:00Z" in seen


def test_the_worst_group_comes_first_and_very_small_ones_last() -> None:
    lines = [line for line in drawn(SEEN, 120).splitlines() if "%" in line]
    assert [line.split()[0] for line in lines] == ["aurora", "borealis", "cirrus"]
    assert lines[1].split()[1:] == ["not", "stated", "4%", "4", "of", "94"]


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, drawn(SEEN, width).splitlines())) <= width
    assert ("by nobody yet" in drawn(SEEN, width)) is (width >= 72)


def test_an_answer_that_stays_away_is_said_above_what_was_seen_last() -> None:
    seen = drawn(SEEN, 100, "No answer for 20 s: it is gone.")
    assert seen.startswith("✕ No answer for 20 s: it is gone. Trying again.")
    assert ", now old" in seen
    assert drawn(None, 100, "No answer for 0 s: gone.").strip() == "✕ No answer for 0 s: gone. Trying again."
    assert drawn(None, 100).strip() == "Asking the monitor …"


def test_a_quiet_fleet_is_told_in_a_few_lines() -> None:
    quiet = {**FLEET, "tone": "well", "sentence": "All 3 devices are accounted for.", "detail": "", "cohorts": []}
    seen = drawn(Seen(quiet, [], [], []), 100)
    assert seen.startswith(" OK  All 3 devices are accounted for.")
    assert "Open incidents" not in seen
    blind = drawn(Seen({**quiet, "tone": "blind"}, [], [], []), 100)
    assert blind.startswith(" BLIND ")


def test_without_a_terminal_one_picture_is_shown(type_in: Type, page: Page) -> None:
    page.single["fleet"] = FLEET
    page.lists |= {"incidents": [INCIDENT], "alerts": [ALERT], "welfare": RISKS}
    ended = type_in("watch", "--once", "--url", page.url)
    assert ended.code == 0
    assert "Provider aurora is down" in ended.out


def test_a_monitor_that_is_away_ends_a_single_look_with_the_reason(type_in: Type) -> None:
    ended = type_in("watch", "--once", "--url", "http://127.0.0.1:9")
    assert ended.code == 1
    assert "No Hearthbeat answers at http://127.0.0.1:9" in ended.err
