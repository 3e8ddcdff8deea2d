"""What a decoder is given and what it gives back.

What is made for every message is a named tuple: a frozen dataclass takes twice as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, get_args

from monitor.core.observations import Observation

RejectReason = Literal[
    "topic",  # the levels of the topic are not those of the dialect
    "channel",  # the last level is not a channel of the dialect
    "too_large",  # more bytes than `[limits] payload_bytes`
    "empty",  # zero-length, where that does not mean removal
    "not_utf8",
    "not_json",
    "too_deep",  # JSON nested deeper than anything meant to be read
    "not_an_object",
    "identity",  # the payload names another tenant or device than the topic
    "missing",  # a required field is absent
    "wrong_type",  # a required field is text where a number belongs, and the like
    "not_finite",  # NaN, Infinity, or a number too large to hold
    "out_of_range",  # a number or a length beyond its limits
    "not_allowed",  # a word that is not on the field's list, or not of its form
    "unknown_event",  # an event type that this version does not know
]
REJECT_REASONS: tuple[RejectReason, ...] = get_args(RejectReason)

DroppedClass = Literal[
    "unknown",  # not a field of the contract
    "vendor",  # an `x_` field
    "restricted",  # says something about people or their network, which is never taken in
    "invalid",  # a field of the contract whose value cannot be used
    "unknown_kind",  # a kind of device that we do not know, read as generic
]
DROPPED_CLASSES: tuple[DroppedClass, ...] = get_args(DroppedClass)

IgnoredReason = Literal[
    "retained",  # a broker's copy of something that must not be retained: it happened at an unknown time
    "cleared",  # the retained copy was erased
    "monitor",  # a message of a monitor, not of a device
]
IGNORED_REASONS: tuple[IgnoredReason, ...] = get_args(IgnoredReason)


class Message(NamedTuple):
    """One MQTT delivery as it left the socket; `received_at` is Unix seconds on the monitor's clock."""

    topic: str
    payload: bytes
    retained: bool
    received_at: float


class Speaker(NamedTuple):
    """Who speaks on a topic, `tenant/device`, and in which channel."""

    device: str
    channel: str


class Decoded(NamedTuple):
    """What one message says: observations for the engine, and how many fields were dropped at the door by class.

    A sound message that has nothing to say to the engine has no observations, and `ignored` tells why. `detail` tells
    for a log line what is wrong with the `invalid` ones among the dropped fields, without their values.
    """

    observations: Sequence[Observation]
    dropped_fields: Sequence[tuple[DroppedClass, int]] = ()
    ignored: IgnoredReason | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A message that says nothing usable. `detail` is for a log line: it names fields, never what they held."""

    reason: RejectReason
    detail: str


class Decoder(Protocol):
    """Turns messages of one dialect into observations; pure."""

    dialect: str
    channels: Sequence[str]

    def claims(self, topic: str) -> bool:
        """Whether a topic belongs to this dialect."""
        ...

    def speaker(self, topic: str) -> Speaker | None:
        """Who speaks on a topic, cheaply; None where no single device does."""
        ...

    def decode(self, message: Message) -> Decoded | Rejected:
        """Read one message; never raises on anything that a broker can deliver."""
        ...
