"""docs/simulating.md tells of every key, every fault and every scenario, and of no others."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from monitor.core.settings import Section
from simulators.cloud.spec import CloudSpec
from simulators.durations import format_duration
from simulators.faults import Fault
from simulators.faults.everyday import EverydaySpec
from simulators.fleet import FleetSpec, GroupSpec, SensorSpec
from simulators.network import NetworkSpec
from simulators.people import PeopleSpec
from simulators.recovery import Recovery
from simulators.scenario import Expectation, Scenario, load_scenario, parse_scenario, shipped

PAGE = (Path(__file__).parents[3] / "docs" / "simulating.md").read_text(encoding="utf-8")
FAULT_TABLE = PAGE[PAGE.index("## Faults") : PAGE.index("## How devices return")]
FAULTS: tuple[type[BaseModel], ...] = get_args(get_args(Fault)[0])


def kind_of(fault: type[BaseModel]) -> str:
    (kind,) = get_args(fault.model_fields["kind"].annotation)
    return str(kind)


@pytest.mark.parametrize(
    "section",
    [FleetSpec, SensorSpec, NetworkSpec, EverydaySpec, PeopleSpec, Recovery, Expectation, GroupSpec, CloudSpec],
    ids=lambda each: each.__name__,
)
def test_every_key_of_a_section_is_explained(section: type[Section]) -> None:
    assert [key for key in section.model_fields if f"`{key}`" not in PAGE and f"[fleet.{key}]" not in PAGE] == []


def test_every_key_of_a_scenario_is_explained() -> None:
    keys = set(Scenario.model_fields) - {"name"}
    assert [key for key in sorted(keys) if not re.search(rf"`\[*{key}\]*`", PAGE)] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.__name__)
def test_every_fault_and_each_of_its_keys_is_explained(fault: type[BaseModel]) -> None:
    (row,) = re.findall(rf"^\| `{kind_of(fault)}` \|.*$", FAULT_TABLE, re.MULTILINE)
    common = {"kind", "name", "at", "scope", "share", "devices"}
    assert [key for key in fault.model_fields if key not in common and f"`{key}" not in row] == []


def test_no_fault_is_explained_that_does_not_exist() -> None:
    named = set(re.findall(r"^\| `(\w+)` \|", FAULT_TABLE, re.MULTILINE))
    assert named == {kind_of(fault) for fault in FAULTS}


def test_the_scenarios_are_listed_as_they_are() -> None:
    table = PAGE[PAGE.index("## The scenarios that come with it") :]
    listed = re.findall(r"^\| `([\w-]+)` \| (.+?) \| ([\d,]+) \| (\w+) \|$", table, re.MULTILINE)
    real = []
    for name in shipped():
        made = load_scenario(name)
        real.append((name, made.title, f"{made.fleet.devices:,}", format_duration(made.duration)))
    assert listed == real


def test_the_example_on_the_page_is_a_scenario() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert parse_scenario(example, name="night", source="night.toml").faults
