"""One line of a trace: read it, or say what is wrong with it; write it.

Kinds of lines, told apart by a key of their own; each has `at`, Unix seconds, and none is earlier than the one before:

    {"at": 1.5, "topic": "fleet/v1/acme/feeder-1/heartbeat", "payload": "{…}", "retain": false}
    {"at": 1.5, "link": "down"}                                   and "up": the monitor's way to the broker
    {"at": 1.5, "maintenance": "acme/feeder-1", "on": true}
    {"at": 1.5, "witness": "aurora status page", "scope": {"provider": "aurora"}, "statement": "…", "weight_nats": 3.0}
    {"at": 1.5, "probe": "aurora-api", "type": "http", "about": {"scope": {"provider": "aurora"}}, "verdict": "failing",
     "seconds": 0.2, "statement": "…", "facts": {"answered": true}, "fresh_seconds": 190}
    {"at": 1.5, "flooding": "acme/feeder-1", "on": true, "dropped": 120}
    {"at": 1.5, "end": true}                                      time goes on to here

and what operators do, as `acts` says, and say in public, as `said` does.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from monitor.core.observations import Flooding, LinkChanged, MaintenanceSet, Observation, Witness
from monitor.core.operations.acts import Act
from monitor.core.probing.results import ProbeResult
from monitor.core.publication.bulletins import UpdatePublished
from monitor.decoders.protocol import Message
from monitor.trace.acts import READERS as ACT_READERS
from monitor.trace.acts import ActLineError, write_act
from monitor.trace.encode import encode
from monitor.trace.probing import ProbeLineError, read_probe, write_probe
from monitor.trace.said import SaidLineError, read_said, write_said

Line = Mapping[str, Any]


class LineError(ValueError):
    """A line that cannot be used; says what it must be."""


@dataclass(frozen=True, slots=True)
class End:
    """Time goes on to here, though nothing more was said; the last line of most recordings."""

    at: float


Said = Message | Observation | End


def read_line(text: str) -> Said:
    """What a line says. Raises LineError."""
    line = _parsed(text)
    if not isinstance(line, dict):
        raise LineError("must be a JSON object")
    at = line.get("at")
    if isinstance(at, bool) or not isinstance(at, int | float) or not math.isfinite(at):
        raise LineError('"at" must be a number, Unix seconds')
    for kind, read in _READERS.items():
        if kind in line:
            return read(float(at), line)
    for kind, read_act in ACT_READERS.items():
        if kind in line:
            return _read_act(read_act, float(at), line)
    raise LineError(f"must hold one of {', '.join((*_READERS, *ACT_READERS))}")


def _parsed(text: str) -> object:
    try:
        return from_json(text)
    except ValueError:
        pass
    try:
        # Slower, and more lenient: a payload that was never text may hold half a character.
        return json.loads(text)
    except (ValueError, RecursionError):
        raise LineError("is not JSON") from None


def moment_of(said: Said) -> float:
    """When it was received, Unix seconds."""
    return said.received_at if isinstance(said, Message) else said.at


def write_line(observation: Observation) -> str | None:
    """The line for an observation; None for what does not belong into a trace."""
    told = write_act(observation) if isinstance(observation, Act) else _told(observation)
    if told is not None:
        return _text(told)
    said = encode(observation)
    if said is None:
        return None
    topic, fields, retained = said
    payload = "" if fields is None else _text(fields)
    return _text({"at": observation.at, "topic": topic, "payload": payload, "retain": retained})


def _told(observation: Observation) -> Line | None:
    """What is no message of a device, as plain data."""
    match observation:
        case MaintenanceSet(device=device, at=at, on=on):
            return {"at": at, "maintenance": device, "on": on}
        case Witness(at=at, source=source, scope=scope, statement=statement, weight_nats=weight):
            told = {"witness": source, "scope": dict(scope), "statement": statement, "weight_nats": weight}
            return {"at": at, **told}
        case ProbeResult():
            return write_probe(observation)
        case UpdatePublished():
            return write_said(observation)
        case Flooding(device=device, at=at, on=on, dropped=dropped):
            return {"at": at, "flooding": device, "on": on, "dropped": dropped}
    return None


def write_link(at: float, *, up: bool) -> str:
    """The line for the link being made or lost."""
    return _text({"at": at, "link": "up" if up else "down"})


def write_end(at: float) -> str:
    """The line that lets time go on to here, though nothing more was said."""
    return _text({"at": at, "end": True})


def _read_message(at: float, line: Line) -> Message:
    topic, payload, retained = line["topic"], line.get("payload", ""), line.get("retain", False)
    if not isinstance(topic, str) or not isinstance(payload, str):
        raise LineError('"topic" and "payload" must be text')
    if not isinstance(retained, bool):
        raise LineError('"retain" must be true or false')
    # A lone surrogate cannot be written as UTF-8; what a broker delivered as such was no text either.
    return Message(topic, payload.encode(errors="surrogatepass"), retained, at)


def _read_link(at: float, line: Line) -> LinkChanged:
    if line["link"] not in ("up", "down"):
        raise LineError('"link" must be "up" or "down"')
    return LinkChanged(at, up=line["link"] == "up")


def _read_maintenance(at: float, line: Line) -> MaintenanceSet:
    return MaintenanceSet(_device(line, "maintenance"), at, on=_switch(line))


def _read_flooding(at: float, line: Line) -> Flooding:
    dropped = line.get("dropped", 0)
    if isinstance(dropped, bool) or not isinstance(dropped, int):
        raise LineError('"dropped" must be a whole number')
    return Flooding(_device(line, "flooding"), at, on=_switch(line), dropped=dropped)


def _read_witness(at: float, line: Line) -> Witness:
    scope, weight = line.get("scope", {}), line.get("weight_nats", 0.0)
    if not isinstance(scope, dict) or not all(isinstance(value, str) for value in scope.values()):
        raise LineError('"scope" must be an object of texts, as in {"provider": "aurora"}')
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not math.isfinite(weight):
        raise LineError('"weight_nats" must be a number')
    return Witness(at, str(line["witness"]), scope, str(line.get("statement", "")), float(weight))


def _read_probe(at: float, line: Line) -> ProbeResult:
    try:
        return read_probe(at, line)
    except ProbeLineError as error:
        raise LineError(str(error)) from None


def _read_said(at: float, line: Line) -> UpdatePublished:
    try:
        return read_said(at, line)
    except SaidLineError as error:
        raise LineError(str(error)) from None


def _read_act(read: Callable[[float, Line], Act], at: float, line: Line) -> Act:
    try:
        return read(at, line)
    except ActLineError as error:
        raise LineError(str(error)) from None


def _read_end(at: float, line: Line) -> End:
    if line["end"] is not True:
        raise LineError('"end" must be true')
    return End(at)


def _device(line: Line, key: str) -> str:
    device = line[key]
    if not isinstance(device, str) or device.count("/") != 1:
        raise LineError(f'"{key}" must be a device as tenant/device')
    return device


def _switch(line: Line) -> bool:
    if not isinstance(line.get("on"), bool):
        raise LineError('"on" must be true or false')
    return bool(line["on"])


def _text(line: Line) -> str:
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False)


_READERS: dict[str, Callable[[float, Line], Said]] = {
    "topic": _read_message,
    "link": _read_link,
    "maintenance": _read_maintenance,
    "witness": _read_witness,
    "probe": _read_probe,
    "flooding": _read_flooding,
    "said": _read_said,
    "end": _read_end,
}
