"""The evidence in words and in nats: every piece with its weight, so that it can be printed, summed and disputed."""

from math import exp, log

from monitor.core.decisions import Evidence
from monitor.core.outages.localise import Explanation, gain_of
from monitor.core.outages.members import Members
from monitor.core.outages.scopes import FLEET, Scope, as_text
from monitor.core.outages.slices import Slice
from monitor.core.outages.sums import Sums
from monitor.core.words import NEARLY_CERTAIN, count, share, spell

PRIOR_NATS = -6.0
"""Before any evidence an outage of a given scope is this unlikely: about one hour in 400."""
SILENCE_CAP, WILLS_CAP, CLOUD_CAP = 30.0, 15.0, 20.0
FEWEST_WILLS = 3
FEWEST_REPORTS = 5
USUAL_CLOUD_SHARE = 0.02
LEAST_SURE = 0.01
NEIGHBOURS_NAMED = 4
DUE_SHARE = 0.9
"""While fewer devices than this share have had a heartbeat due, it is said how many."""

PRIOR = Evidence("prior", "Outages are rare: without evidence there is none.", PRIOR_NATS)


def silence(explanation: Explanation, seconds: float) -> Evidence:
    """What the missing heartbeats say."""
    part = explanation.slice
    fell = f"{round(explanation.shown):,} of {count(explanation.size, 'device')} fell silent"
    seen = f"{fell} within {spell(max(1, seconds))}{_of_those_due(explanation, seconds)}"
    missed = share(round(part.normal.miss * 10_000), 10_000)
    back = share(round((1 - part.normal.again) * 100), 100)
    usual = f"normally {missed} of due heartbeats are missed there, and {back} of those are made good by the next"
    return Evidence("silence", f"{seen}; {usual}.", _capped(explanation.score, SILENCE_CAP))


def _of_those_due(explanation: Explanation, seconds: float) -> str:
    """With slow devices, how many could have shown it by now: few silent ones may be all that there can be."""
    due = max(explanation.shown, explanation.slice.sums.tested(seconds))
    if due > DUE_SHARE * explanation.size:
        return ""
    return f", in which about {round(due):,} were due to report"


def level(explanation: Explanation, usual: float) -> Evidence:
    """What a share that is too high says."""
    seen, of = round(explanation.shown), explanation.size
    told = f"{seen:,} of {count(of, 'device')} ({share(seen, of)}) have been silent for three heartbeats or more"
    statement = f"{told}; usual there at this hour is {share(round(usual * 1000), 1000)}."
    return Evidence("silence", statement, _capped(explanation.score, SILENCE_CAP))


def gone(explanation: Explanation, usual: float) -> Evidence:
    """What devices say that went one by one and did not return."""
    seen, of = round(explanation.shown), round(explanation.tested)
    told = f"{seen:,} of {count(of, 'device')} ({share(seen, of)}) fell silent one by one and count as gone"
    statement = f"{told}; usual there is {share(round(usual * 1000), 1000)}."
    return Evidence("silence", statement, _capped(explanation.score, SILENCE_CAP))


def wills(number: int, expected: float) -> Evidence | None:
    """What the broker says about broken connections."""
    if number < FEWEST_WILLS:
        return None
    usual = max(expected, 0.1)
    weight = number * log(number / usual) - (number - usual) if number > usual else 0.0
    statement = (
        f"The broker announced {count(number, 'broken connection')} there; {usual:.1f} would be usual in that time."
    )
    return Evidence("wills", statement, _capped(weight, WILLS_CAP))


def cloud(sums: Sums, fleet: Sums) -> Evidence | None:
    """What devices say about their own cloud."""
    if sums.cloud_known < FEWEST_REPORTS:
        return None
    known_elsewhere = fleet.cloud_known - sums.cloud_known
    elsewhere = max(0, fleet.cloud_down - sums.cloud_down) / known_elsewhere if known_elsewhere > 0 else 0.0
    weight = gain_of(sums.cloud_down, sums.cloud_known, min(0.9, max(USUAL_CLOUD_SHARE, elsewhere)))
    told = (
        f"{sums.cloud_down:,} of {count(sums.cloud_known, 'device')} that can tell said last that their cloud does not"
        " answer"
    )
    return Evidence(
        "cloud", f"{told}; elsewhere {share(round(elsewhere * 1000), 1000)} said so.", _capped(weight, CLOUD_CAP)
    )


def confidence(pieces: tuple[Evidence, ...]) -> float:
    """The probability that the weights add up to."""
    total = max(-50.0, min(50.0, sum(piece.weight_nats for piece in pieces)))
    return round(min(NEARLY_CERTAIN, max(LEAST_SURE, 1 / (1 + exp(-total)))), 4)


def unaffected(part: Slice, members: Members, affected_elsewhere: float) -> str:
    """Who is not affected, with numbers."""
    rest = members.fleet.sums.size - part.sums.size
    if part.scope == FLEET or rest <= 0:
        return ""
    fine = rest - min(rest, max(0, round(affected_elsewhere)))
    neighbours = _neighbours(part.scope, members)
    return f"{fine:,} of {count(rest, 'other device')} are no more silent than usual" + (
        f"; {neighbours}" if neighbours else ""
    )


def _neighbours(scope: Scope, members: Members) -> str:
    """The same provider elsewhere and other providers in the same region, or the other providers."""
    if len(scope) == 1:
        return _siblings(*scope[0], members)
    inner = members.slice_of(scope).sums
    parts = []
    for term in scope:
        whole = members.slice_of((term,)).sums
        if whole.size > inner.size:
            silent = share(max(0, whole.missing - inner.missing), whole.size - inner.size)
            parts.append(f"{as_text((term,))} elsewhere has {silent} silent")
    return ", ".join(parts)


def _siblings(dimension: str, value: str, members: Members) -> str:
    if dimension in ("site", "parent"):
        return ""
    names = sorted(
        scope[0][1]
        for scope, part in members.slices.items()
        if len(scope) == 1 and scope[0][0] == dimension and scope[0][1] != value and part.sums.size
    )
    more = len(names) - NEIGHBOURS_NAMED
    listed = ", ".join(names[:NEIGHBOURS_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"other {dimension}s: {listed}" if names else ""


def _capped(weight: float, cap: float) -> float:
    return round(min(cap, max(0.0, weight)), 1)
