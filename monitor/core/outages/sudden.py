"""The search for the scope of a sudden silence."""

from monitor.core.outages.localise import Count, Explanation, Floor, Search
from monitor.core.outages.members import Member, Members
from monitor.core.outages.past import Past
from monitor.core.outages.rates import GUARD
from monitor.core.outages.slices import Slice, tested_in
from monitor.core.settings import OutageSettings


def explain(
    members: Members, past: Past, settings: OutageSettings, began: float, at: float
) -> tuple[Search, list[Explanation]]:
    """The scopes that explain which devices fell silent since `began`."""
    fell = past.since(began)
    seconds = max(1.0, at - began)

    def count(member: Member) -> Count:
        seen = fell.get(member, 0)
        before = member.missing - seen
        return Count(seen, max(float(seen), tested_in(member.intervals, seconds) - before))

    def expected(part: Slice) -> float:
        """The share of healthy devices that are between a missed heartbeat and the next."""
        normal = part.normal
        return min(0.5, GUARD * normal.miss / (1 - normal.again))

    search = Search(
        members,
        list(fell),
        count,
        lambda part: part.tested(seconds),
        expected,
        Floor(settings.minimum_devices, settings.minimum_share),
    )
    return search, search.run()
