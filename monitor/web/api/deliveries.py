"""Receivers and what they are owed: how they are, whether one works, what was given up. Changes need the token."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from monitor.core.routing import Outcome, Reason
from monitor.web.api.models import AlertLine, Moment
from monitor.web.problems import ProblemError, documented
from monitor.web.security import reader, writer
from monitor.web.state import DeliveryDesk, State

READ = documented(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
WRITE = documented(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.SERVICE_UNAVAILABLE,
)

Limit = Annotated[int, Query(ge=1, le=1000, description="at most so many")]


class Model(BaseModel):
    """Read from the desk's own answers."""

    model_config = ConfigDict(from_attributes=True)


class ReceiverLine(Model):
    """How one receiver is."""

    name: str
    type: str
    trust: str
    tenants: Annotated[list[str], Field(description="the tenants that it is bound to; empty for none")]
    owed: Annotated[int, Field(description="alerts that it is still to get, what waits by its route included")]
    dead: Annotated[int, Field(description="alerts that were given up")]
    overdue_since: Annotated[float | None, Field(description="when the oldest late one should have left, Unix seconds")]
    last_success_at: Annotated[float | None, Field(description="when it last took something, Unix seconds")]
    last_error_at: Annotated[float | None, Field(description="when it last did not, since the start, Unix seconds")]
    last_error: Annotated[str, Field(description="why it did not; empty if it always did")]


class ReceiverList(BaseModel):
    """All receivers, in the order of the configuration."""

    items: list[ReceiverLine]


class TrialLine(Model):
    """What came of a test."""

    receiver: str
    delivered: Annotated[bool, Field(description="whether it took the test and its end")]
    seconds: float
    error: Annotated[str, Field(description="why it did not, as far as is known yet")]


class DeadLetterLine(Model):
    """A delivery that was given up."""

    id: Annotated[int, Field(description="what to name when it is to be tried again")]
    receiver: str
    alert: AlertLine
    owed_at: Moment
    abandoned_at: Moment
    attempts: int
    error: str


class DeadLetterList(BaseModel):
    """Deliveries that were given up, newest first."""

    items: list[DeadLetterLine]


class RetryBody(BaseModel):
    """Which dead letters to try again."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[
        list[Annotated[int, Field(ge=1, lt=2**63)]] | None, Field(max_length=1000, description="these; all if left out")
    ] = None


class RetriedLine(Model):
    """What became of them."""

    owed: Annotated[int, Field(description="are tried again")]
    outdated: Annotated[int, Field(description="are not: the receiver has got later news of the same alert")]
    without_receiver: Annotated[int, Field(description="are not: their receiver is no longer configured")]


class SentLine(Model):
    """One delivery of an incident, and what became of it."""

    id: int
    receiver: str
    alert: AlertLine
    reason: Annotated[Reason, Field(description="why it leaves when it does")]
    owed_at: Moment
    due_at: Moment
    attempts: int
    outcome: Outcome
    finished_at: Annotated[float | None, Field(description="Unix seconds; null while it is owed")]
    error: Annotated[str, Field(description="the last error, or why it was called off")]


class SentList(BaseModel):
    """Deliveries of an incident, newest first."""

    items: list[SentLine]


def desk_of(state: State) -> DeliveryDesk:
    """The desk, or a ProblemError."""
    if state.delivery is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "this monitor delivers nothing")
    return state.delivery


TheDesk = Annotated[DeliveryDesk, Depends(desk_of)]

router = APIRouter(tags=["deliveries"])


@router.get("/receivers", dependencies=[Depends(reader)], responses=READ)
async def list_receivers(desk: TheDesk) -> ReceiverList:
    """List the receivers and how they are."""
    return ReceiverList(items=[ReceiverLine.model_validate(each) for each in await desk.receivers()])


@router.post("/receivers/{receiver}/test", dependencies=[Depends(writer)], responses=WRITE)
async def test_receiver(
    desk: TheDesk, receiver: Annotated[str, Path(max_length=64, description="its name")]
) -> TrialLine:
    """Send a marked test alert and its end the way that all alerts take, and wait for what comes of it."""
    trial = await desk.try_out(receiver)
    if trial is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"no receiver {receiver} is known; GET /api/v1/receivers lists them")
    return TrialLine.model_validate(trial)


@router.get("/dead-letters", dependencies=[Depends(reader)], responses=READ)
async def list_dead_letters(desk: TheDesk, limit: Limit = 100) -> DeadLetterList:
    """List deliveries that were given up, newest first."""
    return DeadLetterList(items=[DeadLetterLine.model_validate(each) for each in await desk.dead_letters(limit)])


@router.post("/dead-letters/retry", dependencies=[Depends(writer)], responses=WRITE)
async def retry_dead_letters(desk: TheDesk, body: RetryBody) -> RetriedLine:
    """Try deliveries again that were given up."""
    return RetriedLine.model_validate(await desk.retry(body.ids))


@router.get("/incidents/{incident}/deliveries", dependencies=[Depends(reader)], responses=READ)
async def list_deliveries(
    desk: TheDesk, incident: Annotated[str, Path(max_length=64, description="its id")], limit: Limit = 100
) -> SentList:
    """List what was and is owed about an incident, newest first."""
    return SentList(items=[SentLine.model_validate(each) for each in await desk.deliveries_of(incident, limit)])
