"""Who wants to be told, for operators: their number, and the way to add somebody or let them go."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import ConfigDict, Field

from monitor.web.api.models import Model, Moment
from monitor.web.problems import ProblemError, documented
from monitor.web.public.state import Public, PublicState, SubscriberList
from monitor.web.security import writer

# Reading asks for the token even where reading is open to all: these are people.
router = APIRouter(prefix="/subscribers", tags=["updates"], dependencies=[Depends(writer)])
ERRORS = documented(
    HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT
)


class SubscriberLine(Model):
    """One subscriber; the address only as far as it takes to know it again."""

    id: int
    kind: str
    address: str
    tenant: str
    components: list[str]
    confirmed: bool
    asked_at: Moment


class SubscriberLines(Model):
    """Subscribers, the latest first."""

    items: list[SubscriberLine]


class SubscriberBody(Model):
    """Somebody to be asked whether they want to be told."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["email", "webhook"] = "email"
    address: Annotated[str, Field(max_length=500)]
    tenant: Annotated[str, Field(max_length=64, description="whose customer they are; empty for the public")] = ""
    components: Annotated[list[str], Field(max_length=200, description="of what; empty for everything")] = Field(
        default_factory=list
    )


@router.get("", responses=ERRORS)
async def list_subscribers(
    public: Public,
    address: Annotated[str, Query(max_length=500, description="only those with exactly this address")] = "",
) -> SubscriberLines:
    """List subscribers."""
    found = await _list_of(public).listed(address)
    return SubscriberLines(items=[SubscriberLine.model_validate(each) for each in found])


@router.post("/add", responses=ERRORS, status_code=HTTPStatus.ACCEPTED)
async def add_subscriber(public: Public, body: SubscriberBody) -> SubscriberLines:
    """Ask somebody whether they want to be told. Nothing is sent to them until they confirm it."""
    people = _list_of(public)
    wrong = await people.add(body.kind, body.address, body.tenant, body.components)
    if wrong:
        raise ProblemError(HTTPStatus.CONFLICT, wrong)
    return await list_subscribers(public, body.address)


@router.delete("/{subscriber:int}", responses=ERRORS, status_code=HTTPStatus.NO_CONTENT)
async def remove_subscriber(public: Public, subscriber: Annotated[int, Path(ge=1, le=2**53)]) -> None:
    """Erase somebody, with everything owed to them."""
    if not await _list_of(public).remove(subscriber):
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no subscriber {subscriber}")


def _list_of(public: PublicState) -> SubscriberList:
    if public.subscribers is None:
        raise ProblemError(
            HTTPStatus.NOT_FOUND, "messages are not set up; [subscribers.smtp] and [status_page] url do that"
        )
    return public.subscribers
