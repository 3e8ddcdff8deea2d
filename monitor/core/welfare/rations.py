"""How much a feeder's plan gives on one day, also on a day on which the plan changes."""

from collections.abc import Sequence
from datetime import tzinfo

from monitor.core.welfare.care import Today
from monitor.core.welfare.slots import Planned, day_span, planned
from monitor.devices.schedule import Schedule

Plan = tuple[Schedule, tzinfo]
"""A plan, and the zone in which it counts."""


def ration(schedule: Schedule, zone: tzinfo, at: float) -> Today:
    """What a plan gives on the calendar day of `at`."""
    begin, end = day_span(zone, at)
    meals = planned(schedule, zone, begin - 1, end - 1)
    return Today(begin, end, _first(meals, end), _grams(meals), _portions(meals))


def replanned(known: Today, at: float, former: Plan, plan: Plan) -> Today:
    """The ration of a day on which the plan changed: what was due by then, and what is to come by the new plan."""
    begin, end = day_span(plan[1], at)
    left, coming = planned(*former, at, known.end - 1), planned(*plan, at, end - 1)
    return Today(
        begin,
        end,
        known.first_at if known.first_at <= at else _first(coming, end),
        _exchanged(known.grams, _grams(left), _grams(coming)),
        _exchanged(known.portions, _portions(left), _portions(coming)),
    )


def _first(meals: Sequence[Planned], end: float) -> float:
    return meals[0].at if meals else end


def _grams(meals: Sequence[Planned]) -> float | None:
    return _sum([each.meal.grams for each in meals])


def _portions(meals: Sequence[Planned]) -> float | None:
    return _sum([each.meal.portions for each in meals])


def _sum(amounts: Sequence[float | None]) -> float | None:
    """The sum; None if a meal does not say how much it is."""
    return float(sum(each or 0.0 for each in amounts)) if all(amounts) else None


def _exchanged(known: float | None, left: float | None, coming: float | None) -> float | None:
    return None if known is None or left is None or coming is None else known - left + coming
