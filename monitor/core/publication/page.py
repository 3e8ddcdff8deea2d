"""Everything that can reach a reader. No type here has a place for a device, a site, a tenant or an author."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.core.publication.bulletins import Bulletin, Condition, Impact, Stage, worst
from monitor.core.publication.components import Capability, Component
from monitor.core.publication.history import Day

Indicator = Literal["none", "minor", "major", "critical", "maintenance"]

STAGE_WORDS: Mapping[Stage, str] = {
    "investigating": "Investigating",
    "identified": "Cause found",
    "monitoring": "Recovering",
    "resolved": "Over",
    "scheduled": "Planned",
    "in_progress": "Going on",
    "completed": "Done",
}
"""Where a trouble stands, to a reader."""


@dataclass(frozen=True, slots=True)
class PublicComponent:
    """One line of the page. `days` are its last 90, the oldest first; `uptime` the share of them without trouble.

    `by_people` says that a person published its condition; else it was detected and nobody confirmed it yet.
    """

    id: str
    capability: Capability
    name: str
    description: str
    provider: str
    region: str
    condition: Condition
    by_people: bool
    since: float
    days: tuple[Day, ...]
    uptime: float


@dataclass(frozen=True, slots=True)
class PublicUpdate:
    """One word that was said."""

    id: str
    at: float
    stage: Stage
    body: str
    conditions: Mapping[str, Condition]


@dataclass(frozen=True, slots=True)
class PublicIncident:
    """One trouble, or planned work, with all that was said of it, the newest first."""

    id: str
    title: str
    stage: Stage
    impact: Impact
    started_at: float
    changed_at: float
    resolved_at: float | None
    next_update_due_at: float | None
    updates: tuple[PublicUpdate, ...]
    components: tuple[str, ...]
    planned_from: float | None = None
    planned_until: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page. `blind_since` is set while our own monitoring cannot see, and conditions may be out of date."""

    at: float
    indicator: Indicator
    headline: str
    components: tuple[PublicComponent, ...]
    incidents: tuple[PublicIncident, ...]
    past: tuple[PublicIncident, ...]
    planned: tuple[PublicIncident, ...]
    next_update_due_at: float | None
    blind_since: float | None = None

    @property
    def changed_at(self) -> float:
        """When anything on it last changed."""
        moments = [each.changed_at for each in (*self.incidents, *self.past, *self.planned)]
        return max([*moments, *(each.since for each in self.components)], default=0.0)


def shown(bulletin: Bulletin, next_update_due_at: float | None) -> PublicIncident:
    """A bulletin as the public reads it."""
    plan = bulletin.plan
    return PublicIncident(
        id=bulletin.id,
        title=bulletin.title,
        stage=bulletin.latest.stage,
        impact=bulletin.impact,
        started_at=bulletin.started_at,
        changed_at=bulletin.latest.at,
        resolved_at=bulletin.resolved_at,
        next_update_due_at=next_update_due_at,
        updates=tuple(
            PublicUpdate(each.id, each.at, each.stage, each.body, dict(each.conditions))
            for each in reversed(bulletin.updates)
        ),
        components=bulletin.components,
        planned_from=None if plan is None else plan.starts_at,
        planned_until=None if plan is None else plan.ends_at,
    )


def indicated(components: Iterable[Component], conditions: Mapping[str, Condition]) -> Indicator:
    """The whole in one word: critical only if at least half of everything is out."""
    found = [conditions.get(each.id, "operational") for each in components]
    match worst(*found):
        case "operational":
            return "none"
        case "under_maintenance":
            return "maintenance"
        case "degraded_performance":
            return "minor"
        case "partial_outage":
            return "major"
    return "critical" if 2 * found.count("major_outage") >= len(found) else "major"


HEADLINES: Mapping[Indicator, str] = {
    "none": "Everything works",
    "maintenance": "Planned work is going on",
    "minor": "Some things work less well than usual",
    "major": "Some things do not work",
    "critical": "Most things do not work",
}


def feeding_note(components: Sequence[PublicComponent]) -> str:
    """What owners of feeders most need to know, in one sentence; empty if everything works or nothing feeds."""
    feeding = worst(*(each.condition for each in components if each.capability == "feeding"))
    control = worst(*(each.condition for each in components if each.capability == "remote_control"))
    if not any(each.capability == "feeding" for each in components):
        return ""
    out = ("partial_outage", "major_outage")
    if feeding in out:
        return "Scheduled meals are affected: please look at the bowl and feed by hand where needed."
    if control in out:
        going = "cannot be confirmed" if feeding == "degraded_performance" else "go on"
        return f"Scheduled meals {going}; feeding from the app does not work."
    return ""
