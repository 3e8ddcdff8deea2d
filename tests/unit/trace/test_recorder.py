import json
from pathlib import Path
from typing import Any

import pytest

from monitor.core.observations import Echo, Heartbeat, LinkChanged, MaintenanceSet, Observation, SightChanged
from monitor.core.settings import SightSettings
from monitor.trace.recorder import Recorder

SIGHT = SightSettings(echo_seconds=5, blind_after_seconds=15)


def beat(at: float) -> Heartbeat:
    return Heartbeat("acme/d", at, "b1", int(at))


def echo(at: float) -> Echo:
    return Echo(at, at - 0.01)


def recorded(path: Path, *observations: Observation) -> list[tuple[float, str]]:
    """What stands in the file after recording, but for its end: moment, and the link's state or the channel."""
    with Recorder(path, SIGHT) as recorder:
        for observation in observations:
            recorder([observation])
    return told(path)


def told(path: Path) -> list[tuple[float, str]]:
    said = [line for line in lines_of(path) if "end" not in line]
    return [(line["at"], line.get("link") or line.get("topic", "maintenance").rpartition("/")[2]) for line in said]


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trace.jsonl"


def test_until_the_first_echo_the_link_is_down(path: Path) -> None:
    assert recorded(path, LinkChanged(1.0, up=True), beat(2.0), echo(3.0), beat(4.0), echo(5.0)) == [
        (1.0, "down"),
        (2.0, "heartbeat"),
        (3.0, "up"),
        (4.0, "heartbeat"),
    ]


def test_a_lost_link_counts_from_the_last_echo(path: Path) -> None:
    lines = recorded(
        path,
        echo(1.0),
        echo(6.0),
        beat(8.0),
        LinkChanged(9.0, up=False),
        LinkChanged(20.0, up=True),
        beat(20.5),
        echo(21.0),
    )
    assert lines[2:] == [(6.0, "down"), (8.0, "heartbeat"), (20.5, "heartbeat"), (21.0, "up")]


def test_echoes_that_stay_away_are_a_blind_spell_from_the_last_one(path: Path) -> None:
    lines = recorded(path, echo(1.0), beat(2.0), beat(15.9), beat(16.0), beat(30.0), echo(31.0), beat(32.0))
    assert lines == [
        (1.0, "down"),
        (1.0, "up"),
        (1.0, "down"),
        (2.0, "heartbeat"),
        (15.9, "heartbeat"),
        (16.0, "heartbeat"),
        (30.0, "heartbeat"),
        (31.0, "up"),
        (32.0, "heartbeat"),
    ]


def test_echoes_that_come_in_time_leave_no_mark(path: Path) -> None:
    lines = recorded(path, echo(1.0), beat(2.0), echo(15.0), beat(16.0), echo(29.0))
    assert lines == [(1.0, "down"), (1.0, "up"), (2.0, "heartbeat"), (16.0, "heartbeat")]


def test_what_the_shell_cannot_vouch_for_is_a_blind_spell(path: Path) -> None:
    lines = recorded(path, echo(1.0), SightChanged(3.0, blind=True, cause="overload"), beat(4.0), echo(9.0))
    assert lines[2:] == [(1.0, "down"), (4.0, "heartbeat"), (9.0, "up")]


def test_what_an_operator_did_is_recorded(path: Path) -> None:
    lines = recorded(path, echo(1.0), MaintenanceSet("acme/d", 2.0, on=True, author="Ada"), echo(5.0))
    assert lines[-1] == (2.0, "maintenance")
    assert "Ada" not in path.read_text()


def test_a_recording_ends_when_its_way_was_last_known_to_be_sound(path: Path) -> None:
    recorded(path, echo(1.0), beat(2.0), echo(6.0))
    assert lines_of(path)[-1] == {"at": 6.0, "end": True}


def test_a_recording_that_heard_something_since_the_last_echo_ends_with_that(path: Path) -> None:
    recorded(path, echo(1.0), echo(6.0), beat(7.0))
    assert lines_of(path)[-1] == {"at": 7.0, "end": True}


def test_a_recording_that_ends_blind_tells_nothing_of_its_end(path: Path) -> None:
    recorded(path, echo(1.0), beat(2.0), LinkChanged(9.0, up=False))
    assert [line for line in lines_of(path) if "end" in line] == []


def test_time_never_goes_back(path: Path) -> None:
    lines = recorded(path, echo(1.0), beat(5.0), beat(4.5), echo(6.0))
    assert [at for at, _ in lines] == [1.0, 1.0, 5.0, 5.0]


def test_a_second_recording_goes_on_after_a_spell_in_which_nobody_watched(path: Path) -> None:
    recorded(path, echo(1.0), beat(2.0))
    assert recorded(path, beat(50.0), echo(51.0))[2:] == [
        (2.0, "heartbeat"),
        (2.0, "down"),
        (50.0, "heartbeat"),
        (51.0, "up"),
    ]


def test_a_last_line_that_was_cut_off_does_not_hinder_going_on(path: Path) -> None:
    recorded(path, echo(1.0), beat(2.0))
    with path.open("a") as file:
        file.write('{"at": 3.0, "topic": "fl')
    with Recorder(path, SIGHT) as recorder:
        recorder([echo(50.0)])
    assert path.read_text().splitlines()[-3:-1] == ['{"at":2.0,"link":"down"}', '{"at":50.0,"link":"up"}']


def test_only_its_owner_may_read_a_trace(path: Path) -> None:
    recorded(path, beat(1.0))
    assert path.stat().st_mode & 0o077 == 0


def test_a_disk_that_fails_ends_the_recording_and_nothing_else() -> None:
    full = Path("/dev/full")
    with Recorder(full, SIGHT) as recorder:
        recorder([beat(1.0)])
        recorder([beat(2.0), echo(3.0)])


def test_a_file_that_cannot_be_opened_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"), Recorder(tmp_path / "nowhere" / "trace.jsonl", SIGHT):
        pass


def test_a_file_that_is_something_else_is_left_alone(path: Path) -> None:
    path.write_text("[mqtt]\n")
    with pytest.raises(FileExistsError, match="it is not a trace"), Recorder(path, SIGHT):
        pass
    assert path.read_text() == "[mqtt]\n"
