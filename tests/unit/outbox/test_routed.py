"""Routes at work, in virtual time: what leaves together, later, again, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from monitor.core.decisions import Alert
from monitor.core.routing import Addressee, RouteSettings, Routing
from tests.alerts import NOON, a_step, an_alert
from tests.unit.outbox.desk import DOWN, HOUR, Desk


def routed(*receivers: str, **route: Any) -> Desk:  # noqa: ANN401 -- any key of a route
    """A desk whose first receiver is told by one route; the others are only escalated to."""
    settings = RouteSettings.model_validate({"receivers": receivers[:1], **route})
    return Desk(*receivers, routing=Routing([Addressee(name) for name in receivers], [settings]))


def ended(alert: Alert, at: float) -> Alert:
    return replace(alert, state="resolved", ends_at=at)


async def test_a_storm_is_one_message() -> None:
    desk = routed("pager")
    async with desk.at_work() as pager:
        for number in range(50):
            await desk.owe(an_alert(f"feeder-{number}"))
            await desk.wait(0.5)
        assert pager.parcels == []
        await desk.wait(6)
        [(at, parcel)] = pager.parcels
        assert (at, len(parcel.alerts), parcel.reason) == (NOON + 30, 50, "grouped")
        await desk.owe(an_alert("straggler"))
        await desk.wait(31)
        assert [len(parcel.alerts) for _, parcel in pager.parcels] == [50, 1]


async def test_what_is_over_before_it_was_told_is_never_told() -> None:
    desk = routed("pager")
    async with desk.at_work() as pager:
        await desk.owe(an_alert())
        await desk.wait(10)
        await desk.owe(ended(an_alert(), desk.clock.now()))
        await desk.wait(HOUR)
        assert pager.tried == []
        assert desk.outbox.figures.owed["pager"] == 0


async def test_what_was_told_is_told_to_be_over() -> None:
    desk = routed("pager")
    async with desk.at_work() as pager:
        await desk.owe(an_alert())
        await desk.wait(31)
        await desk.owe(ended(an_alert(), desk.clock.now()))
        await desk.wait(31)
        assert pager.taken == ["feeder-1 firing", "feeder-1 resolved"]


async def test_it_is_told_again_until_somebody_acknowledges() -> None:
    desk = routed("pager", remind_seconds=1800)
    async with desk.at_work() as pager:
        await desk.owe(an_alert())
        await desk.wait(2 * HOUR)
        assert [parcel.reason for _, parcel in pager.parcels] == ["grouped", "reminder", "reminder", "reminder"]
        assert len(set(pager.keys)) == 4
        desk.acknowledged.add(an_alert().key)
        await desk.wait(3 * HOUR)
        assert len(pager.parcels) == 4
        await desk.owe(ended(an_alert(), desk.clock.now()))
        await desk.wait(31)
        assert pager.taken[-1] == "feeder-1 resolved"


async def test_reminders_of_a_storm_are_one_message_too() -> None:
    desk = routed("pager", remind_seconds=1800)
    async with desk.at_work() as pager:
        await desk.owe(*(an_alert(f"feeder-{number}") for number in range(20)))
        await desk.wait(HOUR)
        assert [len(parcel.alerts) for _, parcel in pager.parcels] == [20, 20]


async def test_others_are_told_when_nobody_acknowledges_in_time() -> None:
    desk = routed("pager", "boss", escalate_to=["boss"], escalate_seconds=900)
    async with desk.at_work():
        pager, boss = desk.receivers
        await desk.owe(an_alert("feeder-1"), an_alert("feeder-2"))
        await desk.wait(600)
        desk.acknowledged.add(an_alert("feeder-1").key)
        await desk.wait(600)
        assert boss.taken == ["feeder-2 firing"]
        await desk.owe(*(ended(an_alert(f"feeder-{number}"), desk.clock.now()) for number in (1, 2)))
        await desk.wait(31)
        assert boss.taken == ["feeder-2 firing", "feeder-2 resolved"]
        assert sorted(pager.taken[2:]) == ["feeder-1 resolved", "feeder-2 resolved"]


async def test_reminders_and_escalations_outlive_a_restart() -> None:
    desk = routed("pager", "boss", remind_seconds=1800, escalate_to=["boss"], escalate_seconds=900)
    async with desk.at_work():
        await desk.owe(an_alert())
        await desk.wait(60)
    async with desk.at_work():
        await desk.wait(HOUR)
    pager, boss = desk.receivers
    assert [parcel.reason for _, parcel in pager.parcels] == ["grouped", "reminder", "reminder"]
    assert [parcel.reason for _, parcel in boss.parcels] == ["escalation", "reminder"]


async def test_a_digest_is_one_message_for_each_period_and_leaves_on_time() -> None:
    desk = routed("pager", digest={"at": ["18:00"], "severity": ["warning"]})
    async with desk.at_work() as pager:
        for number in range(5):
            await desk.owe(an_alert(f"feeder-{number}"))
            await desk.wait(HOUR / 2)
        await desk.owe(ended(an_alert("feeder-0"), desk.clock.now()))
        await desk.wait(24 * HOUR)
        [(at, parcel)] = pager.parcels
        assert (at, parcel.reason, len(parcel.alerts)) == (NOON + 6 * HOUR, "digest", 4)


async def test_what_is_late_is_counted_from_when_it_should_have_left() -> None:
    desk = routed("pager")
    async with desk.at_work() as pager:
        pager.refusing = DOWN
        await desk.owe(an_alert())
        await desk.wait(10)
        assert desk.outbox.figures.oldest_owed_at == {}
        await desk.wait(60)
        assert desk.outbox.figures.oldest_owed_at == {"pager": NOON + 30}


async def test_what_concerns_another_tenant_is_refused_at_the_last_moment_too() -> None:
    desk = Desk("theirs", routing=Routing([Addressee("theirs", ("elsewhere",))]))
    await desk.store.commit(a_step(NOON, an_alert(), receivers=("theirs",)))
    async with desk.at_work() as theirs:
        desk.outbox.direct(an_alert(name="StoreFailing"))
        await desk.wait(HOUR)
        assert theirs.tried == []
        [letter] = await desk.store.dead_letters(limit=10)
        assert "another tenant" in letter.error


async def test_who_wants_a_sign_of_life_gets_it_and_nobody_else() -> None:
    desk = Desk("pager", "mail", watchdogs={"pager": 300})
    async with desk.at_work():
        await desk.wait(HOUR)
        pager, mail = desk.receivers
        assert len(pager.parcels) == 13
        assert {alert.name for _, parcel in pager.parcels for alert in parcel.alerts} == {"HearthbeatWatchdog"}
        assert len(set(pager.keys)) == 13
        assert mail.parcels == []


async def test_a_watchdog_waits_while_its_receiver_wants_to_be_left_alone() -> None:
    desk = Desk("pager", watchdogs={"pager": 10})
    async with desk.at_work() as pager:
        pager.refusing = DOWN
        await desk.wait(HOUR)
        assert len(pager.tried) < 120
