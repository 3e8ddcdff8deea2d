"""One incident: what it is, what it does, and what can be done about it."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from monitor.web.api.incidents import find_incident
from monitor.web.pages.frame import page, page_router
from monitor.web.state import State

router = page_router()


@router.get("/incidents/{incident}")
async def incident_page(request: Request, state: State, incident: str) -> HTMLResponse:
    """Show one incident."""
    return page(request, "incident.html", incident=await find_incident(state, incident))
