"""How much evidence weighs, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.core.decisions import Evidence

STRENGTHS = ((7.0, "decisive"), (3.0, "strong"), (1.0, "some"))
"""From how many nats on a piece of evidence is called so."""
NOTHING_NATS = 0.05


@dataclass(frozen=True, slots=True)
class Weighed:
    """One piece of evidence; `weight_nats` > 0 speaks for the verdict, < 0 against it, and `words` say the same."""

    source: str
    statement: str
    weight_nats: float
    words: str


def weigh(pieces: Iterable[Evidence]) -> tuple[Weighed, ...]:
    """Each piece with its weight in words."""
    return tuple(Weighed(each.source, each.statement, each.weight_nats, strength(each.weight_nats)) for each in pieces)


def strength(nats: float) -> str:
    """A weight in words: strong evidence against it."""
    if abs(nats) < NOTHING_NATS:
        return "says nothing either way"
    how = next((word for least, word in STRENGTHS if abs(nats) >= least), "hardly any")
    return f"{how} evidence {'for' if nats > 0 else 'against'} it"


def likelihood(nats: float) -> str:
    """What weights add up to, in words."""
    if nats > STRENGTHS[0][0]:
        return "almost certain"
    if nats > STRENGTHS[1][0]:
        return "likely"
    return "possible" if nats > 0 else "unlikely"
