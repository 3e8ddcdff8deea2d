"""What others say of a scope: probes and providers' pages. They add to the evidence; they never open an outage."""

from collections.abc import Mapping
from typing import Any

from monitor.core.decisions import Evidence
from monitor.core.observations import Witness

FRESH_SECONDS = 1800.0
MOST_KEPT = 1000
CAPS: dict[str, tuple[float, float]] = {"probe": (-8.0, 8.0), "page": (-2.0, 4.0)}
"""How much all witnesses of one kind can weigh together; the kind is the source up to the first colon."""
OTHER_CAP = (-5.0, 5.0)


class Witnesses:
    """The latest word of each source on each scope."""

    def __init__(self) -> None:
        self._latest: dict[tuple[str, tuple[tuple[str, str], ...]], Witness] = {}

    def hear(self, witness: Witness) -> None:
        """A source says something; it replaces what it said before of the same scope."""
        key = witness.source, tuple(sorted(witness.scope.items()))
        self._latest.pop(key, None)
        self._latest[key] = witness
        while len(self._latest) > MOST_KEPT:
            del self._latest[next(iter(self._latest))]

    def about(self, scope: Mapping[str, str], at: float) -> tuple[Evidence, ...]:
        """What was said lately of a scope, or of one that holds it; witnesses of one kind share a limit."""
        said: dict[str, list[Evidence]] = {}
        for witness in sorted(self._latest.values(), key=lambda each: each.source):
            fits = witness.scope and witness.scope.items() <= scope.items()
            if fits and witness.at > at - FRESH_SECONDS:
                kind = witness.source.partition(":")[0]
                piece = Evidence(witness.source, witness.statement, witness.weight_nats)
                said.setdefault(kind, []).append(piece)
        return tuple(piece for kind, pieces in said.items() for piece in _bounded(kind, pieces))

    def save(self) -> list[dict[str, Any]]:
        """As plain data."""
        return [
            {
                "at": each.at,
                "source": each.source,
                "scope": dict(each.scope),
                "statement": each.statement,
                "weight": each.weight_nats,
            }
            for each in self._latest.values()
        ]

    def restore(self, data: list[dict[str, Any]]) -> None:
        """From plain data."""
        for each in data:
            self.hear(Witness(each["at"], each["source"], each["scope"], each["statement"], each["weight"]))


def _bounded(kind: str, pieces: list[Evidence]) -> list[Evidence]:
    least, most = CAPS.get(kind, OTHER_CAP)
    total = sum(piece.weight_nats for piece in pieces)
    bounded = min(most, max(least, total))
    if bounded == total:
        return pieces
    # Several witnesses of one kind say much the same: all are shown, together they weigh what the limit allows.
    return [Evidence(piece.source, piece.statement, piece.weight_nats * bounded / total) for piece in pieces]
