"""Incidents and alerts: what is open, and what was."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Query

from monitor.core.decisions import Alert, Incident, IncidentKind
from monitor.core.operations.lives import stage_of
from monitor.web.api.models import AlertLine, AlertPage, Evidence, IncidentLine, IncidentPage
from monitor.web.api.queries import AlertsAsked, AlertState, IncidentsAsked, IncidentState
from monitor.web.cursors import make_cursor, place, read_place
from monitor.web.problems import ProblemError, documented
from monitor.web.security import reader
from monitor.web.state import Archive, State, WebState

BATCH = 200
FARTHEST_BACK = 5000
"""The most incidents or alerts of the past that one request goes through."""

Place = tuple[float, str]
Thing = TypeVar("Thing", Incident, Alert)

router = APIRouter(dependencies=[Depends(reader)])


@router.get("/incidents", tags=["incidents"], responses=documented(HTTPStatus.UNAUTHORIZED))
async def list_incidents(state: State, asked: Annotated[IncidentsAsked, Query()]) -> IncidentPage:
    """List incidents, newest first; outages, unless asked for others."""
    tenant, limit = asked.tenant, asked.limit
    kind = None if asked.kind == "all" else asked.kind
    after = read_place("incidents", asked.cursor)

    def wanted(incident: Incident) -> bool:
        ours = not tenant or incident.scope.get("tenant", tenant) == tenant
        return ours and kind in (None, incident.kind)

    if asked.state == "open" or state.archive is None:
        known = () if asked.state == "resolved" else open_incidents(state).values()
        newest_first = sorted(filter(wanted, known), key=_incident_place, reverse=True)
        found = _page_of(newest_first, after, limit, _incident_place)
    else:
        read = _past_incidents(state.archive, asked.state, kind)
        found = await _search(read, wanted, after, limit, _incident_place)
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
async def list_alerts(state: State, asked: Annotated[AlertsAsked, Query()]) -> AlertPage:
    """List alerts, newest first; those that fire, unless asked otherwise."""
    limit = asked.limit
    after = read_place("alerts", asked.cursor)

    def wanted(alert: Alert) -> bool:
        return (
            asked.severity in (None, alert.severity)
            and asked.name in ("", alert.name)
            and (not asked.tenant or alert.labels.get("tenant") == asked.tenant)
        )

    if asked.state == "firing" or state.archive is None:
        known = () if asked.state == "resolved" else state.engine.alerts.values()
        newest_first = sorted(filter(wanted, known), key=_alert_place, reverse=True)
        found = _page_of(newest_first, after, limit, _alert_place)
    else:
        found = await _search(_past_alerts(state.archive, asked.state), wanted, after, limit, _alert_place)
    return AlertPage(items=[AlertLine.model_validate(each) for each in found[0]], next=make_cursor("alerts", found[1]))


async def find_incident(state: WebState, incident: str) -> Incident:
    """An open incident or one of the past, or a ProblemError."""
    known = open_incidents(state).get(incident)
    if known is None and state.timelines is not None:
        known = await state.timelines.incident(incident)
    elif known is None and state.archive is not None:
        read = _past_incidents(state.archive, "all", None)
        found, _ = await _search(read, lambda each: each.id == incident, None, 1, _incident_place)
        known = found[0] if found else None
    if known is not None:
        return known
    raise ProblemError(HTTPStatus.NOT_FOUND, f"no incident {incident} is known; GET /api/v1/incidents lists them")


def open_incidents(state: WebState) -> Mapping[str, Incident]:
    """Open incidents by id: of every kind where they are known, else outages."""
    return state.engine.incidents if state.desk is None else state.desk.open


def incident_line(incident: Incident) -> IncidentLine:
    """An incident as the API shows it."""
    return IncidentLine(
        id=incident.id,
        kind=incident.kind,
        layer=incident.layer,
        scope=dict(incident.scope),
        state=stage_of(incident),
        phase=incident.phase if incident.kind == "outage" and incident.resolved_at is None else None,
        summary=incident.summary,
        meaning=incident.meaning,
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
        acknowledged_at=incident.acknowledged_at,
        acknowledged_by=incident.acknowledged_by,
        resolved_by=incident.resolved_by,
        reopened=incident.reopened,
        related=list(incident.related),
    )


def _incident_place(incident: Incident) -> Place:
    return incident.opened_at, incident.id


def _alert_place(alert: Alert) -> Place:
    return alert.starts_at, alert.key


def _page_of(
    newest_first: Sequence[Thing], after: Place | None, limit: int, place_of: Callable[[Thing], Place]
) -> tuple[list[Thing], str | None]:
    """The things after a place, which need not be there any more; also, the place where the page ended."""
    left = [thing for thing in newest_first if after is None or place_of(thing) < after]
    page = left[:limit]
    return page, place(*place_of(page[-1])) if len(left) > limit else None


def _past_incidents(
    archive: Archive, show: IncidentState, kind: IncidentKind | None
) -> Callable[[str | None], Awaitable[Sequence[Incident]]]:
    async def read(after: str | None) -> Sequence[Incident]:
        return await archive.incidents(limit=BATCH, after=after, state=show, kind=kind)

    return read


def _past_alerts(archive: Archive, show: AlertState) -> Callable[[str | None], Awaitable[Sequence[Alert]]]:
    async def read(after: str | None) -> Sequence[Alert]:
        return await archive.alerts(limit=BATCH, after=after, state=show)

    return read


async def _search(
    read: Callable[[str | None], Awaitable[Sequence[Thing]]],
    wanted: Callable[[Thing], bool],
    after: Place | None,
    limit: int,
    place_of: Callable[[Thing], Place],
) -> tuple[list[Thing], str | None]:
    """Go through the past in batches until a page is full; also, the place where the page ended."""
    found: list[Thing] = []
    reached = after
    for _ in range(FARTHEST_BACK // BATCH):
        batch = await read(reached[1] if reached else None)
        for thing in batch:
            if wanted(thing):
                if len(found) == limit:
                    return found, place(*place_of(found[-1]))
                found.append(thing)
        if len(batch) < BATCH:
            return found, None
        reached = place_of(batch[-1])
    return found, place(*reached) if reached else None
