"""A trace judged again: exact, in virtual time, and never stopped by a bad line."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from monitor.core.decisions import AlertOwed, BlindChanged, Decision, StatusChanged
from monitor.core.engine import EngineSettings
from monitor.core.settings import LimitSettings, LivenessSettings
from monitor.replay import Replay

START = 1_800_000_000.0


def message(at: float, channel: str, body: dict[str, Any], *, retain: bool = False, device: str = "f-1") -> str:
    topic = f"fleet/v1/acme/{device}/{channel}"
    return json.dumps({"at": START + at, "topic": topic, "payload": json.dumps(body), "retain": retain})


def beats(begin: float, end: float, every: float = 60.0, device: str = "f-1") -> list[str]:
    count = int((end - begin) / every)
    body = {"boot_id": "b", "interval_s": every}
    return [message(begin + n * every, "heartbeat", {**body, "seq": n}, device=device) for n in range(count)]


def link(at: float, state: str) -> str:
    return json.dumps({"at": START + at, "link": state})


def end(at: float) -> str:
    return json.dumps({"at": START + at, "end": True})


def judged(lines: Iterable[str], settings: EngineSettings | None = None) -> list[Decision]:
    return list(Replay(settings or EngineSettings()).run(lines))


def offline(decisions: Iterable[Decision]) -> list[float]:
    """When devices went offline, seconds from the start."""
    return [d.at - START for d in decisions if isinstance(d, StatusChanged) and d.status == "offline"]


def within_a_second(moment: float) -> Any:  # noqa: ANN401 -- pytest has no name for it
    """The engine looks once a second."""
    return pytest.approx([moment], abs=1)


def test_a_device_that_falls_silent_goes_offline_at_its_deadline_and_is_reported() -> None:
    decisions = judged([*beats(0, 600), end(1000)])
    assert offline(decisions) == within_a_second(540 + 150)
    (owed,) = [d for d in decisions if isinstance(d, AlertOwed)]
    assert owed.alert.name == "DeviceOffline"


def test_without_an_end_time_stops_at_the_last_line() -> None:
    assert offline(judged(beats(0, 600))) == []
    assert offline(judged([*beats(0, 600), *beats(650, 660, 10, device="f-2")])) == []
    assert offline(judged([*beats(0, 600), *beats(800, 810, 10, device="f-2")])) == within_a_second(690)


@pytest.mark.slow
def test_deadlines_between_two_lines_are_met_in_their_order() -> None:
    decisions = judged([*beats(0, 60), end(100_000)])
    changes = [(d.at - START, d.status) for d in decisions if isinstance(d, StatusChanged)]
    assert changes == sorted(changes, key=lambda change: change[0])
    assert [status for _, status in changes] == ["online", "late", "offline"]


def test_the_thresholds_of_the_configuration_apply() -> None:
    patient = EngineSettings(liveness=LivenessSettings(factor=10))
    assert offline(judged([*beats(0, 600), end(1000)], patient)) == []
    assert offline(judged([*beats(0, 600), end(1200)], patient)) == within_a_second(540 + 600)


def test_while_the_link_is_down_nobody_is_judged() -> None:
    decisions = judged([*beats(0, 600), link(600, "down"), end(5000)])
    assert offline(decisions) == []
    assert [(d.blind, d.cause) for d in decisions if isinstance(d, BlindChanged)] == [(True, "link")]


def test_who_stays_silent_after_the_link_is_back_is_found_then() -> None:
    (found,) = offline(judged([*beats(0, 600), link(600, "down"), link(3600, "up"), end(5000)]))
    assert found > 3600


def test_the_same_trace_leads_to_the_same_decisions() -> None:
    lines = [line for number in range(20) for line in beats(number / 10, 900, 30, device=f"f-{number}")]
    lines.sort(key=lambda line: json.loads(line)["at"])
    assert judged([*lines, end(3000)]) == judged([*lines, end(3000)])


def test_a_bad_line_is_named_by_its_number_and_left_out() -> None:
    good = beats(0, 600)
    run = Replay(EngineSettings())
    decisions = list(run.run([good[0], "{", "", '{"at": 5}', *good[1:], end(-5), end(1000)]))
    assert [(bad.number, bad.reason) for bad in run.progress.bad] == [
        (2, "is not JSON"),
        (
            4,
            (
                "must hold one of topic, link, maintenance, witness, probe, flooding, said, end, acknowledged,"
                " noted, resolved, silence, silence_ended, window, window_ended"
            ),
        ),
        (14, f'"at" goes back from {START + 540!r} to {START - 5!r}'),
    ]
    assert decisions == judged([*good, end(1000)])
    assert run.progress.lines == 15


def test_a_message_that_says_nothing_is_set_aside_like_a_live_one() -> None:
    run = Replay(EngineSettings())
    list(run.run([message(1, "heartbeat", {"seq": "x"}), end(10)]))
    assert run.progress.bad == []
    assert [sample.device for sample in run.intake.samples()] == ["acme/f-1"]


@pytest.mark.slow
def test_retained_messages_prove_no_life() -> None:
    info = message(0, "info", {"kind": "feeder", "model": "m"}, retain=True)
    decisions = judged([info, end(100_000)])
    assert not any(isinstance(d, AlertOwed) for d in decisions)


def test_maintenance_withholds_the_notice_and_not_the_state() -> None:
    on = json.dumps({"at": START + 590, "maintenance": "acme/f-1", "on": True})
    decisions = judged([*beats(0, 590), on, end(2000)])
    assert len(offline(decisions)) == 1
    assert not any(isinstance(d, AlertOwed) for d in decisions)


def test_a_flooding_device_is_reported_as_in_a_running_monitor() -> None:
    settings = EngineSettings(limits=LimitSettings(device_messages_per_minute=10))
    decisions = judged([*beats(0, 30, 1), *beats(30, 40, 1, device="f-2"), end(400)], settings)
    flooding = [d.alert for d in decisions if isinstance(d, AlertOwed) and d.alert.name == "DeviceFlooding"]
    assert [(alert.labels["device"], alert.state) for alert in flooding] == [("f-1", "firing"), ("f-1", "resolved")]


def test_what_probes_found_is_judged_as_in_a_running_monitor() -> None:
    bounced = {"probe": "mail", "about": {"channel": "support-mail"}, "verdict": "failing", "facts": {"answered": True}}
    lines = [json.dumps({"at": START + 60 * minute, **bounced}) for minute in range(40)]
    alerts = [d.alert for d in judged([*lines, end(3600)]) if isinstance(d, AlertOwed)]
    assert [(alert.name, alert.state) for alert in alerts] == [
        ("SupportChannelDown", "firing"),
        ("SupportChannelDown", "resolved"),
    ]


def test_an_empty_trace_leads_to_nothing() -> None:
    assert judged([]) == []
    assert judged(["", "\n"]) == []
