"""Silences and maintenance windows: what is on, adding one, ending one."""

import math
import secrets
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from monitor.core.operations.silences import Silence, parse_matcher
from monitor.core.operations.windows import SCOPE_KEYS, Recurrence, Window
from monitor.devices.schedule import DAYS, minute_of_day
from monitor.web import acts
from monitor.web.api.operations import list_silences, list_windows
from monitor.web.api.queries import Asked
from monitor.web.forms import Sent, SentForm
from monitor.web.pages.frame import done, page, page_router
from monitor.web.problems import ProblemError
from monitor.web.state import State

HERE = "/quiet"
LONGEST_HOURS = 90 * 24
HOUR_SECONDS = 3600.0

router = page_router()


@router.get(HERE)
async def quiet_page(request: Request, state: State) -> HTMLResponse:
    """Show what is silenced and maintained, and the forms for more."""
    return page(
        request,
        "quiet.html",
        silences=(await list_silences(state, Asked())).items,
        windows=(await list_windows(state, Asked())).items,
        can_act=state.carry_out is not None,
        scope_keys=SCOPE_KEYS,
        days=DAYS,
        asked=request.query_params.get("matcher", "")[:300],
    )


@router.post("/quiet/silences")
async def add_silence(state: State, form: SentForm) -> RedirectResponse:
    """Set a silence."""
    try:
        matchers = tuple(parse_matcher(line) for line in form.needed("matchers").splitlines() if line.strip())
    except ValueError as error:
        raise _refused(f"matchers: {error}") from error
    begins = state.now()
    ends = begins + form.whole("hours", 1, LONGEST_HOURS) * HOUR_SECONDS
    comment = form.needed("comment", longest=200)
    await acts.set_silence(state, Silence(secrets.token_hex(4), matchers, begins, ends, form.author, comment))
    return done(HERE, "silenced")


@router.post("/quiet/silences/{silence}/end")
async def end_silence(state: State, silence: str, form: SentForm) -> RedirectResponse:
    """End a silence now."""
    await acts.end_silence(state, silence, form.author)
    return done(HERE, "unsilenced")


@router.post("/quiet/maintenance")
async def add_window(state: State, form: SentForm) -> RedirectResponse:
    """Set a maintenance window, once or every week."""
    scope = {key: value for key in SCOPE_KEYS if (value := form.text(key, longest=200))}
    hours = form.whole("hours", 1, LONGEST_HOURS)
    begins = _moment(form.text("begins", longest=20), state.now())
    recurrence = _recurrence(form, hours)
    window = Window(
        id=secrets.token_hex(4),
        scope=scope,
        starts_at=begins,
        ends_at=None if recurrence else begins + hours * HOUR_SECONDS,
        author=form.author,
        comment=form.needed("comment", longest=200),
        recurrence=recurrence,
    )
    await acts.set_window(state, window)
    return done(HERE, "planned")


@router.post("/quiet/maintenance/{window}/end")
async def end_window(state: State, window: str, form: SentForm) -> RedirectResponse:
    """End a maintenance window for good."""
    await acts.end_window(state, window, form.author)
    return done(HERE, "unplanned")


def _recurrence(form: Sent, hours: int) -> Recurrence | None:
    days = tuple(day for day in DAYS if form.text(day, longest=5))
    if not days:
        return None
    minute = minute_of_day(form.needed("time", longest=5))
    if minute is None:
        raise _refused("time: write the local time at which it begins as 02:30")
    return Recurrence(minute, hours * HOUR_SECONDS, form.text("timezone", longest=64) or "UTC", days)


def _moment(text: str, now: float) -> float:
    """What a browser's field for a moment holds, in UTC; nothing means now."""
    if not text:
        return now
    try:
        found = datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise _refused(f"begins: {text!r} is no moment; write it as 2026-01-31T02:30, in UTC")
    return found


def _refused(reason: str) -> ProblemError:
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, reason)
