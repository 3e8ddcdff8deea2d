"""How the page says things: conditions, stages and the bars of 90 days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from monitor.core.publication.bulletins import Condition
from monitor.core.publication.history import DAY_SECONDS, Day
from monitor.core.publication.page import Indicator, Page, PublicComponent, PublicIncident
from monitor.core.publication.times import day_name

CONDITION_WORDS: Mapping[Condition, str] = {
    "operational": "works",
    "degraded_performance": "impaired",
    "partial_outage": "partly out",
    "major_outage": "out",
    "under_maintenance": "planned work",
}
FEEDING_WORDS: Mapping[Condition, str] = {**CONDITION_WORDS, "degraded_performance": "cannot be confirmed"}
TONES: Mapping[Indicator, str] = {
    "none": "well",
    "maintenance": "notice",
    "minor": "notice",
    "major": "outage",
    "critical": "outage",
}
SHAPES: Mapping[Condition, str] = {
    "operational": "well",
    "degraded_performance": "notice",
    "partial_outage": "notice",
    "major_outage": "outage",
    "under_maintenance": "planned",
}
HEIGHTS: Mapping[Condition | None, int] = {
    None: 2,
    "operational": 8,
    "under_maintenance": 10,
    "degraded_performance": 12,
    "partial_outage": 16,
    "major_outage": 20,
}
"""The worse a day, the higher its bar: colour alone says nothing."""
BAR_STEP = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One day as a bar; `tip` is what it says in words."""

    x: int
    y: int
    height: int
    kind: str
    tip: str


def condition_words(component: PublicComponent) -> str:
    """How a component is, in words."""
    return (FEEDING_WORDS if component.capability == "feeding" else CONDITION_WORDS)[component.condition]


def calm(days: Sequence[Day], kind: Condition | None) -> str:
    """All days that were operational, or not watched (None), as one shape: they have nothing to tell one by one."""
    height = HEIGHTS[kind]
    shapes = (f"M{index * BAR_STEP} 20v-{height}h4v{height}z" for index, day in enumerate(days) if day.worst == kind)
    return "".join(shapes)


def bars(days: Sequence[Day], time_zone: str) -> list[Bar]:
    """The days that had trouble as bars, each with what it says."""
    return [
        Bar(
            x=index * BAR_STEP,
            y=20 - HEIGHTS[day.worst],
            height=HEIGHTS[day.worst],
            kind=str(day.worst),
            tip=f"{day_name(day.number * DAY_SECONDS + DAY_SECONDS / 2, time_zone)}: {_day_words(day)}",
        )
        for index, day in enumerate(days)
        if day.worst not in (None, "operational")
    ]


def places(page: Page) -> Iterator[tuple[str, list[PublicComponent]]]:
    """Components by where they are; what is everybody's has no place."""
    for (provider, region), members in groupby(page.components, key=lambda each: (each.provider, each.region)):
        yield ", ".join(filter(None, (provider, region))), list(members)


def named(page: Page, incident: PublicIncident) -> Iterator[str]:
    """What a trouble touches, place by place: aurora, us-east: Scheduled feeding, Remote control."""
    for place, members in places(page):
        touched = [each.name for each in members if each.id in incident.components]
        if touched:
            yield ": ".join(filter(None, (place, ", ".join(touched))))


def recent(incidents: Sequence[PublicIncident], since: float) -> list[PublicIncident]:
    """Those of which something was said since a moment."""
    return [each for each in incidents if each.changed_at >= since]


def _day_words(day: Day) -> str:
    minutes = max(1, round(sum(day.seconds.values()) / 60))
    return f"{CONDITION_WORDS[day.worst or 'operational']}, {minutes // 60} h {minutes % 60} min of trouble"
