"""What holds for every command."""

from pathlib import Path

import pytest
from typer.main import get_command

from monitor.cli import app
from tests.unit.cli.conftest import Type

COMMANDS = sorted(getattr(get_command(app), "commands", {}))


def test_all_commands_are_there() -> None:
    assert COMMANDS == [
        "alerts",
        "backup",
        "check-config",
        "demo",
        "devices",
        "egress",
        "evaluate",
        "explain",
        "feeders",
        "incidents",
        "maintenance",
        "probes",
        "receivers",
        "replay",
        "run",
        "silences",
        "simulate",
        "subscribers",
        "thermostats",
        "updates",
        "version",
        "watch",
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_a_command_is_for_and_gives_an_example(type_in: Type, command: str) -> None:
    ended = type_in(command, "--help")
    assert ended.code == 0
    told = ended.out.partition("Usage:")[2].partition("Options")[0]
    assert len(told.split()) > 15
    assert told.count(f"hearthbeat {command}") >= (1 if command == "version" else 2)


def test_help_explains_the_exit_codes(type_in: Type) -> None:
    assert "0 all is well, 1 it did not work" in type_in("--help").out


@pytest.mark.parametrize(
    "arguments",
    [
        ["check-config"],
        ["run"],
        ["replay", "trace.jsonl"],
        ["backup", "copy.db"],
        ["devices"],
        ["incidents"],
        ["alerts"],
        ["simulate", "demo"],
    ],
)
def test_a_wrong_configuration_ends_every_command_that_reads_it_with_code_2(
    type_in: Type, tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "hearthbeat.toml").write_text('[mqtt]\nulr = "x"\n[log]\nlevel = "loud"\n')
    ended = type_in(*arguments)
    assert ended.code == 2
    assert "unknown key mqtt.ulr; did you mean mqtt.url?" in ended.err
    assert "2 mistakes in the configuration" in ended.err


def test_the_version_names_what_it_runs_on(type_in: Type) -> None:
    assert type_in("version").out.startswith("hearthbeat ")
    assert "SQLite" in type_in("version").out
    assert '"python"' in type_in("version", "--format", "json").out


def test_a_paragraph_of_help_is_one_piece_and_an_example_has_a_prompt(type_in: Type) -> None:
    told = type_in("run", "--help").out
    assert "delivers alerts, and serves page, API and metrics. The broker may be absent" in told
    assert "$ hearthbeat run --config hearthbeat.toml" in told
