"""One device in words: what we expect of it and why, what became of that, what explains it, what happens next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.core.engine import Engine
from monitor.core.fleet import Device
from monitor.core.incidents import scope_text
from monitor.core.notices import flapping_key, offline_key
from monitor.core.sentences import BLINDNESS, expectation
from monitor.core.words import moment, spell

CAUSES = {
    "silence": "It was silent for longer than it may be.",
    "will": "The broker announced that its connection broke, and it did not reconnect.",
    "shutdown": "It said goodbye itself.",
    "parent": "Its gateway cannot be reached.",
}
CHANGES_TOLD = 5


class PastChange(Protocol):
    """One past status change of a device."""

    @property
    def at(self) -> float:
        """When, Unix seconds."""
        ...

    @property
    def status(self) -> str:
        """What it became."""
        ...

    @property
    def previous(self) -> str:
        """What it was."""
        ...

    @property
    def reason(self) -> str:
        """Why."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceExplanation:
    """What we think of a device and why, part by part; a part that says nothing is empty."""

    id: str
    summary: str
    expected: str
    seen: str
    since: str
    cause: str
    explained_by: tuple[str, ...]
    changes: tuple[str, ...]
    next: tuple[str, ...]


def explain_device(engine: Engine, device: Device, now: float, past: Sequence[PastChange]) -> DeviceExplanation:
    """Say what the engine thinks of a device; `past` are its latest status changes, newest first."""
    kind = "device" if device.profile.kind == "generic" else device.profile.kind
    flag = ", under maintenance" if device.maintenance else ""
    return DeviceExplanation(
        id=device.id,
        summary=f"{kind[0].upper()}{kind[1:]} {device.id} is {device.status}{flag}: {device.reason}.",
        expected=expectation(device),
        seen=_seen(engine, device, now),
        since=f"It is {device.status} since {moment(device.since, now)}, for {spell(now - device.since)}.",
        cause=CAUSES.get(device.cause, ""),
        explained_by=tuple(_explained_by(engine, device, now)),
        changes=tuple(
            f"{moment(change.at, now)}: {change.previous} → {change.status}, {change.reason}"
            for change in past[:CHANGES_TOLD]
        ),
        next=tuple(_next(engine, device, now)),
    )


def _seen(engine: Engine, device: Device, now: float) -> str:
    if not device.ever_heard:
        return "It was never heard: all that is known of it are messages that the broker kept."
    told = engine.liveness.explain(device, max(engine.horizon, device.last_seen))
    return f"Last heard at {moment(device.last_seen, now)}: {told}."


def _explained_by(engine: Engine, device: Device, now: float) -> Iterator[str]:
    """What larger thing is behind its silence, if any is known."""
    if engine.blind:
        causes = " and ".join(dict.fromkeys(BLINDNESS[cause] for cause in engine.blind))
        yield f"The monitor is blind since {moment(engine.horizon, now)}: {causes}. What is said here is as of then."
    cover, name = engine.cover(device)
    if cover == "incident":
        incident = engine.incidents.get(name)
        told = f"Incident {name}: {incident.summary}." if incident else f"Incident {name}."
        heard = device.status in ("online", "sleeping")
        yield f"{told} This device is heard all the same." if heard else told
    elif cover == "suspicion":
        suspected = [scope_text(each.scope) for each in engine.suspicions.values() if _inside(device, each.scope)]
        named = f": {', '.join(suspected)}" if suspected else ""
        yield f"A scope that it belongs to is suspected of an outage{named}."
    parent = engine.fleet.get(device.parent_id)
    if parent is not None and parent.status == "offline":
        yield f"Its gateway {parent.id} is offline since {moment(parent.since, now)}."
    if device.maintenance:
        yield "Somebody set it under maintenance."


def _next(engine: Engine, device: Device, now: float) -> Iterator[str]:
    """What happens unless something is heard."""
    if engine.blind:
        yield "Nothing is judged until the monitor sees again; then it has an interval to be heard."
        return
    if device.will_at is not None:
        yield f"Offline at {moment(device.will_at, now)} unless it reconnects until then: its connection broke."
    limit = engine.liveness.silence_limit(device)
    if device.status == "new":
        yield "If it stays unheard it is listed as offline, never alerted."
    elif device.status != "offline":
        yield _if_silent(device, limit, now)
    else:
        yield from _of_its_alert(engine, device, now)
        yield "Online again with its first sign of life."
    if flapping_key(device.id) in engine.alerts:
        yield "It comes and goes; DeviceFlapping stands for all its changes until it has been steady."


def _if_silent(device: Device, limit: float | None, now: float) -> str:
    if limit is None:
        return "It stays so until the broker says that its session ended; silence alone means nothing."
    word = "wakes" if device.status == "sleeping" else "is heard"
    return f"Offline at {moment(limit, now)} unless it {word} until then."


def _of_its_alert(engine: Engine, device: Device, now: float) -> Iterator[str]:
    firing = engine.alerts.get(offline_key(device.id))
    due_at = engine.notices.due_at(device.id)
    if firing is not None:
        yield f"{firing.name} fires since {moment(firing.starts_at, now)} and ends when it is heard."
    elif device.maintenance:
        yield "No alert is owed while it is under maintenance."
    elif device.id in engine.notices.withheld:
        yield f"Its notice is withheld: incident {engine.notices.withheld[device.id]} stands for it."
    elif due_at is not None and engine.cover(device)[0] == "incident":
        yield "Its notice will be withheld, since an incident explains its silence."
    elif due_at is not None:
        late = f"at {moment(due_at, now)}" if due_at > now else "with the next look"
        yield f"Its alert is owed {late}, unless it is heard or an outage explains it until then."
    elif not device.ever_heard:
        yield "No alert is owed for a device that was never heard."
    elif device.cause == "parent":
        yield "No alert is owed: that of its gateway counts it."


def _inside(device: Device, scope: Mapping[str, str]) -> bool:
    """Whether a device has all the values of a scope, as far as it states them itself."""
    stated = {
        "tenant": device.tenant,
        **{name: getattr(device.profile, name, "") for name in scope if name != "tenant"},
    }
    return all(stated[name] in ("", value) for name, value in scope.items())
