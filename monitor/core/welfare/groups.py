"""Many animals or rooms at risk in one outage are one alert per six hours that lists them, not forty."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.core.alert_kinds import ALERTS
from monitor.core.alerts import AlertBook
from monitor.core.decisions import Decision, Incident
from monitor.core.welfare.care import Words
from monitor.core.words import count

InOrder = Callable[[Iterable[str], float], list[str]]
"""Puts ids of devices into the order in which to look at a moment, the worst first."""

PERIOD_SECONDS = 6 * 3600
FIRST_TELLING_SECONDS = 60.0
TELL_AGAIN_SECONDS = 900.0
LISTED = 40

MEALS, EXCESS, ROOMS = "MealsAtRisk", "MealsInExcess", "RoomsAtRisk"
ALWAYS: dict[str, str] = {
    "FeederMealMissed": MEALS,
    "FeederMealUnconfirmed": MEALS,
    "FeederMealsUnconfirmedRepeated": MEALS,
    "FeederNoFoodDispensed": MEALS,
}
WHEN_MANY: dict[str, str] = {
    "FeederJammed": MEALS,
    "FeederHopperEmpty": MEALS,
    "FeederScheduleLost": MEALS,
    "FeederScheduleDrift": MEALS,
    "FeederOnBackupPower": MEALS,
    "FeederDoubleDispense": EXCESS,
    "FeederOverDispensed": EXCESS,
    "FreezeRisk": ROOMS,
    "FreezeRiskCritical": ROOMS,
    "FreezeRiskBlind": ROOMS,
}
THINGS = {MEALS: "feeder", EXCESS: "feeder", ROOMS: "room"}
WHAT = {MEALS: "may be without their meal", EXCESS: "gave too much", ROOMS: "may freeze"}


class Group:
    """The devices at risk in one incident and period, and what was last told of them. Its labels never change.

    `members` is what each device shows, as sign and summary; `ever` are all that were among them, `latest` is why one
    was taken off the list last.
    """

    __slots__ = ("begun", "ever", "incident", "latest", "members", "name", "period", "scope", "tell_at", "told")

    def __init__(self, name: str, incident: str, period: str, begun: float, scope: Mapping[str, str]) -> None:
        self.name = name
        self.incident = incident
        self.period = period
        self.begun = begun
        self.scope = dict(scope)
        self.members: dict[str, dict[str, str]] = {}
        self.ever: set[str] = set()
        self.latest = ""
        self.tell_at = begun + FIRST_TELLING_SECONDS
        self.told = ""

    @property
    def key(self) -> str:
        """The key of its alert."""
        return f"incident/{self.incident}/{self.name}/{self.period}"


class Groups:
    """Alerts about many devices in one incident; `single` is how many of the rarer kind are told one by one.

    `by_cloud` knows of which feeders the cloud holds the plan: while it is out, nothing can have come.

    Each period has an alert of its own. A device of which there is news goes over to the list of the present period, so
    that the newest list is the whole one.
    """

    def __init__(
        self,
        book: AlertBook,
        incident: Callable[[str], Incident | None],
        single: int,
        by_cloud: Callable[[str], bool],
    ) -> None:
        self._book = book
        self._incident = incident
        self._single = single
        self._by_cloud = by_cloud
        self._groups: dict[str, Group] = {}
        self._alone: dict[tuple[str, str], set[str]] = {}

    def always(self, name: str) -> bool:
        """Whether this sign is never told one by one within an incident."""
        return name in ALWAYS

    def takes(self, name: str, incident: str, device: str) -> bool:
        """Whether this sign of a device within an incident is told in a group."""
        if name in ALWAYS:
            return True
        group = WHEN_MANY.get(name)
        if group is None:
            return False
        alone = self._alone.setdefault((incident, group), set())
        if device in alone:
            return False
        if len(alone) >= self._single:
            return True
        alone.add(device)
        return False

    def add(self, device: str, name: str, incident: str, words: Words, at: float) -> str:
        """Tell of this device with the others; the key of its group."""
        group_name = ALWAYS.get(name) or WHEN_MANY[name]
        begun = at // PERIOD_SECONDS * PERIOD_SECONDS
        period = f"{datetime.fromtimestamp(begun, UTC):%Y-%m-%dT%H:%MZ}"
        open_now = self._incident(incident)
        group = Group(group_name, incident, period, at, open_now.scope if open_now is not None else {})
        group = self._groups.setdefault(group.key, group)
        known: dict[str, str] = {}
        for other in self._alike(group):
            known |= other.members.pop(device, {})
        group.members[device] = known | {name: words.summary}
        group.ever.add(device)
        told = self._book.firing.get(group.key)
        if told is not None and told.severity == "warning" and self._certain(group, device, group.members[device]):
            group.tell_at = min(group.tell_at, at + FIRST_TELLING_SECONDS)
        return group.key

    def drop(self, device: str, name: str, reason: str) -> None:
        """The device does not show it any longer, or is told of by itself from now on."""
        for group in self._groups.values():
            shown = group.members.get(device)
            if shown is not None and shown.pop(name, None) is not None and not shown:
                del group.members[device]
                group.latest = f"{device}: {reason}"

    def pass_time(self, now: float, in_order: InOrder) -> list[Decision]:
        """Tell of the groups that changed, and end those that are empty.

        Each is told at most once in a quarter of an hour, but at once when it is no mere warning any more.
        """
        decisions: list[Decision] = []
        if self._alone and not self._groups:
            self._alone = {key: alone for key, alone in self._alone.items() if self._incident(key[0]) is not None}
        for group in list(self._groups.values()):
            if not group.members:
                decisions += self._close(group, now)
            elif now >= group.tell_at:
                group.tell_at = now + TELL_AGAIN_SECONDS
                decisions += self._tell(group, now, in_order)
        return decisions

    def _alike(self, group: Group) -> list[Group]:
        """All groups of the same name and incident, of any period."""
        return [each for each in self._groups.values() if (each.name, each.incident) == (group.name, group.incident)]

    def _tell(self, group: Group, now: float, in_order: InOrder) -> list[Decision]:
        told = "\n".join(f"{device} {sorted(group.members[device])}" for device in sorted(group.members))
        if told == group.told:
            return []
        group.told = told
        number, lines = len(group.members), self._listed(group, in_order(group.members, now))
        certain = any(self._certain(group, device, shown) for device, shown in group.members.items())
        return [
            self._book.fire(
                group.name,
                group.key,
                now,
                since=group.begun,
                summary=f"{count(number, THINGS[group.name])} {WHAT[group.name]} in incident {group.incident}",
                description=f"In the six hours from {group.period}, the worst first: {lines}",
                labels={"incident": group.incident, "period": group.period, **group.scope},
                severity="critical" if certain else "warning",
                incident=group.incident,
                counts={"devices": number},
            )
        ]

    def _certain(self, group: Group, device: str, shown: Mapping[str, str]) -> bool:
        """Whether harm is as good as certain: what a cloud holds and nobody confirms did not come while that is out."""
        unknown = "FeederMealUnconfirmed" in shown and "provider" in group.scope
        return any(ALERTS[name].severity == "critical" for name in shown) or (unknown and self._by_cloud(device))

    def _listed(self, group: Group, order: Sequence[str]) -> str:
        lines = [next(iter(group.members[device].values())) for device in order[:LISTED]]
        more = f"; and {len(order) - LISTED} more" if len(order) > LISTED else ""
        safe = self._safe(group)
        return "; ".join(lines) + more + (f". {safe}." if safe else ".")

    def _safe(self, group: Group) -> str:
        """How many of those that were listed need nobody any more, and why the last one does not."""
        safe = len(group.ever.difference(*(other.members for other in self._alike(group))))
        return f"{count(safe, THINGS[group.name])} safe again, the last one {group.latest}" if safe else ""

    def _close(self, group: Group, at: float) -> list[Decision]:
        """Nobody is left on the list: all are safe, or those that are not are on a later one."""
        del self._groups[group.key]
        later = any(not group.ever.isdisjoint(other.members) for other in self._alike(group))
        parts = [self._safe(group), "those still at risk are told of with later hours" if later else ""]
        return list(self._book.resolve(group.key, at, "; ".join(part for part in parts if part)))

    def save(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "groups": [
                {**{name: getattr(group, name) for name in Group.__slots__}, "ever": sorted(group.ever)}
                for group in self._groups.values()
            ],
            "alone": [[*key, sorted(alone)] for key, alone in self._alone.items()],
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """From plain data."""
        for saved in data.get("groups", ()):
            group = Group(saved["name"], saved["incident"], saved["period"], saved["begun"], saved.get("scope", {}))
            group.members = {device: dict(shown) for device, shown in saved["members"].items()}
            group.ever = set(saved.get("ever", saved["members"]))
            group.tell_at, group.told, group.latest = saved["tell_at"], saved["told"], saved.get("latest", "")
            self._groups[group.key] = group
        self._alone = {(incident, name): set(alone) for incident, name, alone in data.get("alone", ())}
