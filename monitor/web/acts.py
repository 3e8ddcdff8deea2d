"""What people do about incidents, silences and maintenance: the same functions for the API and for the pages' forms.

Each answers when it is on disk, with what came of it, or raises a ProblemError that says why not.
"""

from http import HTTPStatus

from monitor.core.decisions import Incident
from monitor.core.observations import Observation
from monitor.core.operations import silences, windows
from monitor.core.operations.acts import (
    IncidentAcknowledged,
    IncidentNoted,
    IncidentResolvedByHand,
    SilenceEnded,
    SilenceSet,
    WindowEnded,
    WindowSet,
)
from monitor.core.operations.silences import Silence
from monitor.core.operations.view import DeskView
from monitor.core.operations.windows import Window
from monitor.web.api.incidents import find_incident
from monitor.web.problems import ProblemError
from monitor.web.state import WebState

MOST_SILENCES = 500
MOST_WINDOWS = 500
NAMELESS = "say who you are: `author` in the body, or the header X-Operator"


async def acknowledge(state: WebState, incident: str, author: str) -> Incident:
    """Take care of an incident. One that is acknowledged already stays with whoever was first."""
    _refuse_over(await find_incident(state, incident))
    await carry_out(state, IncidentAcknowledged(incident, state.now(), _named(author)))
    return await find_incident(state, incident)


async def acknowledge_alert(state: WebState, key: str, author: str) -> Incident:
    """Take care of what a firing alert tells of: an incident is opened for it if it belongs to none."""
    if key not in state.engine.alerts:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"no alert {key} fires; GET /api/v1/alerts lists them")
    await carry_out(state, IncidentAcknowledged(key, state.now(), _named(author)))
    alert = state.engine.alerts.get(key)
    if alert is None or not alert.incident:
        raise ProblemError(
            HTTPStatus.CONFLICT, f"{key} became no incident: it is about no single device, or it is over by now"
        )
    return await find_incident(state, alert.incident)


async def note(state: WebState, incident: str, author: str, text: str) -> Incident:
    """Add a line to the timeline of an incident, open or over."""
    found = await find_incident(state, incident)
    await carry_out(state, IncidentNoted(incident, state.now(), _named(author), text))
    return found


async def resolve(state: WebState, incident: str, author: str, reason: str) -> Incident:
    """Declare an incident over."""
    _refuse_over(await find_incident(state, incident))
    await carry_out(state, IncidentResolvedByHand(incident, state.now(), _named(author), reason))
    return await find_incident(state, incident)


async def set_silence(state: WebState, silence: Silence) -> Silence:
    """Set a silence, or change the one of the same id."""
    desk = _desk(state)
    _named(silence.author)
    _refuse(silences.fault_of(silence, state.now()))
    if silence.id not in desk.hush.silences and len(desk.hush.silences) >= MOST_SILENCES:
        _refuse(f"there are {MOST_SILENCES} silences already; end some of them first")
    await carry_out(state, SilenceSet(silence, state.now()))
    return silence


async def end_silence(state: WebState, silence: str, author: str) -> None:
    """End a silence before its time."""
    if silence not in _desk(state).hush.silences:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no silence {silence}; GET /api/v1/silences lists them")
    await carry_out(state, SilenceEnded(silence, state.now(), _named(author)))


async def set_window(state: WebState, window: Window) -> Window:
    """Set a maintenance window, or change the one of the same id."""
    desk = _desk(state)
    _named(window.author)
    _refuse(windows.fault_of(window, state.now()))
    if window.id not in desk.maintenance.windows and len(desk.maintenance.windows) >= MOST_WINDOWS:
        _refuse(f"there are {MOST_WINDOWS} maintenance windows already; end some of them first")
    await carry_out(state, WindowSet(window, state.now()))
    return window


async def end_window(state: WebState, window: str, author: str) -> None:
    """End a maintenance window before its time, with all its recurrences."""
    if window not in _desk(state).maintenance.windows:
        raise ProblemError(
            HTTPStatus.NOT_FOUND, f"there is no maintenance window {window}; GET /api/v1/maintenance lists them"
        )
    await carry_out(state, WindowEnded(window, state.now(), _named(author)))


async def carry_out(state: WebState, act: Observation) -> None:
    """Hand in what somebody does and wait until it is on disk."""
    if state.carry_out is None:
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "this monitor only shows; it takes no changes")
    if not await state.carry_out(act):
        raise ProblemError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "it was taken but is not on disk yet; look again in a moment, and at /readyz for the reason",
        )


def _desk(state: WebState) -> DeskView:
    if state.desk is None:
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "this monitor only shows; it takes no changes")
    return state.desk


def _refuse_over(incident: Incident) -> None:
    if incident.resolved_at is not None:
        raise ProblemError(HTTPStatus.CONFLICT, f"incident {incident.id} is over; add a note if there is more to say")


def _refuse(fault: str) -> None:
    if fault:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, fault)


def _named(author: str) -> str:
    if not author.strip():
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, NAMELESS)
    return author.strip()
