"""What on-call reads when it turns out otherwise: true, with its day, and without alarm if it is good news."""

from monitor.core.decisions import Alert
from tests.unit.core.welfare.household import Household, meal


def silent_over_breakfast() -> Household:
    """A feeder that fed in the evening and could not be reached over the next morning's meal."""
    house = (
        Household("2026-01-12 17:30", step=900.0).feeder("f1", meal("07:00"), meal("18:00")).until("2026-01-12 18:00")
    )
    house.tell(house.fed(plan_id="18:00", planned="2026-01-12 18:00"))
    house.until("2026-01-13 06:30").die("f1").until("2026-01-13 09:00").revive("f1")
    house.decisions.clear()
    return house.until("2026-01-13 09:05")


def test_a_meal_that_a_counter_denies_is_not_said_to_have_come() -> None:
    house = silent_over_breakfast()
    house.reads("f1", last_dispense_ts=house.moment("2026-01-12 18:00"))
    assert house.ended("FeederMealUnconfirmed") == "known now: the 07:00 meal did not come"
    assert house.told("FeederMealMissed").endswith("Its counter shows that nothing came since 18:00 on 2026-01-12.")


def test_a_meal_that_was_left_out_on_purpose_is_not_said_to_have_come() -> None:
    house = silent_over_breakfast()
    house.tell(house.fed(plan_id="07:00", planned="2026-01-13 07:00", outcome="skipped", portions=0, replayed=True))
    assert house.ended("FeederMealUnconfirmed") == "known now: the 07:00 meal was left out on purpose"
    assert house.firing() == []


def test_food_later_than_the_meal_is_why_its_alert_ends() -> None:
    house = silent_over_breakfast()
    house.tell(house.fed(source="manual", expected=None))
    assert house.ended("FeederMealUnconfirmed") == "fed at 09:05"


def test_a_meal_of_another_day_is_told_with_its_date() -> None:
    house = silent_over_breakfast().die("f1").until("2026-01-14 05:00").revive("f1")
    evening = house.moment("2026-01-13 18:00")
    house.tell(house.fed(plan_id="18:00", planned="2026-01-13 18:00", sent=evening, replayed=True))
    assert house.ended("FeederMealsUnconfirmedRepeated") == (
        "confirmed at 05:00: the meal of 18:00 on 2026-01-13 was dispensed"
    )


def test_food_of_another_day_is_told_with_its_date() -> None:
    house = Household("2026-01-12 17:00", step=600.0).feeder("f1", meal("18:00")).until("2026-01-12 17:30").die("f1")
    house.until("2026-01-13 05:00").revive("f1")
    house.tell(house.fed(source="manual", expected=None, sent=house.moment("2026-01-12 20:00"), replayed=True))
    assert house.ended("FeederMealUnconfirmed") == "fed at 20:00 on 2026-01-12"


AWAY = ("07:00", "08:00", "09:00")


def back_again() -> Household:
    """A feeder that was out of sight over three meals."""
    house = Household("2026-01-12 06:00", step=300.0).feeder("f1", *(meal(time) for time in (*AWAY, "12:00")))
    house.until("2026-01-12 06:10").die("f1").until("2026-01-12 10:00").revive("f1")
    house.decisions.clear()
    return house


def replayed(house: Household, *times: str) -> list[Alert]:
    """It tells of these meals; what on-call is told meanwhile."""
    for time in times:
        house.tell(house.fed(plan_id=time, planned=f"2026-01-12 {time}", replayed=True))
    return house.alerts()


def test_good_news_is_no_alarm() -> None:
    told = replayed(back_again(), *AWAY)
    assert [(each.name, each.state) for each in told] == [("FeederMealsUnconfirmedRepeated", "resolved")]


def test_a_feeder_that_returned_is_given_time_before_its_last_unknown_meal_is_told() -> None:
    house = back_again()
    assert replayed(house, *AWAY[:2]) == []
    house.until("2026-01-12 10:09")
    assert house.firing() == ["FeederMealsUnconfirmedRepeated"]
    house.until("2026-01-12 10:11")
    assert house.firing() == ["FeederMealUnconfirmed"]
    assert house.told("FeederMealUnconfirmed").startswith("nobody knows whether the 09:00 meal")


def test_one_more_unknown_meal_is_news_though_others_turned_out_well() -> None:
    house = back_again()
    assert replayed(house, AWAY[0]) == []
    house.die("f1").until("2026-01-12 12:15")
    (told,) = house.alerts("", "firing")
    assert "3 meals (08:00, 09:00, 12:00)" in told.summary


def test_meals_that_are_named_with_spaces_are_told_apart() -> None:
    house = Household(step=900.0).feeder("f1", meal("01:00", plan_id="late snack"), meal("02:00", plan_id="a b"))
    house.until("2026-01-12 00:30").die("f1").until("2026-01-12 02:30")
    assert "2 meals (01:00, 02:00)" in house.told("FeederMealsUnconfirmedRepeated")
