"""The evidence in words and in nats: every piece with its weight, so that it can be printed, summed and disputed."""

from math import exp

from monitor.core.decisions import Evidence
from monitor.core.outages.localise import Explanation
from monitor.core.outages.members import Members
from monitor.core.outages.scopes import FLEET, Scope, as_text
from monitor.core.outages.slices import Slice
from monitor.core.words import count, share

PRIOR_NATS = -6.0
"""Before any evidence an outage of a given scope is this unlikely: about one hour in 400."""
SILENCE_CAP = 30.0
MOST_SURE, LEAST_SURE = 0.9999, 0.01


def silence(explanation: Explanation, seconds: float) -> Evidence:
    """What the missing heartbeats say."""
    part = explanation.slice
    normal = part.normal
    seen = round(explanation.seen)
    return Evidence(
        "silence",
        f"{seen:,} of {count(part.size, 'device')} fell silent within {max(1, round(seconds))} s; "
        f"normally {share(round(normal.miss * 10_000), 10_000)} of due heartbeats are missed there "
        f"and {share(round((1 - normal.again) * 100), 100)} of those come with the next.",
        min(SILENCE_CAP, max(0.0, explanation.score)),
    )


def prior() -> Evidence:
    """What is assumed before anything is seen."""
    return Evidence("prior", "Outages are rare: without evidence there is none.", PRIOR_NATS)


def confidence(pieces: tuple[Evidence, ...]) -> float:
    """The probability that the weights add up to."""
    total = sum(piece.weight_nats for piece in pieces)
    return round(min(MOST_SURE, max(LEAST_SURE, 1 / (1 + exp(-max(-50.0, min(50.0, total)))))), 4)


def unaffected(part: Slice, members: Members, seen_elsewhere: float) -> str:
    """Who is not affected, with numbers."""
    rest = members.fleet.size - part.size
    if part.scope == FLEET or rest <= 0:
        return ""
    others = _others(part.scope, members)
    silent = min(rest, max(0, round(seen_elsewhere)))
    spared = f"; {others}" if others else ""
    return f"{rest - silent:,} of {count(rest, 'other device')} are heard as usual{spared}"


def _others(scope: Scope, members: Members) -> str:
    """How the neighbours of a scope do: the same provider elsewhere, other providers in the same region."""
    parts = []
    for dimension, value in scope:
        if len(scope) == 1:
            names = sorted(
                other[0][1]
                for other in members.slices
                if len(other) == 1 and other[0][0] == dimension and other != scope
            )
            names = [name for name in names if members.slices[((dimension, name),)].size]
            if names and dimension not in ("site", "parent"):
                listed = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")  # noqa: PLR2004
                parts.append(f"other {dimension}s: {listed}")
            continue
        whole = members.slices.get(((dimension, value),))
        inner = members.slices.get(scope)
        if whole is not None and inner is not None and whole.size > inner.size:
            silent = max(0, whole.missing - inner.missing)
            parts.append(f"{as_text(((dimension, value),))} elsewhere {share(silent, whole.size - inner.size)} silent")
    return "; ".join(parts)
