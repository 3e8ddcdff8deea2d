"""An observation back into the native contract: topic and payload with the contract's fields and nothing else."""

from collections.abc import Callable, Mapping
from typing import Any

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
from monitor.devices.events import Booted, ClockSynced, FaultChanged, Feeding, PowerChanged, ScheduleLost
from monitor.devices.kinds import READINGS
from monitor.devices.reading import Moment

Fields = dict[str, Any]

_MOMENTS = frozenset(reading.name for reading in READINGS if isinstance(reading, Moment))


def encode(observation: Observation) -> tuple[str, Fields | None, bool] | None:
    """Topic, payload (None for a cleared topic) and whether it was a retained delivery; None if no device says it."""
    if isinstance(observation, DeviceRemoved):
        return f"fleet/v1/{observation.device}/{observation.topic}", None, False
    found = _CHANNELS.get(type(observation))
    if found is None:
        return None
    channel, fields_of = found
    topic = f"fleet/v1/{observation.device}/{channel}"  # type: ignore[union-attr]
    return topic, fields_of(observation), getattr(observation, "retained", False)


def _heartbeat(beat: Heartbeat) -> Fields:
    return {
        "seq": beat.seq,
        "boot_id": beat.boot_id,
        **_stated(
            ts=_milliseconds(beat.sent_at),
            interval_s=beat.interval_seconds,
            uptime_s=beat.uptime_seconds,
            clock=beat.clock,
            rssi_dbm=beat.rssi_dbm,
            power_source=beat.power_source,
            battery_pct=None if beat.battery_ratio is None else round(beat.battery_ratio * 100, 6),
            cloud=None if beat.cloud_connected is None else {"connected": beat.cloud_connected},
            faults=list(beat.faults),
        ),
    }


def _status(status: SessionStatus) -> Fields:
    return {
        "state": status.state,
        "boot_id": status.boot_id,
        **_stated(ts=_milliseconds(status.sent_at), reason=status.reason, next_seen_s=status.next_seen_seconds),
    }


def _info(info: DeviceInfo) -> Fields:
    profile = info.profile
    return {
        "kind": profile.kind,
        "model": profile.model,
        "liveness": profile.liveness,
        "schedule_survives_reboot": profile.schedule_survives_reboot,
        **_stated(
            vendor=profile.vendor,
            fw=profile.firmware,
            hw=profile.hardware,
            provider=profile.provider,
            region=profile.region,
            site=profile.site,
            parent=profile.parent,
            power=profile.power,
            heartbeat_interval_s=profile.interval_seconds,
            tz=profile.timezone,
            capabilities=list(profile.capabilities),
        ),
    }


def _telemetry(telemetry: Telemetry) -> Fields:
    values = {
        name: _milliseconds(value) if name in _MOMENTS and isinstance(value, float) else value
        for name, value in telemetry.values.items()
    }
    return {**values, **_stated(ts=_milliseconds(telemetry.sent_at))}


def _schedule(declared: ScheduleDeclared) -> Fields:
    plan = declared.schedule
    meals = [
        {
            "plan_id": meal.plan_id,
            "time": _time_of_day(meal.minute),
            "days": list(meal.days),
            "enabled": meal.enabled,
            **_stated(portions=meal.portions, grams=meal.grams),
        }
        for meal in plan.meals
    ]
    periods = [
        {
            "time": _time_of_day(period.minute),
            "days": list(period.days),
            **_stated(
                heating_setpoint_c=period.heating_setpoint_celsius, cooling_setpoint_c=period.cooling_setpoint_celsius
            ),
        }
        for period in plan.periods
    ]
    return {
        "rev": plan.revision,
        "enabled": plan.enabled,
        "held_by": plan.held_by,
        "basis": plan.basis,
        **_stated(tz=plan.timezone, meals=meals, periods=periods),
    }


def _event(event: DeviceEvent) -> Fields:
    kind, fields = _happening(event)
    return {
        "event_id": event.event_id,
        "type": kind,
        "replayed": event.replayed,
        **_stated(ts=_milliseconds(event.sent_at), **fields),
    }


def _happening(event: DeviceEvent) -> tuple[str, Mapping[str, Any]]:
    happening = event.happening
    match happening:
        case Feeding():
            return f"feed.{happening.outcome}", _feeding(happening)
        case PowerChanged(mains=mains):
            return ("power.restored" if mains else "power.lost"), {}
        case Booted(cause=cause):
            return "boot", {"cause": cause}
        case ClockSynced(offset_seconds=offset):
            return "clock.synced", {"offset_ms": round(offset * 1000)}
        case FaultChanged(code=code, raised=raised):
            return ("fault.raised" if raised else "fault.cleared"), {"code": code}
        case ScheduleLost():
            return "schedule.lost", {}


def _feeding(feeding: Feeding) -> Fields:
    return {
        "source": feeding.source,
        "plan_id": feeding.plan_id,
        "planned_ts": _milliseconds(feeding.planned_at),
        "portions_expected": feeding.portions_expected,
        "portions_actual": feeding.portions_actual,
        "grams_expected": feeding.grams_expected,
        "grams_actual": feeding.grams_actual,
        "reason": feeding.reason,
    }


def _stated(**fields: Any) -> Fields:  # noqa: ANN401 -- whatever a payload can hold
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _milliseconds(moment: float | None) -> int | None:
    return None if moment is None else round(moment * 1000)


def _time_of_day(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


_CHANNELS: dict[type[Observation], tuple[str, Callable[[Any], Fields]]] = {
    Heartbeat: ("heartbeat", _heartbeat),
    SessionStatus: ("status", _status),
    DeviceInfo: ("info", _info),
    Telemetry: ("telemetry", _telemetry),
    ScheduleDeclared: ("schedule", _schedule),
    DeviceEvent: ("event", _event),
}
