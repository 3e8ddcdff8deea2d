"""Incidents that hang together: several providers that fail at the same time seldom do so by chance."""

from collections.abc import Iterable

from monitor.core.decisions import Incident, Layer
from monitor.core.operations.settings import IncidentSettings

BROAD: frozenset[Layer] = frozenset({"provider", "region", "network"})
"""Layers that are few, so that three at once mean something; among thousands of sites some always fail together."""
MOST_RELATED = 50


def companions(incident: Incident, others: Iterable[Incident], settings: IncidentSettings) -> list[Incident]:
    """Outages that began so close to this one that one cause is likely; none if they are too few to say so."""
    if incident.layer not in BROAD:
        return []
    near = [
        each
        for each in others
        if each.id != incident.id
        and each.layer in BROAD
        and abs(each.started_at - incident.started_at) <= settings.related_within_seconds
    ]
    return near[:MOST_RELATED] if len(near) + 1 >= settings.related_at_least else []


def related(incident: Incident, others: Iterable[Incident]) -> tuple[str, ...]:
    """The ids of what an incident hangs together with, with others added."""
    known = dict.fromkeys(incident.related)
    known.update(dict.fromkeys(each.id for each in others if each.id != incident.id))
    return tuple(known)[:MOST_RELATED]
