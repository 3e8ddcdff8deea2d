"""Prometheus' own judge on our configuration, rules and their unit tests."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.core.alert_kinds import ALERTS
from monitor.metrics.catalogue import CATALOGUE

FOLDER = Path(__file__).resolve().parents[2] / "dashboards" / "prometheus"
BOARDS = FOLDER.parent / "grafana" / "dashboards"
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


def names_in(file: str) -> set[str]:
    """The alerts that a file of rules raises."""
    groups = yaml.safe_load((FOLDER / "rules" / file).read_text())["groups"]
    return {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}


def test_the_configuration_is_valid(promtool_path: Path) -> None:
    assert "SUCCESS" in said_by(promtool_path, "check", "config", "prometheus.yml")


@pytest.mark.parametrize("rules", RULES, ids=lambda path: path.name)
def test_the_rules_are_valid(promtool_path: Path, rules: Path) -> None:
    assert "SUCCESS" in said_by(promtool_path, "check", "rules", rules)


@pytest.mark.parametrize("tests", RULE_TESTS, ids=lambda path: path.name)
def test_the_rules_do_what_their_unit_tests_say(promtool_path: Path, tests: Path) -> None:
    assert "SUCCESS" in said_by(promtool_path, "test", "rules", tests)


def numbers_of(rule: dict[str, Any]) -> set[str]:
    """The metrics of ours that a rule asks for."""
    return set(re.findall(r"\b(?:fleet|hearthbeat)_[a-z0-9_]+\b", rule["expr"]))


@pytest.mark.parametrize("rule", alerting_rules(), ids=lambda rule: rule["alert"])
def test_every_alert_says_how_bad_it_is_and_where_to_read_on(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning", "info", "none"}
    assert rule["annotations"].keys() == {"summary", "description", "runbook_url", "dashboard_url"}
    assert rule["annotations"]["runbook_url"].removesuffix(".md").endswith(f"/{rule['alert']}")
    board = re.search(r"/d/([\w-]+)", rule["annotations"]["dashboard_url"])
    assert board is not None
    assert (BOARDS / f"{board[1]}.json").is_file()


@pytest.mark.parametrize("rule", alerting_rules(), ids=lambda rule: rule["alert"])
def test_every_alert_waits_before_it_fires_unless_it_always_does(rule: dict[str, Any]) -> None:
    assert ("for" in rule) != (rule["alert"] == "PrometheusWatchdog")


@pytest.mark.parametrize("rule", alerting_rules(), ids=lambda rule: rule["alert"])
def test_every_metric_that_a_rule_asks_for_exists_and_where_it_is_looked_for(rule: dict[str, Any]) -> None:
    paths = {CATALOGUE[name].path for name in numbers_of(rule)}
    assert paths <= ({"/metrics/devices"} if rule["alert"] in names_in("devices.yml") else {"/metrics"})


def test_rules_about_the_monitor_repeat_no_verdict_and_the_alternatives_are_only_verdicts() -> None:
    assert names_in("monitor.yml") & ALERTS.keys() == set()
    assert (names_in("verdicts.yml") | names_in("devices.yml")) - ALERTS.keys() == set()
    assert names_in("verdicts.yml") & names_in("devices.yml") == set()


def test_only_the_rules_about_the_monitor_are_loaded() -> None:
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    assert config["rule_files"] == ["rules/monitor.yml"]


def test_alerts_are_as_bad_here_as_where_hearthbeat_sends_them() -> None:
    told = {rule["alert"]: rule["labels"]["severity"] for rule in alerting_rules()}
    same = {name: kind.severity for name, kind in ALERTS.items() if name in told}
    assert {name: told[name] for name in same} == same


def test_sums_and_single_devices_are_scraped_apart() -> None:
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    assert jobs["hearthbeat"].get("metrics_path", "/metrics") == "/metrics"
    assert jobs["hearthbeat-devices"]["metrics_path"] == "/metrics/devices"
    assert jobs["hearthbeat-devices"]["sample_limit"] > 0


def test_every_alert_has_a_unit_test() -> None:
    tests = "".join(file.read_text() for file in RULE_TESTS)
    assert [rule["alert"] for rule in alerting_rules() if rule["alert"] not in tests] == []
