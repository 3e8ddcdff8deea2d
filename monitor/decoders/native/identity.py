"""`status` and `info`: whether the device is there, and what it is. Both are retained.

Example: `fleet/v1/acme/feeder-1/status` with `{"state":"online","boot_id":"9f3c21aa","ts":1795310163123}`.
"""

from typing import Annotated, Literal

from pydantic import Field

from monitor.core.observations import DeviceInfo, SessionStatus
from monitor.decoders.native.fields import Code, Id, Interval, Moment, Name, Payload, Zone, clamped, seconds
from monitor.decoders.protocol import DroppedClass, Message
from monitor.devices.profile import KINDS, Kind, Liveness, Power, Profile

KIND_ALIASES: dict[str, Kind] = {kind: kind for kind in KINDS} | {"other": "generic"}


class StatusPayload(Payload):
    """The device's session began, ended or rests. The broker sends the offline form as last will."""

    state: Literal["online", "offline", "sleeping"]
    boot_id: Code
    ts: Moment | None = None
    reason: Literal["connection_lost", "shutdown", "update", "low_battery"] | None = None
    next_seen_s: Annotated[float, Field(gt=0, le=31 * 86_400)] | None = None

    @property
    def is_will(self) -> bool:
        """Whether the broker says it for the device: a will is written beforehand, so it has no time and no motive."""
        return self.state == "offline" and (
            self.reason == "connection_lost" or (self.reason is None and self.ts is None)
        )


class InfoPayload(Payload):
    """What the device is, and where it belongs."""

    kind: Code
    model: Name
    vendor: Name | None = None
    fw: Name | None = None
    hw: Name | None = None
    provider: Name | None = None
    region: Name | None = None
    site: Name | None = None
    parent: Id | None = None
    power: Power | None = None
    liveness: Liveness | None = None
    heartbeat_interval_s: Interval | None = None
    tz: Zone | None = None
    capabilities: Annotated[list[Code], Field(max_length=64)] | None = None
    schedule_survives_reboot: bool | None = None

    def dropped_fields(self) -> list[tuple[DroppedClass, int]]:
        """What is not in the contract; a kind that we do not know counts as well."""
        dropped = super().dropped_fields()
        return dropped if self.kind in KIND_ALIASES else [*dropped, ("unknown_kind", 1)]


def read_status(said: StatusPayload, device: str, message: Message) -> SessionStatus:
    """What a status message says."""
    return SessionStatus(
        device,
        message.received_at,
        said.state,
        said.boot_id,
        sent_at=seconds(said.ts),
        will=said.is_will,
        reason=said.reason or "",
        next_seen_seconds=said.next_seen_s,
        retained=message.retained,
    )


def read_info(said: InfoPayload, device: str, message: Message) -> DeviceInfo:
    """What an info message says."""
    profile = Profile(
        kind=KIND_ALIASES.get(said.kind, "generic"),
        model=said.model,
        vendor=said.vendor or "",
        firmware=said.fw or "",
        hardware=said.hw or "",
        provider=said.provider or "",
        region=said.region or "",
        site=said.site or "",
        parent=said.parent or "",
        power=said.power,
        liveness=said.liveness or "heartbeat",
        interval_seconds=None if said.heartbeat_interval_s is None else clamped(said.heartbeat_interval_s),
        timezone=said.tz or "",
        capabilities=tuple(said.capabilities or ()),
        schedule_survives_reboot=bool(said.schedule_survives_reboot),
    )
    return DeviceInfo(device, message.received_at, profile, retained=message.retained)
