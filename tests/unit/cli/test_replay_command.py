import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.conftest import Type

START = 1_800_000_000


def trace(*more: str, devices: int = 12, back: int = 99) -> str:
    """Twelve feeders of one provider beat for twenty minutes, then ten of them fall silent; twelve of another go on.

    The ten are heard again from the minute `back` on.
    """
    lines = []
    for minute in range(40):
        for provider in ("aurora", "borealis"):
            for number in range(devices):
                if provider == "aurora" and number < devices - 2 and 20 <= minute < back:
                    continue
                at = START + minute * 60 + number
                topic = f"fleet/v1/acme/{provider}-{number}"
                if minute == 0:
                    info = {"kind": "feeder", "model": "m", "provider": provider, "heartbeat_interval_s": 60}
                    lines.append({"at": at, "topic": f"{topic}/info", "payload": json.dumps(info), "retain": True})
                beat = {"seq": minute, "boot_id": "b", "interval_s": 60}
                lines.append({"at": at, "topic": f"{topic}/heartbeat", "payload": json.dumps(beat), "retain": False})
    lines.sort(key=lambda line: float(str(line["at"])))
    return "\n".join([*map(json.dumps, lines), *more, json.dumps({"at": START + 2400, "end": True})]) + "\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "trace.jsonl"
    path.write_text(trace())
    return path


def printed(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_every_decision_is_a_line_with_moment_and_type(type_in: Type, file: Path) -> None:
    ended = type_in("replay", file, "--format", "jsonl")
    assert ended.code == 0
    lines = printed(ended.out)
    assert all(list(line)[:2] == ["at", "type"] for line in lines)
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert {line["type"] for line in lines} == {"device", "suspicion", "incident", "alert"}


def test_a_device_line_has_its_status_and_why(type_in: Type, file: Path) -> None:
    lines = printed(type_in("replay", file, "--format", "jsonl").out)
    line = next(line for line in lines if line["type"] == "device" and line["status"] == "offline")
    assert list(line) == ["at", "type", "device", "status", "previous", "reason"]
    assert line["device"].startswith("acme/aurora-")
    assert line["previous"] == "late"


def test_an_incident_line_has_scope_and_confidence(type_in: Type, file: Path) -> None:
    lines = printed(type_in("replay", file, "--format", "jsonl").out)
    opened = next(line for line in lines if line["type"] == "incident")
    assert (opened["state"], opened["kind"], opened["layer"]) == ("opened", "outage", "provider")
    assert opened["scope"] == {"provider": "aurora"}
    assert 0 < opened["confidence"] <= 1
    assert START + 1140 <= opened["started_at"] <= START + 1260
    assert opened["devices"] == 12


def test_an_incident_line_tells_that_it_recovers(type_in: Type, tmp_path: Path) -> None:
    path = tmp_path / "back.jsonl"
    path.write_text(trace(back=30))
    lines = [line for line in printed(type_in("replay", path, "--format", "jsonl").out) if line["type"] == "incident"]
    courses = {(line["state"], line["phase"]) for line in lines}
    assert {("opened", "ongoing"), ("updated", "recovering")} <= courses
    told = type_in("replay", path).out
    assert "incident  updated provider provider=aurora, recovering: " in told
    assert "resolved provider provider=aurora: " in told


def test_an_alert_line_is_what_would_have_been_sent(type_in: Type, file: Path) -> None:
    lines = printed(type_in("replay", file, "--format", "jsonl").out)
    (alert,) = [line for line in lines if line["type"] == "alert" and line["name"] == "ProviderOutage"]
    assert (alert["state"], alert["severity"]) == ("firing", "critical")
    assert alert["labels"]["provider"] == "aurora"
    assert "aurora" in alert["summary"].lower()


def test_for_people_the_same_is_told_in_words(type_in: Type, file: Path) -> None:
    ended = type_in("replay", file)
    assert "incident  opened provider provider=aurora: " in ended.out
    assert "alert     firing ProviderOutage (critical): " in ended.out
    assert " late → offline: " in ended.out
    assert "messages a second" in ended.err


def test_the_configuration_applies_to_a_replay(type_in: Type, file: Path, tmp_path: Path) -> None:
    (tmp_path / "deaf.toml").write_text(
        "[outages]\nminimum_devices = 1000\n[liveness]\nfactor = 50\nlate_factor = 40\n"
    )
    ended = type_in("replay", file, "--config", "deaf.toml", "--format", "jsonl")
    assert {line["status"] for line in printed(ended.out) if line["type"] == "device"} == {"online"}


def test_a_trace_may_come_from_another_program(type_in: Type, file: Path) -> None:
    assert type_in("replay", "-", "--format", "jsonl", stdin=file.read_text()).out == (
        type_in("replay", file, "--format", "jsonl").out
    )


def test_blindness_and_removal_are_lines_of_their_own(type_in: Type) -> None:
    gone = [
        {"at": START + 3000, "topic": f"fleet/v1/acme/borealis-0/{topic}", "payload": ""}
        for topic in ("status", "info")
    ]
    text = "".join(trace().splitlines(keepends=True)[:-1])
    more = [{"at": START + 2500, "link": "down"}, {"at": START + 2600, "link": "up"}, *gone]
    ended = type_in("replay", "-", "--format", "jsonl", stdin=text + "\n".join(map(json.dumps, more)))
    lines = printed(ended.out)
    blind = [(line["at"], line["blind"], line["cause"]) for line in lines if line["type"] == "blind"]
    assert blind == [(START + 2500, True, "link"), (START + 2600, False, "link")]
    assert {"at": START + 3000, "type": "removed", "device": "acme/borealis-0"} in lines
    words = type_in("replay", "-", stdin=text + "\n".join(map(json.dumps, more)))
    assert "the monitor cannot see (link, since" in words.out
    assert "acme/borealis-0 left the fleet" in words.out


def test_what_operators_did_counts_in_a_replay_too(type_in: Type, tmp_path: Path) -> None:
    silence = {
        "at": START, "silence": "s1", "matchers": ["provider=aurora"], "starts_at": START, "ends_at": START + 9e4,
    }  # fmt: skip
    down = [{"at": START + 2395, "link": "down"}, {"at": START + 3000, "end": True}]
    path = tmp_path / "acts.jsonl"
    path.write_text("\n".join([json.dumps(silence), *trace().splitlines()[:-1], *map(json.dumps, down)]))
    outages = printed(type_in("replay", path, "--format", "jsonl").out)
    assert {line["kind"] for line in outages if line["type"] == "incident"} == {"outage"}
    assert "ProviderOutage" not in {line["name"] for line in outages if line["type"] == "alert"}, "it is silenced"
    everything = printed(type_in("replay", path, "--format", "jsonl", "--incidents", "all").out)
    assert {line["kind"] for line in everything if line["type"] == "incident"} == {"outage", "monitor"}


def test_bad_lines_are_named_and_end_with_code_1(type_in: Type, file: Path) -> None:
    bad = "\n".join(["nonsense"] * 30)
    ended = type_in("replay", "-", "--format", "jsonl", stdin=f"{bad}\n{file.read_text()}")
    assert ended.code == 1
    assert "line 1: is not JSON\n" in ended.err
    assert "line 20: is not JSON\n" in ended.err
    assert "and 10 more\n" in ended.err
    assert "30 of " in ended.err
    assert ended.out == type_in("replay", file, "--format", "jsonl").out


def test_messages_that_were_set_aside_are_summed_up(type_in: Type) -> None:
    line = {"at": START, "topic": "fleet/v1/acme/f-1/heartbeat", "payload": "{}"}
    ended = type_in("replay", "-", stdin="\n".join([json.dumps(line)] * 3))
    assert ended.code == 0
    assert "set aside, 3 × from acme/f-1: missing: " in ended.err


def test_a_trace_that_is_not_there_is_named(type_in: Type) -> None:
    ended = type_in("replay", "never.jsonl")
    assert (ended.code, ended.err) == (2, "never.jsonl: cannot be read: No such file or directory\n")


def test_a_format_that_does_not_exist_is_refused(type_in: Type) -> None:
    assert type_in("replay", "-", "--format", "xml").code == 2


def test_a_meal_and_a_sign_are_lines_of_their_own(type_in: Type, tmp_path: Path) -> None:
    topic = "fleet/v1/acme/f1"
    plan = {
        "rev": 1,
        "enabled": True,
        "basis": "utc",
        "meals": [{"plan_id": "breakfast", "time": "08:10", "portions": 2}],
    }
    lines: list[dict[str, Any]] = [
        {
            "at": START,
            "topic": f"{topic}/info",
            "payload": json.dumps({"kind": "feeder", "model": "m"}),
            "retain": True,
        },
        {"at": START, "topic": f"{topic}/schedule", "payload": json.dumps(plan), "retain": True},
    ]
    for minute in range(40):
        beat = {"seq": minute, "boot_id": "b", "interval_s": 60}
        lines.append({"at": START + minute * 60, "topic": f"{topic}/heartbeat", "payload": json.dumps(beat)})
    fed = {"event_id": "e1", "type": "feed.completed", "plan_id": "breakfast", "planned_ts": (START + 600) * 1000}
    lines += [
        {"at": START + 2400, "topic": f"{topic}/event", "payload": json.dumps(fed)},
        {"at": START + 2401, "end": True},
    ]
    path = tmp_path / "meal.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    told = [line for line in printed(type_in("replay", path, "--format", "jsonl").out) if line["type"] == "welfare"]
    assert [(line["sign"], line.get("outcome"), line.get("before")) for line in told] == [
        ("meal", "missed", ""),
        ("FeederMealMissed", None, None),
        ("meal", "late", "missed"),
        ("FeederMealMissed", None, None),
        ("FeederScheduleDrift", None, None),
    ]
    words = type_in("replay", path).out
    assert "acme/f1 meal breakfast of 2027-01-15 08:10" in words
    assert "late, believed missed until now" in words
    assert "acme/f1 no longer shows FeederMealMissed" in words
