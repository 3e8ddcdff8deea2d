"""What a channel to people must offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.core.decisions import Alert


class DeliveryError(Exception):
    """The receiver did not take the alerts; `retryable` tells whether a later try can help."""

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class Parcel:
    """Alerts for one receiver in one sending, with the key that lets the receiver drop a repeat."""

    alerts: Sequence[Alert]
    idempotency_key: str


class Notifier(Protocol):
    """One configured receiver."""

    name: str
    resend_seconds: float | None
    """How often alerts still firing must be sent again; None if once is enough."""

    async def send(self, parcel: Parcel) -> None:
        """Deliver, or raise DeliveryError."""
        ...

    async def aclose(self) -> None:
        """Release connections."""
        ...
