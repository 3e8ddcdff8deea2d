import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Type

SECRET = "hunter2-correct-horse"


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody listens on, and that nobody else is given meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def test_a_sound_configuration_is_printed_whole_with_secrets_masked(type_in: Type, tmp_path: Path) -> None:
    (tmp_path / "hearthbeat.toml").write_text('[mqtt]\nusername = "joe"\n')
    ended = type_in("check-config", env={"HEARTHBEAT_MQTT__PASSWORD": SECRET})
    assert ended.code == 0
    assert 'username = "joe"  # file' in ended.out
    assert 'password = "********"  # environment' in ended.out
    assert "The configuration is sound (hearthbeat.toml)" in ended.err.replace(f"{tmp_path}/", "")
    assert SECRET not in ended.out + ended.err


def test_what_is_unwise_is_a_warning_and_no_failure(type_in: Type) -> None:
    ended = type_in("check-config", "--quiet", env={"HEARTHBEAT_WEB__LISTEN": "0.0.0.0:8080"})
    assert ended.code == 0
    assert ended.out == ""
    assert "warning: web.listen = 0.0.0.0:8080 can be reached from other machines" in ended.err


def test_a_configuration_that_is_not_there_is_named(type_in: Type) -> None:
    ended = type_in("check-config", "--config", "mine.toml")
    assert ended.code == 2
    assert "mine.toml: there is no such file" in ended.err


def test_connecting_tells_of_each_part_that_does_not_answer(type_in: Type, closed_port: int) -> None:
    env = {
        "HEARTHBEAT_MQTT__URL": f"mqtt://127.0.0.1:{closed_port}",
        "HEARTHBEAT_STORE__PATH": "nowhere/hearthbeat.db",
        "HEARTHBEAT_NOTIFIERS": f'[{{"type":"webhook","url":"http://127.0.0.1:{closed_port}/hook"}}]',
    }
    ended = type_in("check-config", "--quiet", "--connect", env=env)
    assert ended.code == 1
    assert "store: store.path is nowhere/hearthbeat.db, but the folder" in ended.err
    assert "broker: " in ended.err
    assert "receiver webhook: " in ended.err
    assert "answers" not in ended.err
    assert "broker_link_down" not in ended.out + ended.err
    assert ended.out == ""


def test_connecting_changes_nothing_on_disk(type_in: Type, tmp_path: Path, closed_port: int) -> None:
    env = {"HEARTHBEAT_MQTT__URL": f"mqtt://127.0.0.1:{closed_port}"}
    ended = type_in("check-config", "--quiet", "--connect", env=env)
    assert "store: answers" in ended.err
    assert list(tmp_path.iterdir()) == []
