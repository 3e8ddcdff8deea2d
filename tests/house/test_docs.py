"""The documents and the program say the same: alerts, settings, metrics, commands and links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from monitor.cli import app
from monitor.config import Config
from monitor.core.alert_kinds import ALERTS
from monitor.metrics.catalogue import CATALOGUE
from tests.house.sources import ROOT, text_files
from tools.config_reference import BEGIN, PAGE, chapters, reference, with_reference

DOCS = ROOT / "docs"
RUNBOOKS = DOCS / "runbooks"
METRIC = re.compile(r"\b(?:fleet|hearthbeat)_[a-z0-9_]+\b")
HISTOGRAM_SUFFIXES = ("_bucket", "_count", "_sum")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)
COMMAND = re.compile(r"(?:^|[`(/ ])hearthbeat ([a-z][a-z-]*)", re.MULTILINE)
TARGET = re.compile(r"(?:^|`)make ([a-z][a-z-]*)", re.MULTILINE)


def pages() -> dict[Path, str]:
    """Every page that people read."""
    return {ROOT / path: text for path, text in text_files() if path.endswith(".md")}


def rule_names() -> set[str]:
    """The alerts that our Prometheus rules raise."""
    files = sorted((ROOT / "dashboards" / "prometheus" / "rules").glob("*.yml"))
    groups = (group for file in files for group in yaml.safe_load(file.read_text())["groups"])
    return {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}


def differences(what: str, existing: Iterable[str], documented: Iterable[str]) -> list[str]:
    """What exists and is not documented, and what is documented and does not exist."""
    there, told = set(existing), set(documented)
    return [
        *(f"{what} {name} is not documented" for name in sorted(there - told)),
        *(f"{what} {name} is documented but does not exist" for name in sorted(told - there)),
    ]


def unknown_metrics(text: str) -> set[str]:
    """What looks like one of our metrics and is none."""
    return {name for name in METRIC.findall(text) if not _is_metric(name)}


def _is_metric(name: str) -> bool:
    if name in CATALOGUE:
        return True
    return any(name.removesuffix(suffix) in CATALOGUE for suffix in HISTOGRAM_SUFFIXES if name.endswith(suffix))


def anchors(text: str) -> set[str]:
    """The anchors that a page's headings can be linked by."""
    plain = (re.sub(r"[`*_]|\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in HEADING.findall(text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def broken_links(page: Path, text: str) -> Iterator[str]:
    """Links to files or headings of the project that are not there."""
    for link in LINK.findall(text):
        if "://" in link or link.startswith("mailto:"):
            continue
        file, _, anchor = link.partition("#")
        target = page if not file else (page.parent / file).resolve()
        if not target.exists():
            yield f"{page.name} links to {link}, which is not there"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text()):
            yield f"{page.name} links to {link}, but {target.name} has no such heading"


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    runbooks = {page.stem for page in RUNBOOKS.glob("*.md")} - {"README"}
    assert differences("alert", ALERTS.keys() | rule_names(), runbooks) == []


def test_every_setting_says_what_it_means() -> None:
    keys = [key for chapter in chapters(Config) for key in chapter.keys]
    assert [key.address for key in keys if not key.meaning and key.name != "type"] == []


def test_the_configuration_page_lists_exactly_the_settings_that_exist() -> None:
    page = PAGE.read_text()
    assert BEGIN in page
    assert page == with_reference(page, reference(Config)), "run `make docs`"


def test_no_page_rule_or_dashboard_names_a_metric_that_does_not_exist() -> None:
    texts = {path: text for path, text in text_files() if path.endswith(".md") or path.startswith("dashboards/")}
    unknown = {path: names for path, text in texts.items() if (names := unknown_metrics(text))}
    assert unknown == {}


def test_no_page_names_a_command_that_does_not_exist() -> None:
    commands = set(getattr(get_command(app), "commands", {}))
    named = {name for text in pages().values() for name in COMMAND.findall(_code(text))}
    assert named - commands == set()


def test_no_page_names_a_make_target_that_does_not_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for text in pages().values() for name in TARGET.findall(_code(text))}
    assert named - targets == set()


def test_every_link_between_pages_leads_somewhere() -> None:
    assert [fault for page, text in pages().items() for fault in broken_links(page, text)] == []


def _code(text: str) -> str:
    """The parts of a page that are meant to be typed: code blocks and code in a line."""
    blocks = re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
    return "\n".join(block.strip("`") for block in blocks)


def test_a_difference_in_either_direction_is_caught() -> None:
    assert differences("alert", ["A", "B"], ["B", "C"]) == [
        "alert A is not documented",
        "alert C is documented but does not exist",
    ]


def test_a_metric_that_does_not_exist_is_caught() -> None:
    text = "rate(hearthbeat_step_duration_seconds_bucket[5m]) and fleet_devices and fleet_gnomes_total"
    assert unknown_metrics(text) == {"fleet_gnomes_total"}


@pytest.mark.parametrize(
    ("link", "caught"),
    [("b.md", False), ("b.md#the-one-way", False), ("#at-home", False), ("b.md#other", True), ("c.md", True)],
)
def test_a_link_that_leads_nowhere_is_caught(link: str, caught: bool, tmp_path: Path) -> None:  # noqa: FBT001
    page = tmp_path / "a.md"
    page.write_text(f"# At home\n[there]({link})\n")
    (tmp_path / "b.md").write_text("## The `one` way!\n")
    assert len(list(broken_links(page, page.read_text()))) == caught
