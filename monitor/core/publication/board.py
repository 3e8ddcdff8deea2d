"""The lines of the page and how each is now: by what was published, and by what may show by itself."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from monitor.core.decisions import Alert, Incident
from monitor.core.fleet import Fleet
from monitor.core.publication.bulletins import Bulletin, Condition, ConditionChanged, worst
from monitor.core.publication.components import CAPABILITIES, Component, everybodys, found_in, in_order
from monitor.core.publication.conditions import merged, of_alerts, of_bulletins, of_outage
from monitor.core.publication.history import History
from monitor.core.publication.settings import PublicationSettings
from monitor.core.welfare.harm import Toll

LOOK_AGAIN_SECONDS = 60.0
"""Fleet and outages are counted anew this often, so that a line does not flicker with every device that returns."""


class Board:
    """The page's lines by id, their conditions and their history."""

    def __init__(self, fleet: Fleet, settings: PublicationSettings) -> None:
        self.components: list[Component] = in_order(everybodys())
        self.conditions: dict[str, Condition] = {}
        """Of the lines that are not operational."""
        self.by_people: frozenset[str] = frozenset()
        """Lines whose condition was published."""
        self.history = History()
        self._fleet = fleet
        self._settings = settings
        self._automatic: dict[str, Condition] = {}
        self.look_at = -math.inf
        """When fleet and outages are counted anew."""
        self._uncovered: frozenset[str] = frozenset()

    def pass_time(
        self,
        now: float,
        bulletins: Collection[Bulletin],
        incidents: Iterable[Incident],
        toll: Callable[[str], Toll | None],
        alerts: Iterable[Alert],
    ) -> list[ConditionChanged]:
        """Colour the lines; what changed of them."""
        covered = {name for each in bulletins if each.open and not each.audience for name in each.incidents}
        uncovered = [each for each in incidents if each.id not in covered]
        ids = frozenset(each.id for each in uncovered)
        if now >= self.look_at or ids != self._uncovered:
            self._look(now, uncovered, toll, alerts)
            self._uncovered = ids
        published = of_bulletins(bulletins, now)
        return self._colour(now, published)

    def unknown(self, conditions: Mapping[str, Condition]) -> list[str]:
        """What names no line of the page, in words."""
        known = {each.id for each in self.components}
        strangers = [name for name in conditions if name not in known]
        return [f"there is no component {name}; `hearthbeat updates components` lists them" for name in strangers]

    def next_moments(self, bulletins: Iterable[Bulletin], now: float) -> list[float]:
        """When planned work begins or ends."""
        plans = [each.plan for each in bulletins if each.open and each.plan is not None]
        return [moment for plan in plans for moment in (plan.starts_at, plan.ends_at) if moment > now]

    def save(self) -> dict[str, Any]:
        """As plain data."""
        lines = [[each.capability, each.provider, each.region] for each in self.components if each.provider]
        return {
            "lines": lines,
            "conditions": dict(self.conditions),
            "automatic": dict(self._automatic),
            "history": self.history.save(),
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """What `save` wrote."""
        lines = {Component(*line) for line in data.get("lines", ()) if line[0] in CAPABILITIES}
        self.components = in_order({*everybodys(), *lines})
        self.conditions = dict(data.get("conditions", {}))
        self._automatic = dict(data.get("automatic", {}))
        self.history.restore(data.get("history", {}))

    def _look(
        self,
        now: float,
        incidents: Iterable[Incident],
        toll: Callable[[str], Toll | None],
        alerts: Iterable[Alert],
    ) -> None:
        self.look_at = now + LOOK_AGAIN_SECONDS
        self._list(now)
        if self._settings.automatic_components:
            outages = [of_outage(each, toll(each.id), self.components) for each in incidents]
            found = merged(*outages, of_alerts(alerts, self.components))
            self._automatic = {each.id: condition for each, condition in found.items() if condition != "operational"}

    def _list(self, now: float) -> None:
        """Which lines there are. One that is there stays until it has lost half of what it takes to be there."""
        minimum = self._settings.minimum_devices
        found = found_in(self._fleet.counts, minimum)
        found |= set(self.components) & found_in(self._fleet.counts, minimum // 2)
        listed = in_order({*everybodys(), *found})
        for gone in set(self.components) - set(listed):
            self.history.forget(gone.id)
            self.conditions.pop(gone.id, None)
        self.components = listed
        for each in listed:
            self.history.watch(each.id, now)

    def _colour(self, now: float, published: Mapping[str, Condition]) -> list[ConditionChanged]:
        changes: list[ConditionChanged] = []
        self.by_people = frozenset(published)
        if not published and not self._automatic and not self.conditions:
            return changes
        for each in self.components:
            wanted = worst(published.get(each.id, "operational"), self._automatic.get(each.id, "operational"))
            before = self.conditions.get(each.id, "operational")
            if wanted == before:
                continue
            self.history.turn(each.id, wanted, now)
            if wanted == "operational":
                del self.conditions[each.id]
            else:
                self.conditions[each.id] = wanted
            changes.append(ConditionChanged(now, each.id, wanted, before))
        return changes
