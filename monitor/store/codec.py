"""Incidents, alerts and devices as JSON text and back; and the key by which a receiver knows a repeated delivery."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from pydantic import TypeAdapter

from monitor.core.decisions import Alert, Incident
from monitor.core.routing import Letter
from monitor.store.protocol import DeviceRow

_INCIDENT = TypeAdapter(Incident)
_ALERT = TypeAdapter(Alert)
_KEY_LENGTH = 32

Item = TypeVar("Item")


def write_incident(incident: Incident) -> str:
    """One incident as JSON."""
    return _INCIDENT.dump_json(incident).decode()


def read_incident(body: str) -> Incident:
    """One incident from JSON; raises ValueError."""
    return _INCIDENT.validate_json(body)


def write_alert(alert: Alert) -> str:
    """One alert as JSON."""
    return _ALERT.dump_json(alert).decode()


def read_alert(body: str) -> Alert:
    """One alert from JSON; raises ValueError."""
    return _ALERT.validate_json(body)


def write_device(row: DeviceRow) -> str:
    """One device row as JSON."""
    return json.dumps(dict(row), separators=(",", ":"), ensure_ascii=False)


def read_device(body: str) -> dict[str, Any]:
    """One device row from JSON; raises ValueError."""
    row = json.loads(body)
    if not isinstance(row, dict):
        raise ValueError("a device row must be a JSON object")  # noqa: TRY004 (all unreadable bodies raise the same)
    return row


def read_all(
    rows: Iterable[tuple[str, str]], read: Callable[[str], Item], what: str, unreadable: list[str]
) -> list[Item]:
    """Read (name, body) pairs; one that cannot be understood is named in `unreadable` instead of ending the start."""
    items = []
    for name, body in rows:
        try:
            items.append(read(body))
        except ValueError:
            unreadable.append(f"{what} {name}")
    return items


def with_keys(letters: Iterable[Letter]) -> Iterator[tuple[Letter, str]]:
    """Each letter with its idempotency key.

    The key depends on what is said and when it was decided, so a step that is written again has the same keys. The same
    words twice in one step (firing, resolved, firing again) are told apart by counting.
    """
    seen: Counter[str] = Counter()
    for letter in letters:
        said = f"{letter.decided.at!r} {write_alert(letter.decided.alert)}"
        seen[said] += 1
        yield letter, hashlib.sha256(f"{seen[said]} {said}".encode()).hexdigest()[:_KEY_LENGTH]
