"""Too much food: more in a day than was planned, and food that does not stop."""

from monitor.core.decisions import Decision
from monitor.core.welfare.care import Today, Words
from monitor.core.welfare.case import FeederCase
from monitor.core.welfare.meals import zone
from monitor.core.welfare.slots import day_span, planned
from monitor.core.words import spell

DEFAULT_MEAL_GRAMS = 100.0


def tell_portions(case: FeederCase) -> list[Decision]:
    """What the counters of the day say."""
    return [*tell_overfed(case), *_rush(case)]


def today_of(case: FeederCase) -> Today | None:
    """What the plan gives on the day that it is; worked out once a day."""
    schedule, known = case.device.schedule, case.care.today
    if schedule is None or not schedule.enabled:
        return None
    if known is not None and known.begin <= case.at < known.end:
        return known
    begin, end = day_span(zone(case.device), case.at)
    meals = planned(schedule, zone(case.device), begin - 1, end - 1)
    grams, portions = [each.meal.grams for each in meals], [each.meal.portions for each in meals]
    case.care.today = Today(
        begin,
        end,
        meals[0].at if meals else end,
        sum(each or 0.0 for each in grams) if all(grams) else None,
        float(sum(each or 0 for each in portions)) if all(portions) else None,
    )
    return case.care.today


def tell_feedings(case: FeederCase) -> list[Decision]:
    """What single feedings say, of which a broken feeder may tell many in a row."""
    since = case.at - case.numbers.runaway_seconds
    return _runaway(case, sum(fact.grams or 0.0 for fact in case.care.ledger.facts if fact.at > since))


def tell_overfed(case: FeederCase) -> list[Decision]:
    """More food in a day than was planned, by whatever hand: the plan, a command, the owner."""
    today = today_of(case)
    if today is None:
        return []
    given, plan, unit = _given(case, today)
    if not plan:
        return []
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


def _rush(case: FeederCase) -> list[Decision]:
    """The counter of the day against where it stood about ten minutes ago."""
    given, mark, window = case.number("dispensed_today_g"), case.care.rush, case.numbers.runaway_seconds
    if given is None:
        return []
    if mark is None or given < mark[1] or case.at - mark[0] > 2 * window:
        case.care.rush = (case.at, given)
        return _runaway(case, 0.0)
    if case.at - mark[0] > window:
        case.care.rush = (case.at, given)
    return _runaway(case, given - mark[1])


def _runaway(case: FeederCase, grams: float) -> list[Decision]:
    schedule = case.device.schedule
    meals = [meal.grams for meal in (schedule.meals if schedule is not None else ()) if meal.grams]
    largest = max(meals, default=DEFAULT_MEAL_GRAMS)
    return case.put(
        "FeederRunaway",
        showing=grams > case.numbers.runaway_factor * largest or (None if grams > largest else False),
        say=lambda: Words(
            f"{case.called} does not stop: {grams:.0f} g within {spell(case.numbers.runaway_seconds)}",
            f"Its largest planned meal is {largest:g} g.",
        ),
        over="it gives no more than its meals",
    )
