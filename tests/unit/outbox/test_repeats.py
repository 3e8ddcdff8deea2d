"""Receivers that forget are told again: what fires, and for a while what ended."""

from __future__ import annotations

from tests.alerts import NOON, an_alert
from tests.unit.outbox.desk import DOWN, HOUR, Desk


async def test_a_firing_alert_is_told_again_every_minute_until_it_ends() -> None:
    desk = Desk("am", resend_seconds=60)
    async with desk.at_work() as am:
        await desk.owe(an_alert())
        await desk.wait(10 * 60 + 1)
        assert am.taken == ["feeder-1 firing"] * 11
        assert len(set(am.keys)) == 11


async def test_a_resolution_is_told_again_for_five_minutes() -> None:
    desk = Desk("am", resend_seconds=60)
    async with desk.at_work() as am:
        await desk.owe(an_alert())
        await desk.wait(30)
        await desk.owe(an_alert(state="resolved", at=desk.clock.now()))
        await desk.wait(HOUR)
        assert am.taken == ["feeder-1 firing"] + ["feeder-1 resolved"] * 6
        assert am.parcels[-1][0] - NOON <= 330


async def test_an_alert_that_returns_is_no_longer_told_as_resolved() -> None:
    desk = Desk("am", resend_seconds=60)
    async with desk.at_work() as am:
        await desk.owe(an_alert())
        await desk.wait(5)
        await desk.owe(an_alert(state="resolved", at=desk.clock.now()))
        await desk.wait(5)
        await desk.owe(an_alert(at=desk.clock.now()))
        before = len(am.parcels)
        await desk.wait(180)
        assert set(am.taken[before:]) == {"feeder-1 firing"}


async def test_nothing_is_repeated_that_was_never_delivered_from_the_disk() -> None:
    desk = Desk("am", resend_seconds=60)
    async with desk.at_work() as am:
        undecided = an_alert()
        desk.firing[undecided.key] = undecided
        await desk.wait(600)
        assert am.parcels == []


async def test_an_alert_that_fires_anew_is_not_repeated_before_it_is_delivered_anew() -> None:
    desk = Desk("am", resend_seconds=60)
    async with desk.at_work() as am:
        await desk.owe(an_alert())
        await desk.owe(an_alert(state="resolved", at=desk.clock.now()))
        undecided = an_alert(at=desk.clock.now())
        desk.firing[undecided.key] = undecided
        await desk.wait(600)
        assert am.taken.count("feeder-1 firing") == 1


async def test_an_alert_that_ended_unnoticed_and_fires_anew_waits_for_its_delivery_too() -> None:
    desk = Desk("am", resend_seconds=60)
    async with desk.at_work() as am:
        await desk.owe(an_alert())
        ended = desk.firing.popitem()
        await desk.wait(61)
        desk.firing.update([ended])
        await desk.wait(600)
        assert am.taken == ["feeder-1 firing"]


async def test_what_fires_at_the_start_is_told_at_once() -> None:
    desk = Desk("am", resend_seconds=60)
    async with desk.at_work() as am:
        await desk.owe(an_alert())
    am.parcels.clear()
    async with desk.at_work():
        assert am.taken == ["feeder-1 firing"]


async def test_repeats_go_on_while_the_store_fails() -> None:
    desk = Desk("unreadable", resend_seconds=60)
    async with desk.at_work() as am:
        await desk.owe(an_alert())
        am.parcels.clear()
        desk.store.full = True
        await desk.wait(301)
        assert am.taken == ["feeder-1 firing"] * 5


async def test_a_failing_receiver_is_not_pressed_with_repeats() -> None:
    desk = Desk("am", resend_seconds=5)
    async with desk.at_work() as am:
        await desk.owe(an_alert())
        am.refusing = DOWN
        await desk.wait(HOUR)
        assert 60 <= len(am.tried) < 130
        assert desk.clock.waits < 500
        am.refusing = None
        await desk.wait(66)
        assert am.taken[-1] == "feeder-1 firing"
