r"""What operators do, as lines of a trace: all that judgement needs, and nothing of who they are or what they wrote.

{"at": 1.5, "acknowledged": "3fa2c91b07"}                          an incident, or a firing alert by its key
{"at": 1.5, "noted": "3fa2c91b07"}
{"at": 1.5, "resolved": "3fa2c91b07"}
{"at": 1.5, "silence": "5d0c11fe", "matchers": ["site=\"s1\""], "starts_at": 1.5, "ends_at": 90.0}
{"at": 1.5, "silence_ended": "5d0c11fe"}
{"at": 1.5, "window": "77aa01c2", "scope": {"provider": "aurora"}, "starts_at": 1.5, "ends_at": null,
 "recurrence": {"minute": 120, "days": ["sun"], "timezone": "Europe/Berlin", "duration_seconds": 3600.0}}
{"at": 1.5, "window_ended": "77aa01c2"}
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from monitor.core.operations.acts import (
    Act,
    IncidentAcknowledged,
    IncidentNoted,
    IncidentResolvedByHand,
    SilenceEnded,
    SilenceSet,
    WindowEnded,
    WindowSet,
)
from monitor.core.operations.silences import Silence, parse_matcher
from monitor.core.operations.windows import Recurrence, Window, zone_named
from monitor.devices.schedule import DAYS

Line = Mapping[str, Any]
MINUTES = 24 * 60


class ActLineError(ValueError):
    """A line that cannot be used; says what it must be."""


def write_act(act: Act) -> dict[str, Any]:
    """The line of an act, as plain data."""
    told: dict[str, Any]
    match act:
        case IncidentAcknowledged():
            told = {"acknowledged": act.incident}
        case IncidentNoted():
            told = {"noted": act.incident}
        case IncidentResolvedByHand():
            told = {"resolved": act.incident}
        case SilenceSet(silence=made):
            matchers = [str(matcher) for matcher in made.matchers]
            told = {"silence": made.id, "matchers": matchers, "starts_at": made.starts_at, "ends_at": made.ends_at}
        case SilenceEnded():
            told = {"silence_ended": act.id}
        case WindowSet(window=window):
            times = {"starts_at": window.starts_at, "ends_at": window.ends_at}
            told = {"window": window.id, "scope": dict(window.scope), **times, **_repeated(window)}
        case WindowEnded():
            told = {"window_ended": act.id}
    return {"at": act.at, **told}


def _repeated(window: Window) -> dict[str, Any]:
    if window.recurrence is None:
        return {}
    repeated = window.recurrence
    return {
        "recurrence": {
            "minute": repeated.minute,
            "days": list(repeated.days),
            "timezone": repeated.timezone,
            "duration_seconds": repeated.duration_seconds,
        }
    }


def _silence(at: float, line: Line) -> SilenceSet:
    texts = line.get("matchers")
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise ActLineError('"matchers" must be a list of texts, as in ["site=\\"s1\\""]')
    try:
        matchers = tuple(parse_matcher(text) for text in texts)
    except ValueError as error:
        raise ActLineError(f'"matchers": {error}') from None
    silence = Silence(_name(line, "silence"), matchers, _number(line, "starts_at"), _number(line, "ends_at"), "", "")
    return SilenceSet(silence, at)


def _window(at: float, line: Line) -> WindowSet:
    scope = line.get("scope")
    if not isinstance(scope, dict) or not all(isinstance(value, str) for value in scope.values()):
        raise ActLineError('"scope" must be an object of texts, as in {"provider": "aurora"}')
    ends_at = None if line.get("ends_at") is None else _number(line, "ends_at")
    recurrence = None if line.get("recurrence") is None else _recurrence(line["recurrence"])
    return WindowSet(Window(_name(line, "window"), scope, _number(line, "starts_at"), ends_at, "", "", recurrence), at)


def _recurrence(said: object) -> Recurrence:
    if isinstance(said, dict):
        minute, days, zone = said.get("minute"), said.get("days", list(DAYS)), said.get("timezone")
        known = isinstance(days, list) and days and all(day in DAYS for day in days)
        timely = isinstance(minute, int) and 0 <= minute < MINUTES
        if known and timely and isinstance(zone, str) and zone_named(zone) is not None:
            return Recurrence(int(str(minute)), _number(said, "duration_seconds"), zone, tuple(days))
    raise ActLineError('"recurrence" must hold minute, days, timezone and duration_seconds')


def _name(line: Line, key: str) -> str:
    name = line[key]
    if not isinstance(name, str) or not name:
        raise ActLineError(f'"{key}" must be an id')
    return name


def _number(line: Line, key: str) -> float:
    number = line.get(key)
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise ActLineError(f'"{key}" must be a number')
    return float(number)


READERS: dict[str, Callable[[float, Line], Act]] = {
    "acknowledged": lambda at, line: IncidentAcknowledged(_name(line, "acknowledged"), at, ""),
    "noted": lambda at, line: IncidentNoted(_name(line, "noted"), at, "", ""),
    "resolved": lambda at, line: IncidentResolvedByHand(_name(line, "resolved"), at, ""),
    "silence": _silence,
    "silence_ended": lambda at, line: SilenceEnded(_name(line, "silence_ended"), at, ""),
    "window": _window,
    "window_ended": lambda at, line: WindowEnded(_name(line, "window_ended"), at, ""),
}
"""How each kind of line is read, by the key that tells it apart. They raise ActLineError."""
