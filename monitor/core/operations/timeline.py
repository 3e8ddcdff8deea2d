"""One timeline of an incident: what the monitor wrote down, what people did, and what was sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from monitor.core.decisions import IncidentLogged

LineKind = Literal["seen", "decided", "sent", "said", "done"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what was seen, decided, sent, said to the public, or done by people; `at` is Unix seconds."""

    at: float
    kind: LineKind
    text: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """One alert for one receiver and what became of it. Moments are Unix seconds."""

    receiver: str
    what: str
    owed_at: float
    outcome: str
    finished_at: float | None = None
    error: str = ""


def joined(logged: Iterable[IncidentLogged], sent: Iterable[Sending]) -> list[Line]:
    """Everything in the order in which it happened; what is still on its way counts when it was owed."""
    lines = [Line(each.at, each.kind, each.text, each.author) for each in logged]
    lines += [_sent(each) for each in sent]
    return sorted(lines, key=lambda line: line.at)


def _sent(sending: Sending) -> Line:
    match sending.outcome:
        case "delivered":
            text = f"{sending.what} to {sending.receiver}"
        case "owed":
            text = f"{sending.what} is still owed to {sending.receiver}" + (
                f": {sending.error}" if sending.error else ""
            )
        case "cancelled":
            text = f"{sending.what} was called off for {sending.receiver}: {sending.error or 'overtaken by later news'}"
        case _:
            text = f"{sending.what} never reached {sending.receiver}: {sending.error}"
    return Line(sending.owed_at if sending.finished_at is None else sending.finished_at, "sent", text)
