"""The hopper of a feeder: empty, low, and for how many meals it still lasts."""

from monitor.core.decisions import Decision
from monitor.core.welfare.care import FeederCare, Words
from monitor.core.welfare.case import FeederCase
from monitor.core.words import count, spell
from monitor.devices.schedule import Schedule

DAY_SECONDS = 86_400.0
DAYS_A_WEEK = 7
REFILLED_RATIO = 0.10
SMALLEST_FALL = 0.02
NEW_WEIGHT = 0.3
LOW_DAYS, FINE_DAYS = 1.0, 1.5


def tell_hopper(case: FeederCase) -> list[Decision]:
    """What level and state say."""
    state, percent = case.readings.get("hopper_state"), case.number("hopper_pct")
    level = percent / 100 if percent is not None else None
    # A feeder that was away tells of what it gave meanwhile only after its first reading.
    if level is not None and case.at >= case.care.back_at + case.numbers.report_seconds:
        learn_portion(case.care, level)
    none_left = state == "empty" or (state in (None, "unknown") and level == 0) or _still_bare(case)
    some_left = state in ("ok", "low") or bool(level)
    days = days_left(case.care, level, case.device.schedule)
    limit = case.numbers.hopper_low_ratio
    low = state == "low" or (level is not None and level < limit) or (days is not None and days < LOW_DAYS)
    fine = state != "low" and (level is None or level > limit + REFILLED_RATIO) and (days is None or days > FINE_DAYS)
    decisions = _empty(case, showing=none_left or (False if some_left else None))
    return decisions + case.put(
        "FeederHopperLow",
        showing=(low and not none_left) or (False if fine or none_left else None),
        say=lambda: Words(
            f"the hopper of {case.called} is low{_lasts(case, days)}",
            f"Its level is {level:.0%}." if level is not None else "Its own sensor says so.",
        ),
        over="the hopper is empty" if none_left else "the hopper was filled",
        hold=case.numbers.hopper_low_hold_seconds,
    )


def ran_out(case: FeederCase) -> list[Decision]:
    """A meal failed for want of food, whatever the sensor of the hopper says."""
    case.care.bare = _fullness(case) or 0.0
    return _empty(case, showing=True)


def whole_meal(case: FeederCase) -> list[Decision]:
    """A meal came out whole, so there is food."""
    case.care.bare = None
    return case.clear("FeederHopperEmpty", "a whole meal came out")


def _empty(case: FeederCase, *, showing: bool | None) -> list[Decision]:
    return case.put(
        "FeederHopperEmpty",
        showing=showing,
        say=lambda: Words(f"the hopper of {case.called} is empty", "The next meals will not come."),
        over="the hopper was filled",
    )


def _still_bare(case: FeederCase) -> bool:
    """Whether it has not been filled clearly since a meal failed for want of food."""
    care, full = case.care, _fullness(case)
    if care.bare is not None and full is not None:
        care.bare = None if full >= care.bare + REFILLED_RATIO else min(care.bare, full)
    return care.bare is not None


def _fullness(case: FeederCase) -> float | None:
    """How full the hopper is by its level, or by its state if it has no level; None if nothing is known."""
    percent, state = case.number("hopper_pct"), case.readings.get("hopper_state")
    return percent / 100 if percent is not None else {"ok": 1.0, "low": 0.0, "empty": 0.0}.get(str(state))


def learn_portion(care: FeederCare, level: float) -> None:
    """How much of the hopper one portion takes, from the fall of the level since the last mark."""
    mark = care.hopper
    if mark is None or level > mark[1] or care.served < mark[0]:
        care.hopper = (care.served, level)
        return
    fall, portions = mark[1] - level, care.served - mark[0]
    if fall >= SMALLEST_FALL and portions > 0:
        fresh = fall / portions
        known = care.per_portion or fresh
        care.per_portion = (1 - NEW_WEIGHT) * known + NEW_WEIGHT * fresh
        care.hopper = (care.served, level)


def days_left(care: FeederCare, level: float | None, schedule: Schedule | None) -> float | None:
    """For how many days of its plan the hopper lasts; None if that is not known yet."""
    if level is None or schedule is None or not schedule.enabled or not care.per_portion:
        return None
    portions = sum((meal.portions or 0) * len(meal.days) for meal in schedule.meals if meal.enabled) / DAYS_A_WEEK
    return level / (care.per_portion * portions) if portions else None


def _lasts(case: FeederCase, days: float | None) -> str:
    schedule = case.device.schedule
    if days is None or schedule is None:
        return ""
    meals = days * sum(len(meal.days) for meal in schedule.meals if meal.enabled) / DAYS_A_WEEK
    return f": enough for about {count(int(meals), 'more meal')} ({spell(days * DAY_SECONDS)})"
