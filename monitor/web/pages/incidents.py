"""One incident: what it is, what it does, and what can be done about it; and the list of all."""

import secrets
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from monitor.core.decisions import Incident
from monitor.core.operations.silences import Matcher, Silence
from monitor.web import acts
from monitor.web.api.incidents import find_incident, list_incidents
from monitor.web.api.queries import IncidentsAsked
from monitor.web.forms import SentForm
from monitor.web.incident_view import sections_of, view_of
from monitor.web.live import Live, kept_current
from monitor.web.pages.frame import done, page, page_router
from monitor.web.state import State
from monitor.web.templating import title_of

PAGE_OF_INCIDENTS = 50
LONGEST_SILENCE_HOURS = 7 * 24

router = page_router()


@router.get("/incidents")
async def incidents_page(
    request: Request, state: State, cursor: Annotated[str, Query(max_length=1000)] = ""
) -> HTMLResponse:
    """List incidents, open ones and those of the past, newest first."""
    found = await list_incidents(state, IncidentsAsked(limit=PAGE_OF_INCIDENTS, cursor=cursor))
    return page(request, "incidents.html", incidents=found.items, following=found.next)


@router.get("/incidents/{incident}")
async def incident_page(request: Request, state: State, incident: str) -> HTMLResponse:
    """Show one incident."""
    live: Live = request.app.state.live
    view = await view_of(state, live.rounds, incident)
    return page(
        request,
        "incident.html",
        view=view,
        title=title_of(view.incident),
        sections=sections_of(view),
        can_act=state.carry_out is not None,
        public_draft=state.public is not None and state.public.publication.draft(incident) is not None,
    )


@router.get("/incidents/{incident}/live")
async def incident_live(request: Request, state: State, incident: str) -> StreamingResponse:
    """Keep the page of one incident current."""
    live: Live = request.app.state.live
    await find_incident(state, incident)

    async def sections() -> dict[str, str]:
        return sections_of(await view_of(state, live.rounds, incident))

    return kept_current(live, sections)


@router.post("/incidents/{incident}/acknowledge")
async def acknowledge(state: State, incident: str, form: SentForm) -> RedirectResponse:
    """Take care of it."""
    await acts.acknowledge(state, incident, form.author)
    return done(_address(incident), "acknowledged")


@router.post("/incidents/{incident}/note")
async def add_note(state: State, incident: str, form: SentForm) -> RedirectResponse:
    """Add a line to its timeline."""
    await acts.note(state, incident, form.author, form.needed("text"))
    return done(_address(incident), "noted")


@router.post("/incidents/{incident}/resolve")
async def resolve(state: State, incident: str, form: SentForm) -> RedirectResponse:
    """Declare it over."""
    await acts.resolve(state, incident, form.author, form.needed("reason", longest=500))
    return done(_address(incident), "resolved")


@router.post("/incidents/{incident}/silence")
async def silence(state: State, incident: str, form: SentForm) -> RedirectResponse:
    """Tell nobody of it for some hours."""
    found = await find_incident(state, incident)
    now, hours = state.now(), form.whole("hours", 1, LONGEST_SILENCE_HOURS)
    comment = form.needed("comment", longest=200)
    matchers = tuple(matchers_of(found))
    wanted = Silence(secrets.token_hex(4), matchers, now, now + hours * 3600.0, form.author, comment)
    await acts.set_silence(state, wanted)
    return done(_address(incident), "silenced")


def matchers_of(incident: Incident) -> Sequence[Matcher]:
    """What the alerts of an incident have in common: its id, or the device or site that it is about."""
    if incident.kind == "outage":
        return [Matcher("incident", "=", incident.id)]
    return [Matcher(label, "=", value.rpartition("/")[2]) for label, value in incident.scope.items()]


def _address(incident: str) -> str:
    return f"/incidents/{quote(incident, safe='')}"
