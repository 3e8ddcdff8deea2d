"""The page as it stands now."""

from monitor.core.publication.bulletins import Bulletin
from monitor.core.publication.components import Component
from monitor.core.publication.desk import Publication
from monitor.core.publication.history import uptime
from monitor.core.publication.page import HEADLINES, Page, PublicComponent, feeding_note, indicated, shown

DAY_SECONDS = 86_400.0


def page_of(desk: Publication, now: float) -> Page:
    """Everything that is public, and nothing else."""
    public = [each for each in desk.bulletins.values() if not each.audience]
    newest = sorted(public, key=lambda each: (-each.latest.at, each.id))
    troubles = [each for each in newest if each.plan is None]
    board = desk.board
    indicator = indicated(board.components, board.conditions)
    components = tuple(_component(desk, each, now) for each in board.components)
    headline = " ".join(filter(None, (f"{HEADLINES[indicator]}.", feeding_note(components))))
    due = [matter.due_at for matter in desk.to_say() if matter.said_at is not None]
    return Page(
        at=now,
        indicator=indicator,
        headline=headline,
        components=components,
        incidents=tuple(shown(each, desk.next_update_due_at(each)) for each in troubles if each.open),
        past=tuple(shown(each, None) for each in troubles if not each.open),
        planned=tuple(shown(each, None) for each in sorted(_plans(newest, now), key=_begins)),
        next_update_due_at=min(due, default=None),
        blind_since=desk.blind_since,
    )


def _component(desk: Publication, component: Component, now: float) -> PublicComponent:
    board = desk.board
    days = board.history.days(component.id, now)
    _, since = board.history.current.get(component.id, ("operational", now))
    return PublicComponent(
        id=component.id,
        capability=component.capability,
        name=component.name,
        description=component.description,
        provider=component.provider,
        region=component.region,
        condition=board.conditions.get(component.id, "operational"),
        by_people=component.id in board.by_people,
        since=since,
        days=tuple(days),
        uptime=uptime(days, now),
    )


def _plans(bulletins: list[Bulletin], now: float) -> list[Bulletin]:
    """Planned work that is not over; once it is, for another day."""
    return [each for each in bulletins if each.plan is not None and (each.open or now - each.latest.at < DAY_SECONDS)]


def _begins(bulletin: Bulletin) -> tuple[float, str]:
    return (bulletin.plan.starts_at if bulletin.plan else 0.0), bulletin.id
