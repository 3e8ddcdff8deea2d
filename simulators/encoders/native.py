"""The native contract, version 1: topic, JSON payload, retain flag and quality of service of what devices say."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from monitor.core.observations import (
    DeviceEvent,
    DeviceInfo,
    DeviceRemoved,
    Heartbeat,
    Observation,
    ScheduleDeclared,
    SessionStatus,
    Telemetry,
)
from monitor.devices.events import Booted, ClockSynced, FaultChanged, Feeding, Happening, PowerChanged, ScheduleLost
from monitor.devices.profile import Profile
from monitor.devices.schedule import Meal, Period, Schedule

_PREFIX = "fleet/v1"


class Packet(NamedTuple):
    """One MQTT message; its publisher sets `retain`, and `retained` says that a late subscriber is handed it."""

    topic: str
    payload: bytes
    retain: bool
    qos: int
    retained: bool


def encode(observation: Observation) -> Packet | None:  # noqa: PLR0911
    """The message that makes a monitor see this, None for what is not said by devices."""
    match observation:
        case Heartbeat():
            return _packet(observation.device, "heartbeat", _heartbeat(observation), qos=0)
        case Telemetry():
            return _packet(observation.device, "telemetry", _telemetry(observation), qos=0)
        case SessionStatus():
            return _packet(observation.device, "status", _status(observation), kept=True, retained=observation.retained)
        case DeviceInfo():
            return _packet(
                observation.device, "info", _info(observation.profile), kept=True, retained=observation.retained
            )
        case ScheduleDeclared():
            body = _schedule(observation.schedule)
            return _packet(observation.device, "schedule", body, kept=True, retained=observation.retained)
        case DeviceEvent():
            return _packet(observation.device, "event", _event(observation))
        case DeviceRemoved():
            return Packet(
                f"{_PREFIX}/{observation.device}/{observation.topic}", b"", retain=True, qos=1, retained=False
            )
        case _:
            return None


def _packet(
    device: str, channel: str, body: Mapping[str, Any], *, kept: bool = False, retained: bool = False, qos: int = 1
) -> Packet:
    payload = json.dumps(body, separators=(",", ":")).encode()
    return Packet(f"{_PREFIX}/{device}/{channel}", payload, kept, qos, retained)


def _known(**fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """The fields that say something: neither None nor empty."""
    return {name: value for name, value in fields.items() if value is not None and value not in ("", ())}


def _milliseconds(moment: float | None) -> int | None:
    return None if moment is None else round(moment * 1000)


def _telemetry(telemetry: Telemetry) -> dict[str, Any]:
    values = {
        name: _milliseconds(value) if name.endswith("_ts") and isinstance(value, float) else value
        for name, value in telemetry.values.items()
    }
    return {**values, **_known(ts=_milliseconds(telemetry.sent_at))}


def _heartbeat(beat: Heartbeat) -> dict[str, Any]:
    return {
        "seq": beat.seq,
        "boot_id": beat.boot_id,
        **_known(
            ts=_milliseconds(beat.sent_at),
            uptime_s=beat.uptime_seconds,
            interval_s=beat.interval_seconds,
            clock=beat.clock,
            rssi_dbm=beat.rssi_dbm,
            power_source=beat.power_source,
            battery_pct=None if beat.battery_ratio is None else round(beat.battery_ratio * 100, 3),
            cloud=None if beat.cloud_connected is None else {"connected": beat.cloud_connected},
            faults=list(beat.faults) or None,
        ),
    }


def _status(status: SessionStatus) -> dict[str, Any]:
    return {
        "state": status.state,
        "boot_id": status.boot_id,
        **_known(ts=_milliseconds(status.sent_at), reason=status.reason, next_seen_s=status.next_seen_seconds),
    }


def _info(profile: Profile) -> dict[str, Any]:
    return {
        "kind": "other" if profile.kind == "generic" else profile.kind,
        "model": profile.model,
        "schedule_survives_reboot": profile.schedule_survives_reboot,
        **_known(
            vendor=profile.vendor,
            fw=profile.firmware,
            hw=profile.hardware,
            provider=profile.provider,
            region=profile.region,
            site=profile.site,
            parent=profile.parent,
            power=profile.power,
            liveness=profile.liveness,
            heartbeat_interval_s=profile.interval_seconds,
            tz=profile.timezone,
            capabilities=list(profile.capabilities) or None,
        ),
    }


def _schedule(schedule: Schedule) -> dict[str, Any]:
    return {
        "rev": schedule.revision,
        "enabled": schedule.enabled,
        "held_by": schedule.held_by,
        "basis": schedule.basis,
        **_known(
            tz=schedule.timezone,
            meals=[_meal(meal) for meal in schedule.meals] or None,
            periods=[_period(period) for period in schedule.periods] or None,
        ),
    }


def _meal(meal: Meal) -> dict[str, Any]:
    return {
        "plan_id": meal.plan_id,
        "days": list(meal.days),
        "time": _clock_time(meal.minute),
        "enabled": meal.enabled,
        **_known(portions=meal.portions, grams=meal.grams),
    }


def _period(period: Period) -> dict[str, Any]:
    return {
        "days": list(period.days),
        "time": _clock_time(period.minute),
        **_known(
            heating_setpoint_c=period.heating_setpoint_celsius,
            cooling_setpoint_c=period.cooling_setpoint_celsius,
        ),
    }


def _clock_time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _event(event: DeviceEvent) -> dict[str, Any]:
    kind, fields = _happening(event.happening)
    return {
        "event_id": event.event_id,
        "type": kind,
        **_known(ts=_milliseconds(event.sent_at)),
        "replayed": event.replayed,
        **fields,
    }


def _happening(happening: Happening) -> tuple[str, dict[str, Any]]:
    match happening:
        case Feeding():
            return f"feed.{happening.outcome}", _known(
                plan_id=happening.plan_id,
                planned_ts=_milliseconds(happening.planned_at),
                source=happening.source,
                portions_expected=happening.portions_expected,
                portions_actual=happening.portions_actual,
                grams_expected=happening.grams_expected,
                grams_actual=happening.grams_actual,
                reason=happening.reason,
            )
        case PowerChanged():
            return ("power.restored" if happening.mains else "power.lost"), {}
        case Booted():
            return "boot", _known(cause=happening.cause)
        case ClockSynced():
            return "clock.synced", {"offset_ms": round(happening.offset_seconds * 1000)}
        case FaultChanged():
            return ("fault.raised" if happening.raised else "fault.cleared"), {"code": happening.code}
        case ScheduleLost():
            return "schedule.lost", {}
