"""What people do with devices that are well, and that no animal goes without its food for it."""

from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.core.observations import DeviceEvent, Observation, ScheduleDeclared, Telemetry
from monitor.devices.events import Feeding
from simulators.scenario import Scenario
from simulators.world import World
from tests.unit.simulators.worlds import Fields, fault, run, scenario

FEEDERS: Fields = {
    "devices": 30,
    "kinds": {"feeder": 1.0},
    "intervals": {"15m": 1.0},
    "telemetry": "1h",
    "tended": True,
    "wrong_clocks": 0.0,
    "behind_gateways": 0.0,
    "zone": "Europe/Vienna",
}
ROOMS: Fields = {**FEEDERS, "kinds": {"thermostat": 1.0}}
NOTHING: Fields = {"hand_feedings": 0, "plan_edits": 0, "holidays": 0, "airings": 0, "steady_rooms": 0}
VIENNA = ZoneInfo("Europe/Vienna")


def homes(fleet: Fields, *faults: Fields, duration: str = "1d", **people: object) -> Scenario:
    return scenario(*faults, duration=duration, fleet=fleet, people={**NOTHING, **people})


def feedings(observations: list[Observation]) -> list[tuple[DeviceEvent, Feeding]]:
    return [
        (each, each.happening)
        for each in observations
        if isinstance(each, DeviceEvent) and isinstance(each.happening, Feeding)
    ]


def plans(observations: list[Observation]) -> list[ScheduleDeclared]:
    return [each for each in observations if isinstance(each, ScheduleDeclared) and not each.retained]


def test_nobody_does_anything_where_there_are_no_people() -> None:
    told = run(World(scenario(duration="1d", fleet=FEEDERS)))
    assert {fed.source for _, fed in feedings(told)} == {"schedule"}
    assert not plans(told)


def test_somebody_feeds_a_portion_by_hand_and_the_counters_know_of_it() -> None:
    told = run(World(homes(FEEDERS, hand_feedings=1.0)))
    by_hand = [(each, fed) for each, fed in feedings(told) if fed.source == "manual"]
    assert len(by_hand) == 30
    assert {(fed.plan_id, fed.planned_at, fed.portions_actual) for _, fed in by_hand} == {("", None, 1)}
    last = {each.device: each.values["last_dispense_ts"] for each in told if isinstance(each, Telemetry)}
    assert set(last) == {each.device for each, _ in by_hand}


def test_a_changed_plan_is_stated_and_followed_from_then_on() -> None:
    told = run(World(homes(FEEDERS, plan_edits=1.0, duration="3d")))
    stated = defaultdict(list)
    for each in plans(told):
        stated[each.device].append(each)
    assert len(stated) == 30
    for own in stated.values():
        revisions = [each.schedule.revision for each in own]
        assert revisions == sorted(set(revisions))
    for event, fed in feedings(told):
        at = datetime.fromtimestamp(fed.planned_at or 0.0, VIENNA)
        known = [plan for plan in stated[event.device] if plan.at < event.at]
        if known:
            meals = {meal.plan_id: meal.minute for meal in known[-1].schedule.meals}
            assert meals[fed.plan_id] == at.hour * 60 + at.minute


def test_no_change_of_a_plan_takes_a_meal_from_an_animal_or_gives_it_twice() -> None:
    told = run(World(homes(FEEDERS, plan_edits=1.0, duration="4d")))
    served = defaultdict(list)
    for each, fed in feedings(told):
        day = datetime.fromtimestamp(fed.planned_at or 0.0, VIENNA).date()
        served[each.device, day].append(fed.plan_id)
    days = sorted({day for _, day in served})[1:-1]
    for (_, day), meals in served.items():
        if day in days:
            assert sorted(meal for meal in meals if meal != "treat") == ["meal-1", "meal-2", "meal-3"]


def test_a_plan_is_off_for_a_holiday_and_on_again_after_it() -> None:
    told = run(World(homes(FEEDERS, holidays=0.2, holiday="1d", hand_feedings=0.3, duration="5d")))
    stated = defaultdict(list)
    for each in plans(told):
        stated[each.device].append(each)
    returned = [own for own in stated.values() if len(own) > 1]
    assert returned
    fed_at = defaultdict(list)
    for event, _ in feedings(told):
        fed_at[event.device].append(event.at)
    for own in returned:
        off, on = own[:2]
        until = own[2].at if len(own) > 2 else told[-1].at
        assert (off.schedule.enabled, on.schedule.enabled) == (False, True)
        assert not [at for at in fed_at[off.device] if off.at + 60 < at < on.at]
        assert [at for at in fed_at[on.device] if on.at < at < until] or until - on.at < 18 * 3600


def test_a_plan_cannot_be_written_to_a_feeder_that_cannot_be_reached() -> None:
    away = fault("cut", at="0s", duration="30h")
    told = run(World(homes(FEEDERS, away, holidays=1.0, plan_edits=1.0, holiday="1h", duration="31h")))
    assert all(each.at > told[0].at + 30 * 3600 for each in plans(told))


def test_rooms_are_aired_for_minutes_and_by_day() -> None:
    fleet = {**ROOMS, "telemetry": "1m"}
    told = run(World(homes(fleet, airings=1.0, airing="15m")))
    open_for: dict[str, int] = defaultdict(int)
    for each in told:
        if isinstance(each, Telemetry) and each.values["window_open"]:
            open_for[each.device] += 1
            assert 7 <= datetime.fromtimestamp(each.at, ZoneInfo("Etc/UTC")).hour <= 22
    assert len(open_for) == 30
    assert all(4 <= minutes <= 16 for minutes in open_for.values())


def test_some_rooms_are_kept_at_one_temperature_day_and_night() -> None:
    told = run(World(homes(ROOMS, steady_rooms=0.5, steady_celsius=19.0)))
    aims = defaultdict(set)
    for each in told:
        if isinstance(each, Telemetry):
            aims[each.device].add(each.values["heating_setpoint_c"])
    steady = [device for device, seen in aims.items() if seen == {19.0}]
    assert 0.25 < len(steady) / len(aims) < 0.75
    assert all(len(seen) > 2 for device, seen in aims.items() if device not in steady)
