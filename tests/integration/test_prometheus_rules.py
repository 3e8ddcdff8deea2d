"""Prometheus' own judge on our configuration, rules and their unit tests."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[2] / "dashboards" / "prometheus"
RULES = sorted((FOLDER / "rules").glob("*.yml"))
RULE_TESTS = sorted((FOLDER / "tests").glob("*.yml"))


def said_by(promtool: Path, *arguments: str | Path) -> str:
    """What promtool says; the test fails if it is not content."""
    done = subprocess.run([promtool, *arguments], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def alerting_rules() -> list[dict[str, Any]]:
    groups = [group for file in RULES for group in yaml.safe_load(file.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def test_the_configuration_is_valid(promtool_path: Path) -> None:
    assert "SUCCESS" in said_by(promtool_path, "check", "config", "prometheus.yml")


@pytest.mark.parametrize("rules", RULES, ids=lambda path: path.name)
def test_the_rules_are_valid(promtool_path: Path, rules: Path) -> None:
    assert "SUCCESS" in said_by(promtool_path, "check", "rules", rules)


@pytest.mark.parametrize("tests", RULE_TESTS, ids=lambda path: path.name)
def test_the_rules_do_what_their_unit_tests_say(promtool_path: Path, tests: Path) -> None:
    assert "SUCCESS" in said_by(promtool_path, "test", "rules", tests)


@pytest.mark.parametrize("rule", alerting_rules(), ids=lambda rule: rule["alert"])
def test_every_alert_says_how_bad_it_is_and_where_to_read_on(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning", "none"}
    assert rule["annotations"].keys() >= {"summary", "description", "runbook_url"}
    assert rule["annotations"]["runbook_url"].removesuffix(".md").endswith(f"/{rule['alert']}")


def test_every_alert_has_a_unit_test() -> None:
    tests = "".join(file.read_text() for file in RULE_TESTS)
    assert [rule["alert"] for rule in alerting_rules() if rule["alert"] not in tests] == []
