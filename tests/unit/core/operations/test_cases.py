"""Incidents of single devices, of harm and of the monitor itself."""

from dataclasses import replace
from typing import Literal

import pytest

from monitor.core.decisions import (
    Alert,
    AlertOwed,
    Incident,
    IncidentChanged,
    IncidentLogged,
    LossRecorded,
    MealSettled,
)
from monitor.core.engine import EngineSettings
from monitor.core.observations import DeviceRemoved, Flooding
from monitor.core.operations.acts import IncidentAcknowledged, IncidentResolvedByHand, WindowSet
from monitor.core.operations.cases import MOST_ENDED, Cases
from monitor.core.operations.settings import IncidentSettings
from monitor.core.operations.windows import Window
from monitor.devices.events import FaultChanged
from tests.timeline import Timeline, alert
from tests.unit.core.welfare.household import Household, meal, plan

JAM = FaultChanged("jam", raised=True)
CLEARED = FaultChanged("jam", raised=False)
EVERYTHING = EngineSettings(incidents=IncidentSettings(devices_from="warning"))


def changes(house: Household, kind: str = "") -> list[tuple[str, str]]:
    made = [each for each in house.decisions if isinstance(each, IncidentChanged)]
    return [(each.state, each.incident.summary) for each in made if kind in ("", each.incident.kind)]


def owed(house: Household, name: str) -> list[Alert]:
    return [each.alert for each in house.decisions if isinstance(each, AlertOwed) and each.alert.name == name]


def story(house: Household, incident: str) -> list[str]:
    return [each.text for each in house.decisions if isinstance(each, IncidentLogged) and each.incident == incident]


def open_case(house: Household) -> Incident:
    (case,) = house.engine.desk.open.values()
    return case


@pytest.fixture
def jammed() -> Household:
    house = Household("2026-01-12 06:00").feeder("f1", meal("12:00")).until("2026-01-12 06:30")
    return house.happened(JAM).until("2026-01-12 06:40")


def test_harm_is_an_incident_of_its_own_that_its_alerts_belong_to(jammed: Household) -> None:
    case = open_case(jammed)
    assert (case.kind, case.layer, dict(case.scope)) == ("welfare", "device", {"tenant": "acme", "device": "f1"})
    assert (case.devices, case.silent, case.resolved_at) == (1, 0, None)
    (fired,) = owed(jammed, "FeederJammed")
    assert fired.incident == case.id
    assert case.summary == fired.summary
    assert jammed.engine.alerts[fired.key].incident == case.id
    assert jammed.engine.incidents == {}, "no outage"
    jammed.happened(CLEARED).until("2026-01-12 06:50")
    assert [state for state, _ in changes(jammed)] == ["opened", "resolved"]
    assert changes(jammed)[-1][1].startswith("device acme/f1: over after ")
    assert [each.incident for each in owed(jammed, "FeederJammed")] == [case.id, case.id]
    assert jammed.engine.desk.open == {}
    told = story(jammed, case.id)
    assert told[0] == f"opened: {case.summary}"
    assert told[1] == f"FeederJammed: {case.summary}"
    assert told[2] == f"FeederJammed (critical): {case.summary}"


def test_a_device_has_one_incident_for_all_that_ails_it(jammed: Household) -> None:
    jammed.signs_of_life("f1", power_source="battery", battery_ratio=0.05).until("2026-01-12 07:30")
    case = open_case(jammed)
    assert "DeviceBatteryLow" in {alert.name for alert in jammed.engine.alerts.values() if alert.incident == case.id}
    assert case.evidence[0].source == "FeederJammed", "the worst first"
    assert "; and 2 other signs" in case.summary
    jammed.happened(CLEARED).until("2026-01-12 07:40")
    assert open_case(jammed).id == case.id, "something is left"
    assert open_case(jammed).evidence[0].source != "FeederJammed"
    jammed.signs_of_life("f1", power_source="mains", battery_ratio=0.9).until("2026-01-12 08:00")
    assert jammed.engine.desk.open == {}


def test_trouble_that_comes_back_soon_is_the_same_incident_and_later_is_another(jammed: Household) -> None:
    first = open_case(jammed)
    jammed.happened(CLEARED).until("2026-01-12 06:50").happened(JAM).until("2026-01-12 07:00")
    again = open_case(jammed)
    assert (again.id, again.opened_at, again.reopened) == (first.id, first.opened_at, 1)
    assert changes(jammed)[-1][0] == "reopened"
    jammed.happened(CLEARED).until("2026-01-12 08:00").happened(JAM).until("2026-01-12 08:10")
    assert open_case(jammed).id != first.id
    assert changes(jammed)[-1][0] == "opened"


def test_a_case_outlasts_a_restart_and_one_whose_alerts_are_gone_is_over(jammed: Household) -> None:
    case = open_case(jammed)
    jammed.tell(IncidentAcknowledged(case.id, jammed.now, "ada"))
    jammed.restarted()
    assert open_case(jammed).acknowledged_by == "ada"
    jammed.happened(CLEARED).until("2026-01-12 06:50").restarted().happened(JAM).until("2026-01-12 07:00")
    assert open_case(jammed).id == case.id, "that it ended is remembered too"
    jammed.engine.alerts.clear()  # type: ignore[attr-defined]  # as if their rows were lost
    jammed.restarted()
    assert jammed.engine.desk.open == {}
    assert changes(jammed)[-1][1].endswith("none of its alerts fires any longer")


def test_somebody_declares_a_case_over_and_its_alerts_end_with_it(jammed: Household) -> None:
    case = open_case(jammed)
    jammed.tell(IncidentResolvedByHand(case.id, jammed.now, "ada", "cleared it myself"))
    assert owed(jammed, "FeederJammed")[-1].annotations["resolution"] == "declared over by hand"
    assert jammed.engine.alerts == {}
    assert jammed.engine.desk.open == {}
    known = jammed.engine.desk.find(case.id)
    assert known is not None
    assert (known.resolved_by, known.summary.endswith("declared over by hand: cleared it myself")) == ("ada", True)
    jammed.happened(CLEARED).until("2026-01-12 06:50")
    assert len(owed(jammed, "FeederJammed")) == 2


def silent_device(settings: EngineSettings | None = None) -> Timeline:
    timeline = Timeline(settings)
    for number in range(6):
        timeline.info(f"d{number}", kind="feeder", provider="aurora", site=f"s{number}")
        timeline.heartbeats(f"d{number}", start=f"{number}s", until="2h" if number else "10m")
    return timeline.at("20m").expect(alert("DeviceOffline", device="d0"))


def test_a_warning_about_one_device_is_no_incident_until_somebody_takes_care_of_it() -> None:
    timeline = silent_device()
    assert timeline.engine.desk.open == {}
    assert timeline.alerts("DeviceOffline")[0].incident == ""
    timeline.tell(IncidentAcknowledged("device/acme/d0/offline", timeline.now, "ada")).at("21m")
    (case,) = timeline.engine.desk.open.values()
    assert (case.kind, case.silent, case.acknowledged_by) == ("device", 1, "ada")
    timeline.tell(IncidentAcknowledged("device/acme/d0/offline", timeline.now, "bob")).at("22m")
    timeline.heartbeats("d0", until="2h").at("30m")
    (ended,) = timeline.alerts("DeviceOffline", "resolved")
    assert ended.incident == case.id
    (over,) = timeline.incidents("resolved", kind="device")
    assert over.acknowledged_by == "ada"


def test_where_warnings_are_asked_for_an_offline_device_is_an_incident_at_once() -> None:
    timeline = silent_device(EVERYTHING)
    (case,) = timeline.engine.desk.open.values()
    assert timeline.alerts("DeviceOffline")[0].incident == case.id


def test_a_device_declared_over_by_hand_is_not_announced_again_by_a_restart() -> None:
    timeline = silent_device(EVERYTHING)
    (case,) = timeline.engine.desk.open.values()
    timeline.tell(IncidentResolvedByHand(case.id, timeline.now, "ada")).at("21m").restarted().at("40m")
    assert [each.state for each in timeline.alerts("DeviceOffline")] == ["firing", "resolved"]
    timeline.tell(DeviceRemoved("acme/d0", timeline.now, "info"), DeviceRemoved("acme/d0", timeline.now, "status"))
    timeline.at("41m")


def test_an_alert_about_a_stranger_that_is_over_can_be_closed_too() -> None:
    timeline = Timeline(EVERYTHING).tell(Flooding("acme/x", Timeline().now, on=True, dropped=9)).at("1m")
    (case,) = timeline.engine.desk.open.values()
    timeline.tell(IncidentResolvedByHand(case.id, timeline.now, "ada")).at("2m")
    assert timeline.engine.desk.open == {}


def test_an_acknowledged_alert_about_nothing_single_stays_an_alert() -> None:
    timeline = silent_device()
    before = timeline.engine.alerts["device/acme/d0/offline"]
    odd = Alert("odd", "MealsAtRisk", "firing", "critical", {}, {"summary": "odd"}, timeline.now)
    timeline.engine.alerts["odd"] = odd  # type: ignore[index]
    timeline.tell(IncidentAcknowledged("odd", timeline.now, "ada")).at("21m")
    assert timeline.engine.desk.open == {}
    assert timeline.engine.alerts["device/acme/d0/offline"] == before


def test_too_many_cases_are_only_alerts_and_are_counted() -> None:
    cases = Cases(IncidentSettings(most_open=10))
    for number in range(12):
        labels = {"tenant": "acme", "device": f"f{number}"}
        jam = Alert(f"welfare/acme/f{number}/x", "FeederJammed", "firing", "critical", labels, {"summary": "x"}, 1.0)
        cases.fired(jam, 2.0)
    assert (len(cases.open), cases.refused) == (10, 2)
    own = Alert("monitor/store", "StoreFailing", "firing", "critical", {}, {"summary": "disk"}, 1.0)
    assert cases.fired(own, 2.0)[0] in cases.open, "the monitor itself always"


def test_only_so_many_cases_that_ended_are_remembered() -> None:
    cases = Cases(IncidentSettings())
    for number in range(MOST_ENDED + 5):
        labels = {"tenant": "acme", "device": f"f{number}"}
        jam = Alert(f"welfare/acme/f{number}/x", "FeederJammed", "firing", "critical", labels, {"summary": "x"}, 1.0)
        cases.fired(jam, 2.0)
        cases.cleared(jam, 3.0)
    assert len(cases.ended) == MOST_ENDED


def test_the_monitors_own_trouble_is_one_incident() -> None:
    timeline = silent_device().link(up=False).at("30m")
    (case,) = timeline.engine.desk.open.values()
    assert (case.kind, case.layer, case.devices) == ("monitor", "monitor", 0)
    assert timeline.alerts("MonitorBlind")[0].incident == case.id
    timeline.link(up=True).at("31m")
    (over,) = timeline.incidents("resolved", kind="monitor")
    assert over.summary.startswith("the monitor: over after ")


def street() -> Household:
    house = Household("2026-01-12 06:00")
    for number in range(8):
        schedule = plan(meal("07:00"))
        house.settle(f"a{number}", "feeder", schedule, provider="aurora", site=f"a{number}", power="mains")
        house.settle(f"b{number}", "generic", provider="borealis", site=f"b{number}")
    return house.until("2026-01-12 06:40")


def test_harm_within_an_outage_belongs_to_the_outage_and_outlasts_it_as_its_own() -> None:
    house = street().die(*(f"a{number}" for number in range(8))).until("2026-01-12 06:50")
    (outage,) = house.engine.incidents.values()
    house.happened(JAM, "a0").until("2026-01-12 07:50")
    assert owed(house, "FeederJammed")[0].incident == outage.id
    assert list(house.engine.desk.open) == [outage.id]
    lost = [each for each in house.decisions if isinstance(each, LossRecorded)]
    assert ("acme/a0", "FeederJammed", "showing") in {(each.device, each.what, each.outcome) for each in lost}
    meals = {each.device for each in lost if each.what == "meal 07:00" and each.outcome == "unconfirmed"}
    assert meals >= {f"acme/a{number}" for number in range(1, 8)}
    assert {each.incident for each in lost} == {outage.id}
    house.revive(*(f"a{number}" for number in range(8))).until("2026-01-12 08:30")
    assert house.engine.incidents == {}
    case = open_case(house)
    assert (case.kind, case.scope["device"], case.related) == ("welfare", "a0", (outage.id,))
    assert next(alert for alert in house.engine.alerts.values() if alert.name == "FeederJammed").incident == case.id


def test_what_is_only_a_warning_does_not_outlast_its_outage_as_an_incident() -> None:
    house = street().die(*(f"a{number}" for number in range(8))).until("2026-01-12 06:50")
    house.engine.desk.follow([AlertOwed(house.now, low := warning("a0"))])
    (outage,) = house.engine.incidents.values()
    house.engine.alerts[low.key] = replace(low, incident=outage.id)  # type: ignore[index]
    house.revive(*(f"a{number}" for number in range(8))).until("2026-01-12 07:02")
    assert house.engine.incidents == {}
    assert house.engine.desk.open == {}


def warning(device: str, state: Literal["firing", "resolved"] = "firing") -> Alert:
    labels = {"tenant": "acme", "device": device}
    return Alert(f"welfare/acme/{device}/low", "FeederHopperLow", state, "warning", labels, {"summary": "low"}, 1.0)


def test_a_meal_that_is_settled_when_its_outage_is_over_belongs_to_it_still() -> None:
    house = street().die(*(f"a{number}" for number in range(8))).until("2026-01-12 08:20")
    house.revive(*(f"a{number}" for number in range(8))).until("2026-01-12 09:00")
    (outage,) = (
        each.incident for each in house.decisions if isinstance(each, IncidentChanged) and each.state == "resolved"
    )
    assert house.engine.incidents == {}
    for device, outcome in (("a3", "failed"), ("b3", "missed")):
        made = MealSettled(f"acme/{device}", house.now, "x", outage.started_at + 600, outcome)
        followed = house.engine.desk.follow([made])
        belongs = [each.incident for each in followed if isinstance(each, LossRecorded)]
        assert belongs == ([outage.id] if device == "a3" else [])
    late = MealSettled("acme/a3", house.now, "y", outage.started_at - 600, "missed")
    assert house.engine.desk.follow([late]) == [late]


def test_an_alert_that_begins_and_ends_in_one_step_begins_and_ends_its_incident() -> None:
    house = Household("2026-01-12 06:00").feeder("f1", meal("12:00"))
    begun = replace(warning("f1"), severity="critical")
    over = replace(begun, state="resolved", annotations={"summary": "low", "resolution": "refilled"})
    made = house.engine.desk.follow([AlertOwed(house.now, begun), AlertOwed(house.now, over)])
    assert [each.state for each in made if isinstance(each, IncidentChanged)] == ["opened", "resolved"]
    first, second = (each.alert for each in made if isinstance(each, AlertOwed))
    assert first.incident == second.incident != ""
    again = house.engine.desk.follow([AlertOwed(house.now, replace(begun, labels={**begun.labels, "device": "f2"}))])
    assert [each.state for each in again if isinstance(each, IncidentChanged)] == ["opened"], "another device"


def test_the_same_words_again_are_no_news(jammed: Household) -> None:
    (fired,) = owed(jammed, "FeederJammed")
    made = jammed.engine.desk.follow([AlertOwed(jammed.now, fired)])
    assert [each for each in made if isinstance(each, IncidentChanged)] == []


def test_a_device_that_leaves_the_fleet_takes_its_incident_along(jammed: Household) -> None:
    jammed.tell(DeviceRemoved("acme/f1", jammed.now, "info"), DeviceRemoved("acme/f1", jammed.now, "status"))
    assert jammed.engine.desk.open == {}
    assert changes(jammed)[-1][1].endswith("the device was removed from the fleet")


def test_a_device_that_moves_out_of_maintenance_tells_what_is_wrong_with_it() -> None:
    house = Household("2026-01-12 06:00").feeder("f1", meal("12:00"), provider="aurora")
    house.tell(WindowSet(Window("w", {"provider": "aurora"}, house.now, house.now + 9e4, "ada"), house.now))
    house.until("2026-01-12 06:10").happened(JAM).until("2026-01-12 06:20")
    assert owed(house, "FeederJammed") == []
    house.settle("f1", "feeder", provider="boreal")
    (fired,) = owed(house, "FeederJammed")
    assert fired.incident == open_case(house).id


def test_a_meal_that_comes_is_no_loss() -> None:
    house = Household("2026-01-12 06:00").feeder("f1", meal("06:30")).until("2026-01-12 06:31")
    house.tell(house.fed("f1", "06:30", planned="2026-01-12 06:30"))
    house.until("2026-01-12 07:00")
    assert house.outcome("2026-01-12 06:30") == "dispensed"
    assert [each for each in house.decisions if isinstance(each, LossRecorded)] == []


def test_a_meal_that_came_after_all_corrects_what_was_recorded() -> None:
    house = street().die(*(f"a{number}" for number in range(8))).until("2026-01-12 08:20")
    house.revive(*(f"a{number}" for number in range(8))).until("2026-01-12 08:21")
    planned = house.moment("2026-01-12 07:00")
    house.tell(house.fed("a3", "07:00", planned="2026-01-12 07:00", sent=planned, replayed=True))
    house.until("2026-01-12 08:25")
    corrected = [each for each in house.decisions if isinstance(each, LossRecorded) and not each.incident]
    assert [(each.device, each.what, each.since) for each in corrected] == [("acme/a3", "meal 07:00", planned)]
    assert corrected[0].outcome not in ("unconfirmed", "missed")


def test_a_jam_that_is_cleared_is_recorded_as_over(jammed: Household) -> None:
    jammed.happened(CLEARED).until("2026-01-12 06:50")
    lost = [each for each in jammed.decisions if isinstance(each, LossRecorded)]
    assert [(each.what, each.outcome, bool(each.incident)) for each in lost] == [
        ("FeederJammed", "showing", True),
        ("FeederJammed", "over", False),
    ]
