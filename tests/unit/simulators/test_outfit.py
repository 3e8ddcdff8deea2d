"""How devices of one kind differ as they are built, and that a world without such differences stays as it was."""

from collections import defaultdict
from random import Random

from monitor.core.observations import DeviceEvent, Heartbeat, Observation, Telemetry
from monitor.devices.events import Feeding
from simulators.devices.sensor import NONSENSE, Sensor
from simulators.world import World
from tests.unit.simulators.worlds import Fields, fault, run, scenario

ROOMS: Fields = {"devices": 60, "kinds": {"thermostat": 1.0}, "intervals": {"5m": 1.0}, "wrong_clocks": 0.0}
FEEDERS: Fields = {"devices": 60, "kinds": {"feeder": 1.0}, "intervals": {"5m": 1.0}, "wrong_clocks": 0.0}


def temperatures(observations: list[Observation]) -> dict[str, list[float]]:
    shown = defaultdict(list)
    for each in observations:
        if isinstance(each, Telemetry) and isinstance(value := each.values.get("temperature_c"), float):
            shown[each.device].append(value)
    return shown


def is_step(value: float, size: float) -> bool:
    return abs(value / size - round(value / size)) < 1e-6


def test_a_coarse_sensor_shows_the_nearest_step() -> None:
    coarse = Sensor(Random(1), 0.5)
    assert [coarse.show(celsius) for celsius in (20.2, 20.3, -0.3, 4.76)] == [20.0, 20.5, -0.5, 5.0]
    assert Sensor(Random(1), 1.0).show(20.6) == 21.0


def test_a_sensor_jitters_by_exactly_a_step_now_and_then() -> None:
    sensor = Sensor(Random(1), 0.5, jitter=0.2)
    shown = [sensor.show(20.0) for _ in range(1000)]
    assert set(shown) == {19.5, 20.0, 20.5}
    assert 150 < sum(value != 20.0 for value in shown) < 250


def test_a_wild_reading_has_nothing_to_do_with_the_room() -> None:
    sensor = Sensor(Random(1), 0.1, wild=0.1)
    shown = [sensor.show(20.0) for _ in range(1000)]
    assert set(shown) == {20.0, *NONSENSE}


def test_thermostats_have_the_resolutions_that_the_fleet_says() -> None:
    sensors = {"resolutions": {"0.1": 0.5, "1": 0.5}, "jitter": 0.0, "wild_readings": 0.0}
    shown = temperatures(run(World(scenario(duration="2h", fleet={**ROOMS, "sensors": sensors}))))
    coarse = [device for device, values in shown.items() if all(is_step(value, 1.0) for value in values)]
    assert all(is_step(value, 0.1) for values in shown.values() for value in values)
    assert 0.3 < len(coarse) / len(shown) < 0.7


def test_wild_readings_come_as_often_as_told_and_one_at_a_time() -> None:
    sensors = {"jitter": 0.0, "wild_readings": 24.0, "resolutions": {"0.1": 1.0}}
    shown = temperatures(run(World(scenario(duration="6h", fleet={**ROOMS, "sensors": sensors}))))
    wild = [value for values in shown.values() for value in values if value in NONSENSE]
    assert 0.7 < len(wild) / (len(shown) * 6) < 1.3


def test_some_thermostats_do_not_know_of_windows() -> None:
    told = run(World(scenario(fleet={**ROOMS, "sensors": {"window_contacts": 0.5}})))
    knowing = {each.device: "window_open" in each.values for each in told if isinstance(each, Telemetry)}
    assert 0.3 < sum(knowing.values()) / len(knowing) < 0.7


def test_a_thermostat_on_batteries_says_how_full_they_are_but_not_in_each_heartbeat() -> None:
    told = run(World(scenario(duration="2h", fleet={**ROOMS, "battery_powered": 0.5, "details_every": 4})))
    beats = [each for each in told if isinstance(each, Heartbeat)]
    running = {each.device for each in beats if each.power_source == "battery"}
    charges = [each.battery_ratio for each in beats if each.battery_ratio is not None]
    assert {each.device for each in beats if each.battery_ratio is not None} == running
    assert 0.3 < len(running) / len({each.device for each in beats}) < 0.7
    assert all(0.2 < charge < 1 for charge in charges)
    detailed = [each for each in beats if each.rssi_dbm is not None]
    assert all(each.seq % 4 == 0 for each in detailed)
    assert 0.2 < len(detailed) / len(beats) < 0.3


def test_a_feeder_that_only_counts_tells_of_no_feeding() -> None:
    told = run(World(scenario(duration="12h", fleet={**FEEDERS, "tended": True, "counters_only": 0.5})))
    telling = {each.device for each in told if isinstance(each, DeviceEvent) and isinstance(each.happening, Feeding)}
    counted = {each.device for each in told if isinstance(each, Telemetry) and each.values["portions_today"]}
    assert telling < counted
    assert 0.3 < len(telling) / len(counted) < 0.7


def test_what_sets_devices_apart_changes_nothing_else_in_their_world() -> None:
    """Everything is drawn from a source of its own, so that a scenario can be made harder without becoming another."""
    plain = World(scenario(fleet=ROOMS))
    harder = World(scenario(fleet={**ROOMS, "sensors": {}, "battery_powered": 0.3, "details_every": 4}))
    for world in (plain, harder):
        run(world)
    rooms = [
        [device.thermostat.temperature for device in world.population if device.thermostat] for world in (plain, harder)
    ]
    assert rooms[0] == rooms[1]
    assert plain.heartbeats == harder.heartbeats
    assert plain.rng.random() == harder.rng.random()


def test_a_harder_world_is_the_same_with_the_same_seed() -> None:
    fleet = {**ROOMS, "sensors": {}, "battery_powered": 0.3, "kinds": {"thermostat": 0.5, "feeder": 0.5}}
    people: Fields = {"plan_edits": 0.5, "airings": 1.0}
    made = scenario(duration="6h", fleet={**fleet, "counters_only": 0.3}, people=people)
    assert run(World(made, 3)) == run(World(made, 3))
    assert run(World(made, 3)) != run(World(made, 4))


def test_a_room_knows_when_it_was_first_down_to_frost() -> None:
    cold = {**ROOMS, "devices": 1, "mean_celsius": -15.0}
    world = World(scenario(fault("ailment", what="boiler_out", leak="4h"), duration="12h", fleet=cold))
    shown = [
        (each.at, value)
        for each in run(world)
        if isinstance(each, Telemetry) and isinstance(value := each.values["temperature_c"], float)
    ]
    (device,) = world.population
    assert device.thermostat is not None
    frozen_at = device.thermostat.frozen_at
    assert frozen_at is not None
    assert min(value for at, value in shown if at < frozen_at) >= 5.0
    assert max(value for at, value in shown if at > frozen_at) <= 5.0


def test_a_lost_field_leaves_all_other_readings() -> None:
    world = World(scenario(fault("ailment", what="readings_lost", at="30m"), fleet={**ROOMS, "devices": 2}))
    told = [each for each in run(world) if isinstance(each, Telemetry)]
    (truth,) = world.truth()
    after = [each.values for each in told if each.device in truth.devices and each.at > truth.start + 5]
    others = [each.values for each in told if each.device not in truth.devices]
    assert after
    assert not any("temperature_c" in values for values in after)
    assert all("heating_setpoint_c" in values for values in after)
    assert all("temperature_c" in values for values in others)
