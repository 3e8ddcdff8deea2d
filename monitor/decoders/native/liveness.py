"""`heartbeat`: a sign of life. This is the hot path; what it costs is measured in `benchmarks/`.

Example: `fleet/v1/acme/feeder-1/heartbeat` with `{"seq":1042,"boot_id":"9f3c21aa","uptime_s":62520,"interval_s":60}`.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from monitor.core.observations import Clock, Heartbeat, PowerSource
from monitor.decoders.native.fields import Code, Interval, Moment, Part, Payload, Percent, Whole, clamped
from monitor.decoders.protocol import Message


class CloudPart(Part):
    """Whether the device reaches its vendor's cloud: the best evidence that an outage is not ours."""

    connected: bool | None = None
    since_ts: Moment | None = None


class HeartbeatPayload(Payload):
    """A sign of life, numbered within one boot."""

    parts: ClassVar[tuple[str, ...]] = ("cloud",)

    seq: Whole
    boot_id: Code
    ts: Moment | None = None
    uptime_s: Annotated[float, Field(ge=0, le=1e10)] | None = None
    interval_s: Interval | None = None
    clock: Clock | None = None
    rssi_dbm: Annotated[float, Field(ge=-150, le=20)] | None = None
    power_source: PowerSource | None = None
    battery_pct: Percent | None = None
    cloud: CloudPart | None = None
    faults: Annotated[list[Code], Field(max_length=32)] | None = None


def read_heartbeat(said: HeartbeatPayload, device: str, message: Message) -> Heartbeat:
    """What a heartbeat says."""
    ts = said.ts
    cloud = said.cloud
    battery = said.battery_pct
    interval = said.interval_s
    return Heartbeat(
        device,
        message.received_at,
        said.boot_id,
        said.seq,
        None if interval is None else clamped(interval),
        None if ts is None else float(ts) / 1000,
        said.uptime_s,
        said.clock,
        said.rssi_dbm,
        said.power_source,
        None if battery is None else battery / 100,
        None if cloud is None else cloud.connected,
        tuple(said.faults) if said.faults else (),
    )
