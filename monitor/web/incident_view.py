"""One incident as its page shows it: what it is and does, who is in danger, what happened, and who was told."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.decisions import Incident, IncidentLogged
from monitor.core.explain import IncidentExplanation
from monitor.core.sentences import Harm
from monitor.core.welfare.harm import Risk
from monitor.web.api.incidents import find_incident
from monitor.web.past import SentLine
from monitor.web.rounds import Rounds
from monitor.web.state import WebState
from monitor.web.templating import render

MOST_RISKS = 40
MOST_LINES = 200
MOST_SENT = 50
SECTIONS = ("facts", "harm", "evidence", "timeline", "sent")


@dataclass(frozen=True, slots=True)
class IncidentView:
    """Everything on the page; `risks` are the worst, `number_at_risk` is all of them. Lines are newest first."""

    incident: Incident
    now: float
    why: IncidentExplanation | None
    harm: Harm | None
    risks: Sequence[Risk]
    number_at_risk: int
    lines: Sequence[IncidentLogged]
    sent: Sequence[SentLine]

    @property
    def open(self) -> bool:
        """Whether it is not over."""
        return self.incident.resolved_at is None


async def view_of(state: WebState, rounds: Rounds, incident: str) -> IncidentView:
    """The incident of this id, or a ProblemError."""
    found = await find_incident(state, incident)
    made = await rounds.latest()
    is_open = found.resolved_at is None
    risks = state.welfare.risks(state.now(), incident=found.id) if state.welfare is not None and is_open else []
    lines = await state.timelines.lines(found.id, limit=MOST_LINES) if state.timelines is not None else ()
    sent = await state.deliveries.deliveries_of(found.id, limit=MOST_SENT) if state.deliveries is not None else ()
    return IncidentView(
        incident=found,
        now=state.now(),
        why=state.explainer.incident(found, state.now()) if state.explainer and found.kind == "outage" else None,
        harm=made.harm.get(found.id) if is_open else None,
        risks=risks[:MOST_RISKS],
        number_at_risk=len(risks),
        lines=tuple(reversed(lines)),
        sent=sent,
    )


def sections_of(view: IncidentView) -> dict[str, str]:
    """The parts of the page that change by themselves, as HTML."""
    return {name: render(f"incident/{name}.html", view=view, incident=view.incident) for name in SECTIONS}
