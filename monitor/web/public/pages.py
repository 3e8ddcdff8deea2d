"""The pages for people: how everything is now, one trouble in full, and 90 days."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from monitor.core.publication.history import DAY_SECONDS
from monitor.core.publication.page import STAGE_WORDS, PublicIncident
from monitor.core.publication.times import clock_time, day_and_time, day_name
from monitor.core.words import spell
from monitor.web.problems import ProblemError
from monitor.web.public import words
from monitor.web.public.state import Public, PublicState
from monitor.web.templating import render

CACHED = {"cache-control": "public, max-age=10"}
"""A proxy in front may answer most readers."""

JUST_NOW_SECONDS = 60.0

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/status")
async def status_page(public: Public) -> Response:
    """Show how everything is."""
    page = public.page()
    since = page.at - public.settings.past_days * DAY_SECONDS
    return kept(public, "status/page.html", past=words.recent(page.past, since))


@router.get("/status/history")
async def history_page(public: Public) -> Response:
    """Show everything that was said in 90 days."""
    page = public.page()
    return kept(public, "status/history.html", past=words.recent(page.past, page.at - 90 * DAY_SECONDS))


@router.get("/status/incidents/{bulletin}")
async def bulletin_page(public: Public, bulletin: str) -> Response:
    """Show one trouble in full."""
    return kept(public, "status/incident.html", incident=find(public, bulletin), name=bulletin)


def find(public: PublicState, bulletin: str) -> PublicIncident:
    """A public trouble or planned work, or a ProblemError."""
    page = public.page()
    for each in (*page.incidents, *page.planned, *page.past):
        if each.id == bulletin:
            return each
    raise ProblemError(HTTPStatus.NOT_FOUND, f"nothing was published under {bulletin}; /status shows what was")


def kept(public: PublicState, template: str, *, name: str = "", **values: object) -> Response:
    """A page that reads the same for everybody: written once a second at most, since in an outage all look at once."""
    text = public.text(f"{template} {name}", lambda: render(template, **_frame(public), **values))
    return HTMLResponse(text, headers=CACHED)


def shown(public: PublicState, template: str, **values: object) -> Response:
    """A page for one reader."""
    return HTMLResponse(render(template, **_frame(public), **values))


def address_of(request: Request, public: PublicState) -> str:
    """The page's address, for readers that want whole ones: as configured, else as it was asked for."""
    return public.address or f"{request.url.scheme}://{request.url.netloc}/status"


def _frame(public: PublicState) -> dict[str, object]:
    page, zone = public.page(), public.settings.time_zone

    def when(moment: float) -> str:
        same_day = day_name(moment, zone) == day_name(page.at, zone)
        return clock_time(moment, zone) if same_day else day_and_time(moment, zone)

    def ago(moment: float) -> str:
        return f"{spell(page.at - moment)} ago" if page.at - moment >= JUST_NOW_SECONDS else "just now"

    def named(incident: PublicIncident) -> list[str]:
        return list(words.named(page, incident))

    told: dict[str, Callable[..., object]] = {
        "when": when,
        "named": named,
        "iso": lambda moment: datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds"),
        "ago": ago,
        "bars": lambda days: words.bars(days, zone),
        "calm": words.calm,
        "condition_words": words.condition_words,
    }
    return {
        "page": page,
        "settings": public.settings,
        "tone": words.TONES[page.indicator],
        "places": list(words.places(page)),
        "stages": STAGE_WORDS,
        "shapes": words.SHAPES,
        "can_sign_up": public.sign_ups is not None,
        **told,
    }
