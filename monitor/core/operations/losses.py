"""What an incident cost, as far as it is known: meals that did not come, and signs of harm."""

from monitor.core.alert_kinds import ALERTS
from monitor.core.decisions import LossRecorded, MealSettled, WelfareChanged

LOST = frozenset({"missed", "failed", "unconfirmed"})
"""How a meal can end so that it counts as a loss, as long as nothing better is known."""
SHOWING, OVER = "showing", "over"
_MEALS = frozenset({"FeederMealMissed", "FeederMealsUnconfirmedRepeated"})


def meal_lost(settled: MealSettled, incident: str) -> list[LossRecorded]:
    """A meal was lost in an incident, or one that was believed lost came after all."""
    what = f"meal {settled.plan_id}"
    if settled.outcome in LOST and incident:
        return [LossRecorded(incident, settled.at, settled.device, what, settled.planned_at, settled.outcome)]
    if settled.before in LOST:
        return [LossRecorded("", settled.at, settled.device, what, settled.planned_at, settled.outcome)]
    return []


def sign_shown(changed: WelfareChanged, incident: str) -> list[LossRecorded]:
    """A sign of harm began in an incident, or ended; meals are counted one by one instead."""
    kind = ALERTS.get(changed.sign)
    if kind is None or kind.severity != "critical" or changed.sign in _MEALS:
        return []
    if not changed.showing:
        return [LossRecorded("", changed.at, changed.device, changed.sign, 0.0, OVER)]
    return [LossRecorded(incident, changed.at, changed.device, changed.sign, changed.at, SHOWING)] if incident else []
