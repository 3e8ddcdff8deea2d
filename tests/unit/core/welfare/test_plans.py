"""Plans that change, zones that change, clocks that change: each meal once, and nobody alarmed for nothing."""

from dataclasses import replace

import pytest

from monitor.core.observations import DeviceInfo, ScheduleDeclared
from monitor.devices.profile import Profile
from monitor.devices.schedule import DAYS, Meal, Schedule
from tests.unit.core.welfare.household import Household, meal, plan


def declare(house: Household, schedule: Schedule) -> Household:
    """The feeder states another plan."""
    house.tell(ScheduleDeclared("acme/f1", house.now, schedule))
    return house


def eats(house: Household, day: str, time: str, *, at: str = "", planned: str = "") -> None:
    """The feeder gives a meal at a moment, by default at its time."""
    when = house.moment(f"{day} {at or time}")
    house.later(house.fed(plan_id=time, planned=f"{day} {planned or time}", at=when + 4, sent=when + 4))


def test_a_plan_edited_minutes_before_a_meal_leaves_no_meal_missed() -> None:
    house = Household().feeder("f1", meal("07:00")).until("2026-01-12 06:56")
    declare(house, plan(meal("08:00", plan_id="07:00"), revision=2)).until("2026-01-12 07:30")
    assert house.ledger() == []
    eats(house, "2026-01-12", "07:00", at="08:00", planned="08:00")
    house.until("2026-01-12 09:00")
    assert house.ledger() == [("01-12 08:00", "dispensed")]
    assert house.alerts() == []


def test_a_feeder_that_had_not_got_the_edit_yet_feeds_by_the_plan_before() -> None:
    house = Household().feeder("f1", meal("07:00")).until("2026-01-12 06:59")
    declare(house, plan(meal("08:00", plan_id="07:00"), revision=2))
    eats(house, "2026-01-12", "07:00")
    house.until("2026-01-12 07:30")
    assert house.ledger() == [("01-12 07:00", "dispensed")]


def test_a_meal_that_neither_plan_knows_belongs_to_no_meal() -> None:
    house = Household().feeder("f1", meal("07:00")).until("2026-01-12 05:00")
    declare(house, plan(meal("08:00"), revision=2)).until("2026-01-12 05:30")
    house.tell(house.fed(plan_id="midnight snack", planned="2026-01-12 05:30"))
    assert house.ledger() == []
    assert house.device().welfare.food_at == house.now


def test_a_meal_that_was_due_before_the_edit_stays_due() -> None:
    house = Household().feeder("f1", meal("07:00")).until("2026-01-12 07:04")
    declare(house, plan(meal("08:00"), revision=2)).until("2026-01-12 07:15")
    assert house.outcome("2026-01-12 07:00") == "missed"


def test_a_meal_written_into_the_plan_minutes_before_its_time_may_be_left_out() -> None:
    house = Household().feeder("f1", meal("18:00")).until("2026-01-12 06:58")
    declare(house, plan(meal("07:00"), meal("18:00"), revision=2)).until("2026-01-12 07:30")
    assert house.outcome("2026-01-12 07:00") == "skipped"
    assert house.alerts() == []


def test_a_meal_that_was_in_the_plan_before_is_not_excused_by_an_edit() -> None:
    house = Household().feeder("f1", meal("07:00")).until("2026-01-12 06:58")
    declare(house, plan(meal("07:00"), meal("18:00"), revision=2)).until("2026-01-12 07:30")
    assert house.outcome("2026-01-12 07:00") == "missed"


def test_the_same_plan_told_again_changes_nothing() -> None:
    house = Household().feeder("f1", meal("07:00")).until("2026-01-12 06:58")
    declare(house, plan(meal("07:00"))).until("2026-01-12 07:15")
    assert house.outcome("2026-01-12 07:00") == "missed"


def test_a_plan_that_is_switched_off_expects_nothing() -> None:
    house = Household().feeder("f1", meal("07:00")).until("2026-01-12 06:00")
    declare(house, replace(plan(meal("07:00"), revision=2), enabled=False)).until("2026-01-12 20:00")
    assert house.alerts() == []


def test_a_plan_that_is_switched_on_again_after_a_holiday_counts_hunger_from_then() -> None:
    times = meal("07:00"), meal("12:00"), meal("18:00"), meal("23:00")
    house = Household("2026-01-12 06:50").feeder("f1", *times)
    eats(house, "2026-01-12", "07:00")
    house.until("2026-01-12 07:10")
    declare(house, replace(plan(*times, revision=2), enabled=False)).until("2026-01-12 21:00")
    declare(house, plan(*times, revision=3)).until("2026-01-12 23:05")
    assert house.alerts() == []
    house.until("2026-01-12 23:15")
    assert house.firing() == ["FeederMealMissed"]
    house.until("2026-01-13 09:05")
    assert "no food came for 12 h" in house.told("FeederNoFoodDispensed")


def test_a_plan_with_more_meals_makes_nobody_hungry_before_its_first_one() -> None:
    house = Household().feeder("f1", meal("07:00", 6))
    eats(house, "2026-01-12", "07:00")
    house.until("2026-01-12 22:00")
    declare(house, plan(meal("07:00"), meal("13:00"), meal("19:00"), revision=2)).restarted()
    house.link(up=True).until("2026-01-13 07:05")
    assert house.alerts() == []
    house.until("2026-01-13 07:15")
    assert house.firing() == ["FeederMealMissed", "FeederNoFoodDispensed"]


def test_a_hungry_animal_is_not_fed_by_an_edit() -> None:
    house = Household(step=900.0).feeder("f1", meal("07:00"), meal("18:00"))
    eats(house, "2026-01-12", "07:00")
    house.until("2026-01-13 04:00")
    assert "FeederNoFoodDispensed" in house.firing()
    declare(house, plan(meal("12:00"), revision=2)).until("2026-01-13 11:00")
    assert "FeederNoFoodDispensed" in house.firing()
    house.tell(house.fed(source="manual", expected=None))
    assert house.firing() == []
    assert house.ended("FeederNoFoodDispensed") == "fed at 11:00"


def test_hunger_ends_with_the_plan_and_does_not_claim_that_somebody_fed() -> None:
    house = Household(step=900.0).feeder("f1", meal("07:00"), meal("18:00"))
    eats(house, "2026-01-12", "07:00")
    house.until("2026-01-13 04:00")
    declare(house, replace(plan(meal("07:00"), revision=2), enabled=False))
    assert house.ended("FeederNoFoodDispensed") == "its plan has no meals any more"


def given(house: Household, *times: str) -> Household:
    """Meals of three portions that come in time, which a counter of the day adds up."""
    for number, time in enumerate(times, 1):
        house.until(f"2026-01-12 {time}").tell(
            house.fed(plan_id=time, planned=f"2026-01-12 {time}", portions=3, expected=3)
        )
        house.reads("f1", dispensed_today_g=30.0 * number, portions_today=3 * number)
    return house


def test_a_smaller_plan_in_the_evening_does_not_make_the_meals_of_the_day_too_many() -> None:
    house = Household().feeder("f1", meal("07:00", 3), meal("12:00", 3), meal("18:00", 3))
    given(house, "07:00", "12:00", "18:00").until("2026-01-12 20:00")
    declare(house, plan(meal("07:00", 1), meal("18:00", 1), revision=2)).restarted()
    house.link(up=True).until("2026-01-12 20:05").reads("f1", dispensed_today_g=90.0).until("2026-01-12 20:15")
    assert house.alerts() == []
    house.reads("f1", dispensed_today_g=140.0).until("2026-01-12 20:25")
    assert "140 of 90 g today" in house.told("FeederOverDispensed")
    house.reads("f1", dispensed_today_g=0.0).until("2026-01-13 00:05").reads("f1", dispensed_today_g=40.0)
    assert "40 of 20 g today" in house.until("2026-01-13 00:15").told("FeederOverDispensed")


def test_meals_that_are_moved_and_moved_again_are_counted_where_they_were_due() -> None:
    house = Household().feeder("f1", meal("07:00", 3), meal("18:00", 3))
    given(house, "07:00").until("2026-01-12 09:00")
    declare(house, plan(meal("10:00", 3), meal("18:00", 3), revision=2)).until("2026-01-12 09:30")
    declare(house, plan(meal("11:00", 3, grams=33.0), meal("18:00", 3), revision=3)).until("2026-01-12 10:00")
    house.reads("f1", dispensed_today_g=300.0).until("2026-01-12 10:10")
    assert "300 of 93 g today" in house.told("FeederOverDispensed")


def test_the_ration_of_a_day_is_unknown_once_its_plan_names_no_amounts() -> None:
    house = Household().feeder("f1", meal("07:00", 3), meal("18:00", 3))
    given(house, "07:00").until("2026-01-12 09:00")
    declare(house, plan(Meal("18:00", 18 * 60, DAYS, None, None), revision=2))
    house.reads("f1", dispensed_today_g=300.0, portions_today=30).until("2026-01-12 10:10")
    assert "FeederOverDispensed" not in house.firing()


def test_what_was_too_much_is_over_with_its_day_though_the_plan_is_switched_off() -> None:
    house = Household(step=600.0).feeder("f1", meal("07:00", 3), meal("18:00", 3))
    for time in ("07:00", "07:30", "08:00"):
        house.until(f"2026-01-12 {time}").tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", portions=4))
    house.until("2026-01-12 08:10")
    declare(house, replace(plan(meal("07:00", 3), revision=2), enabled=False)).until("2026-01-12 12:00")
    assert house.firing() == ["FeederDoubleDispense", "FeederOverDispensed"]
    house.until("2026-01-13 00:05")
    assert house.ended("FeederOverDispensed") == "no amount is planned for today"
    house.until("2026-01-13 07:35")
    assert house.firing() == []
    assert house.ended("FeederDoubleDispense") == "a day has passed since"


@pytest.mark.slow
def test_a_meal_at_midnight_belongs_to_the_day_that_begins() -> None:
    house = Household("2026-01-11 12:00").feeder("f1", meal("00:00"))
    eats(house, "2026-01-12", "00:00")
    house.until("2026-01-13 01:00")
    assert house.ledger() == [("01-12 00:00", "dispensed"), ("01-13 00:00", "missed")]


def test_two_meals_in_one_minute_are_both_expected() -> None:
    house = Household().feeder("f1", meal("07:00", plan_id="a"), meal("07:00", plan_id="b"))
    when = house.moment("2026-01-12 07:00")
    house.later(house.fed(plan_id="b", planned="2026-01-12 07:00", at=when + 5))
    house.until("2026-01-12 07:30")
    assert house.ledger() == [("01-12 07:00", "missed"), ("01-12 07:00", "dispensed")]


def test_a_feeder_that_moves_to_another_zone_is_expected_by_the_clock_there() -> None:
    house = Household().settle("f1", "feeder", plan(meal("07:00"), zone=""), timezone="Europe/Vienna")
    eats(house, "2026-01-12", "07:00")
    house.until("2026-01-12 09:00")
    house.tell(
        DeviceInfo("acme/f1", house.now, Profile(kind="feeder", interval_seconds=60.0, timezone="America/New_York"))
    )
    house.until("2026-01-12 12:55")
    assert house.ledger() == [("01-12 07:00", "dispensed")]
    house.until("2026-01-12 13:15")
    assert house.ledger() == [("01-12 07:00", "dispensed"), ("01-12 13:00", "missed")]


@pytest.mark.slow
def test_when_clocks_go_forward_a_plan_that_follows_gives_each_meal_once() -> None:
    house = Household("2026-03-28 12:00").feeder("f1", meal("07:00"), meal("18:00"))
    for day, time in (
        ("2026-03-28", "18:00"),
        ("2026-03-29", "07:00"),
        ("2026-03-29", "18:00"),
        ("2026-03-30", "07:00"),
    ):
        eats(house, day, time)
    house.until("2026-03-30 09:00")
    assert [each.outcome for each in house.settled()] == ["dispensed"] * 4
    assert house.alerts() == []


@pytest.mark.slow
def test_when_clocks_go_forward_a_plan_that_does_not_follow_is_an_hour_late_and_never_missed() -> None:
    house = Household("2026-03-28 12:00").feeder("f1", meal("07:00"), meal("18:00"))
    eats(house, "2026-03-28", "18:00")
    for day in ("2026-03-29", "2026-03-30"):
        eats(house, day, "07:00", at="08:00", planned="08:00")
        eats(house, day, "18:00", at="19:00", planned="19:00")
    house.until("2026-03-29 09:00")
    assert "1 h late" in house.told("FeederScheduleDrift")
    assert "exactly the 1 h by which the clocks were changed" in house.told("FeederScheduleDrift")
    house.until("2026-03-30 20:00")
    assert [each.outcome for each in house.settled()] == ["dispensed", *["late"] * 4]
    assert {alert.name for alert in house.alerts()} == {"FeederScheduleDrift"}


@pytest.mark.slow
def test_when_clocks_go_back_a_plan_that_does_not_follow_is_an_hour_early() -> None:
    house = Household("2026-10-24 12:00").feeder("f1", meal("07:00"), meal("18:00"))
    eats(house, "2026-10-24", "18:00")
    for day in ("2026-10-25", "2026-10-26"):
        eats(house, day, "07:00", at="06:00", planned="06:00")
        eats(house, day, "18:00", at="17:00", planned="17:00")
    house.until("2026-10-26 20:00")
    assert "1 h early" in house.told("FeederScheduleDrift")
    assert [each.outcome for each in house.settled()] == ["dispensed"] * 5
    assert {alert.name for alert in house.alerts()} == {"FeederScheduleDrift"}


@pytest.mark.parametrize(
    ("zone", "day", "came", "off"),
    [
        ("America/New_York", "2026-11-01", "06:00", "1 h early"),
        ("Australia/Lord_Howe", "2026-10-04", "07:30", "30 min late"),
    ],
)
def test_in_other_zones_a_plan_that_does_not_follow_is_off_by_what_their_clocks_moved(
    zone: str, day: str, came: str, off: str
) -> None:
    house = Household(f"{day} 00:00", zone=zone).feeder("f1", schedule=plan(meal("07:00"), zone=zone))
    eats(house, day, "07:00", at=came, planned=came)
    house.until(f"{day} 08:00")
    assert house.ledger() == [(f"{day[5:]} 07:00", "dispensed" if "early" in off else "late")]
    assert f"come {off}" in house.told("FeederScheduleDrift")
    assert f"exactly the {off.rpartition(' ')[0]} by which the clocks were changed" in house.told("FeederScheduleDrift")


@pytest.mark.slow
def test_a_plan_held_in_utc_shifts_the_meals_on_the_wall_and_says_why() -> None:
    schedule = plan(meal("06:00"), basis="utc")
    house = Household("2026-03-28 00:00").settle("f1", "feeder", schedule, timezone="Europe/Vienna")
    for day, wall in (("2026-03-28", "07:00"), ("2026-03-29", "08:00")):
        when = house.moment(f"{day} {wall}")
        house.later(house.fed(plan_id="06:00", planned=f"{day} {wall}", at=when + 4))
    house.until("2026-03-28 12:00")
    assert house.alerts() == []
    house.until("2026-03-29 12:00")
    assert "held in UTC" in house.told("FeederScheduleDrift")
    assert [outcome for _, outcome in house.ledger()] == ["dispensed", "dispensed"]


@pytest.mark.slow
def test_a_clock_that_drifts_slowly_is_told_as_skew_first_then_as_drift_and_no_meal_is_missed() -> None:
    house = Household().feeder("f1", meal("07:00"))
    for day in range(12, 17):
        late = (day - 11) * 240.0
        when = house.moment(f"2026-01-{day} 07:00") + late
        house.later(house.fed(plan_id="07:00", planned=f"2026-01-{day} 07:00", at=when, sent=when - late))
    for day in range(12, 17):
        house.signs_of_life("f1", skew=-(day - 11) * 240.0).until(f"2026-01-{day} 23:00")
    names = list(dict.fromkeys(alert.name for alert in house.alerts()))
    assert names == ["DeviceClockSkew", "FeederScheduleDrift"]
