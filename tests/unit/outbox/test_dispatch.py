"""What is owed arrives, whatever happens in between; all in virtual time."""

from __future__ import annotations

import pytest
import structlog.testing

from monitor.outbox import OutboxSettings
from tests.alerts import NOON, a_step, an_alert
from tests.unit.outbox.desk import DOWN, HOUR, Desk


async def test_an_owed_alert_goes_out_at_once_and_only_once() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        await desk.owe(an_alert())
        assert pager.parcels[0][0] == NOON
        await desk.wait(HOUR)
        assert pager.taken == ["feeder-1 firing"]


async def test_the_alerts_of_one_step_travel_together_and_those_of_another_do_not() -> None:
    desk = Desk("pager")
    await desk.commit([an_alert("feeder-1"), an_alert("feeder-2")])
    await desk.wait(1)
    await desk.commit([an_alert("feeder-3")])
    async with desk.at_work() as pager:
        assert [len(parcel.alerts) for _, parcel in pager.parcels] == [2, 1]


async def test_a_parcel_never_holds_more_alerts_than_allowed() -> None:
    desk = Desk("pager")
    desk.settings = OutboxSettings(parcel_alerts=3)
    async with desk.at_work() as pager:
        await desk.owe(*(an_alert(f"feeder-{number}") for number in range(7)))
        assert [len(parcel.alerts) for _, parcel in pager.parcels] == [3, 3, 1]


async def test_what_was_owed_before_a_restart_goes_out_after_it() -> None:
    desk = Desk("pager")
    await desk.commit([an_alert()])
    async with desk.at_work() as pager:
        assert pager.taken == ["feeder-1 firing"]


async def test_what_was_put_off_before_a_restart_goes_out_at_once_even_if_the_clock_was_set_back() -> None:
    desk = Desk("pager")
    await desk.commit([an_alert()])
    (delivery,) = await desk.store.owed("pager", NOON, 10)
    await desk.store.postponed(delivery.id, NOON + HOUR, "answered 500")
    async with desk.at_work() as pager:
        assert pager.taken == ["feeder-1 firing"]


async def test_a_receiver_that_fails_since_the_restart_is_left_alone_in_between() -> None:
    desk = Desk("pager")
    await desk.commit([an_alert()])
    desk.receivers[0].refusing = DOWN
    async with desk.at_work() as pager:
        await desk.wait(HOUR)
        assert len(pager.tried) < 2 * HOUR / desk.settings.longest_retry_seconds + 20
        pager.refusing = None
        await desk.wait(desk.settings.longest_retry_seconds)
        assert pager.taken == ["feeder-1 firing"]


async def test_what_nobody_announced_is_found_all_the_same() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        await desk.commit([an_alert()])
        await desk.wait(31)
        assert pager.taken == ["feeder-1 firing"]


async def test_a_crash_between_sending_and_marking_sends_again_under_the_same_key() -> None:
    desk = Desk("pager")
    desk.store.stuck = True
    async with desk.at_work() as pager:
        await desk.owe(an_alert("feeder-1"), an_alert("feeder-2"))
        assert len(pager.parcels) == 1
    desk.store.stuck = False
    async with desk.at_work() as pager:
        await desk.wait(HOUR)
        assert pager.taken == ["feeder-1 firing", "feeder-2 firing"] * 2
        assert len(set(pager.keys)) == 1


async def test_a_disk_that_fills_up_between_sending_and_marking_repeats_nothing_while_we_live() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        desk.store.full = True
        await desk.owe(an_alert())
        await desk.wait(HOUR)
        assert pager.taken == ["feeder-1 firing"]
        desk.store.full = False
        await desk.wait(31)
        assert await desk.store.debts(4e9) == {}
        assert pager.taken == ["feeder-1 firing"]


async def test_a_resolution_never_overtakes_its_alert() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        pager.refusing = DOWN
        await desk.owe(an_alert())
        await desk.wait(20)
        await desk.owe(an_alert(state="resolved", at=desk.clock.now()))
        pager.refusing = None
        await desk.wait(HOUR)
        assert pager.taken == ["feeder-1 firing", "feeder-1 resolved"]


async def test_a_receiver_that_fails_for_an_hour_gets_everything_when_it_recovers() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        pager.refusing = DOWN
        for number in range(60):
            await desk.owe(an_alert(f"feeder-{number}"))
            await desk.wait(60)
        assert pager.taken == []
        assert desk.outbox.figures.oldest_owed_at == {"pager": NOON}
        pager.refusing = None
        await desk.wait(120)
        assert sorted(pager.taken) == sorted(f"feeder-{number} firing" for number in range(60))
        assert desk.outbox.figures.oldest_owed_at == {}


async def test_waits_between_tries_double_and_stay_below_the_longest() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        pager.refusing = DOWN
        await desk.owe(an_alert())
        await desk.wait(HOUR)
        waits = [after - before for before, after in zip(pager.tried, pager.tried[1:], strict=False)]
        assert 0.5 <= waits[0] <= 2
        assert max(waits) <= 60
        assert min(waits[10:]) >= 30
        assert len(set(waits[10:])) == len(waits[10:]), "receivers that fail together must not be tried together"
        assert desk.attempts("failed") == len(pager.tried)


async def test_a_receiver_that_recovered_is_trusted_again() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        pager.refusing = DOWN
        await desk.owe(an_alert("feeder-1"))
        await desk.wait(HOUR)
        pager.refusing = None
        await desk.wait(61)
        pager.refusing = DOWN
        await desk.owe(an_alert("feeder-2"))
        pager.refusing = None
        await desk.wait(1)
        assert pager.taken == ["feeder-1 firing", "feeder-2 firing"]


async def test_new_alerts_do_not_shorten_the_rest_of_a_failing_receiver() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        pager.refusing = DOWN
        await desk.owe(an_alert("feeder-0"))
        await desk.wait(600)
        before = len(pager.tried)
        for number in range(1, 20):
            await desk.owe(an_alert(f"feeder-{number}"))
        assert len(pager.tried) - before <= 1


async def test_a_slow_receiver_does_not_delay_the_other() -> None:
    desk = Desk("slow", "quick")
    desk.receivers[0].seconds = 600
    async with desk.at_work():
        await desk.owe(an_alert("feeder-1"))
        await desk.wait(1)
        await desk.owe(an_alert("feeder-2"))
        slow, quick = desk.receivers
        assert quick.taken == ["feeder-1 firing", "feeder-2 firing"]
        assert slow.taken == []
        await desk.wait(1300)
        assert slow.taken == ["feeder-1 firing", "feeder-2 firing"]
        assert desk.outbox.figures.duration["slow"].total == pytest.approx(1200)


async def test_an_alert_refused_for_good_does_not_take_its_step_with_it() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        pager.poisonous = "feeder-2"
        await desk.owe(an_alert("feeder-1"), an_alert("feeder-2"), an_alert("feeder-3"))
        assert pager.taken == ["feeder-1 firing", "feeder-3 firing"]
        [letter] = await desk.store.dead_letters(limit=10)
        assert (letter.alert.labels["device"], letter.error) == ("feeder-2", "answered 400: bad label")
        assert desk.attempts("abandoned") == 1


async def test_an_alert_that_trips_over_a_fault_of_ours_is_set_aside_and_the_rest_go_on() -> None:
    desk = Desk("pager")
    async with desk.at_work() as pager:
        pager.refusing = ValueError("not foreseen")  # type: ignore[assignment]
        await desk.owe(an_alert("feeder-1"))
        pager.refusing = None
        await desk.owe(an_alert("feeder-2"))
        assert pager.taken == ["feeder-2 firing"]
        [letter] = await desk.store.dead_letters(limit=10)
        assert letter.error == "ValueError: not foreseen"


async def test_an_alert_owed_for_too_long_is_abandoned() -> None:
    desk = Desk("pager")
    desk.settings = OutboxSettings(give_up_hours=2)
    async with desk.at_work() as pager:
        pager.refusing = DOWN
        await desk.owe(an_alert())
        await desk.wait(3 * HOUR)
        assert desk.attempts("abandoned") == 1
        [letter] = await desk.store.dead_letters(limit=10)
        assert letter.error == "given up: answered 500"
        tried = len(pager.tried)
        await desk.wait(HOUR)
        assert len(pager.tried) == tried


async def test_counters_stand_at_nought_before_anything_happens() -> None:
    desk = Desk("pager", "log")
    assert set(desk.outbox.figures.attempts.values()) == {0}
    assert {receiver for receiver, _ in desk.outbox.figures.attempts} == {"pager", "log"}


async def test_alerts_owed_to_a_receiver_that_was_taken_out_of_the_configuration_are_named() -> None:
    desk = Desk("pager")
    await desk.store.commit(a_step(NOON, an_alert(), receivers=("former",)))
    with structlog.testing.capture_logs() as lines:
        async with desk.at_work():
            pass
    assert [line["receiver"] for line in lines if line["event"] == "alerts_owed_to_unknown_receiver"] == ["former"]
