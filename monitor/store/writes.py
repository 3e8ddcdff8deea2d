"""A step as SQL: which rows go where. Order matters: an alert before the deliveries that point to it."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from monitor.core.decisions import AlertOwed, DeviceForgotten, IncidentChanged, StatusChanged
from monitor.store.codec import write_alert, write_device, write_incident
from monitor.store.deliveries import INSERT, rows_of
from monitor.store.protocol import Step
from monitor.store.sqlite_mailing import bulletin_writes
from monitor.store.sqlite_timelines import timeline_writes

_FORGET = "DELETE FROM devices WHERE id = ?"
_DEVICE = """
    INSERT INTO devices (id, status, since, last_seen, body) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
        status = excluded.status, since = excluded.since, last_seen = excluded.last_seen, body = excluded.body"""
_STATUS = """
    INSERT INTO status_changes (device, at, status, previous, reason, cause) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""
_INCIDENT = """
    INSERT INTO incidents (id, kind, layer, opened_at, resolved_at, body) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
        kind = excluded.kind, layer = excluded.layer, opened_at = excluded.opened_at,
        resolved_at = excluded.resolved_at, body = excluded.body"""
_ALERT = """
    INSERT INTO alerts (key, name, state, starts_at, changed_at, body) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET
        name = excluded.name, state = excluded.state, starts_at = excluded.starts_at,
        changed_at = excluded.changed_at, body = excluded.body"""
_SAVED = "INSERT INTO saved (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"

Write = tuple[str, Iterable[tuple[Any, ...] | dict[str, Any]]]


def writes(step: Step) -> Iterator[Write]:
    """Statements with their rows. Device rows are made while they are written, off the event loop."""
    decisions = step.decisions
    yield _FORGET, [(made.device,) for made in decisions if isinstance(made, DeviceForgotten)]
    yield (
        _DEVICE,
        ((row["id"], row["status"], row["since"], row["last_seen"], write_device(row)) for row in step.devices),
    )
    yield (
        _STATUS,
        [
            (made.device, made.at, made.status, made.previous, made.reason, made.cause)
            for made in decisions
            if isinstance(made, StatusChanged)
        ],
    )
    yield _INCIDENT, [_incident(made) for made in decisions if isinstance(made, IncidentChanged)]
    yield _ALERT, [_alert(made) for made in decisions if isinstance(made, AlertOwed)]
    yield INSERT, list(rows_of(step.letters))
    yield from bulletin_writes(decisions)
    yield from timeline_writes(decisions)
    yield _SAVED, _saved(step)


def _incident(made: IncidentChanged) -> tuple[Any, ...]:
    incident = made.incident
    return (
        incident.id, incident.kind, incident.layer, incident.opened_at, incident.resolved_at, write_incident(incident),
    )  # fmt: skip


def _alert(made: AlertOwed) -> tuple[Any, ...]:
    alert = made.alert
    return alert.key, alert.name, alert.state, alert.starts_at, made.at, write_alert(alert)


def _saved(step: Step) -> list[tuple[str, str]]:
    values = [("saved_at", repr(step.at))]
    if step.engine is not None:
        values.append(("engine", json.dumps(dict(step.engine))))
    return values
