"""Incidents that hang together: several providers that fail at the same time seldom do so by chance."""

from collections.abc import Iterable
from itertools import pairwise

from monitor.core.decisions import Incident, Layer
from monitor.core.operations.settings import IncidentSettings

BROAD: frozenset[Layer] = frozenset({"provider", "region", "network"})
"""Layers that are few, so that three at once mean something; among thousands of sites some always fail together."""
MOST_RELATED = 50


def companions(incident: Incident, others: Iterable[Incident], settings: IncidentSettings) -> list[Incident]:
    """Outages that began so close to each other that one cause is likely; none if they are too few to say so."""
    if incident.layer not in BROAD:
        return []
    known = [incident, *(each for each in others if each.id != incident.id and each.layer in BROAD)]
    known.sort(key=lambda each: each.started_at)
    here = known.index(incident)
    after = _following(known[here:], settings.related_within_seconds)
    near = [*_following(known[here::-1], settings.related_within_seconds), *after]
    return near[:MOST_RELATED] if len(near) + 1 >= settings.related_at_least else []


def _following(known: list[Incident], within: float) -> list[Incident]:
    """Those that follow the first like the links of a chain, as far as anybody can say when each began."""
    linked = []
    for one, other in pairwise(known):
        unsure = one.onset_uncertainty_seconds + other.onset_uncertainty_seconds
        if abs(other.started_at - one.started_at) > within + unsure:
            break
        linked.append(other)
    return linked


def related(incident: Incident, others: Iterable[Incident]) -> tuple[str, ...]:
    """The ids of what an incident hangs together with, with others added."""
    known = dict.fromkeys(incident.related)
    known.update(dict.fromkeys(each.id for each in others if each.id != incident.id))
    return tuple(known)[:MOST_RELATED]
