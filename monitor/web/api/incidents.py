"""Incidents and alerts: what is open, and what was."""

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Depends, Path, Query

from monitor.core.decisions import Alert, Incident, Severity
from monitor.web.api.models import AlertLine, AlertPage, Evidence, IncidentLine, IncidentPage
from monitor.web.cursors import make_cursor, read_cursor
from monitor.web.problems import ProblemError, documented
from monitor.web.security import reader
from monitor.web.state import Archive, State, WebState

BATCH = 200
FARTHEST_BACK = 5000
"""The most incidents or alerts of the past that one request goes through."""

AlertState = Literal["firing", "resolved", "all"]
IncidentState = Literal["open", "resolved", "all"]
Thing = TypeVar("Thing", Incident, Alert)
Limit = Annotated[int, Query(ge=1, le=500, description="the most in one page")]
Cursor = Annotated[str, Query(max_length=1000, description="`next` of the page before")]
Text = Annotated[str, Query(max_length=200, description="exactly this one")]

router = APIRouter(dependencies=[Depends(reader)])


@router.get("/incidents", tags=["incidents"], responses=documented(HTTPStatus.UNAUTHORIZED))
async def list_incidents(
    state: State,
    *,
    show: Annotated[IncidentState, Query(alias="state", description="which of them")] = "all",
    tenant: Text = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> IncidentPage:
    """List incidents, newest first."""
    after = read_cursor("incidents", cursor)

    def wanted(incident: Incident) -> bool:
        return not tenant or incident.scope.get("tenant", tenant) == tenant

    if show == "open" or state.archive is None:
        known = () if show == "resolved" else state.engine.incidents.values()
        newest_first = sorted(filter(wanted, known), key=_incident_place, reverse=True)
        found = _page_of(newest_first, after, limit, lambda incident: incident.id)
    else:
        found = await _search(_past_incidents(state.archive, show), wanted, after, limit, lambda incident: incident.id)
    return IncidentPage(items=[incident_line(each) for each in found[0]], next=make_cursor("incidents", found[1]))


@router.get(
    "/incidents/{incident}",
    tags=["incidents"],
    responses=documented(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND),
)
async def show_incident(
    state: State, incident: Annotated[str, Path(max_length=64, description="its id")]
) -> IncidentLine:
    """Show one incident with its evidence."""
    return incident_line(await find_incident(state, incident))


@router.get("/alerts", tags=["alerts"], responses=documented(HTTPStatus.UNAUTHORIZED))
async def list_alerts(
    state: State,
    *,
    show: Annotated[AlertState, Query(alias="state", description="which of them")] = "firing",
    severity: Annotated[Severity | None, Query(description="how urgent")] = None,
    name: Text = "",
    tenant: Text = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> AlertPage:
    """List alerts, newest first; those that fire, unless asked otherwise."""
    after = read_cursor("alerts", cursor)

    def wanted(alert: Alert) -> bool:
        return (
            severity in (None, alert.severity)
            and name in ("", alert.name)
            and (not tenant or alert.labels.get("tenant") == tenant)
        )

    if show == "firing" or state.archive is None:
        known = () if show == "resolved" else state.engine.alerts.values()
        newest_first = sorted(filter(wanted, known), key=_alert_place, reverse=True)
        found = _page_of(newest_first, after, limit, lambda alert: alert.key)
    else:
        found = await _search(_past_alerts(state.archive, show), wanted, after, limit, lambda alert: alert.key)
    return AlertPage(items=[AlertLine.model_validate(each) for each in found[0]], next=make_cursor("alerts", found[1]))


async def find_incident(state: WebState, incident: str) -> Incident:
    """An open incident or one of the past, or a ProblemError."""
    if incident in state.engine.incidents:
        return state.engine.incidents[incident]
    if state.archive is not None:
        read = _past_incidents(state.archive, "all")
        found, _ = await _search(read, lambda each: each.id == incident, "", 1, lambda each: each.id)
        if found:
            return found[0]
    raise ProblemError(HTTPStatus.NOT_FOUND, f"no incident {incident} is known; GET /api/v1/incidents lists them")


def incident_line(incident: Incident) -> IncidentLine:
    """An incident as the API shows it."""
    return IncidentLine(
        id=incident.id,
        kind=incident.kind,
        layer=incident.layer,
        scope=dict(incident.scope),
        state="open" if incident.resolved_at is None else "resolved",
        summary=incident.summary,
        started_at=incident.started_at,
        opened_at=incident.opened_at,
        resolved_at=incident.resolved_at,
        devices=incident.devices,
        silent=incident.silent,
        confidence=incident.confidence,
        onset_uncertainty_seconds=incident.onset_uncertainty_seconds,
        evidence=[Evidence.model_validate(piece) for piece in incident.evidence],
        unaffected=incident.unaffected,
        equivalents=[dict(scope) for scope in incident.equivalents],
        alternatives=list(incident.alternatives),
        stragglers=list(incident.stragglers),
    )


def _incident_place(incident: Incident) -> tuple[float, str]:
    return incident.opened_at, incident.id


def _alert_place(alert: Alert) -> tuple[float, str]:
    return alert.starts_at, alert.key


def _page_of(
    things: Sequence[Thing], after: str, limit: int, name: Callable[[Thing], str]
) -> tuple[list[Thing], str | None]:
    """The things after the named one; from the beginning if it has gone meanwhile."""
    first = next((place + 1 for place, thing in enumerate(things) if name(thing) == after), 0)
    page = list(things[first : first + limit])
    return page, name(page[-1]) if first + limit < len(things) else None


def _past_incidents(archive: Archive, show: IncidentState) -> Callable[[str | None], Awaitable[Sequence[Incident]]]:
    async def read(after: str | None) -> Sequence[Incident]:
        return await archive.incidents(limit=BATCH, after=after, state=show)

    return read


def _past_alerts(archive: Archive, show: AlertState) -> Callable[[str | None], Awaitable[Sequence[Alert]]]:
    async def read(after: str | None) -> Sequence[Alert]:
        return await archive.alerts(limit=BATCH, after=after, state=show)

    return read


async def _search(
    read: Callable[[str | None], Awaitable[Sequence[Thing]]],
    wanted: Callable[[Thing], bool],
    after: str,
    limit: int,
    name: Callable[[Thing], str],
) -> tuple[list[Thing], str | None]:
    """Go through the past in batches until a page is full; also, the name after which the next page begins."""
    found: list[Thing] = []
    place = after or None
    for _ in range(FARTHEST_BACK // BATCH):
        batch = await read(place)
        for thing in batch:
            if wanted(thing):
                if len(found) == limit:
                    return found, name(found[-1])
                found.append(thing)
        if len(batch) < BATCH:
            return found, None
        place = name(batch[-1])
    return found, place
