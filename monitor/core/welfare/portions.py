"""Too much food: more in a day than was planned, and food that does not stop."""

from typing import NamedTuple

from monitor.core.decisions import Decision
from monitor.core.welfare.care import Today, Words
from monitor.core.welfare.case import FeederCase
from monitor.core.welfare.meals import zone
from monitor.core.welfare.rations import ration
from monitor.core.words import spell

USUAL_MEAL = {"g": 100.0, "portions": 10.0}
"""A large meal, where the plan does not say how large its meals are."""


class Amount(NamedTuple):
    """So much food; the unit is g or portions."""

    number: float
    unit: str


def tell_portions(case: FeederCase) -> list[Decision]:
    """What the counters of the day say."""
    decisions = [*tell_overfed(case), *tell_feedings(case)]
    _mark(case)
    return decisions


def today_of(case: FeederCase) -> Today | None:
    """What the plan gives on the day that it is; worked out once a day."""
    schedule, known = case.device.schedule, case.care.today
    if schedule is None:
        return None
    if known is None or not known.begin <= case.at < known.end:
        known = case.care.today = ration(schedule, zone(case.device), case.at)
    return known


def tell_overfed(case: FeederCase) -> list[Decision]:
    """More food in a day than was planned, by whatever hand: the plan, a command, the owner."""
    today = today_of(case)
    given, plan, unit = _given(case, today) if today is not None else (0.0, None, "")
    if not plan:
        return case.clear("FeederOverDispensed", "no amount is planned for today")
    return case.put(
        "FeederOverDispensed",
        showing=given > case.numbers.overfed_factor * plan,
        say=lambda: Words(
            f"{case.called} gave {given:g} of {plan:g} {unit} today", "That is far more than the plan of the day."
        ),
        over="it is within the day's plan again",
        hold=case.numbers.overfed_hold_seconds,
    )


def _given(case: FeederCase, today: Today) -> tuple[float, float | None, str]:
    """What was given today and what the plan gives: by the feeder's counters, else by the feedings that it told of."""
    grams, portions = case.number("dispensed_today_g"), case.number("portions_today")
    if grams is not None and today.grams:
        return grams, today.grams, "g"
    if portions is not None and today.portions:
        return portions, today.portions, "portions"
    told = [fact for fact in case.care.ledger.facts if fact.at >= today.begin and fact.food]
    if today.grams:
        return sum(fact.grams or 0.0 for fact in told), today.grams, "g"
    return sum(fact.portions or 0.0 for fact in told), today.portions, "portions"


def tell_feedings(case: FeederCase) -> list[Decision]:
    """Whether food does not stop: by single feedings, of which a broken feeder may tell many, or by its counter."""
    sizes = USUAL_MEAL | _planned_sizes(case)
    most = max(_lately(case), key=lambda each: each.number / sizes[each.unit])
    size, seconds = sizes[most.unit], case.numbers.runaway_seconds
    unsure = most.number > size or _marked_lately(case)
    return case.put(
        "FeederRunaway",
        showing=most.number > case.numbers.runaway_factor * size or (None if unsure else False),
        say=lambda: Words(
            f"{case.called} does not stop: {most.number:.0f} {most.unit} within {spell(seconds)}",
            f"Its largest planned meal is {size:g} {most.unit}.",
        ),
        over="it gives no more than its meals",
    )


def _lately(case: FeederCase) -> list[Amount]:
    """What came of late, in the units that the plan knows if the feeder uses them, else in those that it uses."""
    since = case.at - case.numbers.runaway_seconds
    told = [fact for fact in case.care.ledger.facts if fact.at > since]
    grams = sum(fact.grams or 0.0 for fact in told)
    # Where only weights are known, the ledger counts them as portions.
    portions = sum(fact.portions or 0.0 for fact in told if fact.portions != fact.grams)
    found = [Amount(grams, "g"), Amount(portions, "portions"), _risen(case)]
    planned = _planned_sizes(case)
    return [each for each in found if each.number and each.unit in planned] or found


def _planned_sizes(case: FeederCase) -> dict[str, float]:
    """The largest meal of the plan, in each unit in which it states meals."""
    meals = case.device.schedule.meals if case.device.schedule is not None else ()
    grams, portions = [meal.grams or 0.0 for meal in meals], [float(meal.portions or 0) for meal in meals]
    sizes = {"g": max(grams, default=0.0), "portions": max(portions, default=0.0)}
    return {unit: size for unit, size in sizes.items() if size}


def _counted(case: FeederCase) -> Amount | None:
    """The feeder's counter of the day, in a unit that the plan knows if there is one."""
    counters = {"g": case.number("dispensed_today_g"), "portions": case.number("portions_today")}
    found = [Amount(number, unit) for unit, number in counters.items() if number is not None]
    planned = _planned_sizes(case)
    return next((each for each in found if each.unit in planned), found[0] if found else None)


def _risen(case: FeederCase) -> Amount:
    """By how much the counter of the day has risen since it was marked, about ten minutes ago."""
    counted, mark = _counted(case), case.care.rush
    if counted is None or mark is None or not _goes_on(case, mark, counted):
        return Amount(0.0, "g")
    return Amount(counted.number - mark[1], counted.unit)


def _goes_on(case: FeederCase, mark: tuple[float, float, str], counted: Amount) -> bool:
    """Whether the counter can be compared with its mark: not from another day, long ago, or in another unit."""
    recent = case.at - mark[0] <= 2 * case.numbers.runaway_seconds
    return recent and mark[2:] == (counted.unit,) and mark[1] <= counted.number


def _marked_lately(case: FeederCase) -> bool:
    """Whether the counter was marked so short a time ago that it cannot show yet that food stopped."""
    mark = case.care.rush
    return mark is not None and case.at - mark[0] < case.numbers.runaway_seconds / 2


def _mark(case: FeederCase) -> None:
    """Mark where the counter of the day stands, every ten minutes or so."""
    counted, mark = _counted(case), case.care.rush
    if counted is None:
        return
    old = mark is not None and case.at - mark[0] > case.numbers.runaway_seconds
    if mark is None or old or not _goes_on(case, mark, counted):
        case.care.rush = (case.at, *counted)
