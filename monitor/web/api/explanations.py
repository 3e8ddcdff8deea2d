"""Explanations: why an incident or a device is judged as it is, in words."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from monitor.core.explain import Explainer
from monitor.web.api.devices import RECENT, Name, find_device
from monitor.web.api.incidents import find_incident
from monitor.web.api.models import Model
from monitor.web.problems import ProblemError, documented
from monitor.web.security import reader
from monitor.web.state import State, WebState

KNOWN = documented(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
Said = Annotated[list[str], Field(description="sentences; none if there is nothing to say")]

router = APIRouter(dependencies=[Depends(reader)])


class Weighed(Model):
    """One piece of evidence and its weight in words."""

    source: str
    statement: str
    weight_nats: Annotated[float, Field(description="> 0 speaks for the verdict, < 0 against it")]
    words: str


class IncidentExplanation(Model):
    """Why an incident is what it is called."""

    id: str
    summary: str
    expected: str
    seen: str
    since: Annotated[str, Field(description="when it began, was confirmed and ended")]
    sure: Annotated[str, Field(description="how sure, and what that rests on")]
    evidence: list[Weighed]
    considered: Annotated[list[str], Field(description="other explanations that lost, with what they were worth")]
    indistinguishable: Annotated[list[str], Field(description="scopes of the same devices")]
    unaffected: str
    would_change: Annotated[list[str], Field(description="what would change the verdict")]
    withheld: Annotated[int, Field(description="notices about single devices that it holds back now")]
    notices: str
    stayed_away: Annotated[str, Field(description="who had not come back when it ended; empty while it is open")]


class DeviceExplanation(Model):
    """What is thought of a device, and why."""

    id: str
    summary: str
    expected: str
    seen: str
    since: str
    cause: Annotated[str, Field(description="why it is offline; empty if it is not")]
    explained_by: Annotated[list[str], Field(description="the incident, gateway or maintenance behind it")]
    changes: Annotated[list[str], Field(description="its latest status changes, newest first")]
    next: Annotated[list[str], Field(description="what happens next, and when")]


@router.get("/incidents/{incident}/explanation", tags=["incidents"], responses=KNOWN)
async def explain_incident(
    state: State, incident: Annotated[str, Path(max_length=64, description="its id")]
) -> IncidentExplanation:
    """Explain one incident, open or over: what was expected and seen, how sure, what else was considered."""
    explained = _explainer(state).incident(await find_incident(state, incident), state.now())
    return IncidentExplanation.model_validate(explained)


@router.get("/devices/{tenant}/{device}/explanation", tags=["devices"], responses=KNOWN)
async def explain_device(state: State, tenant: Name, device: Name) -> DeviceExplanation:
    """Explain one device: what is expected of it and why, what explains its silence, what happens next."""
    found = find_device(state, tenant, device)
    past = await state.archive.history(found.id, limit=RECENT) if state.archive else []
    return DeviceExplanation.model_validate(_explainer(state).device(found, state.now(), past))


def _explainer(state: WebState) -> Explainer:
    if state.explainer is None:
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "this monitor only shows; it explains nothing")
    return state.explainer
