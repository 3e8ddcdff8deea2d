"""Many animals or rooms at risk in one outage are one alert per six hours that lists them, not forty."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.core.alerts import AlertBook
from monitor.core.decisions import Decision, Incident
from monitor.core.welfare.care import Words
from monitor.core.words import count

PERIOD_SECONDS = 6 * 3600
FIRST_TELLING_SECONDS = 60.0
TELL_AGAIN_SECONDS = 900.0
KEPT_SECONDS = 86_400.0
LISTED = 40

MEALS, ROOMS = "MealsAtRisk", "RoomsAtRisk"
ALWAYS: dict[str, str] = {
    "FeederMealMissed": MEALS,
    "FeederMealUnconfirmed": MEALS,
    "FeederMealsUnconfirmedRepeated": MEALS,
    "FeederNoFoodDispensed": MEALS,
}
WHEN_MANY: dict[str, str] = {
    "FeederJammed": MEALS,
    "FeederHopperEmpty": MEALS,
    "FreezeRisk": ROOMS,
    "FreezeRiskCritical": ROOMS,
    "FreezeRiskBlind": ROOMS,
}
UNCERTAIN = frozenset({"FeederMealUnconfirmed"})
"""What alone does not make a group critical."""
THINGS = {MEALS: "feeder", ROOMS: "room"}


class Group:
    """The devices at risk in one incident and period, and what was last told of them."""

    __slots__ = ("begun", "incident", "members", "name", "period", "tell_at", "told")

    def __init__(self, name: str, incident: str, period: str, begun: float) -> None:
        self.name = name
        self.incident = incident
        self.period = period
        self.begun = begun
        self.members: dict[str, dict[str, str]] = {}
        """What each device shows, as sign and summary."""
        self.tell_at = begun + FIRST_TELLING_SECONDS
        self.told = ""

    @property
    def key(self) -> str:
        """The key of its alert."""
        return f"incident/{self.incident}/{self.name}/{self.period}"


class Groups:
    """Alerts about many devices in one incident; `single` is how many of the rarer kind are told one by one."""

    def __init__(self, book: AlertBook, incident: Callable[[str], Incident | None], single: int) -> None:
        self._book = book
        self._incident = incident
        self._single = single
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
        begun = (words.since or at) // PERIOD_SECONDS * PERIOD_SECONDS
        period = f"{datetime.fromtimestamp(begun, UTC):%Y-%m-%dT%H:%MZ}"
        group = Group(group_name, incident, period, at)
        group = self._groups.setdefault(group.key, group)
        group.members.setdefault(device, {})[name] = words.summary
        return group.key

    def drop(self, device: str, name: str, at: float) -> list[Decision]:
        """The device does not show it any longer."""
        decisions: list[Decision] = []
        for key, group in list(self._groups.items()):
            shown = group.members.get(device)
            if shown is None or shown.pop(name, None) is None:
                continue
            if not shown:
                del group.members[device]
            if not group.members:
                decisions += self._close(key, at, f"every {THINGS[group.name]} of the list is safe again")
        return decisions

    def pass_time(self, now: float) -> list[Decision]:
        """Tell of the groups that changed, each at most once in a quarter of an hour."""
        decisions: list[Decision] = []
        if self._alone and not self._groups:
            self._alone = {key: alone for key, alone in self._alone.items() if self._incident(key[0]) is not None}
        for key, group in list(self._groups.items()):
            if now - group.begun > KEPT_SECONDS:
                decisions += self._close(key, now, "a day has passed; what is still open is told with later periods")
            elif now >= group.tell_at:
                group.tell_at = now + TELL_AGAIN_SECONDS
                decisions += self._tell(group, now)
        return decisions

    def _tell(self, group: Group, now: float) -> list[Decision]:
        listed = sorted(group.members)
        told = "\n".join(f"{device} {sorted(group.members[device])}" for device in listed)
        if told == group.told:
            return []
        group.told = told
        lines = [next(iter(group.members[device].values())) for device in listed[:LISTED]]
        more = f"; and {len(listed) - LISTED} more" if len(listed) > LISTED else ""
        certain = any(set(shown) - UNCERTAIN for shown in group.members.values())
        incident = self._incident(group.incident)
        what = "may be without their meal" if group.name == MEALS else "may freeze"
        return [
            self._book.fire(
                group.name,
                group.key,
                now,
                since=group.begun,
                summary=f"{count(len(listed), THINGS[group.name])} {what} in incident {group.incident}",
                description=f"In the six hours from {group.period}: {'; '.join(lines)}{more}.",
                labels={
                    "incident": group.incident,
                    "period": group.period,
                    **(incident.scope if incident is not None else {}),
                },
                severity="critical" if certain else "warning",
                incident=group.incident,
            )
        ]

    def _close(self, key: str, at: float, reason: str) -> list[Decision]:
        del self._groups[key]
        return list(self._book.resolve(key, at, reason))

    def save(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "groups": [{name: getattr(group, name) for name in Group.__slots__} for group in self._groups.values()],
            "alone": [[*key, sorted(alone)] for key, alone in self._alone.items()],
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """From plain data."""
        for saved in data.get("groups", ()):
            group = Group(saved["name"], saved["incident"], saved["period"], saved["begun"])
            group.members = {device: dict(shown) for device, shown in saved["members"].items()}
            group.tell_at, group.told = saved["tell_at"], saved["told"]
            self._groups[group.key] = group
        self._alone = {(incident, name): set(alone) for incident, name, alone in data.get("alone", ())}
