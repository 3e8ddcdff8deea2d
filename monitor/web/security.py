"""Who may read and who may change things, and the headers that keep browsers from being led astray."""

import base64
import binascii
import secrets
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.web.problems import ProblemError
from monitor.web.sessions import Session, Sessions
from monitor.web.state import State

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

COOKIE, SECURE_COOKIE = "hearthbeat", "__Host-hearthbeat"
"""The name that browsers accept only over https, from the host itself and for all of it."""

_bearer = HTTPBearer(auto_error=False, description="the token from [web] token or token_file")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class SecureHeaders:
    """Adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add the headers to what comes back."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def reader(request: Request, state: State, _: Bearer) -> None:
    """Let a request read, or raise a ProblemError: by a session, the bearer token, or the token as a password."""
    if state.settings.read_open:
        return
    token: str | None = request.app.state.token
    header = request.headers.get("authorization", "")
    if token is None or session_of(request) is not None:
        return
    if is_token(token, _token_of(header, "bearer")) or is_token(token, _token_of(header, "basic")):
        return
    if wants_page(request):
        raise ProblemError(HTTPStatus.SEE_OTHER, "log in first", {"Location": login_address(request)})
    raise ProblemError(
        HTTPStatus.UNAUTHORIZED,
        "send the token as `Authorization: Bearer …`, or log in with any name and the token as password",
        {"WWW-Authenticate": 'Basic realm="Hearthbeat", charset="UTF-8"'},
    )


def writer(request: Request, _: Bearer) -> None:
    """Let a request change something, or raise a ProblemError.

    Only a bearer token will do: a browser sends a login along with requests that another site made it send.
    """
    token: str | None = request.app.state.token
    if token is None:
        raise ProblemError(HTTPStatus.FORBIDDEN, "changes need a token; set one in [web] token_file and send it along")
    if not is_token(token, _token_of(request.headers.get("authorization", ""), "bearer")):
        raise ProblemError(
            HTTPStatus.UNAUTHORIZED,
            "send the token as `Authorization: Bearer …`",
            {"WWW-Authenticate": 'Bearer realm="Hearthbeat"'},
        )


def session_of(request: Request) -> Session | None:
    """The session that a request belongs to, if any."""
    sessions: Sessions = request.app.state.sessions
    cookie = request.cookies.get(SECURE_COOKIE if is_secure(request) else COOKIE, "")
    return sessions.read(cookie, request.app.state.web.now()) if cookie else None


def is_secure(request: Request) -> bool:
    """Whether the browser reaches us by https, through a proxy perhaps."""
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", ""))


def wants_page(request: Request) -> bool:
    """Whether a person waits for a page, rather than a script for an answer."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")


def login_address(request: Request) -> str:
    """Where to log in, to come back to this page afterwards."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/login?{urlencode({'next': back})}" if request.method == "GET" else "/login"


def is_token(token: str, given: str) -> bool:
    """Whether this is the token, found out in a time that tells nothing."""
    return secrets.compare_digest(token.encode(), given.encode())


def _token_of(header: str, scheme: str) -> str:
    given_scheme, _, value = header.partition(" ")
    if given_scheme.lower() != scheme:
        return ""
    if scheme == "bearer":
        return value.strip()
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeError):
        return ""
