"""When the public must hear the next word, and how long it has waited for it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from monitor.core.publication.bulletins import Bulletin
from monitor.core.publication.settings import PublicationSettings

MINUTE_SECONDS = 60.0
TOLD_AGAIN_SECONDS = tuple(hours * 3600.0 for hours in (1, 2, 4, 8, 16))
"""Overdue for this long, it is said again; after the last of them once a day."""
DAY_SECONDS = 86_400.0
TOLERANCE_SECONDS = 0.001
"""So that a moment computed twice is the same moment."""


class Matter(NamedTuple):
    """Something that the public must hear of. `id` is its bulletin's, also before there is one.

    `since` is when it was confirmed; `said_at` when the last public word was, None if there was none.
    """

    id: str
    title: str
    since: float
    said_at: float | None
    due_at: float
    incidents: tuple[str, ...]


def due_at(settings: PublicationSettings, since: float, said_at: float | None) -> float:
    """When the next word is due."""
    if said_at is None or said_at < since:
        return since + settings.first_update_minutes * MINUTE_SECONDS
    return said_at + settings.update_minutes * MINUTE_SECONDS


def next_update_at(settings: PublicationSettings, bulletin: Bulletin) -> float | None:
    """When the public was promised more of a bulletin; None if it is over."""
    return _promised_at(settings, bulletin) if bulletin.open else None


def matters(
    settings: PublicationSettings,
    bulletins: Iterable[Bulletin],
    untold: Mapping[str, tuple[str, float]],
) -> list[Matter]:
    """What the public must hear of, the most urgent first: open bulletins, and incidents that none of them covers.

    `untold` has the name of each open incident and since when it is one.
    """
    found: list[Matter] = []
    covered: set[str] = set()
    for bulletin in bulletins:
        if bulletin.open and not bulletin.audience:
            covered.update(bulletin.incidents)
            said, promised = bulletin.latest.at, _promised_at(settings, bulletin)
            found.append(Matter(bulletin.id, bulletin.title, bulletin.started_at, said, promised, bulletin.incidents))
    last_said = {
        incident: bulletin.latest.at
        for bulletin in bulletins
        if not bulletin.audience
        for incident in bulletin.incidents
    }
    for incident, (name, since) in untold.items():
        if incident not in covered:
            said_at = last_said.get(incident)
            found.append(Matter(incident, name, since, said_at, due_at(settings, since, said_at), (incident,)))
    return sorted(found, key=lambda matter: (matter.due_at, matter.id))


def _promised_at(settings: PublicationSettings, bulletin: Bulletin) -> float:
    """Of planned work nothing more is due before it ends."""
    if bulletin.plan is not None:
        return bulletin.plan.ends_at
    return bulletin.latest.at + settings.update_minutes * MINUTE_SECONDS


def step_of(settings: PublicationSettings, overdue_seconds: float) -> int:
    """How often an overdue word has been, or should have been, told of: 0 not yet, 1 a warning, 2 and more critical."""
    if overdue_seconds + TOLERANCE_SECONDS < 0:
        return 0
    waited = overdue_seconds + TOLERANCE_SECONDS
    return 1 + sum(waited >= moment for moment in _moments(settings, waited))


def next_step_at(settings: PublicationSettings, matter: Matter, now: float) -> float:
    """When it is told of next."""
    if now < matter.due_at:
        return matter.due_at
    overdue = now - matter.due_at + TOLERANCE_SECONDS
    return matter.due_at + min(moment for moment in _moments(settings, overdue + DAY_SECONDS) if moment > overdue)


def _moments(settings: PublicationSettings, until: float) -> list[float]:
    escalation = settings.escalate_minutes * MINUTE_SECONDS
    days = range(1, int(until // DAY_SECONDS) + 2)
    later = (*TOLD_AGAIN_SECONDS, *(day * DAY_SECONDS for day in days))
    return [escalation, *(moment for moment in later if moment > escalation)]
