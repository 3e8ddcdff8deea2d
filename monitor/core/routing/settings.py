"""`[[routes]]`: who is told of what, and how patiently."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator, model_validator

from monitor.core.alert_kinds import ALERTS
from monitor.core.decisions import Severity
from monitor.core.routing.hours import minutes_of
from monitor.core.routing.kinds import KINDS
from monitor.core.settings import Section


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone; write it as Europe/Berlin, America/New_York or UTC") from None
    return name


def _time(time: str) -> str:
    minutes_of(time)
    return time


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind; allowed are {', '.join(KINDS)}")
    return kind


def _alert_names(pattern: str) -> str:
    if not any(fnmatchcase(name, pattern) for name in ALERTS):
        raise ValueError(f"{pattern!r} fits no alert; known are {', '.join(sorted(ALERTS))}")
    return pattern


Zone = Annotated[str, AfterValidator(_zone)]
TimeOfDay = Annotated[str, AfterValidator(_time)]
Severities = tuple[Severity, ...]


class QuietHours(Section):
    """`[routes.quiet_hours]`: a span of the local day, over midnight if it ends earlier than it starts."""

    start: Annotated[TimeOfDay, Field(description="local time at which it begins, as in 22:00")]
    end: Annotated[TimeOfDay, Field(description="local time at which it ends; everything held goes out then")]
    zone: Annotated[Zone, Field(description="time zone of both, as in Europe/Berlin")] = "UTC"
    severity: Annotated[
        Severities,
        Field(description="what is held; never missed meals, jams, freezing or what else is critical for animals"),
    ] = ("warning", "info")

    @model_validator(mode="after")
    def _not_the_whole_day(self) -> "QuietHours":
        if self.start == self.end:
            raise ValueError(f"start and end are both {self.start}; say when the quiet ends")
        return self


class Digest(Section):
    """`[routes.digest]`: what can wait is told in one message at fixed times."""

    at: Annotated[tuple[TimeOfDay, ...], Field(min_length=1, description='local times, as in ["09:00", "17:00"]')]
    zone: Annotated[Zone, Field(description="their time zone, as in Europe/Berlin")] = "UTC"
    severity: Annotated[
        Severities,
        Field(description="what goes into it; never missed meals, jams, freezing or what else is critical for animals"),
    ] = ("info",)


class RouteSettings(Section):
    """`[[routes]]`: alerts that fit all conditions given, and whom they go to. The first route that fits counts."""

    name: Annotated[
        str, Field(pattern=r"^[a-z0-9_-]{0,64}$", description="what errors call it; its number if left out")
    ] = ""
    severity: Annotated[Severities, Field(description="any of these; all if left out")] = ()
    tenant: Annotated[tuple[str, ...], Field(description="any of these tenants; all if left out")] = ()
    kind: Annotated[
        tuple[Annotated[str, AfterValidator(_kind)], ...],
        Field(description=f"any of {', '.join(KINDS)}: kinds of devices and of incidents; all if left out"),
    ] = ()
    alerts: Annotated[
        tuple[Annotated[str, AfterValidator(_alert_names)], ...],
        Field(description='names of alerts, `*` for any characters, as in "Feeder*"; all if left out'),
    ] = ()
    match: Annotated[
        dict[str, str],
        Field(
            default_factory=dict, description='labels and what they must be, `*` for any characters: {provider = "a*"}'
        ),
    ]
    receivers: Annotated[tuple[str, ...], Field(min_length=1, description="names of [[notifiers]] that are told")]
    also_next: Annotated[bool, Field(description="go on with the routes below instead of ending here")] = False
    group_wait_seconds: Annotated[
        float, Field(ge=0, le=3600, description="wait this long for more of the same group; a storm is one message")
    ] = 30.0
    group_by: Annotated[
        tuple[str, ...], Field(description="labels that tell groups apart; the whole route is one group if left out")
    ] = ()
    remind_seconds: Annotated[
        float | None,
        Field(ge=60, le=31 * 86_400, description="tell again this often while it fires and nobody acknowledged"),
    ] = None
    escalate_seconds: Annotated[
        float | None, Field(ge=60, le=31 * 86_400, description="tell `escalate_to` if nobody acknowledged by then")
    ] = None
    escalate_to: Annotated[tuple[str, ...], Field(description="names of [[notifiers]] that are told then")] = ()
    quiet_hours: Annotated[QuietHours | None, Field(description="when to hold what can wait")] = None
    digest: Annotated[Digest | None, Field(description="what to tell in one message at fixed times")] = None

    @field_validator("receivers", "escalate_to")
    @classmethod
    def _each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"{name!r} is named {names.count(name)} times; once is enough")
        return names

    @model_validator(mode="after")
    def _escalation_is_whole(self) -> "RouteSettings":
        if (self.escalate_seconds is None) != (not self.escalate_to):
            raise ValueError("escalate_seconds and escalate_to belong together; give both or neither")
        return self


def refuse_unknown_receivers(routes: Sequence[RouteSettings], routed: Sequence[str], unrouted: Sequence[str]) -> None:
    """Raise ValueError for a route that names a receiver which does not exist, or is told everything anyway."""
    for number, route in enumerate(routes):
        for key, names in (("receivers", route.receivers), ("escalate_to", route.escalate_to)):
            for name in names:
                place = f"routes[{number}].{key} names {name!r}"
                if name in unrouted:
                    raise ValueError(
                        f"{place}, an Alertmanager: it is told everything and does its own routing; take it out"
                    )
                if name not in routed:
                    raise ValueError(f"{place}, but no [[notifiers]] entry has that name; there are: {_list(routed)}")


def _list(names: Sequence[str]) -> str:
    return ", ".join(sorted(names)) or "none"
