"""What a decoder is given and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.core.observations import Observation


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT delivery as it left the socket; `received_at` is Unix seconds on the monitor's clock."""

    topic: str
    payload: bytes
    retained: bool
    received_at: float


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one message says: observations for the engine, and how many fields were dropped at the door by class."""

    observations: Sequence[Observation]
    dropped_fields: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A message that says nothing usable; `reason` is one of a short fixed list, `detail` is for a log line."""

    reason: str
    detail: str


class Decoder(Protocol):
    """Turns messages of one dialect into observations; pure."""

    dialect: str

    def claims(self, topic: str) -> bool:
        """Whether a topic belongs to this dialect."""
        ...

    def decode(self, message: Message) -> Decoded | Rejected:
        """Read one message; never raises on anything that a broker can deliver."""
        ...
