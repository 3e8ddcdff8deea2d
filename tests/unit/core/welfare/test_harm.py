"""What an outage means in one line, counted device by device, in bites where the fleet is large."""

import math
from dataclasses import replace

from monitor.core.decisions import Incident
from monitor.core.fleet import Device
from monitor.core.notices import Cover
from monitor.core.welfare.care import FeederCare
from monitor.core.welfare.harm import Toll, meaning, risk_of
from monitor.core.welfare.settings import Thresholds
from monitor.core.welfare.tolls import EVERY_SECONDS, RECOVERING_SECONDS, Tolls
from tests.unit.core.welfare.household import Household, meal, plan

INCIDENT = Incident("i1", "outage", "provider", {"provider": "aurora"}, 0.0, 0.0, None, 5, 5, 1.0)


def street(feeders: int = 5) -> Household:
    """Feeders with one meal each, and no thermostat."""
    house = Household("2026-01-12 06:00")
    for number in range(feeders):
        house.feeder(f"f{number}", meal("07:00"), model="bowl-2", schedule_survives_reboot=number == 0)
    return house


def toll_of(house: Household) -> Toll:
    """The toll of everything in the house since it began."""
    toll = Toll()
    for device in house.engine.fleet:
        toll.add(device, 0.0, house.now)
    return toll


def test_an_outage_of_devices_on_which_nobody_depends_means_nothing() -> None:
    assert meaning(toll_of(Household().settle("s1", "generic").settle("t1", "thermostat"))) == ""


def test_a_feeder_without_a_plan_counts_as_a_feeder_and_has_no_meals() -> None:
    house = Household().settle("f1", "feeder", schedule_survives_reboot=True)
    assert meaning(toll_of(house)) == "1 feeder: 0 animals fed anyway (0 meals confirmed), 0 unconfirmed, 0 missed"


def test_a_meal_that_is_due_and_not_settled_yet_is_no_next_meal() -> None:
    house = street().until("2026-01-12 07:05")
    assert "the next meals" not in meaning(toll_of(house))


def test_plans_that_the_cloud_holds_and_models_that_lose_theirs_are_named() -> None:
    house = street()
    for number, model in enumerate(("b1", "b2", "b3", "b4", "b5", "b1")):
        clouded = replace(plan(meal("07:00")), held_by="cloud")
        house.settle(f"c{number}", "feeder", clouded, model=model)
    told = meaning(toll_of(house))
    assert "6 of their plans are held by the cloud and do not run without it" in told
    assert "the next meals fall due from 06:00 UTC, 11 within six hours" in told
    assert told.endswith("do not power-cycle bowl-2, b1, b2 and 3 more models: the plan may not survive it")


def test_a_room_alone_tells_only_of_frost() -> None:
    house = Household().settle("t1", "thermostat").reads("t1", temperature_c=3.0).until("2026-01-12 00:11")
    house.reads("t1", temperature_c=3.0)
    assert meaning(toll_of(house)) == "1 of 1 room at risk of frost"


def test_a_device_that_shows_nothing_risks_nothing() -> None:
    device = Device("acme/f1", 0.0)
    device.welfare = FeederCare()
    assert risk_of(device, 0.0, Thresholds()) is None


def test_a_sign_of_which_no_time_is_known_ranks_by_what_is_usual() -> None:
    house = Household().settle("s1", "generic", power="battery")
    house.signs_of_life("s1", power_source="battery", battery_ratio=0.05).until("2026-01-12 00:40")
    (risk,) = house.engine.welfare.risks(house.now)
    assert (risk.sign, risk.hours) == ("DeviceBatteryLow", 48.0)


def test_a_silent_room_ranks_by_the_forecast_that_goes_on() -> None:
    house = Household()
    for name, celsius in (("t1", 20.0), ("t2", 8.0)):
        house.settle(name, "thermostat", site=name)
        house.reads(name, temperature_c=celsius, outdoor_temperature_c=-6.0).die(name)
    house.until("2026-01-12 02:30")
    risks = house.engine.welfare.risks(house.now, kind="thermostat")
    assert [risk.device for risk in risks] == ["acme/t2", "acme/t1"]
    assert risks[0].hours < 8


def counted(house: Household, bite: int, *incidents: Incident) -> Tolls:
    """Tolls that count so many devices in a second; every device belongs to the first incident."""

    def cover(_: Device) -> Cover:
        return "incident", "i1"

    return Tolls(house.engine.fleet, cover, {incident.id: incident for incident in incidents}, bite)


def test_a_fleet_that_is_too_large_for_one_look_is_counted_in_bites() -> None:
    house = street()
    tolls = counted(house, 2, INCIDENT)
    assert tolls.opened("i1", 0.0, house.now) == ""
    assert [bool(tolls.pass_time(house.now + second)) for second in range(4)] == [False, False, True, False]
    assert tolls.latest["i1"].feeders == 5


def test_devices_that_leave_while_they_are_counted_are_left_out() -> None:
    house = street()
    tolls = counted(house, 2, INCIDENT)
    tolls.opened("i1", 0.0, house.now)
    tolls.pass_time(house.now)
    del house.engine.fleet.devices["acme/f3"]
    assert tolls.pass_time(house.now + 1) == {}
    assert tolls.pass_time(house.now + 2)["i1"].startswith("4 feeders")


def test_counting_goes_on_every_quarter_of_an_hour() -> None:
    house = street()
    tolls = counted(house, 100, INCIDENT)
    assert tolls.opened("i1", 0.0, house.now).startswith("5 feeders")
    assert tolls.pass_time(house.now + EVERY_SECONDS - 1) == {}
    assert tolls.pass_time(house.now + EVERY_SECONDS)["i1"].startswith("5 feeders")


def test_while_devices_return_they_are_counted_every_minute() -> None:
    house = street()
    tolls = counted(house, 100, replace(INCIDENT, phase="recovering"))
    tolls.opened("i1", 0.0, house.now)
    assert tolls.pass_time(house.now + RECOVERING_SECONDS - 1) == {}
    assert tolls.pass_time(house.now + RECOVERING_SECONDS)["i1"].startswith("5 feeders")


def test_counting_ends_with_the_last_incident() -> None:
    house = street()
    over = counted(house, 100)
    over.opened("i1", 0.0, house.now)
    assert over.pass_time(house.now + EVERY_SECONDS) == {}
    assert over.pass_time(math.inf) == {}
