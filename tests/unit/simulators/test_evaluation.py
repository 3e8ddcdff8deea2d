import json
from pathlib import Path

import pytest
from rich.console import Console

from simulators.evaluation import (
    Order,
    RunScore,
    as_json,
    as_markdown,
    as_table,
    evaluate,
    in_order,
    orders,
    plot,
    run_scenario,
    summarize,
)
from tests.unit.simulators.worlds import fault, scenario

SMALL = scenario(
    fault("cut", name="cut", at="15m", duration="15m", scope={"provider": "aurora"}),
    duration="40m",
    fleet={"devices": 80, "telemetry": "0s", "meals": False, "intervals": {"30s": 1.0}, "sleepy": 0.0},
    must_detect=[{"verdict": "outage", "scope": {"provider": "aurora"}, "fault": "cut"}],
)
ORDERS = [Order(SMALL, seed, ("fixed", "share")) for seed in (1, 2)]


@pytest.fixture(scope="module")
def runs() -> list[RunScore]:
    return list(evaluate(ORDERS))


def test_every_scenario_is_ordered_with_every_seed() -> None:
    made = orders(["demo", "calm-day"], [1, 2], against=["fixed"], devices=50)
    assert [(order.scenario.name, order.seed) for order in made] == [
        ("demo", 1),
        ("demo", 2),
        ("calm-day", 1),
        ("calm-day", 2),
    ]
    assert {order.scenario.fleet.devices for order in made} == {50}


def test_runs_are_put_back_in_order(runs: list[RunScore]) -> None:
    assert [run.seed for run in in_order(reversed(runs), ORDERS)] == [1, 2]


def test_after_each_day_it_is_told_what_was_said_so_far() -> None:
    quiet = scenario(duration="2d", fleet={"devices": 2, "telemetry": "0s", "meals": False, "intervals": {"15m": 1.0}})
    told: list[tuple[int, str]] = []
    run_scenario(quiet, 1, daily=lambda day, verdicts: told.append((day, verdicts.detector)))
    assert told == [(1, "hearthbeat"), (2, "hearthbeat")]


@pytest.mark.slow
def test_more_processes_give_the_same_figures(runs: list[RunScore]) -> None:
    spread = in_order(evaluate(ORDERS, workers=2), ORDERS)
    assert as_markdown(summarize(spread)) == as_markdown(summarize(runs))


def test_the_table_has_a_row_for_each_detector(runs: list[RunScore]) -> None:
    console = Console(width=250)
    with console.capture() as capture:
        console.print(as_table(summarize(runs)))
    shown = capture.get()
    assert "hearthbeat" in shown
    assert "fixed 3 intervals" in shown
    assert "2/2" in shown


def test_the_markdown_table_is_as_wide_in_every_line(runs: list[RunScore]) -> None:
    lines = as_markdown(summarize(runs)).splitlines()
    assert len(lines) == 2 + 3
    assert len({line.count("|") for line in lines}) == 1


def test_the_json_has_no_nan_and_says_what_was_demanded(runs: list[RunScore]) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    report = json.loads(as_json(runs), parse_constant=refuse)
    assert len(report["summary"]) == 3
    assert report["runs"][0]["detectors"][0]["findings"][0]["met"] is True


@pytest.mark.slow
def test_a_picture_is_drawn(runs: list[RunScore], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / "evaluation.svg"
    assert plot(summarize(runs), path)
    assert path.read_text().lstrip().startswith("<?xml")
