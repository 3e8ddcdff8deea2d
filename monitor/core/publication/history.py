"""90 days of each component: for how long of each day it was in which condition."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from monitor.core.publication.bulletins import CONDITIONS, Condition, worst

DAYS = 90
DAY_SECONDS = 86_400
TROUBLED = frozenset({"degraded_performance", "partial_outage", "major_outage"})


class Day(NamedTuple):
    """One day of a component: its worst condition, and the seconds in each that was not operational.

    `number` counts days since 1970, UTC. `worst` is None if the component was not watched on that day.
    """

    number: int
    worst: Condition | None
    seconds: Mapping[Condition, float]


class History:
    """What each component, by id, has been since it is watched; nothing is kept of days without trouble."""

    def __init__(self) -> None:
        self.current: dict[str, tuple[Condition, float]] = {}
        """The present condition and since when."""
        self._since: dict[str, float] = {}
        self._days: dict[str, dict[int, dict[Condition, float]]] = {}

    def watch(self, component: str, at: float) -> None:
        """From now on it is watched."""
        self.current.setdefault(component, ("operational", at))
        self._since.setdefault(component, at)

    def forget(self, component: str) -> None:
        """It is no longer on the page."""
        for kept in (self.current, self._since, self._days):
            kept.pop(component, None)

    def turn(self, component: str, condition: Condition, at: float) -> None:
        """Its condition changes."""
        former, since = self.current[component]
        self._add(self._days.setdefault(component, {}), former, since, at)
        self.current[component] = condition, max(since, at)
        oldest = int(at // DAY_SECONDS) - DAYS
        self._days[component] = {day: kept for day, kept in self._days[component].items() if day > oldest}

    def days(self, component: str, now: float) -> list[Day]:
        """The last 90 days, the oldest first, today included."""
        today = int(now // DAY_SECONDS)
        spent = {day: dict(seconds) for day, seconds in self._days.get(component, {}).items()}
        condition, since = self.current.get(component, ("operational", now))
        self._add(spent, condition, since, now)
        watched = int(self._since.get(component, now) // DAY_SECONDS)
        return [
            Day(day, worst(*spent.get(day, ())) if day >= watched else None, spent.get(day, {}))
            for day in range(today - DAYS + 1, today + 1)
        ]

    def save(self) -> dict[str, Any]:
        """As plain data."""
        return {"current": self.current, "since": self._since, "days": self._days}

    def restore(self, data: Mapping[str, Any]) -> None:
        """What `save` wrote."""
        known = {name: (str(one), float(since)) for name, (one, since) in data.get("current", {}).items()}
        self.current = {name: (one, since) for name, (one, since) in known.items() if one in CONDITIONS}
        self._since = {name: float(since) for name, since in data.get("since", {}).items()}
        self._days = {
            name: {int(day): dict(seconds) for day, seconds in days.items()}
            for name, days in data.get("days", {}).items()
        }

    def _add(self, days: dict[int, dict[Condition, float]], condition: Condition, since: float, until: float) -> None:
        if condition == "operational":
            return
        until = max(until, since)
        for day in range(int(max(since, until - DAYS * DAY_SECONDS) // DAY_SECONDS), int(until // DAY_SECONDS) + 1):
            begins, ends = day * DAY_SECONDS, (day + 1) * DAY_SECONDS
            spent = max(0.0, min(until, ends) - max(since, begins))
            if spent > 0 or day == int(since // DAY_SECONDS):
                of_day = days.setdefault(day, {})
                of_day[condition] = of_day.get(condition, 0.0) + spent


def uptime(days: list[Day], now: float) -> float:
    """The share of the watched time without trouble; planned work counts as none."""
    watched = [day for day in days if day.worst is not None]
    if not watched:
        return 1.0
    whole = max(1.0, now - watched[0].number * DAY_SECONDS)
    lost = sum(seconds for day in watched for name, seconds in day.seconds.items() if name in TROUBLED)
    return max(0.0, 1.0 - lost / whole)
