"""What people send with forms: read within limits, and only if it came from our own page."""

import hmac
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from monitor.web.problems import ProblemError
from monitor.web.security import session_of
from monitor.web.sessions import Session

LARGEST_BYTES = 32_768
MOST_FIELDS = 50
FORM_TYPE = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a form, without white space around them; of one that is given twice the last."""
    if not request.headers.get("content-type", "").startswith(FORM_TYPE):
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send the form as {FORM_TYPE}")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BYTES:
            raise ProblemError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"a form may have {LARGEST_BYTES:,} bytes; shorten the text",
            )
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"this is not a form: {error}") from error
    return {name: value.strip() for name, value in pairs}


def refuse_other_sites(request: Request) -> None:
    """Browsers tell where a request was made; another site's page is no place for our forms."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ProblemError(HTTPStatus.FORBIDDEN, "this form was sent from another site; open it here and send it again")


class Sent:
    """A form that a logged-in person sent from our own page."""

    def __init__(self, session: Session, fields: Mapping[str, str]) -> None:
        self.author = session.author
        self.session = session
        self._fields = fields

    def text(self, name: str, *, longest: int = 2000) -> str:
        """A field, empty if it was left out."""
        value = self._fields.get(name, "")
        if len(value) > longest:
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"{name}: at most {longest:,} characters, please")
        return value

    def needed(self, name: str, *, longest: int = 2000) -> str:
        """A field that must say something."""
        if not (value := self.text(name, longest=longest)):
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"{name}: please fill this in")
        return value

    def whole(self, name: str, low: int, high: int) -> int:
        """A field that is a whole number between two others."""
        value = self.needed(name, longest=20)
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise ProblemError(
                HTTPStatus.UNPROCESSABLE_ENTITY, f"{name}: {value!r} is not a whole number from {low:,} to {high:,}"
            )
        return int(value)


async def sent_form(request: Request) -> Sent:
    """The form of a request. Without a session or the form's secret this is a ProblemError."""
    refuse_other_sites(request)
    session = session_of(request)
    if session is None:
        raise ProblemError(HTTPStatus.UNAUTHORIZED, "log in first, then send the form again")
    fields = await read_form(request)
    if not hmac.compare_digest(fields.get("form_secret", "").encode(), session.form_secret.encode()):
        raise ProblemError(
            HTTPStatus.FORBIDDEN, "this form is from before you logged in; reload the page and send it again"
        )
    return Sent(session, fields)


SentForm = Annotated[Sent, Depends(sent_form)]
