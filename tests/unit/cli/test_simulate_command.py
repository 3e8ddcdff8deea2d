import json
from pathlib import Path

import pytest

from simulators.scenario import shipped
from tests.unit.cli.conftest import Type


def test_all_scenarios_are_listed_with_their_titles(type_in: Type) -> None:
    ended = type_in("simulate", "--list")
    assert ended.code == 0
    assert [line.split()[0] for line in ended.out.splitlines()] == list(shipped())


def test_without_a_scenario_the_choice_is_shown(type_in: Type) -> None:
    ended = type_in("simulate")
    assert ended.code == 2
    assert "provider-cut" in ended.out


def test_a_scenario_that_does_not_exist_is_refused_with_near_ones(type_in: Type) -> None:
    ended = type_in("simulate", "provider-cutt")
    assert ended.code == 2
    assert "did you mean provider-cut" in ended.err


@pytest.mark.slow
def test_a_simulated_trace_can_be_judged(type_in: Type, tmp_path: Path) -> None:
    written = type_in("simulate", "provider-cut", "--devices", "120", "--seed", "3", "--trace", "cut.jsonl")
    assert written.code == 0
    assert "lines; judge them with `hearthbeat replay cut.jsonl`" in written.err
    ended = type_in("replay", "cut.jsonl", "--format", "jsonl")
    assert ended.code == 0
    layers = {line["layer"] for line in map(json.loads, ended.out.splitlines()) if line["type"] == "incident"}
    assert layers == {"provider"}
    assert (tmp_path / "cut.jsonl").exists()


def test_a_fault_that_meets_nobody_is_a_mistake_of_the_scenario(type_in: Type, tmp_path: Path) -> None:
    fault = '[[faults]]\nkind = "cut"\nname = "cut"\nat = "1m"\nduration = "5m"\nscope = { provider = "nobody" }\n'
    (tmp_path / "mine.toml").write_text(f'title = "Mine"\nduration = "10m"\n[fleet]\ndevices = 5\n{fault}')
    for options in (["--trace", "x"], ["--broker", "mqtt://127.0.0.1:1"]):
        ended = type_in("simulate", "mine.toml", *options)
        assert ended.code == 2
        assert ended.err.startswith("mine: faults.0 (cut): ")
    assert not (tmp_path / "x").exists()


def test_the_same_seed_makes_the_same_trace(type_in: Type, tmp_path: Path) -> None:
    for name in ("a", "b"):
        type_in("simulate", "device-dies", "--devices", "10", "--trace", name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_trace_that_cannot_be_written_is_named(type_in: Type) -> None:
    ended = type_in("simulate", "device-dies", "--devices", "5", "--trace", "nowhere/x")
    assert (ended.code, ended.err) == (1, "nowhere/x: cannot be written: No such file or directory\n")


def test_a_broker_that_makes_no_sense_is_refused(type_in: Type) -> None:
    ended = type_in("simulate", "device-dies", "--broker", "http://127.0.0.1")
    assert ended.code == 2
    assert ended.err.startswith("--broker: ")


def test_speed_is_for_brokers_on_this_machine(type_in: Type) -> None:
    for command in (("simulate", "device-dies", "--broker", "mqtt://broker.example"), ("run",)):
        ended = type_in(*command, "--speed", "30", env={"HEARTHBEAT_MQTT__URL": "mqtt://broker.example"})
        assert ended.code == 2
        assert "--speed is for trials" in ended.err
