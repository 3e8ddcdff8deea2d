"""The search for the scope of a sudden silence."""

from functools import cache

from monitor.core.outages.localise import Question, Search
from monitor.core.outages.members import Members
from monitor.core.outages.past import Past
from monitor.core.outages.rates import GUARD
from monitor.core.outages.slices import MOST_MISS, Slice
from monitor.core.settings import OutageSettings


def search(members: Members, past: Past, settings: OutageSettings, began: float, at: float) -> Search:
    """Ask which slices explain the devices that fell silent since `began`."""
    fell = past.since(began)
    # One measure for all slices: what each has learned differs by chance, and would decide between whole and parts.
    of_all = min(MOST_MISS, GUARD * missing_share(members.fleet))
    seconds = past.seeing_seconds(began, at)

    question = Question(
        seen=lambda member: fell.get(member, 0),
        tested=cache(lambda part: part.sums.surely_tested(seconds)),
        kept=cache(lambda part: part.heard_since(began, at) * part.sums.first_share(seconds)),
        expected=lambda _: of_all,
        own=lambda part: min(MOST_MISS, GUARD * missing_share(part)),
        present=missing_share,
        devices=settings.minimum_devices,
        share=settings.minimum_share,
    )
    return Search(members, fell, question)


def missing_share(part: Slice) -> float:
    """The share of a healthy slice that is between a missed heartbeat and the next."""
    return part.normal.miss / (1 - part.normal.again)
