import hashlib
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.core.observations import (
    DeviceInfo,
    Echo,
    Heartbeat,
    LinkChanged,
    ScheduleDeclared,
    SessionStatus,
    Telemetry,
)
from simulators.encoders import native
from simulators.scenario import load_scenario, shipped
from simulators.trace import trace_lines, write_trace
from simulators.world import World
from tests.unit.simulators.worlds import fault, run, scenario

BUSY = scenario(
    fault("cut", at="20m", duration="20m", scope={"provider": "aurora"}, recovery={"stragglers": 0.2}),
    fault("broker_restart", at="1h"),
    duration="2h",
    fleet={"devices": 120},
    network={},
    everyday={"network_dips": 20.0, "congestions": 20.0, "failures_per_device": 1.0},
)
BEATS_ONLY = {"sleepy": 0.0, "behind_gateways": 0.0, "meals": False, "telemetry": "0s"}


def digest(seed: int) -> str:
    return hashlib.sha256("\n".join(trace_lines(World(BUSY, seed))).encode()).hexdigest()


@pytest.mark.slow
def test_the_same_seed_writes_the_same_trace_to_the_last_byte() -> None:
    assert digest(7) == digest(7)


@pytest.mark.slow
def test_another_seed_writes_another_trace() -> None:
    assert digest(7) != digest(8)


def test_everything_arrives_in_order_of_time_and_within_the_scenario() -> None:
    made = World(BUSY, echo_seconds=5)
    observations = run(made)
    assert all(earlier.at <= later.at for earlier, later in pairwise(observations))
    assert made.start <= observations[0].at
    assert observations[-1].at < made.end


def test_both_outputs_tell_of_the_same_deliveries() -> None:
    told = [packet for each in World(BUSY).observations() if (packet := native.encode(each)) is not None]
    heard = list(World(BUSY).messages())
    assert [(packet.topic, packet.payload) for packet in told] == [(each.topic, each.payload) for each in heard]


def test_without_losses_every_heartbeat_arrives_once_and_in_order() -> None:
    numbers = defaultdict(list)
    for each in run(World(scenario(duration="30m", fleet={"devices": 50, "sleepy": 0.0}))):
        if isinstance(each, Heartbeat):
            numbers[each.device].append(each.seq)
    assert len(numbers) == 50
    for seqs in numbers.values():
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


@pytest.mark.parametrize(("text", "interval"), [("30s", 30), ("5m", 300)])
def test_devices_keep_their_interval_to_within_a_few_percent(text: str, interval: int) -> None:
    fleet = {"devices": 40, **BEATS_ONLY, "intervals": {text: 1.0}}
    beats = [each for each in run(World(scenario(duration="2h", fleet=fleet))) if isinstance(each, Heartbeat)]
    assert len(beats) == pytest.approx(40 * 7200 / interval, rel=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["geometric", "pareto", "long_bursts"])
def test_the_share_of_lost_heartbeats_is_of_the_order_that_the_loss_class_says(family: str) -> None:
    fleet = {"devices": 60, **BEATS_ONLY, "intervals": {"30s": 1.0}}
    network = {"loss": family, "duplicates": 0.0, "classes": [{"share": 1.0, "first_miss": 0.03}]}
    made = World(scenario(duration="12h", fleet=fleet, network=network))
    heard = sum(isinstance(each, Heartbeat) for each in run(made))
    assert 0.02 < 1 - heard / made.heartbeats < 0.10


@pytest.mark.slow
def test_long_bursts_go_on_record_as_absences() -> None:
    fleet = {"devices": 100, **BEATS_ONLY, "intervals": {"60s": 1.0}}
    network = {"loss": "long_bursts", "classes": [{"share": 1.0, "first_miss": 0.07}]}
    made = World(scenario(duration="12h", fleet=fleet, network=network))
    run(made)
    lengths = [absence.end - absence.start for absence in made.absences() if absence.end is not None]
    assert lengths
    assert {absence.cause for absence in made.absences()} == {"burst"}
    assert all(300 <= length <= 1200 for length in lengths)


@pytest.mark.slow
def test_the_network_never_loses_what_is_sent_at_least_once() -> None:
    fleet = {"devices": 40, "kinds": {"feeder": 1.0}, "telemetry": "0s", "behind_gateways": 0.0}
    network = {"classes": [{"share": 1.0, "first_miss": 0.07}]}
    observations = run(World(scenario(duration="2d", fleet=fleet, network=network)))
    assert Counter(type(each).__name__ for each in observations)["DeviceEvent"] == 40 * 6


def test_a_running_fleet_greets_the_monitor_with_what_the_broker_retained() -> None:
    made = World(scenario(duration="1m", fleet={"devices": 20}))
    greeting = [each for each in run(made) if isinstance(each, DeviceInfo | SessionStatus) and each.retained]
    assert {each.device for each in greeting} == {device.id for device in made.population}


def test_a_booting_fleet_comes_up_within_its_time_and_introduces_itself() -> None:
    made = World(scenario(duration="10m", fleet={"devices": 30, "begin": "booting", "boot": "5m"}))
    observations = run(made)
    births = {each.device: each.at for each in observations if isinstance(each, SessionStatus)}
    assert len(births) == 30
    assert max(births.values()) < made.start + 310
    assert {each.device for each in observations if isinstance(each, DeviceInfo)} == set(births)


def test_echoes_come_back_as_often_as_asked_and_not_at_all_otherwise() -> None:
    small = scenario(duration="1m", fleet={"devices": 5})
    assert sum(isinstance(each, Echo) for each in run(World(small, echo_seconds=5))) == 12
    assert not any(isinstance(each, Echo) for each in run(World(small)))


def test_a_sleepy_device_wakes_reports_and_says_when_it_will_be_back() -> None:
    group = {"devices": 3, "kind": "generic", "sleepy": True, "interval": "6h"}
    observations = run(World(scenario(duration="1d", fleet={"devices": 3, "groups": [group]})))
    naps = [each for each in observations if isinstance(each, SessionStatus) and each.state == "sleeping"]
    assert len([each for each in naps if not each.retained]) == 12
    assert {each.next_seen_seconds for each in naps} == {21_600.0}


def test_a_wrong_clock_shows_in_what_devices_state_and_not_in_when_they_are_heard() -> None:
    observations = run(World(scenario(duration="10m", fleet={"devices": 200, "wrong_clocks": 1.0})))
    stated = [each for each in observations if isinstance(each, Heartbeat) and each.clock == "rtc"]
    offsets = [abs(each.sent_at - each.at) for each in stated if each.sent_at is not None]
    assert 60 < max(offsets) < 7300


def test_a_trace_ends_with_the_moment_up_to_which_time_passed(tmp_path: Path) -> None:
    made = World(scenario(duration="2m", fleet={"devices": 5}))
    path = tmp_path / "trace.jsonl"
    count = write_trace(made, path)
    lines = path.read_text().splitlines()
    assert len(lines) == count
    assert lines[-1] == f'{{"at":{made.end},"end":true}}'
    assert '"link"' not in lines[0]


LINK_DOWN = scenario(fault("monitor_link_down", at="2m", duration="3m"), duration="10m", fleet={"devices": 50})


def test_a_trace_tells_when_the_monitors_link_went_and_came() -> None:
    links = [line for line in trace_lines(World(LINK_DOWN)) if '"link"' in line]
    assert [('"down"' in line, '"up"' in line) for line in links] == [(True, False), (False, True)]


def test_nothing_reaches_a_monitor_whose_link_is_down() -> None:
    made = World(LINK_DOWN, echo_seconds=5)
    observations = run(made)
    assert not [each for each in observations if made.start + 120 < each.at < made.start + 300]
    assert [each.up for each in observations if isinstance(each, LinkChanged)] == [True, False, True]


def test_readings_can_be_left_out() -> None:
    observations = run(World(scenario(duration="30m", fleet={"devices": 20, "telemetry": "0s"})))
    assert not any(isinstance(each, Telemetry) for each in observations)


def test_a_stalled_broker_delivers_late_and_loses_nothing() -> None:
    made = World(scenario(fault("broker_stall", at="2m", duration="1m"), duration="10m", fleet={"devices": 50}))
    observations = run(made)
    assert not [each for each in observations if made.start + 121 < each.at < made.start + 180]
    assert len(observations) == len(run(World(scenario(duration="10m", fleet={"devices": 50}))))


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_has_a_story_and_targets_that_exist(name: str) -> None:
    made = World(load_scenario(name), 1)
    assert len(made.population) > 0
    assert made.scenario.story


def test_feeders_without_meals_state_no_plan_for_them() -> None:
    told = run(World(scenario(duration="20m", fleet={"devices": 60, **BEATS_ONLY}), echo_seconds=5))
    feeders = {each.device for each in told if isinstance(each, DeviceInfo) and each.profile.kind == "feeder"}
    assert feeders
    assert not feeders & {each.device for each in told if isinstance(each, ScheduleDeclared)}
