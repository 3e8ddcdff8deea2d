from __future__ import annotations

from monitor.core.observations import Echo, SightChanged
from monitor.mqtt.flow import Flow


def test_a_short_pause_is_counted_and_not_reported() -> None:
    said: list[SightChanged] = []
    flow = Flow(said.append)
    flow.pause(10.0)
    flow.pass_time(11.0)
    assert (flow.paused, flow.paused_seconds(11.5)) == (True, 1.5)
    flow.resume(12.0)
    assert (flow.paused, flow.paused_seconds(99.0)) == (False, 2.0)
    assert said == []


def test_a_long_pause_is_overload_from_the_moment_it_is_noticed_and_said_once() -> None:
    said: list[SightChanged] = []
    flow = Flow(said.append)
    flow.pause(10.0)
    flow.pass_time(13.5)
    flow.pass_time(14.0)
    assert said == [SightChanged(13.5, blind=True, cause="overload")]


def test_a_long_pause_is_noticed_at_its_end_at_the_latest() -> None:
    said: list[SightChanged] = []
    flow = Flow(said.append)
    flow.pause(10.0)
    flow.resume(20.0)
    assert said == [SightChanged(20.0, blind=True, cause="overload")]


def test_overload_ends_with_an_echo_that_was_sent_after_reading_went_on() -> None:
    said: list[SightChanged] = []
    flow = Flow(said.append)
    flow.pause(10.0)
    flow.resume(20.0)
    said.clear()
    flow.echo(Echo(20.5, sent_at=15.0))
    assert said == []
    flow.echo(Echo(22.0, sent_at=21.0))
    flow.echo(Echo(27.0, sent_at=26.0))
    assert said == [SightChanged(22.0, blind=False, cause="overload")]


def test_pausing_twice_or_resuming_without_a_pause_changes_nothing() -> None:
    flow = Flow(lambda _: None)
    flow.resume(5.0)
    flow.pause(10.0)
    flow.pause(11.0)
    flow.resume(12.0)
    flow.resume(13.0)
    assert flow.paused_seconds(20.0) == 2.0
