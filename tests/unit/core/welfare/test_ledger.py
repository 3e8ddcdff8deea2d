"""The ledger as a law: each slot ends in exactly one outcome, whatever order the same facts arrive in."""

import random
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.engine import Engine, EngineSettings
from monitor.core.observations import DeviceEvent, DeviceInfo, Heartbeat, ScheduleDeclared
from monitor.core.welfare.ledger import FACTS_KEPT, OUTCOMES, Fact, Ledger
from monitor.core.welfare.servings import Served
from monitor.devices.events import Feeding
from monitor.devices.profile import Profile
from tests.unit.core.welfare.household import meal, plan

HOUR = 3600.0
GRACE, MATCH = 600.0, 5400.0
PLANS = ("breakfast", "lunch", "snack", "dinner")
TIMES = (7 * HOUR, 12.5 * HOUR, 12.5 * HOUR, 18 * HOUR)


def ledger_of(days: int = 2, silent: str = "unconfirmed") -> Ledger:
    """Four meals a day, two of them in the same minute."""
    ledger = Ledger()
    for day in range(days):
        for plan_id, time in zip(PLANS, TIMES, strict=True):
            ledger.plan(day * 24 * HOUR + time, plan_id, 2.0).silent = silent  # type: ignore[assignment]
    return ledger


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    """Anything that a feeder may tell of, right or wrong."""
    day, meal = draw(st.integers(0, 1)), draw(st.integers(0, 3))
    planned_at = day * 24 * HOUR + TIMES[meal]
    off = draw(st.sampled_from([0.0, 5.0, 1200.0, 3600.0, -3600.0, 4 * HOUR]))
    named, dated = draw(st.booleans()), draw(st.booleans())
    outcome: Any = draw(st.sampled_from(["completed", "completed", "partial", "failed", "skipped"]))
    portions = draw(st.sampled_from([None, 0.0, 1.0, 2.0, 3.0, 4.0]))
    return Fact(
        at=planned_at + off,
        key=f"e{draw(st.integers(0, 30))}",
        outcome=outcome,
        source=draw(st.sampled_from(["schedule", "remote", "manual"])),
        plan_id=PLANS[meal] if named else "",
        planned_at=planned_at if dated else None,
        portions=portions,
        expected=draw(st.sampled_from([None, 2.0])),
        weak=draw(st.booleans()) and outcome == "completed",
        commanded=draw(st.booleans()),
    )


def distinct(told: list[Fact]) -> list[Fact]:
    """Facts with keys of their own: what carries the same id is the same event."""
    return list({fact.key: fact for fact in told}.values())


def endings(ledger: Ledger) -> list[tuple[Any, ...]]:
    """How everything ended."""
    return [(slot.planned_at, slot.plan_id, *slot.ending) for slot in ledger.slots]


@given(st.lists(facts(), max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_change_the_ledger(told: list[Fact], shuffle: random.Random) -> None:
    told = distinct(told)
    ledgers = []
    for attempt in range(3):
        ledger = ledger_of()
        order = list(told)
        if attempt:
            shuffle.shuffle(order)
        for fact in order:
            ledger.learn(fact)
            if attempt == 1:
                ledger.settle(GRACE, MATCH)
        ledger.settle(GRACE, MATCH)
        ledgers.append(endings(ledger))
    assert ledgers[0] == ledgers[1] == ledgers[2]


@given(st.lists(facts(), max_size=20))
def test_every_slot_ends_in_exactly_one_outcome_and_settling_again_changes_nothing(told: list[Fact]) -> None:
    ledger = ledger_of()
    for fact in told:
        ledger.learn(fact)
    ledger.settle(GRACE, MATCH)
    assert all(slot.outcome in OUTCOMES for slot in ledger.slots)
    assert ledger.settle(GRACE, MATCH) == []


@given(st.lists(facts(), max_size=20))
def test_the_same_event_again_changes_nothing(told: list[Fact]) -> None:
    told = distinct(told)
    once, twice = ledger_of(), ledger_of()
    for fact in told:
        once.learn(fact)
    for fact in [*told, *reversed(told)]:
        twice.learn(fact)
    once.settle(GRACE, MATCH)
    twice.settle(GRACE, MATCH)
    assert endings(once) == endings(twice)


@given(st.lists(facts(), max_size=20))
def test_a_ledger_survives_being_saved(told: list[Fact]) -> None:
    ledger = ledger_of()
    for fact in told:
        ledger.learn(fact)
    ledger.settle(GRACE, MATCH)
    again = Ledger.load(ledger.save())
    assert again.settle(GRACE, MATCH) == []
    assert endings(again) == endings(ledger)
    assert again.facts == ledger.facts


@pytest.mark.slow
@given(st.lists(st.integers(0, 10_000), min_size=FACTS_KEPT + 1, max_size=FACTS_KEPT + 20, unique=True))
def test_a_full_ledger_keeps_the_latest_facts_in_whatever_order_they_come(moments: list[int]) -> None:
    ledger = Ledger()
    for moment in moments:
        ledger.learn(Fact(float(moment), f"e{moment}"))
    assert [int(fact.at) for fact in ledger.facts] == sorted(moments)[-FACTS_KEPT:]


def test_two_meals_in_one_minute_take_one_nameless_feeding_each() -> None:
    ledger = ledger_of(days=1)
    for key in ("e1", "e2"):
        ledger.learn(Fact(12.5 * HOUR + 3, key, portions=2.0))
    ledger.settle(GRACE, MATCH)
    assert [slot.outcome for slot in ledger.slots] == ["unconfirmed", "dispensed", "dispensed", "unconfirmed"]


def test_a_third_nameless_feeding_in_that_minute_is_one_too_many() -> None:
    ledger = ledger_of(days=1)
    for key in ("e1", "e2", "e3"):
        ledger.learn(Fact(12.5 * HOUR + 3, key, portions=2.0))
    ledger.settle(GRACE, MATCH)
    assert sorted(slot.outcome for slot in ledger.slots) == ["dispensed", "duplicate", "unconfirmed", "unconfirmed"]


def test_a_meal_of_which_no_amount_is_known_came_twice_if_it_was_completed_twice() -> None:
    ledger = Ledger()
    ledger.plan(7 * HOUR, "breakfast", None)
    for key, outcome in (("e1", "completed"), ("e2", "partial"), ("e3", "completed")):
        ledger.learn(Fact(7 * HOUR, key, outcome, plan_id="breakfast"))  # type: ignore[arg-type]
        ledger.settle(GRACE, MATCH)
    assert ledger.slots[0].outcome == "duplicate"


def test_food_that_somebody_gave_by_hand_belongs_to_no_planned_meal() -> None:
    ledger = ledger_of(days=1)
    ledger.learn(Fact(7 * HOUR + 5, "e1", source="manual", portions=2.0))
    ledger.learn(Fact(7 * HOUR + 5, "~25205", weak=True))
    ledger.settle(GRACE, MATCH)
    assert {slot.outcome for slot in ledger.slots} == {"unconfirmed"}


def test_what_is_settled_is_forgotten_before_what_nobody_knows() -> None:
    ledger = ledger_of(days=2)
    ledger.learn(Fact(7 * HOUR, "e1", plan_id="breakfast", planned_at=7 * HOUR, portions=2.0))
    ledger.settle(GRACE, MATCH)
    ledger.prune(settled_before=24 * HOUR, all_before=12.5 * HOUR)
    assert [slot.planned_at / HOUR for slot in ledger.slots] == [12.5, 12.5, 18, 31, 36.5, 36.5, 42]
    assert ledger.facts == []


MEALS = ("07:00", "12:30", "18:00")


@st.composite
def told(draw: st.DrawFn) -> DeviceEvent:
    """An event of one day that reaches the monitor in the evening."""
    time, kind = draw(st.sampled_from(MEALS)), draw(st.sampled_from(["named", "dated", "nameless", "by hand"]))
    due = EVENING - (20 - int(time[:2]) - int(time[3:]) / 60) * HOUR
    outcome: Any = draw(st.sampled_from(["completed", "completed", "partial", "failed", "skipped"]))
    feeding = Feeding(
        outcome,
        "manual" if kind == "by hand" else draw(st.sampled_from(["schedule", "remote"])),
        time if kind in ("named", "dated") else "",
        due if kind == "dated" else None,
        2,
        draw(st.sampled_from([0, 1, 2])),
    )
    off = draw(st.sampled_from([2.0, 700.0, 3000.0, 3600.0]))
    key = f"{time} {kind} {outcome} {off} {feeding.portions_actual} {feeding.source}"
    return DeviceEvent("acme/f1", EVENING, key, feeding, due + off, replayed=draw(st.booleans()))


EVENING = datetime(2026, 1, 12, 20, 0, tzinfo=ZoneInfo("Europe/Vienna")).timestamp()


def final(events: list[DeviceEvent], *, pauses: bool) -> tuple[list[tuple[Any, ...]], list[str], dict[str, Served]]:
    """The ledger, the alerts and the sums after a feeder that was unseen for a day told all of this."""
    begin = EVENING - 20 * HOUR
    engine = Engine(EngineSettings(), at=begin, path="link")
    engine.observe(DeviceInfo("acme/f1", begin, Profile(kind="feeder", interval_seconds=60.0)))
    engine.observe(Heartbeat("acme/f1", begin, "b", 1, 60.0))
    engine.observe(ScheduleDeclared("acme/f1", begin, plan(*(meal(time) for time in MEALS))))
    engine.welfare.pass_time(EVENING, 10)
    engine.observe(Heartbeat("acme/f1", EVENING, "b", 2, 60.0))
    for event in events:
        engine.observe(event)
        if pauses:
            engine.welfare.pass_time(EVENING, 10)
    for later in (EVENING + 1, EVENING + 2 * HOUR, EVENING + 3 * HOUR):
        engine.welfare.pass_time(later, 10)
    ledger = engine.fleet.devices["acme/f1"].welfare.ledger
    firing = sorted(alert.name for alert in engine.alerts.values() if alert.name in MEAL_ALERTS)
    return endings(ledger), firing, engine.welfare.servings.since(0.0)


MEAL_ALERTS = ("FeederMealMissed", "FeederMealUnconfirmed", "FeederMealsUnconfirmedRepeated", "FeederDoubleDispense")


@settings(max_examples=60)
@given(st.lists(told(), max_size=8, unique_by=lambda event: event.event_id), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_neither_ledger_nor_alerts_nor_sums(
    events: list[DeviceEvent], shuffle: random.Random
) -> None:
    first = final(events, pauses=False)
    order = list(events)
    shuffle.shuffle(order)
    assert final(order, pauses=True) == first
    assert final([*order, *order], pauses=False) == first
    assert [ending[2] in OUTCOMES for ending in first[0]] == [True] * len(MEALS)
