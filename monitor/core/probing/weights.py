"""What answers weigh as evidence about an outage, in nats, and whether a failure can be blamed on the other side.

All our probes of a scope ask from one place, so together they count as one witness: they share its weight. Figures:
a probe sees 95 % of real outages and fails for 2 % of what is healthy, so a failure is worth ln(0.95/0.02) = 3.9 and an
answer ln(0.05/0.98) = -3.0.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import log
from typing import Literal

from monitor.core.probing.results import ProbeResult
from monitor.core.probing.standings import Standing

FAILURE_NATS, ANSWER_NATS = 3.9, -3.0
UNCOMPARED_NATS = 2.0
"""A failure where there is nothing to compare it with: we may be the ones who are cut off."""
PAGE_NATS = {"critical": 4.0, "major": 4.0, "maintenance": 3.5, "minor": 3.5}
"""What a page's own word is worth, by its impact."""
GREEN_FLOOR_NATS = -2.0

NOTICE_LAG = ((0.0, 0.0), (1800.0, 0.10), (2580.0, 0.25), (4380.0, 0.50), (7320.0, 0.75), (11_280.0, 0.90))
"""Share of outages that a large provider's page had announced so many seconds after they began."""
LATEST_SHARE = 0.90
FALSE_ALARM_SHARE = 0.02
"""Share of the time for which pages announce trouble that nobody else sees."""

Reach = Literal["proven", "alone", "waiting", "cut off"]
"""Whether we could have reached anybody when a probe failed: somebody answered since it began, and it failed again;
there is nobody else to ask; that is not known yet; nobody else answered either."""


def proves(failing: Standing, everybody: Sequence[Standing]) -> bool:
    """Whether the last failure is the other side's: it answered badly, or somebody else answered since it began.

    Ask at the moment of the failure: an answer that came after it may mean that the way out has just come back.
    """
    return failing.latest.answered or any(
        each.answered_at is not None and each.answered_at > failing.began_at
        for each in everybody
        if each is not failing and _elsewhere(each, failing)
    )


def reach_of(failing: Standing, everybody: Sequence[Standing]) -> Reach:
    """Whether the other side or our own way out is to blame for a probe that fails."""
    if failing.proven:
        return "proven"
    others = [each for each in everybody if each is not failing and _elsewhere(each, failing)]
    if not others:
        return "alone"
    controls = [each for each in others if each.latest.about.control]
    judges = [each for each in controls or others if each.latest.at >= failing.began_at]
    return "cut off" if judges and not any(each.latest.answered for each in judges) else "waiting"


def _elsewhere(other: Standing, failing: Standing) -> bool:
    """Whether another probe asks somebody else: a control, another scope, or the page beside the thing itself."""
    told, about = other.latest.about, failing.latest.about
    return told.control or told.text != about.text or told.page != about.page


def weight_of(standing: Standing, reach: Reach, sharing: int, began_at: float | None) -> float:
    """What one of `sharing` probes of a scope weighs; an answer from before an outage began says nothing of it."""
    if standing.verdict == "unknown" or not standing.confirmed:
        return 0.0
    if standing.verdict == "healthy":
        return 0.0 if _before(standing, began_at) else ANSWER_NATS / sharing
    return {"proven": FAILURE_NATS, "alone": UNCOMPARED_NATS, "waiting": 0.0, "cut off": 0.0}[reach] / sharing


def weight_of_page(standing: Standing, began_at: float | None, at: float) -> float:
    """What a provider's page weighs; a green one the more, the longer ago our outage began (None: there is none)."""
    if not standing.confirmed:
        return 0.0
    if standing.verdict == "failing":
        return PAGE_NATS.get(str(standing.latest.facts.get("impact", "")), PAGE_NATS["minor"])
    if standing.verdict == "unknown" or began_at is None:
        return 0.0
    return green_nats(at - began_at)


def green_nats(seconds: float) -> float:
    """What a green page is worth so long after an outage began: little at first, for pages are slow."""
    weight = log((1 - announced_share(seconds)) / (1 - FALSE_ALARM_SHARE))
    return round(min(0.0, max(GREEN_FLOOR_NATS, weight)), 1) + 0.0  # never -0.0


def announced_share(seconds: float) -> float:
    """The share of outages that are announced within this time."""
    for (start, low), (end, high) in pairwise(NOTICE_LAG):
        if seconds < end:
            return low + (high - low) * max(0.0, seconds - start) / (end - start)
    return LATEST_SHARE


def says(standing: Standing, reach: Reach, began_at: float | None = None) -> str:
    """The statement of a standing, with what takes its weight away."""
    latest: ProbeResult = standing.latest
    if standing.stale:
        return f"{latest.statement} That is too old to prove anything."
    if not standing.confirmed:
        return f"{latest.statement} Not yet confirmed by another try."
    if standing.verdict == "failing" and not latest.about.page:
        return latest.statement + _DOUBTS[reach]
    if standing.verdict == "healthy" and _before(standing, began_at):
        return f"{latest.statement} That was before this began."
    return latest.statement


def _before(standing: Standing, began_at: float | None) -> bool:
    return began_at is not None and standing.latest.at < began_at


_DOUBTS: dict[Reach, str] = {
    "proven": "",
    "alone": " There is nothing to compare it with, so we may be the ones who are cut off.",
    "waiting": " Whether we reach anybody else is not known yet, so it weighs nothing.",
    "cut off": " Nobody else answers us either, so we are probably cut off and it weighs nothing.",
}
