"""What stands in the way of a start, each with what to do about it."""

import socket
from pathlib import Path

from monitor.cli.run import reasons, shared_clock
from monitor.clock import ScaledClock, SystemClock
from monitor.store.lock import sole_user
from tests.unit.cli.conftest import Type

FREE = {"HEARTHBEAT_WEB__LISTEN": "127.0.0.1:0"}


def test_a_port_in_use_is_named_with_what_to_do(type_in: Type) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = type_in("run", env={"HEARTHBEAT_WEB__LISTEN": f"127.0.0.1:{port}"})
        demo = type_in("demo", "--port", str(port))
    assert ended.code == 1
    assert f"port {port} is taken" in ended.err
    assert demo.code == 1
    assert "hearthbeat demo --port 0" in demo.err


def test_a_store_that_cannot_be_written_is_named_with_what_to_do(type_in: Type) -> None:
    ended = type_in("run", env={**FREE, "HEARTHBEAT_STORE__PATH": "nowhere/hearthbeat.db"})
    assert ended.code == 1
    assert "the folder nowhere does not exist; create it first." in ended.err


def test_a_second_daemon_on_one_database_is_refused_by_its_name(type_in: Type, tmp_path: Path) -> None:
    database = tmp_path / "hearthbeat.db"
    with sole_user(database):
        ended = type_in("run", env={**FREE, "HEARTHBEAT_STORE__PATH": str(database)})
    assert ended.code == 1
    assert f"The database {database} is in use by another Hearthbeat" in ended.err
    assert not database.exists()


def test_a_file_that_is_no_trace_is_not_recorded_into(type_in: Type, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("precious\n")
    ended = type_in("run", "--record", "notes.txt", env=FREE)
    assert ended.code == 1
    assert "notes.txt: there is such a file and it is not a trace" in ended.err
    assert (tmp_path / "notes.txt").read_text() == "precious\n"


def test_errors_in_a_group_are_told_once_each() -> None:
    group = BaseExceptionGroup(
        "", [OSError(2, "No such file", "x"), ExceptionGroup("", [OSError("odd"), OSError("odd")])]
    )
    assert reasons(group) == ["x: No such file", "odd"]


def test_two_processes_of_the_same_speed_agree_about_the_time() -> None:
    first, second = shared_clock(30), shared_clock(30)
    assert isinstance(first, ScaledClock)
    assert abs(first.now() - second.now()) < 30
    assert isinstance(shared_clock(1.0), SystemClock)
