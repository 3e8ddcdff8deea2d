"""What people do with devices that are well: food by hand, plans that change, holidays, open windows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from monitor.core.settings import Section
from monitor.devices.schedule import Meal, Period
from simulators.devices import speech
from simulators.devices.device import SimulatedDevice
from simulators.devices.feeder import PORTION_GRAMS, Feeder
from simulators.devices.thermostat import Thermostat
from simulators.durations import DAY_SECONDS, Span
from simulators.network import Share

if TYPE_CHECKING:
    from simulators.world import World

_HOUR_SECONDS = 3600.0
_AWAKE_HOURS = (7.0, 22.0)
_STEP_MINUTES = 5
_LARGEST_MOVE_MINUTES = 120
_SOONEST_MINUTES = 10
"""A plan is changed well before a meal falls due, or after it came: whoever is about to feed by hand does so."""
_APART_MINUTES = 60
_DAY_MINUTES = 1440
_TRIES = 20
_TRY_AGAIN_SECONDS = 600.0
_TREAT = "treat"
_SHORTEST_AIRING_SECONDS = 300.0


class PeopleSpec(Section):
    """`[people]`: what is done on a day, as shares of the feeders or rooms."""

    hand_feedings: Annotated[Share, Field(description="feeders that give a portion by their button")] = 0.15
    plan_edits: Annotated[Share, Field(description="feeders with a meal moved, a treat added or taken out again")] = (
        0.05
    )
    holidays: Annotated[Share, Field(description="feeders whose plan is switched off for a holiday")] = 0.01
    holiday: Annotated[Span, Field(description="mean length of a holiday")] = 2 * DAY_SECONDS
    airings: Annotated[Share, Field(description="rooms that are aired")] = 0.5
    airing: Annotated[Span, Field(description="the longest time that a window stays open")] = 900.0
    steady_rooms: Annotated[Share, Field(description="rooms that are kept at one temperature day and night")] = 0.2
    steady_celsius: Annotated[float, Field(ge=5, le=30)] = 20.0


NOBODY = PeopleSpec(hand_feedings=0, plan_edits=0, holidays=0, airings=0, steady_rooms=0)


class People:
    """Draws what people do, one day after the other."""

    def __init__(self, world: "World", spec: PeopleSpec) -> None:
        self._world, self._spec, self._chance = world, spec, world.chance

    def begin(self) -> None:
        """Choose the rooms that are kept at one temperature, and draw the first day."""
        if self._spec == NOBODY:
            return
        for device in self._world.population:
            room = device.thermostat
            if room is not None and self._chance.random() < self._spec.steady_rooms:
                always = Period(minute=0, heating_setpoint_celsius=self._spec.steady_celsius)
                room.schedule = replace(room.schedule, periods=(always,))
                room.temperature = self._spec.steady_celsius
        self._draw_day(self._world.start)

    def _draw_day(self, day: float) -> None:
        spec, chance, plan = self._spec, self._chance.random, self._world.plan
        for device in self._world.population:
            if device.feeder is not None and device.feeds:
                if chance() < spec.hand_feedings:
                    plan(self._awake(day), partial(self._feed, device, device.feeder))
                if chance() < spec.plan_edits:
                    plan(self._awake(day), partial(self._edit, device, device.feeder))
                if chance() < spec.holidays:
                    plan(self._awake(day), partial(self._switch, device, device.feeder, on=False))
            elif device.thermostat is not None and chance() < spec.airings:
                plan(self._awake(day), partial(self._air, device.thermostat))
        plan(day + DAY_SECONDS, partial(self._draw_day, day + DAY_SECONDS))

    def _feed(self, device: SimulatedDevice, feeder: Feeder) -> None:
        """Somebody presses the button; nobody does while the animal is away with them."""
        if not device.dark and feeder.schedule.enabled:
            fed = feeder.feed_by_hand(float(int(self._world.now)))
            if fed is not None:
                self._world.presence.tell(device, fed)

    def _edit(self, device: SimulatedDevice, feeder: Feeder) -> None:
        if feeder.schedule.enabled and device.heard:
            meals = self._edited(feeder)
            if meals is not None:
                self._write(device, feeder, meals=meals)

    def _switch(self, device: SimulatedDevice, feeder: Feeder, *, on: bool) -> None:
        """The plan goes off for a holiday, and on again when people are back."""
        if feeder.schedule.enabled is on:
            return
        if not device.heard:
            self._world.plan(self._world.now + _TRY_AGAIN_SECONDS, partial(self._switch, device, feeder, on=on))
            return
        self._write(device, feeder, enabled=on)
        if not on:
            back = self._world.now + self._spec.holiday * self._chance.uniform(0.5, 1.5)
            self._world.plan(back, partial(self._switch, device, feeder, on=True))

    def _write(self, device: SimulatedDevice, feeder: Feeder, **changes: object) -> None:
        """The app writes a plan to the feeder, which states it."""
        world = self._world
        following = replace(feeder.schedule, revision=feeder.schedule.revision + 1, **changes)  # type: ignore[arg-type]
        feeder.rewrite(following, world.now)
        stated = speech.plan(device, world.presence.arrival(device))
        if stated is not None:
            world.broker.publish(stated)
        world.households.follow(device, feeder)

    def _edited(self, feeder: Feeder) -> tuple[Meal, ...] | None:
        """The meals after a change that takes none away from the animal today and gives none twice; None if none is."""
        meals = feeder.schedule.meals
        if any(meal.plan_id == _TREAT for meal in meals):
            return tuple(meal for meal in meals if meal.plan_id != _TREAT)
        now = datetime.fromtimestamp(self._world.now, feeder.zone)
        past = now.hour * 60 + now.minute
        if self._chance.random() < 0.5:  # noqa: PLR2004 -- a treat is as likely as a move
            free = [minute for minute in _grid() if _apart(minute, meals)]
            treat = Meal(plan_id=_TREAT, minute=self._chance.choice(free), portions=1, grams=PORTION_GRAMS)
            return (*meals, treat)
        for _ in range(_TRIES):
            meal = self._chance.choice(meals)
            move = self._chance.randrange(-_LARGEST_MOVE_MINUTES, _LARGEST_MOVE_MINUTES + 1, _STEP_MINUTES)
            minute = meal.minute + move
            others = tuple(other for other in meals if other is not meal)
            both_past = max(meal.minute, minute) < past - _SOONEST_MINUTES
            both_ahead = min(meal.minute, minute) > past + _SOONEST_MINUTES
            if move and 0 <= minute < _DAY_MINUTES and (both_past or both_ahead) and _apart(minute, others):
                return (*others, replace(meal, minute=minute))
        return None

    def _air(self, room: Thermostat) -> None:
        self._set_window(room, is_open=True)
        shut = self._world.now + self._chance.uniform(_SHORTEST_AIRING_SECONDS, self._spec.airing)
        self._world.plan(shut, partial(self._set_window, room, is_open=False))

    def _set_window(self, room: Thermostat, *, is_open: bool) -> None:
        room.advance(self._world.now)
        room.window_open = is_open

    def _awake(self, day: float) -> float:
        """A moment of this day, counted from `day`, at which people are up (UTC)."""
        first, last = _AWAKE_HOURS
        moment = day - day % DAY_SECONDS + self._chance.uniform(first, last) * _HOUR_SECONDS
        return moment if moment >= day else moment + DAY_SECONDS


def _grid() -> Iterator[int]:
    return iter(range(8 * 60, 21 * 60, _STEP_MINUTES))


def _apart(minute: int, meals: tuple[Meal, ...]) -> bool:
    return all(abs(minute - meal.minute) >= _APART_MINUTES for meal in meals)
