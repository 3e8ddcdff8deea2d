"""Goes through the whole fleet now and then, in slices, for what its counts do not tell: harm, risk, and meals to come.

A small fleet is gone through whenever somebody looks, a large one at its own pace in the background, so that a page
never waits for a million devices and the loop never stands still.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from monitor.core.fleet import Device
from monitor.core.sentences import AtRisk, Harm
from monitor.core.welfare.care import FeederCare
from monitor.core.welfare.harm import Risk, Toll
from monitor.web.devices import SLICE, rest_seconds
from monitor.web.state import WebState

FRESH_SECONDS = 0.9
RESTS = 3
"""How many times as long as a search a large fleet is left alone after a round: looking at each device is dear."""
HOURS_AHEAD = 8
HOUR_SECONDS = 3600.0
MOST_RISKS = 6
MANY_RISKS = 20_000
RANK_MANY_SECONDS = 300.0
OVERDUE_INTERVALS = 1.5
"""From so many intervals without a word on, a device that an outage covers counts as not reached."""
COUNTED = frozenset({"critical"})
"""The risks that make the headline."""


@dataclass(frozen=True, slots=True)
class MealsDue:
    """The feeders whose next meal falls into one hour, and how many of them nobody can reach now."""

    at: float
    feeders: int
    unreachable: int


@dataclass(frozen=True, slots=True)
class Round:
    """What was seen on the last round."""

    at: float = 0.0
    harm: Mapping[str, Harm] = field(default_factory=dict)
    meals: tuple[MealsDue, ...] = ()
    animals: tuple[Risk, ...] = ()
    rooms: tuple[Risk, ...] = ()
    number_of_animals: int = 0
    number_of_rooms: int = 0
    at_risk: AtRisk = field(default_factory=AtRisk)


class Rounds:
    """Makes the round when it is asked for and the last one is not fresh any more."""

    def __init__(self, state: WebState) -> None:
        self._state = state
        self._last = Round()
        self._began = -1e9
        self._going: asyncio.Task[None] | None = None
        self._ranking: tuple[list[Risk], ...] = ([], [])
        self._ranked_at = -RANK_MANY_SECONDS

    async def latest(self) -> Round:
        """What was seen last; for a small fleet that is now."""
        loop, size = asyncio.get_running_loop(), len(self._state.engine.fleet)
        if self._going is None and loop.time() > self._began + max(FRESH_SECONDS, RESTS * rest_seconds(size)):
            self._began = loop.time()
            self._going = asyncio.create_task(self._go())
        if self._going is not None and size <= SLICE:
            await asyncio.shield(self._going)
        return self._last

    async def finished(self) -> Round:
        """What was seen when the round that is under way is over."""
        if self._going is not None:
            await asyncio.shield(self._going)
        return self._last

    async def _go(self) -> None:
        try:
            self._last = await self._made()
        finally:
            self._going = None

    async def _made(self) -> Round:
        state, now = self._state, self._state.now()
        tally = _Tally(state, now)
        ids = list(state.engine.fleet.devices)
        for first in range(0, len(ids), SLICE):
            for device in map(state.engine.fleet.get, islice(ids, first, first + SLICE)):
                if device is not None:
                    tally.add(device)
            await asyncio.sleep(0)
        animals, rooms = self._ranked(now)
        return Round(
            at=now,
            harm={incident: tally.harm_of(incident) for incident in tally.tolls},
            meals=tuple(tally.meals()),
            animals=tuple(animals[:MOST_RISKS]),
            rooms=tuple(rooms[:MOST_RISKS]),
            number_of_animals=len(animals),
            number_of_rooms=len(rooms),
            at_risk=AtRisk(*(sum(each.severity in COUNTED for each in risks) for risks in (animals, rooms))),
        )

    def _ranked(self, now: float) -> tuple[list[Risk], list[Risk]]:
        """Animals and rooms at risk; very many are ranked only now and then, since that is done in one go."""
        welfare = self._state.welfare
        if welfare is None:
            return [], []
        clock = asyncio.get_running_loop().time()
        if clock >= self._ranked_at + (RANK_MANY_SECONDS if welfare.showing.total() > MANY_RISKS else 0.0):
            found = welfare.risks(now)
            self._ranking = tuple([each for each in found if each.kind == kind] for kind in ("feeder", "thermostat"))
            self._ranked_at = clock
        animals, rooms = self._ranking
        return animals, rooms


class _Tally:
    def __init__(self, state: WebState, now: float) -> None:
        self._state = state
        self._now = now
        self._hour = now // HOUR_SECONDS
        self._due: Counter[int] = Counter()
        self._cut_off: Counter[int] = Counter()
        self._unreachable: dict[str, Counter[str]] = {}
        self.tolls: dict[str, Toll] = {}

    def add(self, device: Device) -> None:
        silent = device.status in ("late", "offline")
        cover, name = self._state.cover(device)
        incident = self._state.engine.incidents.get(name) if cover == "incident" else None
        if incident is not None:
            self.tolls.setdefault(name, Toll()).add(device, incident.started_at, self._now)
            if silent or self._overdue(device):
                self._unreachable.setdefault(name, Counter())[device.profile.kind] += 1
        care = device.welfare
        if isinstance(care, FeederCare):
            hour = int(care.next_at // HOUR_SECONDS - self._hour) if care.next_at < self._now + 86_400 else -1
            if 0 <= hour < HOURS_AHEAD:
                self._due[hour] += 1
                self._cut_off[hour] += silent

    def harm_of(self, incident: str) -> Harm:
        toll = self.tolls[incident]
        unreachable = self._unreachable.get(incident, Counter())
        return Harm(unreachable, toll.fed, toll.unconfirmed, toll.missed, toll.rooms_at_risk)

    def meals(self) -> list[MealsDue]:
        if not self._due:
            return []
        return [
            MealsDue((self._hour + hour) * HOUR_SECONDS, self._due[hour], self._cut_off[hour])
            for hour in range(HOURS_AHEAD)
        ]

    def _overdue(self, device: Device) -> bool:
        return device.interval > 0 and self._now - device.last_seen > OVERDUE_INTERVALS * device.interval
