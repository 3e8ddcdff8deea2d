"""From message to observation."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from monitor.core.observations import DeviceRemoved
from monitor.decoders.native.channels import CHANNELS_BY_NAME, Channel
from monitor.decoders.native.faults import described, field_of, rejection
from monitor.decoders.native.topics import CHANNELS, PREFIX, not_a_device, speaker_of
from monitor.decoders.protocol import Decoded, DroppedClass, Message, Rejected, Speaker

DEFAULT_PAYLOAD_BYTES = 8192
REMEMBERED_TOPICS = 100_000
"""About 30 MB. A fleet with more topics pays about a microsecond more for each message."""

IDENTITY_FIELDS = frozenset({"tenant", "device"})
_RETAINED = Decoded((), ignored="retained")
_CLEARED = Decoded((), ignored="cleared")


class NativeDecoder:
    """Reads the native contract, version 1. Safe to share; all that it remembers is which topics were sound."""

    dialect: str = "native"
    channels: Sequence[str] = CHANNELS

    def __init__(self, payload_bytes: int = DEFAULT_PAYLOAD_BYTES) -> None:
        self._payload_bytes = payload_bytes
        self._speakers: dict[str, Speaker] = {}

    def claims(self, topic: str) -> bool:
        """Whether a topic belongs to this contract."""
        return topic.startswith(PREFIX)

    def speaker(self, topic: str) -> Speaker | None:
        """Who speaks on a topic; None where no single device does."""
        speaker = self._speakers.get(topic)
        if speaker is None:
            speaker = speaker_of(topic)
            if speaker is not None:
                if len(self._speakers) >= REMEMBERED_TOPICS:
                    self._speakers.clear()
                self._speakers[topic] = speaker
        return speaker

    def decode(self, message: Message) -> Decoded | Rejected:
        """Read one message; never raises on anything that a broker can deliver."""
        speaker = self.speaker(message.topic)
        if speaker is None:
            return not_a_device(message.topic)
        channel = CHANNELS_BY_NAME[speaker.channel]
        payload = message.payload
        if not payload:
            return _emptied(speaker, message)
        if message.retained and not channel.retained:
            return _RETAINED
        if len(payload) > self._payload_bytes:
            return Rejected("too_large", f"{channel.name}: {len(payload)} bytes; at most {self._payload_bytes}")
        try:
            said = channel.validator.validate_json(payload)
        except ValidationError as error:
            return _without_faults(error, channel, speaker, message)
        return _read(said, channel, speaker, message)


def _read(said: Any, channel: Channel, speaker: Speaker, message: Message) -> Decoded | Rejected:  # noqa: ANN401
    if said.tenant is not None or said.device is not None:
        tenant, _, device = speaker.device.partition("/")
        if said.tenant not in (None, tenant) or said.device not in (None, device):
            return _impostor(channel)
    observation = channel.read(said, speaker.device, message)
    if observation is None:
        return Rejected("missing", f"{channel.name}: states nothing that the contract knows")
    return Decoded((observation,), said.dropped_fields())


def _emptied(speaker: Speaker, message: Message) -> Decoded | Rejected:
    """A zero-length message erases what the broker retains; on the two topics of identity it removes the device."""
    match speaker.channel:
        case "status" | "info" as topic:
            return Decoded((DeviceRemoved(speaker.device, message.received_at, topic),))
        case "schedule":
            return _CLEARED
        case channel:
            return Rejected("empty", f"{channel}: no bytes, where a JSON object belongs")


def _without_faults(error: ValidationError, channel: Channel, speaker: Speaker, message: Message) -> Decoded | Rejected:
    """Read what is sound. A broken battery gauge must not make a living device look dead."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    for fault in faults:
        field = field_of(fault)
        if field in IDENTITY_FIELDS:
            return _impostor(channel)
        if field is None or channel.whole or field in channel.required:
            return rejection(fault, channel.name, message.payload)
    broken = {field_of(fault) for fault in faults}
    fields: dict[str, Any] = from_json(message.payload)
    said = channel.validator.validate_python({name: value for name, value in fields.items() if name not in broken})
    decoded = _read(said, channel, speaker, message)
    if isinstance(decoded, Rejected):
        # Nothing is left. Faults come in the order of the contract, so the last is of a reading rather than of `ts`.
        return decoded if decoded.reason == "identity" else rejection(faults[-1], channel.name, message.payload)
    invalid: tuple[DroppedClass, int] = ("invalid", len(broken))
    detail = described(faults[0], channel.name)
    return Decoded(decoded.observations, [*decoded.dropped_fields, invalid], detail=detail)


def _impostor(channel: Channel) -> Rejected:
    return Rejected("identity", f"{channel.name}: the payload names another tenant or device than the topic")
