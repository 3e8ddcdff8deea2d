"""What became of what was owed, and how the receivers are, as people see it."""

from dataclasses import dataclass
from typing import Literal

from monitor.core.decisions import Alert
from monitor.core.routing.owed import Reason

Outcome = Literal["owed", "delivered", "abandoned", "cancelled"]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up: it is not tried again unless somebody asks for it, and says why."""

    id: int
    receiver: str
    alert: Alert
    owed_at: float
    abandoned_at: float
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one delivery: for the timeline of its incident. `finished_at` is None while it is owed."""

    id: int
    receiver: str
    alert: Alert
    reason: Reason
    owed_at: float
    due_at: float
    attempts: int
    outcome: Outcome
    finished_at: float | None
    error: str


@dataclass(frozen=True, slots=True)
class Debt:
    """What one receiver is owed. `overdue_since` is when the oldest of what should have left was first due.

    `next_due_at` is when the next of what still waits is due.
    """

    owed: int
    overdue_since: float | None
    next_due_at: float | None


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of dead letters that were to be tried again; `outdated` ones were overtaken by later news."""

    owed: int
    outdated: int
    without_receiver: int


@dataclass(frozen=True, slots=True)
class ReceiverHealth:
    """How one receiver is. Moments are Unix seconds, None for never; `overdue_since` is None if nothing is late."""

    name: str
    type: str
    trust: str
    tenants: tuple[str, ...]
    owed: int
    dead: int
    overdue_since: float | None
    last_success_at: float | None
    last_error_at: float | None
    last_error: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a test: `delivered` if the receiver took it, its end included; else why not, as far as is known."""

    receiver: str
    delivered: bool
    seconds: float
    error: str
