"""`event`: what happened at the device, once, kept in its buffer until delivered.

Example: `fleet/v1/acme/feeder-1/event` with `{"event_id":"e-17","type":"feed.completed","plan_id":"breakfast"}`.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from monitor.core.observations import DeviceEvent
from monitor.decoders.native.fields import Code, Moment, Payload, seconds
from monitor.decoders.protocol import Message
from monitor.devices.events import (
    Booted,
    ClockSynced,
    FaultChanged,
    Feeding,
    FeedOutcome,
    FeedSource,
    Happening,
    PowerChanged,
    ScheduleLost,
)

Portions = Annotated[int, Field(ge=0, le=1000)]
Grams = Annotated[float, Field(ge=0, le=20_000)]

LARGEST_CLOCK_OFFSET_MS = 4e12


class EventPayload(Payload):
    """What every event carries."""

    event_id: Code
    ts: Moment | None = None
    replayed: bool | None = None


class FeedEnded(EventPayload):
    """A feeding ended, well or badly."""

    outcomes: ClassVar[dict[str, FeedOutcome]] = {
        "feed.completed": "completed",
        "feed.partial": "partial",
        "feed.failed": "failed",
        "feed.skipped": "skipped",
    }

    type: Literal["feed.completed", "feed.partial", "feed.failed", "feed.skipped"]
    plan_id: Code | None = None
    planned_ts: Moment | None = None
    source: FeedSource | None = None
    portions_expected: Portions | None = None
    portions_actual: Portions | None = None
    grams_expected: Grams | None = None
    grams_actual: Grams | None = None
    reason: Literal["jam", "hopper_empty", "motor_stall", "low_battery", "lid_open", "unknown"] | None = None

    def happening(self) -> Happening:
        """The feeding; one that names a plan was by schedule, one that names nothing was by hand."""
        by_plan = self.plan_id is not None or self.planned_ts is not None
        return Feeding(
            outcome=self.outcomes[self.type],
            source=self.source or ("schedule" if by_plan else "manual"),
            plan_id=self.plan_id or "",
            planned_at=seconds(self.planned_ts),
            portions_expected=self.portions_expected,
            portions_actual=self.portions_actual,
            grams_expected=self.grams_expected,
            grams_actual=self.grams_actual,
            reason=self.reason or "",
        )


class PowerSwitched(EventPayload):
    """Mains power was lost or came back."""

    type: Literal["power.lost", "power.restored"]

    def happening(self) -> Happening:
        """Whether there is mains power now."""
        return PowerChanged(mains=self.type == "power.restored")


class Boot(EventPayload):
    """The device started."""

    type: Literal["boot"]
    cause: Code | None = None

    def happening(self) -> Happening:
        """The start and its cause."""
        return Booted(self.cause or "")


class ClockSet(EventPayload):
    """The device set its clock."""

    type: Literal["clock.synced"]
    offset_ms: Annotated[float, Field(ge=-LARGEST_CLOCK_OFFSET_MS, le=LARGEST_CLOCK_OFFSET_MS)]

    def happening(self) -> Happening:
        """By how much the clock was wrong."""
        return ClockSynced(self.offset_ms / 1000)


class Fault(EventPayload):
    """A fault was raised or cleared."""

    type: Literal["fault.raised", "fault.cleared"]
    code: Code

    def happening(self) -> Happening:
        """The fault and whether it is there now."""
        return FaultChanged(self.code, raised=self.type == "fault.raised")


class PlanLost(EventPayload):
    """The device no longer knows its plan."""

    type: Literal["schedule.lost"]

    def happening(self) -> Happening:
        """That the plan is gone."""
        return ScheduleLost()


AnyEvent = Annotated[
    FeedEnded | PowerSwitched | Boot | ClockSet | Fault | PlanLost,
    Field(discriminator="type"),
]

EVENT_TYPES = (
    *FeedEnded.outcomes,
    "power.lost",
    "power.restored",
    "boot",
    "clock.synced",
    "fault.raised",
    "fault.cleared",
    "schedule.lost",
)


def read_event(said: AnyEvent, device: str, message: Message) -> DeviceEvent:
    """What an event message says."""
    return DeviceEvent(
        device,
        message.received_at,
        said.event_id,
        said.happening(),
        seconds(said.ts),
        replayed=bool(said.replayed),
    )
