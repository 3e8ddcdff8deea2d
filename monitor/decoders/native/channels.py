"""The six channels: how each payload is parsed and read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from monitor.core.observations import Observation
from monitor.decoders.native.events import AnyEvent, read_event
from monitor.decoders.native.identity import InfoPayload, StatusPayload, read_info, read_status
from monitor.decoders.native.liveness import HeartbeatPayload, read_heartbeat
from monitor.decoders.native.plans import SchedulePayload, read_schedule
from monitor.decoders.native.telemetry import TelemetryPayload, read_telemetry
from monitor.decoders.protocol import Message


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel. `required` fields must be sound; any other field that is not is left out, and the rest is read.

    `read` gives None if a payload says nothing. `whole` payloads are taken with all their fields or not at all. `retained` tells whether the contract retains them.
    """

    name: str
    adapter: TypeAdapter[Any]
    read: Callable[[Any, str, Message], Observation | None]
    required: frozenset[str] = frozenset()
    whole: bool = False
    retained: bool = False


_CHANNELS = (
    Channel("status", TypeAdapter(StatusPayload), read_status, frozenset({"state", "boot_id"}), retained=True),
    Channel("info", TypeAdapter(InfoPayload), read_info, frozenset({"kind", "model"}), retained=True),
    Channel("heartbeat", TypeAdapter(HeartbeatPayload), read_heartbeat, frozenset({"seq", "boot_id"})),
    Channel("telemetry", TypeAdapter(TelemetryPayload), read_telemetry),
    Channel("event", TypeAdapter(AnyEvent), read_event, frozenset({"event_id", "type", "offset_ms", "code"})),
    Channel("schedule", TypeAdapter(SchedulePayload), read_schedule, whole=True, retained=True),
)
CHANNELS_BY_NAME: Mapping[str, Channel] = {channel.name: channel for channel in _CHANNELS}
