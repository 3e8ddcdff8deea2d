from collections import Counter, defaultdict

import pytest

from monitor.core.observations import DeviceEvent, Heartbeat, MaintenanceSet, Observation, SessionStatus
from monitor.devices.events import Booted, Feeding
from simulators.scenario import ScenarioError
from simulators.world import World
from tests.unit.simulators.worlds import Fields, fault, run, scenario

AURORA = {"provider": "aurora"}
CUT = fault("cut", at="20m", duration="20m", scope=AURORA)
FLEET: Fields = {"devices": 300, "sleepy": 0.0, "meals": False, "intervals": {"30s": 0.5, "60s": 0.5}}


def stage(*faults: Fields, **fleet: object) -> World:
    return World(scenario(*faults, fleet={**FLEET, **fleet}))


def ids(world: World, scope: dict[str, str]) -> set[str]:
    return {device.id for device in world.population.inside(scope)}


def heard_between(observations: list[Observation], start: float, end: float) -> set[str]:
    return {each.device for each in observations if isinstance(each, Heartbeat) and start <= each.at < end}


def spoken(observations: list[Observation]) -> list[SessionStatus]:
    return [each for each in observations if isinstance(each, SessionStatus) and not each.retained]


def test_a_cut_silences_its_scope_and_nobody_else() -> None:
    world = stage(CUT)
    inside = ids(world, AURORA)
    heard = heard_between(run(world), world.start + 1210, world.start + 2390)
    assert ids(world, {}) - heard == inside
    (truth,) = world.truth()
    assert (truth.layer, truth.scope, truth.devices) == ("provider", AURORA, frozenset(inside))
    assert (truth.start, truth.end) == (world.start + 1200, world.start + 2400)


def test_devices_return_after_a_cut_spread_by_their_back_off() -> None:
    world = stage(CUT)
    births = [each.at - world.start for each in spoken(run(world))]
    assert len(births) == len(ids(world, AURORA))
    assert min(births) >= 2400
    assert max(births) < 2400 + 130
    assert max(births) - min(births) > 20


def test_a_herd_returns_within_seconds() -> None:
    births = [each.at for each in spoken(run(stage({**CUT, "recovery": {"herd": True}})))]
    assert max(births) - min(births) < 20


def test_stragglers_stay_away_and_only_those_in_their_scope() -> None:
    world = stage({**CUT, "recovery": {"stragglers": 0.9, "straggler_scope": {"kind": "feeder"}}})
    missing = ids(world, AURORA) - heard_between(run(world), world.start + 2700, world.end)
    assert missing
    assert missing <= ids(world, {"kind": "feeder"})
    assert {absence.device for absence in world.absences() if absence.end is None} == missing


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_a_brownout_hits_the_stated_share(share: float) -> None:
    (truth,) = stage(fault("cut", at="20m", scope=AURORA, share=share)).truth()
    assert truth.share == pytest.approx(share, abs=0.02)
    assert truth.end is None


def test_wills_follow_when_the_brokers_patience_ends() -> None:
    world = stage({**CUT, "wills": True})
    wills = [each for each in spoken(run(world)) if each.will]
    assert {each.device for each in wills} == ids(world, {**AURORA, "parent": ""})
    assert all(1200 <= each.at - world.start <= 1200 + 91 for each in wills)
    assert all(each.reason == "connection_lost" and each.sent_at is None for each in wills)


def test_a_fleet_without_wills_vanishes_without_a_word() -> None:
    assert not [each for each in spoken(run(stage({**CUT, "wills": True}, wills=False))) if each.will]


def test_a_session_that_is_taken_over_announces_its_will_before_the_new_birth() -> None:
    said: dict[str, tuple[str, ...]] = {}
    for each in spoken(run(stage({**CUT, "wills": True, "duration": "10s", "recovery": {"herd": True}}))):
        said[each.device] = (*said.get(each.device, ()), "will" if each.will else each.state)
    assert set(said.values()) == {("will", "online"), ("online",)}


def test_a_power_cut_restarts_what_runs_on_mains_and_spares_what_has_a_battery() -> None:
    villa = {"site": "villa"}
    groups = [{"devices": 8, "kind": "thermostat", **villa}, {"devices": 4, "kind": "feeder", **villa}]
    world = stage(fault("power_cut", at="20m", duration="10m", scope=villa), groups=groups)
    observations = run(world)
    events = [each for each in observations if isinstance(each, DeviceEvent)]
    booted = {each.device for each in events if isinstance(each.happening, Booted)}
    assert booted == ids(world, {**villa, "kind": "thermostat"})
    assert heard_between(observations, world.start + 1900, world.end) >= ids(world, villa)


def test_a_dead_gateway_takes_along_what_hangs_on_it() -> None:
    world = stage(fault("gateway_death", at="20m"))
    (truth,) = world.truth()
    assert truth.layer == "gateway"
    assert set(truth.scope) == {"tenant", "parent"}
    assert not heard_between(run(world), world.start + 1290, world.end) & truth.devices
    assert len(truth.devices) >= 6


def test_attrition_takes_devices_one_by_one() -> None:
    world = stage(fault("attrition", at="10m", duration="40m", scope=AURORA, share=0.5))
    run(world)
    moments = sorted(absence.start - world.start for absence in world.absences())
    assert len(moments) == len(world.truth()[0].devices)
    assert moments[0] >= 600
    assert moments[-1] <= 3000
    assert moments[-1] - moments[0] > 1200


def test_a_bad_release_reaches_its_model_and_kills_a_part() -> None:
    new = {"firmware": "pawline-f2-9.9"}
    world = stage(fault("bad_release", at="5m", scope={"model": "pawline-f2"}, rollout="20m", failing=0.5, **new))
    observations = run(world)
    assert ids(world, new) == ids(world, {"model": "pawline-f2"})
    (truth,) = world.truth()
    assert truth.layer == "release"
    assert 0.2 < truth.share < 0.8
    assert not heard_between(observations, world.start + 2400, world.end) & truth.devices


def test_a_lost_control_plane_is_reported_by_devices_that_live_on() -> None:
    world = stage(fault("control_plane", at="20m", duration="20m", scope=AURORA))
    beats = [each for each in run(world) if isinstance(each, Heartbeat) and 1230 < each.at - world.start < 2390]
    assert {each.device for each in beats if each.cloud_connected is False} == ids(world, AURORA)
    assert not world.absences()


def test_a_sunset_is_announced_before_the_first_farewell() -> None:
    world = stage(fault("sunset", at="10m", duration="20m", scope=AURORA))
    observations = run(world)
    announced = {each.device: each.at for each in observations if isinstance(each, MaintenanceSet)}
    farewells = {each.device: each.at for each in spoken(observations) if each.reason == "shutdown"}
    assert announced.keys() == farewells.keys()
    assert all(announced[device] < farewells[device] for device in farewells)
    assert {absence.device for absence in world.absences() if absence.end is None} == farewells.keys()


def test_a_late_will_names_the_boot_before_the_one_that_lives() -> None:
    said = spoken(run(stage(fault("late_will", at="10m"))))
    assert [each.will or each.state for each in said] == ["online", True]
    assert said[1].boot_id != said[0].boot_id


def meals_of(world: World) -> dict[str, list[tuple[float, Feeding]]]:
    told: dict[str, list[tuple[float, Feeding]]] = defaultdict(list)
    for each in run(world):
        if isinstance(each, DeviceEvent) and isinstance(each.happening, Feeding):
            told[each.device].append((each.at, each.happening))
    return told


FEEDERS: Fields = {"devices": 6, "kinds": {"feeder": 1.0}, "tended": True, "wrong_clocks": 0.0}


def test_a_command_from_a_queue_gives_the_last_meal_again_and_does_not_say_which_it_was() -> None:
    again = fault("ailment", what="fed_again", at="3h", devices=6, named=False)
    world = World(scenario(again, duration="4h", fleet=FEEDERS))
    for (_, planned), (at, repeated) in meals_of(world).values():
        assert (planned.source, planned.plan_id) == ("schedule", "meal-1")
        assert (repeated.source, repeated.plan_id, repeated.planned_at) == ("remote", "", None)
        assert repeated.portions_actual == planned.portions_actual
        assert at > world.start + 3 * 3600


def test_a_command_waits_in_its_queue_until_the_feeder_is_back() -> None:
    away = fault("cut", at="20m", duration="3h")
    again = fault("ailment", what="fed_again", at="2h", devices=6, meals=2, named=False)
    world = World(scenario(away, again, duration="4h", fleet=FEEDERS))
    for served in meals_of(world).values():
        (first, dinner), (second, breakfast) = [(at, fed) for at, fed in served if fed.source == "remote"]
        assert first > world.start + 200 * 60
        assert second > first + 50
        assert (dinner.portions_actual, breakfast.portions_actual) == (4, 3)


def test_a_flapping_device_comes_and_goes() -> None:
    world = stage(fault("flapping", duration="50m", devices=1, down=["2m", "3m"], up=["2m", "3m"]))
    run(world)
    assert len({absence.device for absence in world.absences()}) == 1
    assert 6 <= len(world.absences()) <= 13


def test_flapping_together_is_one_cause() -> None:
    spells = {"down": ["2m", "3m"], "up": ["2m", "3m"]}
    world = stage(fault("flapping", duration="50m", scope=AURORA, together=True, **spells))
    run(world)
    (truth,) = world.truth()
    assert truth.kind == "outage"
    starts = Counter(absence.start for absence in world.absences())
    assert set(starts.values()) == {len(truth.devices)}


def test_a_broker_restart_greets_the_monitor_with_retained_wills() -> None:
    world = stage(fault("broker_restart", at="20m"))
    observations = run(world)
    wills = [each for each in observations if isinstance(each, SessionStatus) and each.will and each.retained]
    assert len(wills) > 100
    assert {absence.cause for absence in world.absences()} == {"center"}
    assert heard_between(observations, world.start + 1300, world.start + 1500) == ids(world, {})


def test_a_shared_cause_strikes_each_scope_within_its_time() -> None:
    scopes = [AURORA, {"provider": "borealis"}, {"provider": "cirrus"}]
    world = stage(fault("shared_cut", name="cloud", at="10m", duration="20m", within="10m", scopes=scopes))
    assert [truth.start - world.start for truth in world.truth()] == [600, 900, 1200]


def test_a_fault_aimed_at_nobody_says_what_there_is() -> None:
    with pytest.raises(
        ScenarioError, match=r"faults\.0 \(cut\): no device has provider = 'acme'; this fleet has aurora, bor"
    ):
        stage(fault("cut", scope={"provider": "acme"}))


def test_largest_means_the_value_with_most_devices() -> None:
    world = stage(fault("cut", scope={"network": "largest"}))
    sizes = Counter(device.network for device in world.population)
    assert world.truth()[0].scope == {"network": sizes.most_common(1)[0][0]}


@pytest.mark.slow
def test_ordinary_days_are_restless_but_nothing_large_breaks() -> None:
    fleet = {"devices": 400, "telemetry": "0s", "meals": False, "intervals": {"5m": 1.0}}
    world = World(scenario(duration="2d", fleet=fleet, everyday={"router_reboots": 0.3, "gateway_reboots": 0.3}))
    run(world)
    assert world.truth()
    assert all(truth.minor for truth in world.truth())
    assert {absence.cause for absence in world.absences()} >= {"everyday-site", "everyday-device"}
    assert max(len(truth.devices) for truth in world.truth()) < 0.2 * len(world.population)


def test_dimensions_nest_as_they_do_in_life() -> None:
    population = World(scenario(fleet={"devices": 3000})).population
    region_of = {(device.network, device.region) for device in population}
    assert len(region_of) == len({network for network, _ in region_of})
    assert all(device.firmware.startswith(device.model) for device in population)
    for gateway in (device for device in population if device.children):
        assert {child.site for child in gateway.children} == {gateway.site}
        assert {child.parent for child in gateway.children} == {gateway.name}
    sizes = Counter(device.network for device in population).most_common()
    assert sizes[0][1] > 5 * sizes[-1][1]
    assert 0.2 < sum(bool(device.parent) for device in population) / len(population) < 0.4
