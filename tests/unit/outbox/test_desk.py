"""What people ask of deliveries."""

from __future__ import annotations

import asyncio

from pydantic import TypeAdapter

from monitor.core.routing import Retried, Trial
from monitor.notifiers import Receivers
from monitor.outbox import Desk as PeoplesDesk
from tests.alerts import NOON, an_alert
from tests.unit.outbox.desk import DOWN, HOUR, Desk

CONFIGURED = TypeAdapter(Receivers).validate_python(
    [{"type": "console", "name": "pager"}, {"type": "console", "name": "mail", "tenants": ["home"]}]
)


def people(desk: Desk) -> PeoplesDesk:
    return PeoplesDesk(desk.store, desk.clock, desk.outbox, CONFIGURED)


async def trial(desk: Desk, receiver: str) -> Trial | None:
    """Ask for a trial, and let time pass until there is an answer."""
    asked = asyncio.create_task(people(desk).try_out(receiver))
    while not asked.done():
        await desk.wait(0.5)
    return await asked


async def test_a_trial_takes_the_real_way_is_marked_and_leaves_nothing_behind() -> None:
    desk = Desk("pager", "mail")
    async with desk.at_work() as pager:
        came = await trial(desk, "pager")
        assert came is not None
        assert (came.delivered, came.error) == (True, "")
        [[fires], [ends]] = [parcel.alerts for _, parcel in pager.parcels]
        assert (fires.name, fires.state, ends.state) == ("HearthbeatTest", "firing", "resolved")
        assert fires.summary.startswith("TEST, nothing is wrong")
        assert {parcel.reason for _, parcel in pager.parcels} == {"test"}
        assert desk.receivers[1].parcels == []
        await desk.wait(HOUR)
        assert len(pager.parcels) == 2
        assert (await desk.store.open()).alerts == []


async def test_a_trial_that_fails_says_why_and_is_tried_again() -> None:
    desk = Desk("pager", "mail")
    async with desk.at_work() as pager:
        pager.refusing = DOWN
        came = await trial(desk, "pager")
        assert came is not None
        assert (came.delivered, came.error) == (False, "answered 500")
        pager.refusing = None
        await desk.wait(60)
        assert len(pager.parcels) == 2


async def test_a_trial_of_a_receiver_that_takes_its_time_says_that_nothing_has_come_of_it() -> None:
    desk = Desk("pager", "mail")
    desk.receivers[0].seconds = 60
    async with desk.at_work():
        came = await trial(desk, "pager")
        assert came is not None
        assert (came.delivered, "nothing has come of it yet" in came.error) == (False, True)


async def test_a_receiver_that_is_not_there_cannot_be_tried() -> None:
    assert await people(Desk("pager")).try_out("pgaer") is None


async def test_every_receiver_says_how_it_is() -> None:
    desk = Desk("pager", "mail")
    async with desk.at_work() as pager:
        await desk.owe(an_alert("feeder-1"))
        await desk.wait(60)
        pager.refusing = DOWN
        await desk.owe(an_alert("feeder-2"))
        await desk.wait(60)
        sick, well = await people(desk).receivers()
    assert (sick.name, sick.owed, sick.overdue_since, sick.last_success_at) == ("pager", 1, NOON + 60, NOON)
    assert (sick.last_error, sick.dead) == ("answered 500", 0)
    assert (well.tenants, well.trust, well.owed) == (("home",), "own", 0)
    assert (well.overdue_since, well.last_error_at) == (None, None)
    async with desk.at_work():
        sick, _ = await people(desk).receivers()
    assert sick.last_success_at == NOON, "what the store knows outlives a restart"


async def test_what_was_given_up_is_listed_and_tried_again() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        pager.poisonous = "feeder-1"
        await desk.owe(an_alert("feeder-1"))
        [letter] = await people(desk).dead_letters(10)
        assert desk.outbox.figures.dead == {"pager": 1}
        pager.poisonous = ""
        assert await people(desk).retry([letter.id]) == Retried(1, 0, 0)
        await desk.wait(0)
        assert pager.taken == ["feeder-1 firing"]
        assert await people(desk).dead_letters(10) == []
        [sent] = await people(desk).deliveries_of(an_alert("feeder-1").key, 10)
        assert (sent.outcome, sent.attempts) == ("delivered", 1)
