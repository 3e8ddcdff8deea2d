"""What every store must do with deliveries that are routed, run against each of them."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.decisions import AlertOwed
from monitor.core.routing import Debt, Letter, Owed, Reason, Retried
from monitor.store.protocol import Step, Store
from tests.unit.store.steps import alert, owing

PHONE = "night-shift"


def letter(at: float, owed: Owed, key: str = "a", state: str = "firing") -> Letter:
    return Letter(AlertOwed(at, alert(key, state)), (owed,))


def waiting(due_at: float, bundle: str = "g", reason: Reason = "grouped", *, joins: bool = True) -> Owed:
    return Owed(PHONE, due_at, reason, bundle, joins)


async def commit(store: Store, *letters: Letter) -> None:
    at = max(each.decided.at for each in letters)
    await store.commit(Step(at=at, decisions=[each.decided for each in letters], letters=letters))


async def dues(store: Store, at: float = 1e9) -> list[float]:
    return [delivery.due_at for delivery in await store.owed(PHONE, at, 10)]


async def test_what_joins_a_bundle_leaves_with_what_waits_in_it(store: Store) -> None:
    await commit(store, letter(100, waiting(130)))
    await commit(store, letter(110, waiting(140), "b"), letter(110, waiting(140, "other"), "c"))
    assert await dues(store) == [130, 130, 140]
    assert await store.owed(PHONE, 129, 10) == []


async def test_what_does_not_join_leaves_at_its_own_time_unless_it_is_newer_words_of_the_same_alert(
    store: Store,
) -> None:
    await commit(store, letter(100, waiting(1000, "e", "escalation", joins=False)))
    await commit(store, letter(110, waiting(1010, "e", "escalation", joins=False), "b"))
    await commit(store, letter(120, waiting(1020, "e", "escalation", joins=False)))
    assert await dues(store) == [1000, 1010, 1000]


async def test_nothing_joins_what_is_late_or_was_tried_or_is_a_reminder(store: Store) -> None:
    await commit(store, letter(100, waiting(130)))
    await commit(store, letter(140, waiting(170), "b"))
    assert await dues(store) == [130, 170]
    (first, _) = await store.owed(PHONE, 200, 10)
    await store.postponed(first.id, 150, "no answer")
    await commit(store, letter(145, waiting(175), "c"))
    assert await dues(store) == [150, 170, 170]


async def test_an_end_is_owed_only_to_who_was_told_or_is_about_to_be(store: Store) -> None:
    end = Owed(PHONE, 160, if_told=True)
    await commit(store, letter(160, end, state="resolved"))
    assert await dues(store) == []
    await commit(store, letter(170, waiting(200)))
    await commit(store, letter(180, replace(end, due_at=180), state="resolved"))
    assert await dues(store) == [200, 180]
    await commit(store, letter(181, replace(end, due_at=181), state="resolved"))
    assert await dues(store) == [200, 180], "it is over already"


async def test_what_was_called_off_was_never_told(store: Store) -> None:
    await commit(store, letter(100, waiting(130)))
    ((firing),) = await store.owed(PHONE, 200, 10)
    await store.cancelled({firing.id: "over before it was due"}, 110)
    await commit(store, letter(160, Owed(PHONE, 160, if_told=True), state="resolved"))
    assert await dues(store) == []
    [sent] = await store.deliveries_of("i-1", limit=10)
    assert (sent.outcome, sent.error, sent.finished_at) == ("cancelled", "over before it was due", 110)


async def test_a_reminder_follows_what_was_delivered_unless_there_is_later_news(store: Store) -> None:
    await commit(store, letter(100, waiting(130)))
    (first,) = await store.owed(PHONE, 200, 10)
    await store.delivered({first.id: 3731}, 131)
    (again,) = await store.owed(PHONE, 4000, 10)
    assert (again.reason, again.due_at, again.told) == ("reminder", 3731, True)
    assert again.idempotency_key != first.idempotency_key
    await commit(store, letter(3000, waiting(3030)))
    await store.delivered({again.id: 7000}, 3731)
    assert await dues(store) == [3030], "no reminder of old words, and none pulls news forward"


async def test_delivering_twice_reminds_once(store: Store) -> None:
    await commit(store, letter(100, waiting(130)))
    (first,) = await store.owed(PHONE, 200, 10)
    await store.delivered({first.id: 3731}, 131)
    await store.delivered({first.id: 3732}, 132)
    assert await dues(store) == [3731]


async def test_a_debt_says_what_is_late_and_what_waits(store: Store) -> None:
    await commit(store, letter(100, waiting(130)), letter(100, waiting(900, "q", "quiet"), "b"))
    assert await store.debts(110) == {PHONE: Debt(2, None, 130)}
    (first,) = [each for each in await store.owed(PHONE, 200, 10) if each.due_at == 130]
    await store.postponed(first.id, 260, "no answer")
    assert await store.debts(200) == {PHONE: Debt(2, 130, 260)}


async def test_what_is_owed_to_a_receiver_that_is_gone_becomes_a_dead_letter(store: Store) -> None:
    await store.commit(owing(alert("a"), alert("b"), receivers=("former", PHONE)))
    assert dict(await store.strand([PHONE], 200)) == {"former": 2}
    assert dict(await store.strand([PHONE], 201)) == {}
    assert dict(await store.dead_count()) == {"former": 2}
    assert {dead.error for dead in await store.dead_letters(limit=10)} == {"the receiver is no longer configured"}
    assert await store.retry(None, [PHONE], 300) == Retried(0, 0, 2)
    assert await store.retry(None, [PHONE, "former"], 300) == Retried(2, 0, 0)
    assert [each.wanted_at for each in await store.owed("former", 300, 10)] == [300, 300]


async def test_a_dead_letter_is_tried_again_with_what_followed_it_under_the_old_keys(store: Store) -> None:
    await commit(store, letter(100, Owed(PHONE, 100)), letter(110, Owed(PHONE, 110), state="resolved"))
    firing, end = await store.owed(PHONE, 200, 10)
    await store.abandoned(firing.id, 200, "given up")
    await store.abandoned(end.id, 200, "given up")
    assert await store.retry([end.id + 7], [PHONE], 300) == Retried(0, 0, 0)
    assert await store.retry([firing.id], [PHONE], 300) == Retried(2, 0, 0)
    again = await store.owed(PHONE, 300, 10)
    assert [each.idempotency_key for each in again] == [firing.idempotency_key, end.idempotency_key]
    assert await store.dead_letters(limit=10) == []


async def test_a_dead_letter_that_later_news_overtook_is_not_tried_again(store: Store) -> None:
    await commit(store, letter(100, Owed(PHONE, 100)), letter(110, Owed(PHONE, 110), state="resolved"))
    firing, end = await store.owed(PHONE, 200, 10)
    await store.abandoned(firing.id, 200, "answered 400")
    await store.delivered({end.id: None}, 201)
    assert await store.retry([firing.id], [PHONE], 300) == Retried(0, 1, 0)
    assert await store.owed(PHONE, 300, 10) == []
    assert await store.dead_letters(limit=10) == []


async def test_what_became_of_the_deliveries_of_an_incident_is_known(store: Store) -> None:
    await store.commit(owing(alert("a"), receivers=("mail", PHONE)))
    await store.commit(owing(replace(alert("b"), incident="i-2"), at=120.0))
    (first,) = await store.owed(PHONE, 100, 1)
    await store.postponed(first.id, 130, "no answer")
    await store.delivered({first.id: None}, 131)
    found = {sent.receiver: sent for sent in await store.deliveries_of("i-1", limit=10)}
    assert (found["mail"].outcome, found["mail"].finished_at) == ("owed", None)
    assert (found[PHONE].outcome, found[PHONE].finished_at, found[PHONE].attempts) == ("delivered", 131, 1)
    assert len(await store.deliveries_of("i-1", limit=1)) == 1
    assert await store.last_delivered(PHONE) == 131
    assert await store.last_delivered("mail") is None


async def test_a_trial_is_owed_without_a_step_and_found_by_its_key(store: Store) -> None:
    await store.owe(letter(100, Owed(PHONE, 100, "test")))
    (owed,) = await store.owed(PHONE, 100, 10)
    found = await store.delivery(PHONE, owed.idempotency_key)
    assert found is not None
    assert (found.reason, found.outcome) == ("test", "owed")
    assert await store.delivery(PHONE, "no such key") is None


async def test_an_alert_that_came_to_belong_to_an_incident_is_seen_as_a_whole(store: Store) -> None:
    alone, within = replace(alert(), incident=""), alert(state="resolved")
    first = Letter(AlertOwed(100, alone), (waiting(130),))
    await commit(store, first, Letter(AlertOwed(110, within), (Owed(PHONE, 110, if_told=True),)))
    assert [each.state for each in await store.owed(PHONE, 115, 10)] == ["firing", "resolved"]
