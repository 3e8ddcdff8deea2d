"""The engine's memory as plain data and back, so that a restart forgets nothing."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

from monitor.core.decisions import Alert, Evidence, Incident
from monitor.core.fleet import Device
from monitor.core.observations import Heartbeat
from monitor.core.welfare.care import load_care
from monitor.devices.profile import Profile
from monitor.devices.schedule import Meal, Period, Schedule

T = TypeVar("T")

PLAIN = (
    "status",
    "since",
    "first_seen",
    "last_seen",
    "reason",
    "cause",
    "interval",
    "declared_interval",
    "timeout",
    "jitter",
    "deviation",
    "misses",
    "slots",
    "starts",
    "loss_bin",
    "boot_id",
    "session_up",
    "will_at",
    "resting_until",
    "maintenance",
    "held",
    "messages",
    "sequence_gaps",
    "reboots",
    "reading_at",
    "cleared",
)
TUPLES = ("gaps", "boots", "flaps")


def save_device(device: Device) -> dict[str, Any]:
    """One device as JSON-compatible data."""
    row: dict[str, Any] = {"id": device.id}
    for name in (*PLAIN, *TUPLES):
        row[name] = getattr(device, name)
    row["profile"] = asdict(device.profile)
    row["beat"] = None if device.beat is None else _without_device(asdict(device.beat))
    row["reading"] = None if device.reading is None else dict(device.reading)
    row["schedule"] = None if device.schedule is None else asdict(device.schedule)
    row["welfare"] = None if device.welfare is None else device.welfare.save()
    return row


def load_device(row: Mapping[str, Any]) -> Device:
    """The device that `save_device` wrote; keys of other versions are ignored or left at their beginning."""
    device = Device(row["id"], row["first_seen"])
    for name in PLAIN:
        if name in row:
            setattr(device, name, row[name])
    for name in TUPLES:
        setattr(device, name, tuple(row.get(name, ())))
    device.profile = _build(Profile, row["profile"], capabilities=tuple(row["profile"].get("capabilities", ())))
    if row.get("beat"):
        device.beat = _build(Heartbeat, row["beat"], device=device.id, faults=tuple(row["beat"].get("faults", ())))
    device.reading = row.get("reading")
    if row.get("schedule"):
        device.schedule = _load_schedule(row["schedule"])
    if row.get("welfare"):
        device.welfare = load_care(row["welfare"])
    return device


def save_incident(incident: Incident) -> dict[str, Any]:
    """One incident as JSON-compatible data."""
    return asdict(incident)


def load_incident(data: Mapping[str, Any]) -> Incident:
    """The incident that `save_incident` wrote."""
    return _build(
        Incident,
        data,
        evidence=tuple(_build(Evidence, piece) for piece in data.get("evidence", ())),
        equivalents=tuple(dict(scope) for scope in data.get("equivalents", ())),
        alternatives=tuple(data.get("alternatives", ())),
        stragglers=tuple(data.get("stragglers", ())),
        related=tuple(data.get("related", ())),
    )


def save_alert(alert: Alert) -> dict[str, Any]:
    """One alert as JSON-compatible data."""
    return asdict(alert)


def load_alert(data: Mapping[str, Any]) -> Alert:
    """The alert that `save_alert` wrote."""
    return _build(Alert, data)


def _load_schedule(data: Mapping[str, Any]) -> Schedule:
    return _build(
        Schedule,
        data,
        meals=tuple(_build(Meal, meal, days=tuple(meal["days"])) for meal in data.get("meals", ())),
        periods=tuple(_build(Period, period, days=tuple(period["days"])) for period in data.get("periods", ())),
    )


def _build(kind: type[T], data: Mapping[str, Any], **replaced: object) -> T:
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{**{key: value for key, value in data.items() if key in known}, **replaced})


def _without_device(data: dict[str, Any]) -> dict[str, Any]:
    del data["device"]
    return data
