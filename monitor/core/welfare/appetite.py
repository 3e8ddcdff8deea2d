"""How long a meal is waited for, and how long an animal may be without one."""

from monitor.core.welfare.care import FeederCare
from monitor.core.welfare.settings import FeederWelfare

LONGEST_DELAY_SECONDS = 7200.0
HABIT_MEALS = 2
"""So many meals in a row that come late make a habit; a single one may be chance."""


def patience(care: FeederCare, numbers: FeederWelfare, moved: float = 0.0) -> float:
    """How long after its time a meal is waited for: longer if this feeder is always late, or the clocks `moved`."""
    habit = min(delay for _, delay in care.delays) if len(care.delays) == HABIT_MEALS else 0.0
    return numbers.meal_grace_seconds + min(max(habit, moved), LONGEST_DELAY_SECONDS)


def hungry_since(care: FeederCare) -> float:
    """Since when the animal has had nothing for sure, as far as its feeder is to blame; 0.0 if there never was a plan.

    While no meals are planned, somebody else feeds it.
    """
    return max(care.food_at, care.hungry_from) or care.plan_since


def hungry_at(care: FeederCare, numbers: FeederWelfare) -> float | None:
    """When that will have been for too long; None if no meals are planned.

    A new plan's gap says nothing about food under the former one, so that its first meal is waited for.
    """
    since = hungry_since(care)
    if not care.gap or not since:
        return None
    return max(since + numbers.hungry_factor * care.gap, care.first_at + patience(care, numbers))
