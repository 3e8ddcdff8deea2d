"""Who is told what, and when."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.core.alert_kinds import ALERTS
from monitor.core.decisions import AlertOwed, IncidentChanged
from monitor.core.routing import Addressee, Routing
from monitor.core.routing.kinds import KINDS, NEVER_HELD, WELFARE, kinds_of
from tests.unit.core.routing.alerts import NOON, alert, at, incident, over, routing, told

NIGHT = at("2026-01-15 23:00")
QUIET = {"start": "22:00", "end": "07:00"}
AM = Addressee("am", routed=False)


def test_without_routes_everybody_is_told_at_once() -> None:
    assert told(routing(), alert()) == {"phone": 0, "mail": 0, "boss": 0}


@pytest.mark.parametrize(
    "route",
    [
        {"severity": ["warning"]},
        {"tenant": ["acme"]},
        {"kind": ["feeder"]},
        {"kind": ["device"]},
        {"alerts": ["Device*"]},
        {"match": {"site": "s-?", "severity": "warning"}},
    ],
)
def test_a_route_takes_what_fits_and_leaves_the_rest_to_the_next(route: dict[str, Any]) -> None:
    way = routing({**route, "group_wait_seconds": 0}, {"receivers": ["mail"], "group_wait_seconds": 0})
    assert told(way, alert(site="s-1")) == {"phone": 0}
    other = alert("MonitorBlind", "critical", tenant="", device="", kind="")
    assert told(way, other) == {"mail": 0}


def test_what_no_route_takes_goes_to_everybody() -> None:
    assert told(routing({"severity": ["critical"]}), alert()) == {"phone": 0, "mail": 0, "boss": 0}


def test_a_route_can_let_the_next_one_add_receivers_and_each_is_told_once_and_as_early_as_any_says() -> None:
    also = routing(
        {"also_next": True, "group_wait_seconds": 60}, {"receivers": ["phone", "mail"], "group_wait_seconds": 10}
    )
    assert told(also, alert()) == {"phone": 10, "mail": 10}


def test_the_kind_of_the_incident_is_a_kind_too() -> None:
    meals = alert("MealsAtRisk", "critical", device="", incident="i-1", kind="")
    assert kinds_of(meals, incident()) >= {"welfare", "outage"}
    assert kinds_of(alert("ProviderOutage", device="", kind=""), None) >= {"outage"}


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_every_alert_is_of_a_kind_that_a_route_can_ask_for(name: str) -> None:
    assert kinds_of(alert(name), None) & set(KINDS)


def test_alerts_that_nothing_holds_exist() -> None:
    assert NEVER_HELD - ALERTS.keys() == set()


def test_a_storm_is_one_group_and_groups_can_be_told_apart_by_labels() -> None:
    one, other = alert(site="s-1"), alert(device="acme/feeder-2", site="s-2")
    way = routing({})
    assert [owed.bundle for owed in way.owed(one, NOON, None)] == [owed.bundle for owed in way.owed(other, NOON, None)]
    apart = routing({"group_by": ["site"]})
    assert apart.owed(one, NOON, None)[0].bundle != apart.owed(other, NOON, None)[0].bundle
    assert told(way, one) == {"phone": 30}


def test_an_alertmanager_gets_everything_at_once_whatever_the_routes_say() -> None:
    way = routing({"severity": ["critical"], "digest": {"at": ["09:00"]}}, receivers=("phone", AM))
    assert told(way, alert(severity="critical"))["am"] == 0
    assert told(way, alert())["am"] == 0
    assert told(way, over(alert()))["am"] == 0


class TestTenants:
    """A receiver that is bound to a tenant learns of nothing else."""

    BOUND = Addressee("acme-phone", ("acme",))

    def test_it_is_told_of_its_own_only_without_routes(self) -> None:
        way = routing(receivers=(self.BOUND, "all"))
        assert told(way, alert()) == {"acme-phone": 0, "all": 0}
        assert told(way, alert(tenant="other")) == {"all": 0}
        assert told(way, alert("ProviderOutage", tenant="")) == {"all": 0}
        assert told(way, over(alert(tenant="other"))) == {"all": 0}

    def test_a_route_that_leads_to_nobody_who_may_know_is_passed_by(self) -> None:
        way = routing({"receivers": ["acme-phone"]}, receivers=(self.BOUND, "all"))
        assert told(way, alert(tenant="other")) == {"all": 0}

    def test_a_receiver_that_is_bound_is_not_reminded_of_others(self) -> None:
        way = routing({"receivers": ["all"], "remind_seconds": 60}, receivers=(self.BOUND, "all"))
        assert way.reminder(alert(tenant="other"), "acme-phone", NOON, None) is None

    def test_a_route_tells_only_those_of_its_receivers_who_may_know(self) -> None:
        route = {"receivers": ["all", "acme-phone"], "escalate_to": ["acme-phone"], "escalate_seconds": 60}
        way = routing(route, receivers=(self.BOUND, "all"))
        assert told(way, alert(tenant="other")) == {"all": 30}

    def test_a_sign_of_life_is_about_nobody(self) -> None:
        assert self.BOUND.may_know(alert("HearthbeatWatchdog", tenant=""))


class TestQuietHours:
    """The night belongs to those who sleep, unless somebody may come to harm."""

    def test_what_can_wait_goes_out_in_the_morning_as_one_message(self) -> None:
        way = routing({"quiet_hours": QUIET})
        [owed] = way.owed(alert(), NIGHT, None)
        assert (owed.due_at, owed.reason, owed.joins) == (at("2026-01-16 07:00"), "quiet", True)
        assert told(way, alert()) == {"phone": 30}

    def test_quiet_hours_are_local(self) -> None:
        way = routing({"quiet_hours": {**QUIET, "zone": "America/New_York"}})
        assert told(way, alert(), when=NIGHT) == {"phone": 30}
        [owed] = way.owed(alert(), at("2026-01-16 05:00"), None)
        assert owed.due_at == at("2026-01-16 12:00")

    def test_critical_alerts_are_held_only_if_somebody_asked_for_it(self) -> None:
        blind = alert("MonitorBlind", "critical", tenant="", device="", kind="")
        assert told(routing({"quiet_hours": QUIET}), blind, when=NIGHT) == {"phone": 30}
        held = routing({"quiet_hours": {**QUIET, "severity": ["critical"]}})
        assert told(held, blind, when=NIGHT) == {"phone": 8 * 3600}

    @pytest.mark.parametrize("name", sorted(name for name in ALERTS if name.startswith(WELFARE)))
    def test_missed_meals_jams_and_freezing_are_never_held_nor_put_into_a_digest(self, name: str) -> None:
        everything = ["critical", "warning", "info"]
        way = routing({"quiet_hours": {**QUIET, "severity": everything}, "digest": {"at": ["09:00"], "severity": []}})
        digest = routing({"digest": {"at": ["09:00"], "severity": everything}})
        harm = alert(name, ALERTS[name].severity)
        at_once = name in NEVER_HELD or harm.severity == "critical"
        assert (told(way, harm, when=NIGHT) == {"phone": 30}) is at_once
        assert (told(digest, harm) == {"phone": 30}) is at_once


class TestDigest:
    """What can wait is told at fixed times."""

    def test_it_goes_out_at_the_next_of_its_times(self) -> None:
        way = routing({"digest": {"at": ["09:00", "17:00"], "zone": "Europe/Berlin"}})
        [owed] = way.owed(alert(severity="info"), NOON, None)
        assert (owed.due_at, owed.reason) == (at("2026-01-15 16:00"), "digest")
        assert told(way, alert()) == {"phone": 30}

    def test_nobody_escalates_or_reminds_of_what_could_wait(self) -> None:
        low = alert(severity="info")
        way = routing(
            {"digest": {"at": ["09:00"]}, "escalate_to": ["boss"], "escalate_seconds": 60, "remind_seconds": 60}
        )
        assert [owed.receiver for owed in way.owed(low, NOON, None)] == ["phone"]
        assert way.reminder(low, "phone", NOON, None) is None


class TestEscalation:
    """Others are told when nobody acknowledges in time."""

    WAY = routing({"escalate_to": ["boss"], "escalate_seconds": 900, "remind_seconds": 3600, "quiet_hours": QUIET})

    def test_it_counts_from_the_moment_when_the_first_are_told(self) -> None:
        assert told(self.WAY, alert()) == {"phone": 30, "boss": 930}
        night = self.WAY.owed(alert(), NIGHT, None)
        assert night[1].due_at == at("2026-01-16 07:15")

    def test_what_somebody_took_on_already_is_not_escalated(self) -> None:
        assert told(self.WAY, alert(incident="i-1"), within=incident(acknowledged_at=NOON)) == {"phone": 30}

    def test_a_storm_that_escalates_makes_few_messages(self) -> None:
        moments = {self.WAY.owed(alert(device=f"acme/f-{n}"), NOON + n, None)[1].due_at for n in range(1, 300)}
        assert len(moments) == 10, "one for each time that grouping waits"


class TestReminders:
    """Told again while it fires."""

    def test_who_was_told_is_told_again(self) -> None:
        way = TestEscalation.WAY
        assert way.reminder(alert(), "phone", NOON, None) == NOON + 3600
        assert way.reminder(alert(), "boss", NOON, None) == NOON + 3600

    def test_nobody_is_reminded_at_night(self) -> None:
        assert TestEscalation.WAY.reminder(alert(), "phone", NIGHT, None) == at("2026-01-16 07:00")

    @pytest.mark.parametrize("receiver", ["mail", "am", "gone"])
    def test_nobody_else_is_told_again(self, receiver: str) -> None:
        way = routing({"remind_seconds": 3600}, {"receivers": ["mail"]}, receivers=("phone", "mail", AM))
        assert way.reminder(alert(), receiver, NOON, None) is None

    def test_of_what_is_over_nobody_is(self) -> None:
        assert TestEscalation.WAY.reminder(over(alert()), "phone", NOON, None) is None

    def test_without_grouping_the_moment_is_exact(self) -> None:
        way = routing({"remind_seconds": 61, "group_wait_seconds": 0})
        assert way.reminder(alert(), "phone", NOON, None) == NOON + 61


class TestEnds:
    """What is over is told to whoever heard that it fires."""

    def test_everybody_who_may_have_been_told_gets_the_end(self) -> None:
        ends = routing({"group_wait_seconds": 0}).owed(over(alert()), NOON, None)
        assert {owed.receiver for owed in ends} == {"phone", "mail", "boss"}
        assert all(owed.if_told for owed in ends)

    def test_the_end_of_what_went_past_the_store_goes_to_all(self) -> None:
        ends = routing().owed(over(alert("StoreFailing", device="", kind="", tenant="")), NOON, None)
        assert not any(owed.if_told for owed in ends)

    def test_a_silenced_alert_is_owed_to_nobody_but_its_end_to_whoever_was_told(self) -> None:
        letters = routing().letters(
            [
                AlertOwed(NOON, alert(), "s-1"),
                AlertOwed(NOON, over(alert("StoreFailing")), "s-1"),
                AlertOwed(NOON, alert()),
            ],
            {},
        )
        assert [len(letter.to) for letter in letters] == [0, 3, 3]
        assert all(owed.if_told for owed in letters[1].to)


def test_who_keeps_incidents_of_its_own_hears_that_somebody_took_one_on() -> None:
    pager = Addressee("pager", acknowledges=True)
    way = Routing([pager, Addressee("mail"), Addressee("theirs", ("other",), acknowledges=True)])
    firing = [alert(incident="i-1"), alert(device="acme/feeder-2")]
    changed = IncidentChanged(NOON, "acknowledged", incident(acknowledged_at=NOON))
    [letter] = way.letters([changed, IncidentChanged(NOON, "updated", incident())], {}, firing)
    assert letter.decided.alert == firing[0]
    assert [(owed.receiver, owed.reason, owed.if_told) for owed in letter.to] == [("pager", "acknowledged", True)]
