"""What people do: acknowledge, note, resolve, silence, maintain. Each answers when it is on disk."""

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query

from monitor.core.operations.silences import Silence, parse_matcher
from monitor.core.operations.windows import Recurrence, Window, turn_of
from monitor.devices.schedule import minute_of_day, time_of_day
from monitor.web import acts
from monitor.web.api.incidents import incident_line
from monitor.web.api.models import IncidentLine
from monitor.web.api.queries import Asked
from monitor.web.api.wishes import (
    Acknowledgement,
    AlertAcknowledgement,
    Ending,
    Note,
    RecurrenceWish,
    Resolution,
    SilenceLine,
    SilenceList,
    SilenceWish,
    WindowLine,
    WindowList,
    WindowWish,
)
from monitor.web.problems import ProblemError, documented
from monitor.web.security import reader, writer
from monitor.web.state import State

READING = documented(HTTPStatus.UNAUTHORIZED)
CHANGING = documented(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
Id = Annotated[str, Path(max_length=64, description="its id")]
Operator = Annotated[str, Header(alias="X-Operator", max_length=100, description="who does it")]

router = APIRouter()


@router.post("/alerts/acknowledge", tags=["alerts"], dependencies=[Depends(writer)], responses=CHANGING)
async def acknowledge_alert(state: State, wish: AlertAcknowledgement, operator: Operator = "") -> IncidentLine:
    """Open an incident for a firing alert that belongs to none, and acknowledge it."""
    return incident_line(await acts.acknowledge_alert(state, wish.alert, wish.author or operator))


@router.post(
    "/incidents/{incident}/acknowledge", tags=["incidents"], dependencies=[Depends(writer)], responses=CHANGING
)
async def acknowledge(state: State, incident: Id, wish: Acknowledgement, operator: Operator = "") -> IncidentLine:
    """Take care of an incident; nobody is reminded of it any longer. Whoever was first stays named."""
    return incident_line(await acts.acknowledge(state, incident, wish.author or operator))


@router.post("/incidents/{incident}/notes", tags=["incidents"], dependencies=[Depends(writer)], responses=CHANGING)
async def note(state: State, incident: Id, wish: Note, operator: Operator = "") -> IncidentLine:
    """Add a line to an incident's timeline; also when it is over."""
    return incident_line(await acts.note(state, incident, wish.author or operator, wish.text))


@router.post("/incidents/{incident}/resolve", tags=["incidents"], dependencies=[Depends(writer)], responses=CHANGING)
async def resolve(state: State, incident: Id, wish: Resolution, operator: Operator = "") -> IncidentLine:
    """Declare an incident over. If what caused it goes on and gets worse, it opens again."""
    return incident_line(await acts.resolve(state, incident, wish.author or operator, wish.reason))


@router.get("/silences", tags=["silences"], dependencies=[Depends(reader)], responses=READING)
async def list_silences(state: State, _: Annotated[Asked, Query()]) -> SilenceList:
    """List the silences that are on or will be, the next to end first."""
    known = state.desk.hush.silences.values() if state.desk is not None else ()
    ordered = sorted(known, key=lambda each: (each.ends_at, each.id))
    return SilenceList(items=[_silence_line(each, state.now()) for each in ordered])


@router.post(
    "/silences/add",
    status_code=HTTPStatus.CREATED,
    tags=["silences"],
    dependencies=[Depends(writer)],
    responses=CHANGING,
)
async def set_silence(state: State, wish: SilenceWish, operator: Operator = "") -> SilenceLine:
    """Tell nobody of matching alerts for a while. They are decided and kept; what still fires at the end is told."""
    now = state.now()
    begins = now if wish.starts_at is None else wish.starts_at
    ends = wish.ends_at if wish.duration_seconds is None else begins + wish.duration_seconds
    try:
        matchers = tuple(parse_matcher(text) for text in wish.matchers)
    except ValueError as error:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"matchers: {error}") from error
    silence = Silence(
        id=secrets.token_hex(4),
        matchers=matchers,
        starts_at=begins,
        ends_at=ends or 0.0,
        author=(wish.author or operator).strip(),
        comment=wish.comment,
    )
    return _silence_line(await acts.set_silence(state, silence), now)


@router.post(
    "/silences/{silence}/end",
    status_code=HTTPStatus.NO_CONTENT,
    tags=["silences"],
    dependencies=[Depends(writer)],
    responses=CHANGING,
)
async def end_silence(state: State, silence: Id, wish: Ending, operator: Operator = "") -> None:
    """End a silence now; what still fires of what it kept is told."""
    await acts.end_silence(state, silence, wish.author or operator)


@router.get("/maintenance", tags=["maintenance"], dependencies=[Depends(reader)], responses=READING)
async def list_windows(state: State, _: Annotated[Asked, Query()]) -> WindowList:
    """List the maintenance windows that are on or will be."""
    known = state.desk.maintenance.windows.values() if state.desk is not None else ()
    return WindowList(items=[_window_line(each, state.now()) for each in sorted(known, key=lambda each: each.id)])


@router.post(
    "/maintenance/add",
    status_code=HTTPStatus.CREATED,
    tags=["maintenance"],
    dependencies=[Depends(writer)],
    responses=CHANGING,
)
async def set_window(state: State, wish: WindowWish, operator: Operator = "") -> WindowLine:
    """Keep devices in maintenance, once or again and again; their state stays true, only alerts are withheld."""
    now = state.now()
    begins = now if wish.starts_at is None else wish.starts_at
    window = Window(
        id=secrets.token_hex(4),
        scope=wish.scope,
        starts_at=begins,
        ends_at=wish.ends_at if wish.duration_seconds is None else begins + wish.duration_seconds,
        author=(wish.author or operator).strip(),
        comment=wish.comment,
        recurrence=_recurrence(wish.recurrence) if wish.recurrence is not None else None,
    )
    return _window_line(await acts.set_window(state, window), now)


@router.post(
    "/maintenance/{window}/end",
    status_code=HTTPStatus.NO_CONTENT,
    tags=["maintenance"],
    dependencies=[Depends(writer)],
    responses=CHANGING,
)
async def end_window(state: State, window: Id, wish: Ending, operator: Operator = "") -> None:
    """End a window now, with all its recurrences. What was known before is not announced again."""
    await acts.end_window(state, window, wish.author or operator)


def _silence_line(silence: Silence, now: float) -> SilenceLine:
    return SilenceLine(
        id=silence.id,
        matchers=[str(each) for each in silence.matchers],
        starts_at=silence.starts_at,
        ends_at=silence.ends_at,
        author=silence.author,
        comment=silence.comment,
        on=silence.is_on(now),
    )


def _window_line(window: Window, now: float) -> WindowLine:
    on, next_at = turn_of(window, now)
    return WindowLine(
        id=window.id,
        scope=dict(window.scope),
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        recurrence=_wish(window.recurrence) if window.recurrence is not None else None,
        author=window.author,
        comment=window.comment,
        on=on,
        next_at=next_at,
    )


def _recurrence(wish: RecurrenceWish) -> Recurrence:
    return Recurrence(minute_of_day(wish.time) or 0, wish.duration_seconds, wish.timezone, tuple(wish.days))


def _wish(recurrence: Recurrence) -> RecurrenceWish:
    return RecurrenceWish(
        time=time_of_day(recurrence.minute),
        days=list(recurrence.days),
        timezone=recurrence.timezone,
        duration_seconds=recurrence.duration_seconds,
    )
