"""Where a page ended, as an opaque text that a client hands back to get the next one."""

import base64
import binascii
from http import HTTPStatus

from monitor.web.problems import ProblemError

REFUSAL = "cursor: this is not a cursor of this list; use the value of `next` from the page before, or leave it out"


def make_cursor(kind: str, last: str | None) -> str | None:
    """The cursor after the item with the id `last`; None if there is nothing after it."""
    if last is None:
        return None
    return base64.urlsafe_b64encode(f"{kind}:{last}".encode()).decode().rstrip("=")


def read_cursor(kind: str, cursor: str) -> str:
    """The id that a cursor stands for, empty for the beginning. A cursor of another list is a ProblemError."""
    if not cursor:
        return ""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError):
        text = ""
    found, colon, last = text.partition(":")
    if not colon or found != kind or not last:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, REFUSAL)
    return last


def read_place(kind: str, cursor: str) -> tuple[float, str] | None:
    """Moment and id that a cursor made by `place` stands for; None for the beginning."""
    text = read_cursor(kind, cursor)
    if not text:
        return None
    moment, _, name = text.partition(" ")
    try:
        return float(moment), name
    except ValueError:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, REFUSAL) from None


def place(at: float, name: str) -> str:
    """A moment and an id as one text, for lists that are ordered by both."""
    return f"{at!r} {name}"
