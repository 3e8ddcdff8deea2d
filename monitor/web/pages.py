"""The pages for people. They work without scripts; with them they stay current by themselves."""

from http import HTTPStatus
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from monitor.core.decisions import STATUSES, Status
from monitor.core.sentences import headline
from monitor.devices.profile import Kind
from monitor.web import runbooks
from monitor.web.api.devices import device_detail, find_device
from monitor.web.api.incidents import find_incident
from monitor.web.cursors import make_cursor, read_cursor
from monitor.web.devices import Wanted
from monitor.web.live import Live
from monitor.web.problems import ProblemError
from monitor.web.security import reader
from monitor.web.state import State, WebState
from monitor.web.templating import respond

PAGE_OF_DEVICES = 100
Text = Annotated[str, Query(max_length=200)]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[Depends(reader)])


@router.get("/")
async def front_page(request: Request, state: State) -> HTMLResponse:
    """Show how everything is."""
    source: Live = request.app.state.live
    overview, sections = await source.sections()
    return respond("front.html", overview=overview, sections=sections, **_frame(state))


@router.get("/devices")
async def devices_page(
    state: State,
    *,
    tenant: Text = "",
    status: Text = "",
    kind: Text = "",
    provider: Text = "",
    q: Text = "",
    cursor: Annotated[str, Query(max_length=1000)] = "",
) -> HTMLResponse:
    """List devices."""
    chosen: frozenset[Status] = frozenset(each for each in STATUSES if each in status.split(","))
    wanted = Wanted(tenant=tenant, status=chosen, kind=kind, provider=provider, q=q.strip().lower())
    after = read_cursor("devices", cursor)
    found = await state.index.find(state.engine.fleet, wanted, after=after, limit=PAGE_OF_DEVICES)
    asked = {"tenant": tenant, "status": status, "kind": kind, "provider": provider, "q": q}
    return respond(
        "devices.html",
        devices=found.devices,
        following=make_cursor("devices", found.after),
        asked=asked,
        statuses=STATUSES,
        kinds=get_args(Kind),
        **_frame(state),
    )


@router.get("/devices/{tenant}/{device}")
async def device_page(state: State, tenant: str, device: str) -> HTMLResponse:
    """Show one device."""
    detail = await device_detail(state, find_device(state, tenant, device))
    return respond("device.html", device=detail, **_frame(state))


@router.get("/incidents/{incident}")
async def incident_page(state: State, incident: str) -> HTMLResponse:
    """Show one incident."""
    return respond("incident.html", incident=await find_incident(state, incident), **_frame(state))


@router.get("/runbooks")
async def runbooks_page(state: State) -> HTMLResponse:
    """List the runbooks."""
    return respond("runbooks.html", names=runbooks.names(), **_frame(state))


@router.get("/runbooks/{name}")
async def runbook_page(state: State, name: str) -> HTMLResponse:
    """Show the runbook of one alert."""
    body = runbooks.as_html(name)
    if body is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no runbook {name}; GET /runbooks lists them")
    return respond("runbook.html", name=name, body=body, **_frame(state))


@router.get("/api")
async def api_page(request: Request, state: State) -> HTMLResponse:
    """List what the API can do."""
    description = request.app.openapi()
    return respond("api.html", description=description, **_frame(state))


def _frame(state: WebState) -> dict[str, object]:
    now, blind = state.now(), state.engine.blind
    told = headline({}, (), blind, now).text if blind else ""
    return {"links": state.links, "version": state.version, "now": now, "blind": told}
