"""The six channels: how each payload is parsed and read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import TypeAdapter
from pydantic_core import SchemaValidator

from monitor.core.observations import Observation
from monitor.decoders.native.events import AnyEvent, read_event
from monitor.decoders.native.identity import InfoPayload, StatusPayload, read_info, read_status
from monitor.decoders.native.liveness import HeartbeatPayload, read_heartbeat
from monitor.decoders.native.plans import SchedulePayload, read_schedule
from monitor.decoders.native.telemetry import TelemetryPayload, read_telemetry
from monitor.decoders.protocol import Message


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel. `read` gives None if a payload says nothing; `retained` tells whether the contract retains it.

    `required` fields must be sound; any other that is not is left out, and the rest is read. A `whole` payload is taken
    with all its fields or not at all.
    """

    name: str
    validator: SchemaValidator
    read: Callable[[Any, str, Message], Observation | None]
    required: frozenset[str] = frozenset()
    whole: bool = False
    retained: bool = False


def _validator(payload: Any) -> SchemaValidator:  # noqa: ANN401 - a union of models has no narrower type
    """Straight to the compiled validator: the adapter's own method would add a tenth to each heartbeat."""
    return cast("SchemaValidator", TypeAdapter(payload).validator)


_CHANNELS = (
    Channel("status", _validator(StatusPayload), read_status, frozenset({"state", "boot_id"}), retained=True),
    Channel("info", _validator(InfoPayload), read_info, frozenset({"kind", "model"}), retained=True),
    Channel("heartbeat", _validator(HeartbeatPayload), read_heartbeat, frozenset({"seq", "boot_id"})),
    Channel("telemetry", _validator(TelemetryPayload), read_telemetry),
    Channel("event", _validator(AnyEvent), read_event, frozenset({"event_id", "type", "offset_ms", "code"})),
    Channel("schedule", _validator(SchedulePayload), read_schedule, whole=True, retained=True),
)
CHANNELS_BY_NAME: Mapping[str, Channel] = {channel.name: channel for channel in _CHANNELS}
