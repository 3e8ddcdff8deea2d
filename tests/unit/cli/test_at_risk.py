"""`feeders` and `thermostats`: all of them, or those at risk with the worst first."""

import json
from typing import Any

import pytest

from tests.unit.cli.conftest import Page, Type

RISK: dict[str, Any] = {
    "device": "acme/f1", "kind": "feeder", "site": "s1", "sign": "FeederNoFoodDispensed", "severity": "critical",
    "hours": -1.5, "since": 400.0, "summary": "feeder acme/f1: no food came for 20 h",
    "signs": ["FeederNoFoodDispensed"],
}  # fmt: skip


@pytest.mark.parametrize(("hours", "shown"), [(-1.5, "now"), (0.5, "30 min"), (3.2, "3 h")])
def test_those_at_risk_are_listed_with_the_time_until_harm(type_in: Type, page: Page, hours: float, shown: str) -> None:
    page.lists["welfare"] = [{**RISK, "hours": hours}]
    ended = type_in("feeders", "--at-risk", "--url", page.url)
    assert ended.code == 0
    line = ended.out.splitlines()[1]
    assert shown in line
    assert "10 min" in line, "1000 - 400 s"
    assert "no food came for 20 h" in line
    assert page.asked[0] == ("/api/v1/welfare", {"kind": ["feeder"], "limit": ["100"]})


def test_nobody_at_risk_is_said_plainly(type_in: Type, page: Page) -> None:
    page.lists["welfare"] = []
    assert type_in("thermostats", "--at-risk", "--url", page.url).out == "No thermostat is at risk.\n"


def test_without_at_risk_all_of_the_kind_are_listed(type_in: Type, page: Page) -> None:
    page.lists["devices"] = []
    assert type_in("thermostats", "--url", page.url, "--tenant", "acme").out == "No thermostat is known yet.\n"
    assert page.asked[0] == ("/api/v1/devices", {"kind": ["thermostat"], "tenant": ["acme"], "limit": ["100"]})


def test_for_scripts_it_is_what_the_monitor_said(type_in: Type, page: Page) -> None:
    page.lists["welfare"] = [RISK]
    assert json.loads(type_in("feeders", "--at-risk", "--url", page.url, "--format", "json").out) == [RISK]
    assert "Only the first 1" in type_in("feeders", "--at-risk", "--url", page.url, "--limit", "1").err
