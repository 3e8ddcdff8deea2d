"""The alert about the disk does not wait for the disk."""

from __future__ import annotations

from tests.alerts import NOON, an_alert
from tests.unit.outbox.desk import DOWN, Desk


async def test_an_alert_about_the_disk_goes_out_while_the_disk_is_full() -> None:
    desk = Desk("pager", "unreadable")
    desk.store.full = True
    async with desk.at_work():
        desk.outbox.direct(an_alert(name="StoreFailing"))
        await desk.wait(0)
        assert [receiver.taken for receiver in desk.receivers] == [["feeder-1 firing"]] * 2


async def test_saying_it_again_sends_it_once_and_the_key_is_the_same_after_a_restart() -> None:
    desk = Desk("pager")
    for _ in range(2):
        async with desk.at_work():
            for _ in range(3):
                desk.outbox.direct(an_alert(name="StoreFailing"))
                await desk.wait(60)
    keys = desk.receivers[0].keys
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_a_later_episode_has_a_key_of_its_own() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        desk.outbox.direct(an_alert(name="StoreFailing", at=NOON))
        desk.outbox.direct(an_alert(name="StoreFailing", at=NOON, state="resolved"))
        desk.outbox.direct(an_alert(name="StoreFailing", at=NOON + 3600))
        await desk.wait(0)
        assert pager.taken == ["feeder-1 firing", "feeder-1 resolved", "feeder-1 firing"]
        assert len(set(pager.keys)) == 3


async def test_it_is_tried_until_the_receiver_takes_it() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        pager.refusing = DOWN
        desk.outbox.direct(an_alert(name="StoreFailing"))
        await desk.wait(600)
        pager.refusing = None
        await desk.wait(61)
        assert pager.taken == ["feeder-1 firing"]


async def test_after_one_failure_it_is_tried_again_within_a_second() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        pager.refusing = DOWN
        desk.outbox.direct(an_alert(name="StoreFailing"))
        await desk.wait(0)
        pager.refusing = None
        await desk.wait(1)
        assert pager.taken == ["feeder-1 firing"]


async def test_what_was_sent_directly_is_only_marked_when_it_comes_from_the_store_later() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        desk.outbox.direct(an_alert(name="StoreFailing"))
        await desk.wait(60)
        await desk.owe(an_alert(name="StoreFailing"))
        assert pager.taken == ["feeder-1 firing"]
        assert await desk.store.debts(4e9) == {}


async def test_a_direct_alert_refused_for_good_is_counted_and_dropped() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        pager.poisonous = "feeder-1"
        desk.outbox.direct(an_alert(name="StoreFailing"))
        await desk.wait(600)
        assert len(pager.tried) == 1
        assert desk.attempts("abandoned") == 1


async def test_a_store_that_fails_again_and_again_does_not_fill_the_memory() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        pager.refusing = DOWN
        for number in range(200):
            desk.outbox.direct(an_alert(name="StoreFailing", at=NOON + number))
        pager.refusing = None
        await desk.wait(61)
        assert len(pager.taken) == 64
        assert pager.parcels[-1][1].alerts[0].starts_at == NOON + 199
