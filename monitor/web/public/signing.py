"""Asking to be told, confirming it, choosing and leaving. Whoever holds the link of a message may do so; nobody else.

Opening a link changes nothing, since mail programs open links to look at them: a button does. The one exception is
made by RFC 8058: a POST to the address in `List-Unsubscribe` unsubscribes at once, whatever it carries.
"""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from monitor.web.forms import read_form, refuse_other_sites
from monitor.web.problems import ProblemError
from monitor.web.public.pages import shown
from monitor.web.public.state import Public, PublicState, Seat, SignUps

CHOICE = "c-"
"""Begins the name of each box that chooses a component."""
ANSWER = (
    "If this address is not subscribed yet, a message is on its way to it. Open the link in it within two days; until"
    " then nothing is sent."
)
"""The same whoever asks, so that nobody can find out who is subscribed."""

router = APIRouter(prefix="/status", include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/subscribe")
async def subscribe_page(public: Public) -> Response:
    """Show the form."""
    _sign_ups(public)
    return shown(public, "status/subscribe.html", wrong="")


@router.post("/subscribe")
async def subscribe(request: Request, public: Public) -> Response:
    """Ask for a message to an address."""
    sign_ups = _sign_ups(public)
    refuse_other_sites(request)
    fields = await read_form(request)
    client = request.client.host if request.client else ""
    wrong = await sign_ups.sign_up(fields.get("address", ""), _chosen(public, fields), client=client)
    if wrong:
        page = shown(public, "status/subscribe.html", wrong=wrong)
        page.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return page
    return _note(public, "Look into your mailbox", ANSWER)


@router.get("/confirm/{token}")
async def confirm_page(public: Public, token: str) -> Response:
    """Show the button that confirms."""
    await _seat(public, token)
    return shown(public, "status/confirm.html", token=token)


@router.post("/confirm/{token}")
async def confirm(public: Public, token: str) -> Response:
    """It was they who asked."""
    if await _sign_ups(public).confirm(token) is None:
        raise _nobody()
    return _note(
        public, "You are subscribed", "From now on you hear of every update. Each message has a link to leave."
    )


@router.get("/subscription/{token}")
async def subscription_page(public: Public, token: str) -> Response:
    """Show what somebody hears of, and the way out."""
    seat = await _seat(public, token)
    return shown(public, "status/subscription.html", token=token, seat=seat)


@router.post("/subscription/{token}")
async def choose(request: Request, public: Public, token: str) -> Response:
    """Hear of other components from now on."""
    refuse_other_sites(request)
    chosen = _chosen(public, await read_form(request))
    if await _sign_ups(public).choose(token, chosen) is None:
        raise _nobody()
    return _note(public, "Your choice is kept", "From now on you hear of what you chose.")


@router.get("/unsubscribe/{token}")
async def unsubscribe_page(token: str) -> RedirectResponse:
    """Lead a person to the button; a mail program that only looks must not unsubscribe anybody."""
    return RedirectResponse(f"/status/subscription/{quote(token, safe='')}", HTTPStatus.SEE_OTHER)


@router.post("/unsubscribe/{token}")
async def unsubscribe(public: Public, token: str) -> Response:
    """Leave, at once. Whoever left already is told the same."""
    await _sign_ups(public).leave(token)
    return _note(public, "You are unsubscribed", "Your address is erased. Nothing more is sent to it.")


def _sign_ups(public: PublicState) -> SignUps:
    if public.sign_ups is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "messages are not offered here; the feed at /status/feed.atom is")
    return public.sign_ups


async def _seat(public: PublicState, token: str) -> Seat:
    seat = await _sign_ups(public).seat(token)
    if seat is None:
        raise _nobody()
    return seat


def _nobody() -> ProblemError:
    return ProblemError(HTTPStatus.NOT_FOUND, "this link is not valid any more; /status/subscribe makes a new one")


def _chosen(public: PublicState, fields: Mapping[str, str]) -> list[str]:
    known = {each.id for each in public.page().components}
    return [name.removeprefix(CHOICE) for name in fields if name.startswith(CHOICE) and name[len(CHOICE) :] in known]


def _note(public: PublicState, title: str, text: str) -> Response:
    return shown(public, "status/note.html", title=title, text=text)
