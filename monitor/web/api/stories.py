"""What happened in an incident: its timeline, what it cost, and a draft of a report."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from fastapi.responses import PlainTextResponse
from pydantic import Field

from monitor.core.decisions import Incident
from monitor.core.operations.report import Record, draft
from monitor.core.operations.timeline import Sending, joined
from monitor.web.api.incidents import find_incident
from monitor.web.api.models import Model, Moment
from monitor.web.past import SentLine
from monitor.web.problems import documented
from monitor.web.security import reader
from monitor.web.state import State, WebState

MOST_LINES = 5000
MOST_SENT = 2000
MOST_LOSSES = 1000

KNOWN = documented(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
Id = Annotated[str, Path(max_length=64, description="its id")]

router = APIRouter(tags=["incidents"], dependencies=[Depends(reader)])


class LineOfTimeline(Model):
    """One line of a timeline."""

    at: Moment
    kind: Annotated[
        Literal["seen", "decided", "sent", "said", "done"],
        Field(description="seen or decided by the monitor, sent to receivers, said to the public, done by people"),
    ]
    text: str
    author: Annotated[str, Field(description="who did or said it; empty for the monitor")]


class Loss(Model):
    """Something that an incident cost."""

    device: str
    what: Annotated[str, Field(description="a meal by its plan, or a sign of harm")]
    since: Annotated[float, Field(description="when the meal was planned, or the sign began; Unix seconds")]
    outcome: Annotated[str, Field(description="what is known of it now")]


class Story(Model):
    """Everything that happened in an incident."""

    incident: str
    duration_seconds: Annotated[float, Field(description="so far, if it is not over")]
    lines: Annotated[list[LineOfTimeline], Field(description="in the order in which it happened")]
    losses: Annotated[list[Loss], Field(description="at most 1,000, the earliest first")]


@router.get("/incidents/{incident}/timeline", responses=KNOWN)
async def show_timeline(state: State, incident: Id) -> Story:
    """Tell everything seen, decided, sent, said and done about an incident, and what it cost."""
    record = await record_of(state, await find_incident(state, incident))
    end = record.incident.resolved_at or record.now
    return Story(
        incident=record.incident.id,
        duration_seconds=end - record.incident.started_at,
        lines=[LineOfTimeline.model_validate(line) for line in record.lines],
        losses=[Loss.model_validate(loss) for loss in record.losses],
    )


@router.get(
    "/incidents/{incident}/report",
    response_class=PlainTextResponse,
    responses={**KNOWN, 200: {"content": {"text/markdown": {}}, "description": "a draft in Markdown"}},
)
async def show_report(state: State, incident: Id) -> PlainTextResponse:
    """Draft a post-mortem in Markdown: what happened, its scope and evidence, harm, who was told, what is open."""
    record = await record_of(state, await find_incident(state, incident))
    return PlainTextResponse(draft(record), media_type="text/markdown; charset=utf-8")


async def record_of(state: WebState, incident: Incident) -> Record:
    """Everything that is kept of an incident."""
    past, deliveries, name = state.timelines, state.deliveries, incident.id
    sent = await deliveries.deliveries_of(name, limit=MOST_SENT) if deliveries is not None else ()
    sendings = [_sending(each) for each in reversed(sent)]
    related = [await past.incident(each) for each in incident.related] if past is not None else []
    return Record(
        incident=incident,
        lines=joined(await past.lines(name, limit=MOST_LINES) if past is not None else (), sendings),
        sent=sendings,
        losses=await past.losses(name, limit=MOST_LOSSES) if past is not None else (),
        counts=await past.loss_counts(name) if past is not None else {},
        related=[each for each in related if each is not None],
        now=state.now(),
    )


def _sending(line: SentLine) -> Sending:
    alert = line.alert
    reason = "" if line.reason == "alert" else f", {line.reason}"
    return Sending(
        receiver=line.receiver,
        what=f"{alert.name} {alert.state}{reason}",
        owed_at=line.owed_at,
        outcome=line.outcome,
        finished_at=line.finished_at,
        error=line.error,
    )
