import math

import pytest

from monitor.core.observations import DeviceInfo, Heartbeat, Observation
from monitor.devices.profile import Profile
from simulators.baselines import BASELINES, make_baseline
from simulators.evaluation import run_scenario, summarize
from simulators.scoring import Verdicts
from tests.unit.simulators.worlds import fault, scenario


def beats(device: str = "t/a", *, until: float, start: float = 0.0, every: float = 30.0) -> list[Observation]:
    count = int((until - start) / every)
    return [Heartbeat(device, start + step * every, "b", step, every) for step in range(count)]


def judge(text: str, observations: list[Observation], end: float) -> Verdicts:
    baseline = make_baseline(text, {})
    for each in sorted(observations, key=lambda each: each.at):
        baseline.observe(each)
    baseline.finish(end)
    return baseline.verdicts


def spells(text: str, observations: list[Observation], end: float = 3600.0) -> list[tuple[float, float | None]]:
    """When the device was called offline, to the millisecond."""
    return [(round(spell.start, 3), spell.end) for spell in judge(text, observations, end).offline["t/a"]]


def test_a_fixed_timeout_waits_three_intervals_unless_told_otherwise() -> None:
    heard = beats(until=600)
    assert spells("fixed", heard) == [(570 + 90, None)]
    assert spells("fixed:300", heard) == [(570 + 300, None)]


def test_a_device_that_returns_after_its_deadline_was_offline_in_between() -> None:
    heard = beats(until=600) + beats(start=900, until=3600)
    assert spells("fixed", heard) == [(660, 900)]


def test_phi_suspects_a_regular_device_soon_and_a_wavering_one_later() -> None:
    regular = beats(until=1800)
    wavering: list[Observation] = [Heartbeat("t/a", step * 30 + 10 * (step % 2), "b", step, 30) for step in range(60)]
    ((early, _),) = spells("phi", regular)
    ((late, _),) = spells("phi", wavering)
    assert early - regular[-1].at < 35
    assert late - wavering[-1].at > 80


def test_exponential_phi_waits_for_a_multiple_of_the_mean_gap() -> None:
    heard = beats(until=600)
    assert spells("exponential-phi:8", heard) == [(round(570 + 8 * math.log(10) * 30, 3), None)]


def test_chen_expects_the_next_beat_by_the_count_and_begins_anew_after_a_boot() -> None:
    heard = beats(until=600)
    assert spells("chen:90", heard) == [(600 + 90, None)]
    reboot: list[Observation] = [Heartbeat("t/a", 605.0, "c", 0, 30)]
    assert spells("chen:90", heard + reboot) == [(605 + 30 + 90, None)]


@pytest.mark.parametrize("text", ["fixed", "phi", "exponential-phi", "chen"])
def test_nobody_is_called_offline_who_keeps_beating(text: str) -> None:
    assert spells(text, beats(until=3600), end=3600) == []


def provider(name: str, devices: int, until: float) -> list[Observation]:
    made: list[Observation] = []
    for number in range(devices):
        device = f"t/{name}-{number}"
        made.append(DeviceInfo(device, 0.0, Profile(provider=name, region="r", model=f"m{number}", site=f"s{number}")))
        made += beats(device, start=1.0 + number, until=until)
    return made


@pytest.mark.parametrize("text", ["share", "traffic"])
def test_a_silent_provider_is_noticed_and_the_other_is_not(text: str) -> None:
    outages = judge(text, provider("down", 10, until=1800) + provider("up", 10, until=5400), 5400).outages
    scopes = [outage.scope for outage in outages]
    assert {"provider": "down"} in scopes
    assert {"provider": "up"} not in scopes
    opened = next(outage.opened_at for outage in outages if outage.scope == {"provider": "down"})
    assert 1800 < opened < 2400


@pytest.mark.parametrize("text", ["share", "traffic"])
def test_an_incident_ends_when_the_devices_are_back(text: str) -> None:
    heard = provider("down", 10, until=1800)
    for number in range(10):
        heard += beats(f"t/down-{number}", start=3601.0 + number, until=7200)
    outages = judge(text, heard, 7200).outages
    assert outages
    assert all(outage.resolved_at is not None and 3600 < outage.resolved_at < 4200 for outage in outages)


def test_an_unknown_baseline_gets_the_list() -> None:
    with pytest.raises(ValueError, match="there are fixed, phi"):
        make_baseline("guess", {})


def test_a_parameter_that_is_no_number_gets_an_example() -> None:
    with pytest.raises(ValueError, match="write it like phi:8"):
        make_baseline("phi:many", {})


def test_engine_and_baselines_are_judged_on_the_same_run() -> None:
    played = scenario(
        fault("cut", name="cut", at="20m", duration="20m", scope={"provider": "aurora"}),
        duration="1h",
        fleet={"devices": 150, "telemetry": "0s", "meals": False, "intervals": {"30s": 1.0}, "sleepy": 0.0},
        must_detect=[{"verdict": "outage", "scope": {"provider": "aurora"}, "fault": "cut", "within": "5m"}],
    )
    run = run_scenario(played, 1, against=BASELINES)
    rows = {row.detector: row for row in summarize([run])}
    assert len(rows) == 1 + len(BASELINES)
    ours = rows["hearthbeat"]
    assert (ours.passed, ours.recall, ours.false_incidents) == (1, 1.0, 0)
    assert ours.confirm_p50 < rows["10% for 5 min"].confirm_p50
    assert math.isnan(rows["phi 8"].recall)
    assert math.isnan(rows["traffic < 80%"].mistake_rate)
