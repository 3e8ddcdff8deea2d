"""Logging in with the token and one's name, and out again."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from monitor.web.forms import SentForm, read_form, refuse_other_sites
from monitor.web.pages.frame import frame
from monitor.web.security import COOKIE, SECURE_COOKIE, is_secure, is_token, session_of
from monitor.web.sessions import LONGEST_NAME, Doorman, Sessions
from monitor.web.state import State
from monitor.web.templating import render

router = APIRouter(default_response_class=HTMLResponse)

Next = Annotated[str, Query(max_length=2000)]


@router.get("/login")
async def login_page(request: Request, next: Next = "/") -> Response:  # noqa: A002 -- the parameter's name
    """Ask for the token and a name; somebody who is logged in goes on."""
    if session_of(request) is not None:
        return RedirectResponse(_ours(next), HTTPStatus.SEE_OTHER)
    return _form(request, _ours(next))


@router.post("/login")
async def log_in(request: Request, state: State) -> Response:
    """Begin a session."""
    refuse_other_sites(request)
    fields = await read_form(request)
    back, name = _ours(fields.get("next", "/")), " ".join(fields.get("name", "").split())
    token: str | None = request.app.state.token
    doorman: Doorman = request.app.state.doorman
    address = request.client.host if request.client else ""
    if token is None:
        return _form(request, back, name)
    if not doorman.lets_try(address, state.now()):
        return _form(
            request, back, name, HTTPStatus.TOO_MANY_REQUESTS, "Too many wrong tokens; wait a minute, then try again."
        )
    if not is_token(token, fields.get("token", "")):
        doorman.note_wrong(address, state.now())
        return _form(request, back, name, HTTPStatus.FORBIDDEN, "This is not the token of this monitor.")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        told = f"Please give your name, up to {LONGEST_NAME} characters: it stands beside what you do."
        return _form(request, back, name[:LONGEST_NAME], HTTPStatus.UNPROCESSABLE_ENTITY, told)
    sessions: Sessions = request.app.state.sessions
    answer = RedirectResponse(back, HTTPStatus.SEE_OTHER)
    secure = is_secure(request)
    answer.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        sessions.begin(name, state.now()),
        max_age=round(state.settings.session_hours * 3600),
        secure=secure,
        httponly=True,
        samesite="strict",
    )
    return answer


@router.post("/logout")
async def log_out(request: Request, form: SentForm) -> Response:
    """End the session."""
    sessions: Sessions = request.app.state.sessions
    sessions.end(form.session)
    answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    secure = is_secure(request)
    answer.delete_cookie(SECURE_COOKIE if secure else COOKIE, secure=secure, httponly=True, samesite="strict")
    return answer


def _form(
    request: Request, back: str, name: str = "", status: HTTPStatus = HTTPStatus.OK, wrong: str = ""
) -> HTMLResponse:
    values = {**frame(request), "back": back, "name": name, "wrong": wrong, "longest": LONGEST_NAME}
    return HTMLResponse(render("login.html", **values), status)


def _ours(address: str) -> str:
    """An address to go back to, if it is one of ours: nobody is sent elsewhere from here."""
    ours = address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()
    return address if ours and not address.startswith("/log") else "/"
