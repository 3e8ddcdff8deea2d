import errno
import io
import json
import logging
from typing import Literal

import pytest
import structlog

from monitor.logs import MASK, LogSettings, set_up


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def test_json_is_one_object_on_each_line(stream: io.StringIO) -> None:
    set_up(LogSettings(format="json"), stream)
    structlog.get_logger().info("running", page="http://127.0.0.1:8080", devices=3)
    structlog.get_logger().warning("odd", text="two\nlines")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["level"], first["devices"]) == ("running", "info", 3)
    assert first["timestamp"].endswith("Z")
    assert second["text"] == "two\nlines"


def test_for_people_a_line_begins_with_time_and_level(stream: io.StringIO) -> None:
    set_up(LogSettings(), stream)
    structlog.get_logger().info("running", devices=3)
    assert "[info     ] running devices=3" in stream.getvalue()


def test_what_is_less_important_than_the_level_is_left_out(stream: io.StringIO) -> None:
    set_up(LogSettings(level="warning"), stream)
    structlog.get_logger().info("chatter")
    structlog.get_logger().warning("trouble")
    assert "chatter" not in stream.getvalue()
    assert "trouble" in stream.getvalue()


@pytest.mark.parametrize("name", ["password", "web_token", "secret_header", "Authorization", "pseudonym_key"])
def test_a_field_that_is_called_like_a_secret_is_masked(stream: io.StringIO, name: str) -> None:
    set_up(LogSettings(format="json"), stream)
    structlog.get_logger().info("login", **{name: "hunter2"})
    assert json.loads(stream.getvalue())[name] == MASK


def test_payloads_are_left_out(stream: io.StringIO) -> None:
    set_up(LogSettings(), stream)
    structlog.get_logger().info("message", payload=b'{"temperature_c": 19}')
    assert "19" not in stream.getvalue().partition("message")[2]


def test_libraries_are_heard_from_warning_up_in_the_same_form(stream: io.StringIO) -> None:
    set_up(LogSettings(format="json", level="debug"), stream)
    logging.getLogger("httpx").info("GET http://127.0.0.1/secret")
    logging.getLogger("uvicorn.error").warning("slow client")
    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert (line["event"], line["level"]) == ("slow client", "warning")


def stumble(payload: bytes) -> None:
    if payload:
        raise ValueError("broken")


@pytest.mark.parametrize("form", ["json", "console"])
def test_an_error_tells_where_it_happened_and_no_values(stream: io.StringIO, form: Literal["json", "console"]) -> None:
    set_up(LogSettings(format=form), stream)
    try:
        stumble(b"living room")
    except ValueError:
        structlog.get_logger().exception("observation_set_aside")
    told = stream.getvalue()
    assert "ValueError" in told
    assert "stumble" in told
    assert "living room" not in told.replace('stumble(b"living room")', "")


class FullDisk(io.StringIO):
    """A log file on a disk that is full."""

    def write(self, text: str) -> int:  # noqa: ARG002 -- it takes none of it
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_that_cannot_be_written_stops_nobody() -> None:
    set_up(LogSettings(), FullDisk())
    structlog.get_logger().error("store_failing", error="the disk is full")
    structlog.get_logger().warning("blind", cause="store")
