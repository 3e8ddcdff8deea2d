"""Every runbook answers the same questions in the same order, and names only settings that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.config import Config
from tools.config_reference import chapters

RUNBOOKS = sorted((Path(__file__).resolve().parents[2] / "docs" / "runbooks").glob("*.md"))
SECTIONS = [
    "Impact",
    "Confirm in two minutes",
    "Decide",
    "Do now",
    "Do not",
    "Escalate",
    "How it resolves",
    "False alarms",
    "Knobs",
]
WATCHDOG_SECTIONS = ["Impact of its absence", *(section for section in SECTIONS[1:] if section != "Decide")]
"""A watchdog means something by being absent, and its confirmation is its decision."""
CODE = re.compile(r"`([^`]+)`")
SETTING = re.compile(r"\[{1,2}([a-z_.<>]+)\]{1,2}(?:\s([a-z_]+))?")
KEY = re.compile(r"(?!hearthbeat_|fleet_)[a-z]+_[a-z_]+")
LONGEST_PAGE = 75


def unknown_settings(text: str, existing: set[str]) -> list[str]:
    """What a text names as a setting and is none: `[section] key`, `[section]`, or a `key` of any section."""
    sections = {address.rpartition(".")[0] for address in existing}
    keys = {address.rpartition(".")[2] for address in existing}
    unknown = []
    for code in CODE.findall(text):
        if found := SETTING.fullmatch(code):
            address = ".".join(filter(None, found.groups()))
            known = address in existing | sections
        else:
            known = not KEY.fullmatch(code) or code in keys
        if not known:
            unknown.append(code)
    return unknown


@pytest.mark.parametrize("page", RUNBOOKS, ids=lambda page: page.stem)
def test_a_runbook_answers_every_question_in_order(page: Path) -> None:
    text = page.read_text()
    expected = WATCHDOG_SECTIONS if page.stem.endswith("Watchdog") else SECTIONS
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == expected
    assert text.startswith(f"# {page.stem}\n\n")
    assert len(text.splitlines()) <= LONGEST_PAGE, "nobody reads a long page at three in the morning"


@pytest.fixture(scope="module")
def existing() -> set[str]:
    """The address of every setting."""
    return {key.address for chapter in chapters(Config) for key in chapter.keys}


@pytest.mark.parametrize("page", RUNBOOKS, ids=lambda page: page.stem)
def test_a_runbook_names_only_settings_that_exist(page: Path, existing: set[str]) -> None:
    assert unknown_settings(page.read_text().partition("## Knobs")[2], existing) == []


def test_a_setting_that_does_not_exist_is_caught() -> None:
    existing = {"outages.confirm_seconds", "outages.networks"}
    fine = "`[outages]`, `[outages] confirm_seconds`, `confirm_seconds`, `[outages.networks]`, `hearthbeat_blind`"
    assert unknown_settings(fine, existing) == []
    wrong = "`[outage] confirm_seconds`, `[outages] confirm_minutes`, `resolve_seconds`"
    assert unknown_settings(wrong, existing) == [
        "[outage] confirm_seconds",
        "[outages] confirm_minutes",
        "resolve_seconds",
    ]
