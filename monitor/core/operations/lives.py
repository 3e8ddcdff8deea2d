"""The life of an incident as a state machine: one table, from which the diagram in the docs is drawn too.

A turn that is not in the table changes nothing: what is over cannot be acknowledged, what is open cannot relapse.
"""

from dataclasses import replace
from typing import Literal

from monitor.core.decisions import Incident

Stage = Literal["open", "acknowledged", "resolved"]
Turn = Literal["acknowledged", "ended", "closed", "relapsed"]

TURNS: dict[Turn, str] = {
    "acknowledged": "somebody takes care of it",
    "ended": "what it is about is over",
    "closed": "somebody declares it over",
    "relapsed": "it begins again within the window for a relapse",
}

LIFE: dict[tuple[Stage, Turn], Stage] = {
    ("open", "acknowledged"): "acknowledged",
    ("open", "ended"): "resolved",
    ("open", "closed"): "resolved",
    ("acknowledged", "ended"): "resolved",
    ("acknowledged", "closed"): "resolved",
    ("resolved", "relapsed"): "open",
}
"""Who took care of it the first time thought it was over, so a relapse has to be acknowledged again."""


def stage_of(incident: Incident) -> Stage:
    """Where an incident is in its life."""
    if incident.resolved_at is not None:
        return "resolved"
    return "open" if incident.acknowledged_at is None else "acknowledged"


def turned(incident: Incident, turn: Turn, at: float, author: str = "") -> Incident | None:
    """The incident after a turn; None if its life has no such turn now."""
    if (stage_of(incident), turn) not in LIFE:
        return None
    match turn:
        case "acknowledged":
            return replace(incident, acknowledged_at=at, acknowledged_by=author)
        case "ended":
            return replace(incident, resolved_at=at)
        case "closed":
            return replace(incident, resolved_at=at, resolved_by=author)
        case _:
            return replace(
                incident,
                resolved_at=None,
                resolved_by="",
                acknowledged_at=None,
                acknowledged_by="",
                stragglers=(),
                reopened=incident.reopened + 1,
            )
