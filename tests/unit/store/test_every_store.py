"""What every store must do, run against each of them."""

from dataclasses import replace

import pytest

from monitor.core.census import Count
from monitor.core.decisions import AlertOwed, DeviceForgotten
from monitor.store.protocol import Debt, Step, Store
from tests.unit.store.conftest import Reopen
from tests.unit.store.steps import alert, changing, incident, owing, row, status

DAY = 86_400.0


async def test_a_new_store_has_nothing_saved(reopen: Reopen) -> None:
    _, saved = await reopen()
    assert saved.saved_at is None
    assert (saved.engine, saved.devices, saved.incidents, saved.alerts) == ({}, [], [], [])


async def test_what_was_committed_is_there_after_a_restart(store: Store, reopen: Reopen) -> None:
    decisions = [*changing(incident()).decisions, *owing(alert()).decisions]
    devices = [row("acme/feeder-1", boots=["x", "y"], beat={"seq": 7}, note="grüße")]
    await store.commit(Step(at=123.5, decisions=decisions, devices=devices, engine={"horizon": 120.25}))
    _, saved = await reopen()
    assert saved.saved_at == 123.5
    assert saved.engine == {"horizon": 120.25}
    assert saved.devices == devices
    assert saved.incidents == [incident()]
    assert saved.alerts == [alert()]
    assert saved.unreadable == ()


async def test_a_step_without_engine_state_keeps_the_one_before(store: Store, reopen: Reopen) -> None:
    await store.commit(Step(at=1.0, engine={"horizon": 1.0}))
    await store.commit(Step(at=2.0))
    _, saved = await reopen()
    assert saved.engine == {"horizon": 1.0}
    assert saved.saved_at == 2.0


async def test_resolved_incidents_and_alerts_are_not_restored(store: Store, reopen: Reopen) -> None:
    await store.commit(changing(incident("over"), incident("open")))
    await store.commit(owing(alert("over"), alert("open")))
    await store.commit(changing(incident("over", resolved_at=200.0), at=200.0))
    await store.commit(owing(alert("over", "resolved"), at=200.0))
    _, saved = await reopen()
    assert [found.id for found in saved.incidents] == ["open"]
    assert [found.key for found in saved.alerts] == ["open"]


async def test_a_device_row_is_replaced_and_a_forgotten_device_is_gone(store: Store, reopen: Reopen) -> None:
    await store.commit(Step(at=1.0, devices=[row("acme/a"), row("acme/b")]))
    await store.commit(Step(at=2.0, decisions=[DeviceForgotten("acme/a", 2.0)], devices=[row("acme/b", "late")]))
    _, saved = await reopen()
    assert saved.devices == [row("acme/b", "late")]


async def test_a_device_that_was_forgotten_and_came_back_in_one_step_is_there(store: Store, reopen: Reopen) -> None:
    await store.commit(Step(at=1.0, devices=[row("acme/a")]))
    await store.commit(Step(at=2.0, decisions=[DeviceForgotten("acme/a", 2.0)], devices=[row("acme/a", "new")]))
    _, saved = await reopen()
    assert saved.devices == [row("acme/a", "new")]


async def test_every_owed_alert_is_owed_to_every_receiver(store: Store) -> None:
    await store.commit(owing(alert("a"), alert("b"), receivers=("night-shift", "wall")))
    for receiver in ("night-shift", "wall"):
        owed = await store.owed(receiver, 100.0, 10)
        assert [delivery.alert for delivery in owed] == [alert("a"), alert("b")]
        assert {delivery.receiver for delivery in owed} == {receiver}
    assert await store.owed("nobody", 100.0, 10) == []


async def test_what_was_delivered_is_no_longer_owed(store: Store, reopen: Reopen) -> None:
    await store.commit(owing(alert("a"), alert("b")))
    first, second = await store.owed("night-shift", 100.0, 10)
    await store.delivered({first.id: None}, 101.0)
    again, _ = await reopen()
    assert await again.owed("night-shift", 100.0, 10) == [second]


async def test_a_postponed_delivery_waits_and_counts_its_attempts(store: Store) -> None:
    await store.commit(owing(alert()))
    (delivery,) = await store.owed("night-shift", 100.0, 10)
    await store.postponed(delivery.id, 130.0, "connection refused")
    assert await store.owed("night-shift", 129.9, 10) == []
    assert await store.owed("night-shift", 130.0, 10) == [replace(delivery, due_at=130.0, attempts=1)]


async def test_what_an_incident_owes_comes_together_and_in_order_even_what_was_put_off(store: Store) -> None:
    await store.commit(owing(alert()))
    await store.commit(owing(alert(state="resolved"), at=160.0))
    firing, resolved = await store.owed("night-shift", 200.0, 10)
    assert (firing.state, resolved.state, resolved.told) == ("firing", "resolved", False)
    await store.postponed(firing.id, 500.0, "no answer")
    assert [delivery.due_at for delivery in await store.owed("night-shift", 200.0, 10)] == [500.0, 160.0]
    await store.delivered({firing.id: None}, 500.0)
    (resolved,) = await store.owed("night-shift", 500.0, 10)
    assert (resolved.state, resolved.told) == ("resolved", True)


async def test_one_receivers_trouble_does_not_hold_up_another(store: Store) -> None:
    await store.commit(owing(alert(), receivers=("down", "up")))
    await store.commit(owing(alert(state="resolved"), at=160.0, receivers=("down", "up")))
    first, _ = await store.owed("up", 200.0, 10)
    await store.delivered({first.id: None}, 200.0)
    assert [delivery.alert.state for delivery in await store.owed("up", 200.0, 10)] == ["resolved"]
    assert [delivery.alert.state for delivery in await store.owed("down", 200.0, 10)] == ["firing", "resolved"]


async def test_an_abandoned_delivery_makes_way_and_stays_visible(store: Store, reopen: Reopen) -> None:
    await store.commit(owing(alert()))
    await store.commit(owing(alert(state="resolved"), at=160.0))
    firing, _ = await store.owed("night-shift", 200.0, 10)
    await store.abandoned(firing.id, 201.0, "404 Not Found")
    assert [delivery.alert.state for delivery in await store.owed("night-shift", 200.0, 10)] == ["resolved"]
    again, _ = await reopen()
    (dead,) = await again.dead_letters(limit=10)
    assert (dead.id, dead.receiver, dead.alert) == (firing.id, "night-shift", alert())
    assert (dead.owed_at, dead.abandoned_at, dead.attempts, dead.error) == (100.0, 201.0, 1, "404 Not Found")


async def test_owed_alerts_come_oldest_first_and_no_more_than_asked_for(store: Store) -> None:
    await store.commit(owing(*(replace(alert(f"k{number}"), incident="") for number in range(5))))
    owed = await store.owed("night-shift", 100.0, 3)
    assert [delivery.alert.key for delivery in owed] == ["k0", "k1", "k2"]
    assert [delivery.id for delivery in owed] == sorted(delivery.id for delivery in owed)


async def test_the_oldest_debt_is_known_for_each_receiver(store: Store) -> None:
    assert await store.debts(200.0) == {}
    await store.commit(owing(alert("a"), at=100.0, receivers=("one",)))
    await store.commit(owing(alert("b"), at=150.0, receivers=("one", "two")))
    assert await store.debts(120.0) == {"one": Debt(2, 100.0, 150.0), "two": Debt(1, None, 150.0)}
    (oldest, _) = await store.owed("one", 200.0, 10)
    await store.delivered({oldest.id: None}, 200.0)
    assert await store.debts(200.0) == {"one": Debt(1, 150.0, None), "two": Debt(1, 150.0, None)}


async def test_writing_a_step_twice_owes_and_records_nothing_twice(store: Store) -> None:
    step = Step(
        at=100.0,
        decisions=[AlertOwed(100.0, alert()), status(100.0, "offline", "late"), *changing(incident()).decisions],
        letters=owing(alert()).letters,
    )
    await store.commit(step)
    await store.commit(step)
    assert len(await store.owed("night-shift", 100.0, 10)) == 1
    assert len(await store.history("acme/feeder-1", limit=10)) == 1
    assert len(await store.incidents(limit=10)) == 1


async def test_the_same_words_twice_in_one_step_are_two_deliveries(store: Store) -> None:
    await store.commit(owing(alert(), alert(state="resolved"), alert()))
    keys = set()
    for state in ("firing", "resolved", "firing"):
        delivery, *_ = await store.owed("night-shift", 100.0, 10)
        assert delivery.alert.state == state
        keys.add(delivery.idempotency_key)
        await store.delivered({delivery.id: None}, 100.0)
    assert len(keys) == 3


async def test_a_reminder_with_the_same_words_is_a_delivery_of_its_own(store: Store) -> None:
    await store.commit(owing(alert(), at=100.0))
    (first,) = await store.owed("night-shift", 100.0, 10)
    await store.delivered({first.id: None}, 100.0)
    await store.commit(owing(alert(), at=400.0))
    (reminder,) = await store.owed("night-shift", 400.0, 10)
    assert reminder.idempotency_key != first.idempotency_key


async def test_an_outcome_is_final(store: Store) -> None:
    await store.commit(owing(alert()))
    (delivery,) = await store.owed("night-shift", 100.0, 10)
    await store.delivered({delivery.id: None}, 101.0)
    await store.postponed(delivery.id, 102.0, "too late")
    await store.abandoned(delivery.id, 103.0, "too late")
    assert await store.owed("night-shift", 1000.0, 10) == []
    assert await store.dead_letters(limit=10) == []


async def test_incidents_come_newest_first_and_by_state(store: Store) -> None:
    await store.commit(changing(incident("old", opened_at=1.0, resolved_at=5.0), incident("new", opened_at=9.0)))
    assert [found.id for found in await store.incidents(limit=10)] == ["new", "old"]
    assert [found.id for found in await store.incidents(limit=10, state="open")] == ["new"]
    assert [found.id for found in await store.incidents(limit=10, state="resolved")] == ["old"]
    assert [found.id for found in await store.incidents(limit=10, before=9.0)] == ["old"]


async def test_alerts_come_newest_first_in_their_latest_state(store: Store) -> None:
    await store.commit(owing(alert("old", starts_at=1.0), alert("new", starts_at=9.0)))
    await store.commit(owing(alert("old", "resolved", starts_at=1.0), at=12.0))
    assert [(found.key, found.state) for found in await store.alerts(limit=10)] == [
        ("new", "firing"),
        ("old", "resolved"),
    ]
    assert [found.key for found in await store.alerts(limit=10, state="firing")] == ["new"]
    assert [found.key for found in await store.alerts(limit=10, state="resolved")] == ["old"]
    assert [found.key for found in await store.alerts(limit=10, before=9.0)] == ["old"]


@pytest.mark.parametrize("size", [1, 3, 7, 10])
async def test_pages_leave_nothing_out_even_when_all_began_at_the_same_moment(store: Store, size: int) -> None:
    names = {f"n{number}" for number in range(7)}
    await store.commit(changing(*(incident(name) for name in names)))
    await store.commit(owing(*(alert(name) for name in names)))
    assert {*await _all_incidents(store, size)} == names
    assert {*await _all_alerts(store, size)} == names


async def _all_incidents(store: Store, size: int) -> list[str]:
    found: list[str] = []
    while page := await store.incidents(limit=size, after=found[-1] if found else None):
        found += [each.id for each in page]
    assert len(found) == len(set(found))
    return found


async def _all_alerts(store: Store, size: int) -> list[str]:
    found: list[str] = []
    while page := await store.alerts(limit=size, after=found[-1] if found else None):
        found += [each.key for each in page]
    assert len(found) == len(set(found))
    return found


async def test_a_page_after_something_unknown_is_empty(store: Store) -> None:
    await store.commit(changing(incident()))
    await store.commit(owing(alert()))
    assert await store.incidents(limit=10, after="never was") == []
    assert await store.alerts(limit=10, after="never was") == []


async def test_history_is_newest_first_for_one_device(store: Store) -> None:
    changes = [
        status(10.0, "online", "new"),
        status(10.0, "late", "online"),
        status(20.0, "offline", "late"),
        status(30.0, "online", "new", device="acme/other"),
    ]
    await store.commit(Step(at=30.0, decisions=changes))
    lines = await store.history("acme/feeder-1", limit=10)
    assert [(line.at, line.status, line.previous) for line in lines] == [
        (20.0, "offline", "late"),
        (10.0, "late", "online"),
        (10.0, "online", "new"),
    ]
    assert lines[0].reason == "offline at 20"
    assert [line.at for line in await store.history("acme/feeder-1", limit=1)] == [20.0]


async def test_retention_removes_what_is_finished_and_old(store: Store) -> None:
    await store.commit(Step(at=0.0, decisions=[status(1.0, "late", "online"), status(15 * DAY, "online", "late")]))
    await store.commit(changing(incident("over", resolved_at=1.0), incident("open")))
    await store.commit(owing(alert("a"), alert("open"), at=1.0))
    await store.commit(owing(alert("a", "resolved"), at=2.0))
    for _ in range(2):
        for delivery in await store.owed("night-shift", 10.0, 10):
            await store.delivered({delivery.id: None}, 10.0)
    pruned = await store.prune(now=20 * DAY + 20.0)
    assert pruned.at == 20 * DAY + 20.0
    removed = {name: number for name, number in pruned.rows.items() if number}
    assert removed == {"status_changes": 1, "deliveries": 3, "alerts": 1}
    later = await store.prune(now=31 * DAY)
    assert later.rows["incidents"] == 1
    assert [found.id for found in await store.incidents(limit=10)] == ["open"]
    assert [found.key for found in await store.alerts(limit=10)] == ["open"]
    assert [line.status for line in await store.history("acme/feeder-1", limit=10)] == []


async def test_retention_never_removes_an_alert_that_is_still_owed(store: Store) -> None:
    await store.commit(owing(alert(), at=1.0))
    await store.commit(owing(alert(state="resolved"), at=2.0))
    assert sum((await store.prune(now=1000 * DAY)).rows.values()) == 0
    assert len(await store.owed("night-shift", 10.0, 10)) == 2


async def test_that_retention_ran_is_remembered_over_a_restart(store: Store, reopen: Reopen) -> None:
    assert await store.last_pruned() is None
    pruned = await store.prune(now=77.5)
    again, _ = await reopen()
    assert await again.last_pruned() == pruned


async def test_counts_of_the_fleet_are_kept_in_order_over_restarts_for_as_long_as_they_should(
    store: Store, reopen: Reopen
) -> None:
    counts = [Count(at, (0, 5, 1, 2, 0), blind=at == 60.0) for at in (120.0, 60.0, 6 * DAY)]
    for count in (*counts, counts[0]):
        await store.counts.keep(count)
    again, _ = await reopen()
    assert await again.counts.since(60.0) == [counts[1], counts[0], counts[2]]
    assert await again.counts.since(61.0) == [counts[0], counts[2]]
    assert (await again.prune(7.0 * DAY)).rows["fleet_counts"] == 2
    assert await again.counts.since(0.0) == [counts[2]]
