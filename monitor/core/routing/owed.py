"""What is owed: one alert to one receiver, at a moment."""

from dataclasses import dataclass
from typing import Literal

from monitor.core.decisions import Alert, AlertOwed

Reason = Literal["alert", "grouped", "quiet", "digest", "escalation", "reminder", "acknowledged", "test"]
"""Why it leaves when it does: at once; with others of its group; after quiet hours; in a digest; because nobody
acknowledged in time; because it still fires and nobody acknowledged; because somebody did; because somebody tries the
receiver out."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One alert owed to one receiver, not before `due_at` (Unix seconds).

    What has the same `bundle` leaves as one message; empty for what travels with its own step. With `joins` it leaves
    no later than others of its bundle that wait already. With `if_told` it is owed only to who was told, or is about
    to be told, that the alert fires.
    """

    receiver: str
    due_at: float
    reason: Reason = "alert"
    bundle: str = ""
    joins: bool = False
    if_told: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that one decided alert owes."""

    decided: AlertOwed
    to: tuple[Owed, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert owed to one receiver. `id` grows; `attempts` counts failures so far; not tried before `due_at`.

    `wanted_at` is when it was first due; `begun` that it was tried. `told` says whether the receiver was
    told that the alert fires, and not yet that it is over.
    """

    id: int
    receiver: str
    alert: Alert
    owed_at: float
    due_at: float
    attempts: int
    idempotency_key: str
    wanted_at: float = 0.0
    reason: Reason = "alert"
    bundle: str = ""
    begun: bool = False
    told: bool = False

    @property
    def key(self) -> str:
        """The alert's own key."""
        return self.alert.key

    @property
    def thread(self) -> str:
        """Its incident, or the alert itself: within it, order is kept."""
        return thread_of(self.alert)

    @property
    def state(self) -> Literal["firing", "resolved"]:
        """What it says of the alert."""
        return self.alert.state


def thread_of(alert: Alert) -> str:
    """The incident of an alert, or the alert itself."""
    return alert.incident or alert.key
