"""One incident: what it is, what it does, and what can be done about it."""

from fastapi import Request
from fastapi.responses import HTMLResponse, StreamingResponse

from monitor.core.decisions import Incident
from monitor.core.sentences import scope_name
from monitor.web.incident_view import sections_of, view_of
from monitor.web.live import Live, kept_current
from monitor.web.pages.frame import page, page_router
from monitor.web.state import State

router = page_router()


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
        can_act=state.observe is not None,
        public_draft=False,
    )


@router.get("/incidents/{incident}/live")
async def incident_live(request: Request, state: State, incident: str) -> StreamingResponse:
    """Keep the page of one incident current."""
    live: Live = request.app.state.live
    await view_of(state, live.rounds, incident)

    async def sections() -> dict[str, str]:
        return sections_of(await view_of(state, live.rounds, incident))

    return kept_current(live, sections)


def title_of(incident: Incident) -> str:
    """What an incident is called."""
    if incident.kind == "outage":
        return scope_name(incident.layer, incident.scope)
    return incident.scope.get("device") or incident.scope.get("site") or incident.summary or incident.kind
