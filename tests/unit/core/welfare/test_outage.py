"""Meals and rooms inside an outage: never withheld, told together, ranked by harm, and what the incident means."""

from dataclasses import replace
from typing import Any

import pytest

from monitor.core.decisions import IncidentChanged
from monitor.core.welfare.servings import Served
from monitor.core.welfare.slots import longest_gap
from tests.unit.core.welfare.household import Household, meal, plan

FEEDERS = 20


def street(held_by: Any = "device", **profile: object) -> Household:  # noqa: ANN401
    """Twenty feeders and four thermostats of one provider, and as many healthy feeders of another."""
    house = Household("2026-01-12 06:00")
    for number in range(FEEDERS):
        schedule = plan(meal("07:00"), meal("13:30"), held_by=held_by)
        fields = {"provider": "aurora", "site": f"a{number}", "model": "bowl-2", "power": "mains", **profile}
        house.settle(f"a{number}", "feeder", schedule, **fields)
        house.settle(f"b{number}", "generic", provider="borealis", site=f"b{number}", model="sensor-1")
    for number in range(12):
        house.settle(f"t{number}", "thermostat", provider="aurora", site=f"h{number}", model="heat-1")
        house.reads(f"t{number}", temperature_c=20.0, outdoor_temperature_c=-6.0)
    return house.until("2026-01-12 06:40")


def cut(house: Household) -> Household:
    """Everything of one provider falls silent."""
    return house.die(*(f"a{n}" for n in range(FEEDERS)), *(f"t{n}" for n in range(12)))


def return_of(house: Household) -> Household:
    """It is heard again."""
    return house.revive(*(f"a{n}" for n in range(FEEDERS)), *(f"t{n}" for n in range(12)))


@pytest.fixture(scope="module")
def outage() -> Household:
    """Cut at 06:40, silent until 09:30."""
    return cut(street()).until("2026-01-12 09:30")


def test_many_unconfirmed_meals_in_one_incident_are_one_alert_that_lists_them(outage: Household) -> None:
    fired = outage.alerts("MealsAtRisk", "firing")
    assert len(fired) == 1
    incident = next(iter(outage.engine.incidents))
    assert fired[0].labels["incident"] == incident
    assert fired[0].labels["period"] == "2026-01-12T06:00Z"
    assert fired[0].labels["provider"] == "aurora"
    assert fired[0].severity == "warning"
    assert fired[0].summary == f"20 feeders may be without their meal in incident {incident}"
    assert "feeder acme/a7" in fired[0].annotations["description"]
    assert outage.alerts("FeederMealUnconfirmed") == []


def test_freezing_rooms_stay_single_up_to_ten_and_are_told_together_after_that(outage: Household) -> None:
    assert len(outage.alerts("FreezeRiskBlind", "firing")) == 10
    assert [alert.summary.split(" in ")[0] for alert in outage.alerts("RoomsAtRisk", "firing")] == [
        "2 rooms may freeze"
    ]


def test_the_incident_says_what_it_means_from_its_first_alert_on(outage: Household) -> None:
    opened = next(each.incident for each in outage.decisions if isinstance(each, IncidentChanged))
    assert opened.meaning.startswith("20 feeders: 0 animals fed anyway (0 meals confirmed), 0 unconfirmed, 0 missed")
    assert "the next meals fall due from 06:00 UTC, 20 within six hours" in opened.meaning
    assert "do not power-cycle bowl-2" in opened.meaning
    alert = next(alert for alert in outage.alerts() if alert.name == "ProviderOutage")
    assert opened.meaning in alert.annotations["description"]


def test_the_meaning_is_counted_again_while_the_incident_lasts(outage: Household) -> None:
    now = next(iter(outage.engine.incidents.values()))
    assert "20 unconfirmed, 0 missed" in now.meaning
    assert "the next meals fall due from 12:30 UTC" in now.meaning
    assert "12 of 12 rooms at risk of frost" in now.meaning


def test_devices_are_ranked_by_the_time_until_harm(outage: Household) -> None:
    risks = outage.engine.welfare.risks(outage.now)
    assert len(risks) == 32
    assert [risk.hours for risk in risks] == sorted(risk.hours for risk in risks)
    assert {risk.kind for risk in outage.engine.welfare.risks(outage.now, kind="feeder")} == {"feeder"}
    assert outage.engine.welfare.risks(outage.now, tenant="other") == []
    incident = next(iter(outage.engine.incidents))
    assert outage.engine.welfare.risks(outage.now, incident=incident) == risks
    assert outage.engine.welfare.risks(outage.now, incident="i9") == []


def test_what_is_grouped_survives_a_restart(outage: Household) -> None:
    saved = outage.engine.welfare.save()
    outage.engine.welfare.restore(saved)
    assert outage.engine.welfare.save() == saved


def test_meals_that_a_cloud_holds_which_is_out_are_critical_at_once_and_missed_when_the_counters_deny_them() -> None:
    house = cut(street(held_by="cloud")).until("2026-01-12 07:20")
    assert [alert.severity for alert in house.alerts("MealsAtRisk", "firing")] == ["critical"]
    return_of(house.until("2026-01-12 11:00")).until("2026-01-12 11:05")
    for number in range(FEEDERS):
        house.reads(f"a{number}", portions_today=0, last_dispense_ts=None)
    house.until("2026-01-12 12:00")
    assert {house.outcome("2026-01-12 07:00", f"a{number}") for number in range(FEEDERS)} == {"missed"}
    assert house.engine.welfare.servings.since(house.moment("2026-01-12 00:00")) == {"aurora": Served(0, 0, FEEDERS)}


def test_plans_lost_and_meals_doubled_in_one_outage_are_single_up_to_ten_and_then_one_alert_each() -> None:
    house = cut(street()).until("2026-01-12 08:00")
    for number in range(FEEDERS):
        house.alive.add(f"acme/a{number}")
        house.reboot(f"a{number}", clock="none")
    house.until("2026-01-12 08:02")
    assert len(house.alerts("FeederScheduleLost", "firing")) == 10
    assert house.alerts("MealsAtRisk", "firing")[-1].severity == "critical"
    for number in range(FEEDERS):
        for source in ("schedule", "remote"):
            house.tell(house.fed(f"a{number}", "07:00", planned="2026-01-12 07:00", source=source, replayed=True))
    house.until("2026-01-12 08:04")
    assert len(house.alerts("FeederDoubleDispense", "firing")) == 10
    told = house.alerts("MealsInExcess", "firing")
    assert [(alert.severity, alert.summary.partition(" in ")[0]) for alert in told] == [
        ("warning", "10 feeders gave too much")
    ]
    assert "gave the 07:00 meal more than once" in told[0].annotations["description"]


def test_when_the_feeders_return_and_tell_what_they_did_the_alert_ends() -> None:
    house = cut(street()).until("2026-01-12 08:00")
    return_of(house)
    fed_at = house.moment("2026-01-12 07:00") + 6
    for number in range(FEEDERS):
        house.tell(house.fed(f"a{number}", "07:00", planned="2026-01-12 07:00", sent=fed_at, replayed=True))
    house.until("2026-01-12 08:20")
    ended = house.alerts("MealsAtRisk", "resolved")
    assert [alert.annotations["resolution"] for alert in ended] == [
        "20 feeders safe again, the last one acme/a19: confirmed at 08:00: the 07:00 meal was dispensed"
    ]
    assert {each.outcome for each in house.settled()} == {"unconfirmed", "dispensed"}
    assert "20 animals fed anyway (20 meals confirmed)" in _last_meaning(house)


def test_the_meals_of_each_six_hours_are_one_alert_and_the_newest_lists_them_all() -> None:
    house = cut(street()).until("2026-01-12 14:30")
    fired = [alert.labels["period"] for alert in house.alerts("MealsAtRisk", "firing")]
    assert list(dict.fromkeys(fired)) == ["2026-01-12T06:00Z", "2026-01-12T12:00Z"]
    assert house.firing().count("MealsAtRisk") == 1
    assert house.ended("MealsAtRisk") == "those still at risk are told of with later hours"
    now = house.alerts("MealsAtRisk", "firing")[-1]
    assert now.severity == "critical"
    assert now.summary.startswith("20 feeders")
    assert "2 meals (07:00, 13:30) of feeder acme/a0 came" in now.annotations["description"]


def test_an_alert_about_many_keeps_its_labels_when_the_incident_is_over() -> None:
    house = return_of(cut(street()).until("2026-01-12 08:00")).until("2026-01-12 10:00")
    house.tell(house.fed("a3", source="manual", expected=None)).clear()
    house.until("2026-01-12 10:20")
    told = house.alerts("MealsAtRisk", "firing")
    assert house.engine.incidents == {}
    assert [alert.summary.partition(" ")[0] for alert in told[-2:]] == ["20", "19"]
    assert {alert.labels["provider"] for alert in told} == {"aurora"}


def test_the_list_of_a_group_begins_with_the_worst_and_counts_who_is_safe_again() -> None:
    house = cut(street()).until("2026-01-12 08:00").revive("a3")
    fed_at = house.moment("2026-01-12 07:00") + 6
    house.tell(house.fed("a3", "07:00", planned="2026-01-12 07:00", sent=fed_at, replayed=True))
    house.reads("a5", outlet_blocked=True).until("2026-01-12 08:20")
    told = house.alerts("MealsAtRisk", "firing")[-1].annotations["description"]
    assert "1 feeder safe again, the last one acme/a3: confirmed at 08:00" in told
    assert "acme/a3 came" not in told


def test_news_of_a_feeder_after_its_incident_is_told_by_itself() -> None:
    house = Household("2026-01-12 06:00").feeder("a0", meal("07:00"), meal("12:30"))
    signs = house.engine.welfare.signs
    signs._cover = lambda _: ("incident", "i1")
    house.until("2026-01-12 07:20")
    assert house.firing() == ["MealsAtRisk"]
    signs._cover = lambda _: ("", "")
    house.until("2026-01-12 12:45")
    assert house.firing() == ["FeederMealMissed"]
    assert "told by itself, as the incident is over" in house.ended("MealsAtRisk")


def test_meals_told_one_by_one_fold_into_an_incident_that_opens_later() -> None:
    house = Household("2026-01-12 06:00").feeder("a0", meal("07:00"), provider="aurora")
    house.until("2026-01-12 07:15")
    assert house.firing() == ["FeederMealMissed"]
    device = house.device("a0")
    house.engine.welfare.signs._cover = lambda _: ("incident", "i1")
    told = house.engine.welfare.incident_opened(house.now)
    house.decisions += told
    assert house.ended("FeederMealMissed") == "folded into incident i1"
    assert device.welfare.signs["FeederMealMissed"].group
    house.until("2026-01-12 07:20")
    assert house.firing() == ["MealsAtRisk"]
    assert house.alerts("MealsAtRisk")[0].severity == "critical"


def test_jams_in_an_incident_stay_single_up_to_ten_and_one_that_is_single_stays_so() -> None:
    house = Household("2026-01-12 06:00")
    for number in range(12):
        house.feeder(f"a{number:02}", meal("18:00"))
    house.engine.welfare.signs._cover = lambda _: ("incident", "i1")
    for number in range(12):
        house.reads(f"a{number:02}", outlet_blocked=True)
    house.reads("a00", hopper_state="empty", hopper_pct=0)
    house.reads("a11", hopper_state="low").until("2026-01-12 07:19").reads("a11", hopper_state="low")
    house.until("2026-01-12 07:20")
    assert house.firing() == ["FeederHopperEmpty", "FeederHopperLow", *["FeederJammed"] * 10, "MealsAtRisk"]
    assert house.alerts("MealsAtRisk")[-1].summary.startswith("2 feeders")
    for number in range(12):
        house.reads(f"a{number:02}", outlet_blocked=False, hopper_state="ok", hopper_pct=90)
    house.until("2026-01-12 07:21")
    assert house.firing() == []
    assert house.engine.welfare.groups.save() == {"groups": [], "alone": []}


def test_what_is_told_one_by_one_stays_so_when_an_incident_opens_later() -> None:
    house = Household("2026-01-12 06:00").feeder("a0", meal("18:00")).reads("a0", outlet_blocked=True)
    house.reads("a0", hopper_state="low")
    house.engine.welfare.signs._cover = lambda _: ("incident", "i1")
    assert house.engine.welfare.incident_opened(house.now) == []


def test_a_feeder_whose_cloud_holds_the_plan_says_so() -> None:
    house = Household("2026-01-12 06:00")
    house.settle("a0", "feeder", replace(plan(meal("07:00")), held_by="cloud"))
    house.until("2026-01-12 06:30").die("a0").until("2026-01-12 07:20")
    assert "held by its cloud" in house.told("FeederMealUnconfirmed")
    schedule = house.device("a0").schedule
    assert schedule is not None
    assert longest_gap(schedule) == 86_400


def _last_meaning(house: Household) -> str:
    told = [each.incident.meaning for each in house.decisions if isinstance(each, IncidentChanged)]
    return told[-1]
