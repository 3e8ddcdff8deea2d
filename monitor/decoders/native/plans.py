"""`schedule`: the plan that a feeder or thermostat follows. Taken whole or not at all: half a plan starves somebody.

Example: `fleet/v1/acme/feeder-1/schedule` with
`{"rev":12,"enabled":true,"tz":"Europe/Vienna","meals":[{"plan_id":"breakfast","time":"07:00","portions":2}]}`.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from monitor.core.observations import ScheduleDeclared
from monitor.decoders.native.events import Grams, Portions
from monitor.decoders.native.fields import Code, Part, Payload, Whole, Zone
from monitor.decoders.protocol import Message
from monitor.devices.schedule import DAYS, Day, Meal, Period, Schedule, minute_of_day

LONGEST_PLAN = 64

Setpoint = Annotated[float, Field(ge=-20, le=60)]
Days = Annotated[list[Day], Field(max_length=len(DAYS))]


def _minute(time: object) -> int:
    minute = minute_of_day(time) if isinstance(time, str) else None
    if minute is None:
        raise ValueError('not a time of day as "07:30"')
    return minute


Minute = Annotated[int, BeforeValidator(_minute)]
"""Minutes from midnight, "HH:MM" in a payload."""


class MealPart(Part):
    """One planned meal."""

    plan_id: Code
    time: Minute
    days: Days | None = None
    portions: Portions | None = None
    grams: Grams | None = None
    enabled: bool | None = None

    def meal(self) -> Meal:
        """The meal as a plan holds it."""
        return Meal(
            self.plan_id,
            self.time,
            _days(self.days),
            self.portions,
            self.grams,
            enabled=self.enabled is not False,
        )


class PeriodPart(Part):
    """One thermostat period."""

    time: Minute
    days: Days | None = None
    heating_setpoint_c: Setpoint | None = None
    cooling_setpoint_c: Setpoint | None = None

    def period(self) -> Period:
        """The period as a plan holds it."""
        return Period(self.time, _days(self.days), self.heating_setpoint_c, self.cooling_setpoint_c)


def _each_once(meals: list[MealPart]) -> list[MealPart]:
    if len({meal.plan_id for meal in meals}) < len(meals):
        raise ValueError("two meals share a plan_id")
    return meals


class SchedulePayload(Payload):
    """A whole plan at one revision."""

    parts: ClassVar[tuple[str, ...]] = ("meals", "periods")

    rev: Whole
    enabled: bool
    held_by: Literal["device", "cloud"] | None = None
    basis: Literal["local", "utc"] | None = None
    tz: Zone | None = None
    meals: Annotated[list[MealPart], Field(max_length=LONGEST_PLAN), AfterValidator(_each_once)] | None = None
    periods: Annotated[list[PeriodPart], Field(max_length=LONGEST_PLAN)] | None = None


def read_schedule(said: SchedulePayload, device: str, message: Message) -> ScheduleDeclared:
    """What a schedule message says."""
    schedule = Schedule(
        revision=said.rev,
        enabled=said.enabled,
        held_by=said.held_by or "device",
        basis=said.basis or "local",
        timezone=said.tz or "",
        meals=tuple(part.meal() for part in said.meals or ()),
        periods=tuple(part.period() for part in said.periods or ()),
    )
    return ScheduleDeclared(device, message.received_at, schedule, retained=message.retained)


def _days(days: list[Day] | None) -> tuple[Day, ...]:
    """In the order of the week; none stated means every day."""
    return tuple(day for day in DAYS if day in days) if days else DAYS
