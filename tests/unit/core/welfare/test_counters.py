"""What counters say of meals: without an event, against the clock, beside food by hand, and alone."""

import pytest

from monitor.core.observations import ScheduleDeclared, Telemetry
from tests.unit.core.welfare.household import Household, home, meal, plan


def test_a_counter_confirms_a_meal_whose_event_never_came() -> None:
    house = home("07:00").until("2026-01-12 06:30").die("f1").until("2026-01-12 09:00").revive("f1")
    house.reads("f1", last_dispense_ts=house.moment("2026-01-12 07:00") + 4)
    assert house.outcome("2026-01-12 07:00") == "dispensed"
    assert house.ended("FeederMealUnconfirmed") == "confirmed at 09:00: the 07:00 meal was dispensed"


def test_a_counter_of_the_day_confirms_every_meal_if_it_holds_them_all() -> None:
    house = home("07:00", "12:30").until("2026-01-12 06:30").die("f1").until("2026-01-12 14:00").revive("f1")
    house.reads("f1", portions_today=3)
    assert house.outcome("2026-01-12 07:00") == "unconfirmed"
    house.reads("f1", portions_today=4)
    assert [outcome for _, outcome in house.ledger()] == ["dispensed", "dispensed"]
    assert house.firing() == []


def test_a_counter_that_did_not_move_turns_unconfirmed_into_missed() -> None:
    house = home("07:00").until("2026-01-12 06:30").die("f1").until("2026-01-12 09:00").revive("f1")
    house.reads("f1", last_dispense_ts=house.moment("2026-01-11 18:00"))
    assert house.outcome("2026-01-12 07:00") == "missed"
    assert house.firing() == ["FeederMealMissed"]


def back_at_nine(*times: str) -> Household:
    """A feeder that was out of sight from 06:30 to 09:00, and was given time to tell what it did."""
    return home(*times).until("2026-01-12 06:30").die("f1").until("2026-01-12 09:00").revive("f1")


def test_a_counter_of_the_day_that_holds_nothing_for_a_meal_denies_it() -> None:
    house = back_at_nine("07:00", "18:00").until("2026-01-12 09:20").reads("f1", portions_today=0)
    assert house.outcome("2026-01-12 07:00") == "missed"
    assert house.firing() == ["FeederMealMissed"]
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", replayed=True))
    assert house.outcome("2026-01-12 07:00") == "dispensed"


def test_what_somebody_gave_by_hand_is_not_taken_for_the_meal_that_the_counter_lacks() -> None:
    house = home("07:00", "18:00").until("2026-01-12 06:00")
    house.tell(house.fed(source="manual", portions=3, expected=None))
    house.until("2026-01-12 06:30").die("f1").until("2026-01-12 09:00").revive("f1").until("2026-01-12 09:20")
    assert house.reads("f1", portions_today=4).outcome("2026-01-12 07:00") == "unconfirmed"
    assert house.reads("f1", portions_today=3).outcome("2026-01-12 07:00") == "missed"


@pytest.mark.parametrize(
    "doubt", ["it started anew", "it was read before the meal", "another day by its clock", "food without an amount"]
)
def test_a_counter_of_the_day_denies_nothing_if_it_may_not_know(doubt: str) -> None:
    house = home("07:00", "18:00").until("2026-01-12 06:00")
    if doubt == "food without an amount":
        house.tell(house.fed(source="manual", portions=None, expected=None))
    house.until("2026-01-12 06:30").die("f1").until("2026-01-12 09:00").revive("f1")
    if doubt == "it started anew":
        house.reboot("f1")
    if doubt == "another day by its clock":
        house.signs_of_life("f1", skew=64_800.0)
    house.until("2026-01-12 09:20")
    sent = house.moment("2026-01-12 06:50") if doubt == "it was read before the meal" else None
    house.tell(Telemetry("acme/f1", house.now, {"portions_today": 0}, sent))
    assert house.outcome("2026-01-12 07:00") == "unconfirmed"


def test_a_counter_of_a_clock_that_is_known_to_be_wrong_is_put_right() -> None:
    house = home("07:00", "18:00").signs_of_life("f1", skew=-7200.0)
    house.until("2026-01-12 06:30").die("f1").until("2026-01-12 09:00").revive("f1").until("2026-01-12 09:05")
    house.reads("f1", last_dispense_ts=house.moment("2026-01-12 05:00")).until("2026-01-12 09:30")
    assert house.outcome("2026-01-12 07:00") == "dispensed"
    assert "FeederMealMissed" not in {alert.name for alert in house.alerts()}


def test_a_counter_that_moved_an_hour_before_a_meal_neither_confirms_nor_doubles_it() -> None:
    house = home("07:00", "18:00").until("2026-01-12 06:05")
    house.reads("f1", last_dispense_ts=house.moment("2026-01-12 06:00")).until("2026-01-12 07:02")
    assert house.outcome("2026-01-12 07:00") == ""
    house.reads("f1", last_dispense_ts=house.moment("2026-01-12 07:00")).until("2026-01-12 08:00")
    assert house.outcome("2026-01-12 07:00") == "dispensed"
    assert house.alerts() == []


def test_a_hand_feeding_that_only_a_counter_shows_does_not_hide_a_missed_meal() -> None:
    house = home("07:00", "18:00").until("2026-01-12 06:05")
    house.reads("f1", last_dispense_ts=house.moment("2026-01-12 06:00")).until("2026-01-12 07:12")
    house.reads("f1", last_dispense_ts=house.moment("2026-01-12 06:00")).until("2026-01-12 07:15")
    assert house.firing() == ["FeederMealMissed"]


def test_a_feeder_that_only_counts_is_waited_for_until_it_is_read_again() -> None:
    house = home("07:00", "18:00").until("2026-01-12 06:50")
    house.reads("f1", last_dispense_ts=house.moment("2026-01-11 18:00")).until("2026-01-12 07:20")
    assert house.outcome("2026-01-12 07:00") == ""
    house.reads("f1", last_dispense_ts=house.moment("2026-01-12 07:00") + 4).until("2026-01-12 07:50")
    assert house.outcome("2026-01-12 07:00") == "dispensed"
    house.until("2026-01-12 18:20")
    house.reads("f1", last_dispense_ts=house.moment("2026-01-12 07:00") + 4).until("2026-01-12 18:22")
    assert house.firing() == ["FeederMealMissed"]


def test_a_plan_that_changes_before_the_counters_are_read_takes_no_meal_away() -> None:
    house = home("07:00", "18:00").until("2026-01-12 06:50")
    house.reads("f1", last_dispense_ts=house.moment("2026-01-11 18:00")).until("2026-01-12 07:05")
    changed = plan(meal("07:00"), meal("19:00"), revision=2)
    house.tell(ScheduleDeclared("acme/f1", house.now, changed))
    house.until("2026-01-12 07:08")
    house.reads("f1", last_dispense_ts=house.moment("2026-01-12 07:00") + 4).until("2026-01-12 07:15")
    house.reads("f1", last_dispense_ts=house.moment("2026-01-12 07:00") + 4).until("2026-01-12 08:00")
    assert house.outcome("2026-01-12 07:00") == "dispensed"
    assert house.alerts() == []


def test_a_feeder_that_only_counts_and_is_not_read_any_more_leaves_a_meal_unconfirmed() -> None:
    house = home("07:00", "18:00").until("2026-01-12 06:50")
    house.reads("f1", last_dispense_ts=house.moment("2026-01-11 18:00")).until("2026-01-12 09:30")
    assert house.outcome("2026-01-12 07:00") == "unconfirmed"


def test_two_counters_that_show_the_same_meal_are_not_two_meals() -> None:
    house = home("07:00", "18:00").until("2026-01-12 06:30").die("f1").until("2026-01-12 09:00").revive("f1")
    house.until("2026-01-12 09:20").reads("f1", portions_today=2)
    house.reads("f1", last_dispense_ts=house.moment("2026-01-12 07:00") + 400)
    assert house.outcome("2026-01-12 07:00") == "dispensed"
    assert house.firing() == []


def test_an_event_outweighs_a_counter_whichever_comes_first() -> None:
    house = home("07:00").until("2026-01-12 07:03")
    house.reads("f1", last_dispense_ts=house.moment("2026-01-12 07:00") + 4)
    assert house.outcome("2026-01-12 07:00") == "dispensed"
    house.tell(
        house.fed(plan_id="07:00", planned="2026-01-12 07:00", outcome="partial", portions=1, sent=house.now - 170)
    )
    assert house.outcome("2026-01-12 07:00") == "partial"
