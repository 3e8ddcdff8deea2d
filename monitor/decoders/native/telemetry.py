"""`telemetry`: readings. Its model is made from what `monitor/devices` describes, so a new reading is told once.

Example: `fleet/v1/acme/hall-2/telemetry` with `{"temperature_c":19.5,"outdoor_temperature_c":null}`.
"""

from typing import Annotated, Any, Literal, assert_never

from pydantic import Field, create_model

from monitor.core.observations import Telemetry, Value
from monitor.decoders.native import fields
from monitor.decoders.native.fields import Payload
from monitor.decoders.protocol import Message
from monitor.devices.kinds import READINGS
from monitor.devices.reading import Choice, Count, Flag, Moment, Number, Reading


class SaidAtSomeTime(Payload):
    """What every telemetry message may carry beside its readings."""

    ts: fields.Moment | None = None


def _type_of(reading: Reading) -> Any:  # noqa: ANN401 - a type made at run time has no narrower name
    match reading:
        case Number(_, _, low, high):
            return Annotated[float, Field(ge=low, le=high)] | None
        case Count(_, high):
            return Annotated[int, Field(ge=0, le=high)] | None
        case Choice(_, words):
            return Literal[words] | None
        case Flag():
            return bool | None
        case Moment():
            return fields.Moment | None
        case _:
            assert_never(reading)


_FIELDS: dict[str, Any] = {reading.name: (_type_of(reading), None) for reading in READINGS}
TelemetryPayload = create_model("TelemetryPayload", __base__=SaidAtSomeTime, **_FIELDS)

READING_NAMES = frozenset(_FIELDS)
_MOMENTS = frozenset(reading.name for reading in READINGS if isinstance(reading, Moment))


def read_telemetry(said: SaidAtSomeTime, device: str, message: Message) -> Telemetry | None:
    """What a telemetry message says: only the readings that it states; None if it states none."""
    values: dict[str, Value] = {
        name: fields.seconds(getattr(said, name)) if name in _MOMENTS else getattr(said, name)
        for name in READING_NAMES & said.model_fields_set
    }
    if not values:
        return None
    return Telemetry(device, message.received_at, values, fields.seconds(said.ts))
