"""What stands around every page: who is logged in, where the dashboards are, and whether anything is current."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from monitor.core.sentences import headline
from monitor.web.security import login_address, reader, session_of
from monitor.web.state import WebState
from monitor.web.templating import respond

Text = Annotated[str, Query(max_length=200)]

DONE = {
    "acknowledged": "You take care of this incident now; its reminders stop.",
    "noted": "Your note is on the timeline.",
    "resolved": "The incident is declared over.",
    "silenced": "The silence is set.",
    "unsilenced": "The silence is over.",
    "planned": "The maintenance window is set.",
    "unplanned": "The maintenance window is over.",
    "published": "The update is public.",
    "drafted": "The draft is kept; nobody sees it until it is published.",
}
"""What is said after a form did its work; the address carries the key and never the words."""


def page_router() -> APIRouter:
    """A router for pages that need leave to read."""
    return APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(reader)])


def page(request: Request, template: str, **values: object) -> HTMLResponse:
    """A page within its frame."""
    return respond(template, **frame(request), **values)


def frame(request: Request) -> dict[str, object]:
    """What every template is given."""
    state: WebState = request.app.state.web
    now, blind = state.now(), state.engine.blind
    return {
        "links": state.links,
        "public": state.public is not None,
        "version": state.version,
        "now": now,
        "blind": headline({}, (), blind, now).text if blind else "",
        "session": session_of(request),
        "can_log_in": request.app.state.token is not None,
        "login_address": login_address(request),
        "done": DONE.get(request.query_params.get("done", ""), ""),
    }


def done(path: str, what: str) -> RedirectResponse:
    """Back to a page after a form did its work, so that reloading does not send it again."""
    return RedirectResponse(f"{path}{'&' if '?' in path else '?'}done={what}", HTTPStatus.SEE_OTHER)
