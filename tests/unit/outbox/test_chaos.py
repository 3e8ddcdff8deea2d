"""Deliveries under everything that goes wrong at once: nothing owed is lost, and repeats carry their key.

The program dies at every call of the store and of every receiver, before or after it took effect, and starts again.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from monitor.clock import VirtualClock
from monitor.core.decisions import Alert, AlertOwed, Severity
from monitor.core.routing import Addressee, RouteSettings, Routing
from monitor.notifiers.protocol import DeliveryError, Parcel
from monitor.outbox import Knowledge, Outbox, OutboxSettings
from monitor.store.memory import MemoryStore
from monitor.store.protocol import Step, StoreError
from tests.alerts import NOON, an_alert

HOUR = 3600.0
RECEIVERS = ("pager", "mail", "boss")
ROUTES = (
    {"receivers": ["pager"], "severity": ["critical"], "group_wait_seconds": 0, "also_next": True},
    {
        "receivers": ["mail"],
        "group_wait_seconds": 20,
        "remind_seconds": 300,
        "escalate_to": ["boss"],
        "escalate_seconds": 120,
    },
)


class Death(BaseException):
    """The program is killed."""


@dataclass(slots=True)
class World:
    """What outlives the program, and what goes wrong in it."""

    chance: random.Random
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOON))
    store: MemoryStore = field(default_factory=MemoryStore)
    calls: int = 0
    dies_at: frozenset[int] = frozenset()
    disk_full: bool = False
    refusing: set[str] = field(default_factory=set)
    firing: dict[str, Alert] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    owed: dict[str, list[str]] = field(default_factory=dict)
    """What the alerts said over time, by key."""
    parcels: dict[str, list[Parcel]] = field(default_factory=lambda: {name: [] for name in RECEIVERS})

    async def perilous(self, act: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 -- whatever the act gives
        """Do something, unless the program dies just before or just after."""
        before, after = next(self._steps()), next(self._steps())
        await asyncio.sleep(0)
        if before in self.dies_at:
            raise Death
        result = await act()
        if after in self.dies_at:
            raise Death
        return result

    def _steps(self) -> Iterator[int]:
        self.calls += 1
        yield self.calls

    def standing(self, alert: Alert) -> str:
        if alert.key not in self.firing:
            return "over"
        return "acknowledged" if alert.key in self.acknowledged else ""

    def told(self, receiver: str) -> dict[str, list[str]]:
        """What a receiver believes of each alert over time; it drops repeats by their key, as it was promised."""
        found: dict[str, list[str]] = {}
        seen: set[str] = set()
        for parcel in self.parcels[receiver]:
            if parcel.idempotency_key not in seen:
                seen.add(parcel.idempotency_key)
                for alert in parcel.alerts:
                    found.setdefault(alert.key, []).append(alert.state)
        return found


class PerilousStore:
    """The outbox's view of the store: every call may be the last, and the disk may be full."""

    WRITES = frozenset({"begun", "delivered", "postponed", "abandoned", "cancelled", "strand"})

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        act = getattr(self._world.store, name)

        async def perilous(*given: Any, **named: Any) -> Any:  # noqa: ANN401 -- passed on as it comes
            if self._world.disk_full and name in self.WRITES:
                raise StoreError("disk is full")
            return await self._world.perilous(lambda: act(*given, **named))

        return perilous


class PerilousReceiver:
    """Takes parcels; may refuse them, may take them and then fail to say so."""

    resend_seconds: float | None = None

    def __init__(self, name: str, world: World) -> None:
        self.name = name
        self._world = world

    async def send(self, parcel: Parcel) -> None:
        await self._world.perilous(lambda: self._take(parcel))

    async def _take(self, parcel: Parcel) -> None:
        if self.name in self._world.refusing:
            raise DeliveryError("answered 500", retryable=True)
        self._world.parcels[self.name].append(parcel)

    async def try_out(self) -> list[str]:
        return []

    async def aclose(self) -> None: ...


@dataclass(slots=True)
class Life:
    """The program, which is started again whenever it dies."""

    world: World
    outbox: Outbox | None = None
    task: asyncio.Task[None] | None = None
    deaths: int = 0

    def begin(self) -> None:
        world = self.world
        routes = [RouteSettings.model_validate(route) for route in ROUTES]
        self.outbox = Outbox(
            PerilousStore(world),  # type: ignore[arg-type] # every method is passed on
            world.clock,
            [PerilousReceiver(name, world) for name in RECEIVERS],
            known=Knowledge(lambda _, alert: alert, world.firing.values, standing=world.standing),
            routing=Routing([Addressee(name) for name in RECEIVERS], routes),
            settings=OutboxSettings(),
            chance=random.Random(1),
        )
        self.task = asyncio.create_task(self._run(self.outbox))

    async def _run(self, outbox: Outbox) -> None:
        with contextlib.suppress(Death, BaseExceptionGroup):
            await outbox.run()

    async def go_on(self, seconds: float) -> None:
        """Let time pass second by second; what died is started again."""
        until = self.world.clock.now() + seconds
        while self.world.clock.now() < until:
            await self.world.clock.advance_to(min(until, self.world.clock.now() + 20))
            if self.task is not None and self.task.done():
                self.deaths += 1
                self.begin()

    async def restart(self, clock: VirtualClock) -> None:
        """Stop, have the clock set, begin anew."""
        await self.end()
        self.world.clock = clock
        self.begin()

    async def end(self) -> None:
        assert self.task is not None
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task

    async def decide(self, *alerts: Alert) -> None:
        """A step of the engine: committed, then announced."""
        assert self.outbox is not None
        at = self.world.clock.now()
        for alert in alerts:
            self.world.owed.setdefault(alert.key, []).append(alert.state)
            self.world.firing.pop(alert.key, None)
            if alert.state == "firing":
                self.world.firing[alert.key] = alert
        decisions = [AlertOwed(at, alert) for alert in alerts]
        await self.world.store.commit(Step(at, decisions, letters=self.outbox.letters(decisions, {})))
        self.outbox.wake()


def nothing_is_lost(world: World, told_all: Sequence[str] = ("mail",)) -> None:
    """What must hold for every receiver when all is quiet again."""
    for receiver in RECEIVERS:
        told = world.told(receiver)
        for key, states in told.items():
            # A reminder may say again what was said; an end is said once, and after it something new.
            assert states[0] == "firing", f"{receiver} heard of the end of {key} before it heard of it"
            assert "resolved resolved" not in " ".join(states), f"{receiver} heard twice that {key} is over"
            assert states[-1] == world.owed[key][-1] or key in world.acknowledged, (
                f"{receiver} believes {key} {states[-1]}"
            )
            assert states[-1] == "resolved" or key in world.firing, f"{receiver} never hears of the end of {key}"
        _repeats_carry_their_key(world.parcels[receiver])
    for receiver in told_all:
        for key in world.firing:
            assert key in world.told(receiver), f"{receiver} never heard of {key}"


def _repeats_carry_their_key(parcels: Sequence[Parcel]) -> None:
    contents: dict[str, list[tuple[str, str]]] = {}
    for parcel in parcels:
        said: list[tuple[str, str]] = [(alert.key, alert.state) for alert in parcel.alerts]
        assert contents.setdefault(parcel.idempotency_key, said) == said, "one key, two contents"


async def a_busy_hour(life: Life) -> None:
    """Single alerts, a storm, one over before it is told, an end, words that change, an acknowledgement."""
    world = life.world
    critical = an_alert("jam", name="FeederJammed", severity="critical")
    await life.decide(critical, an_alert("one"))
    await life.go_on(5)
    await life.decide(*(an_alert(f"storm-{number}") for number in range(4)))
    await life.decide(an_alert("brief"))
    await life.go_on(5)
    await life.decide(over(an_alert("brief"), world))
    await life.go_on(30)
    await life.decide(replace(an_alert("one"), annotations={"summary": "it got worse"}))
    world.acknowledged.add(an_alert("storm-1").key)
    await life.go_on(200)
    await life.decide(over(critical, world), over(an_alert("storm-0"), world))
    await life.go_on(60)
    await life.decide(critical)
    await life.go_on(400)
    await life.decide(over(an_alert("one"), world))
    await life.go_on(200)


def over(alert: Alert, world: World) -> Alert:
    return replace(alert, state="resolved", ends_at=world.clock.now())


async def lived(dies_at: frozenset[int]) -> tuple[World, int]:
    """A busy hour of a program that dies at these calls."""
    life = Life(World(random.Random(0), dies_at=dies_at))
    life.begin()
    await a_busy_hour(life)
    await life.go_on(120)
    await life.end()
    return life.world, life.deaths


@pytest.mark.slow
async def test_a_death_at_any_call_loses_nothing_and_a_repeat_carries_its_key() -> None:
    undisturbed, _ = await lived(frozenset())
    nothing_is_lost(undisturbed)
    expected = {receiver: undisturbed.told(receiver).keys() for receiver in RECEIVERS}
    repeats: Counter[str] = Counter()
    for moment in range(1, undisturbed.calls, 9):
        world, deaths = await lived(frozenset({moment}))
        assert deaths == 1
        nothing_is_lost(world)
        for receiver in RECEIVERS:
            assert world.told(receiver).keys() >= expected[receiver] - {an_alert("brief").key}
            keys = [parcel.idempotency_key for parcel in world.parcels[receiver]]
            repeats[receiver] += len(keys) - len(set(keys))
    assert sum(repeats.values()) > 0, "no death came between sending and marking"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
async def test_deaths_refusals_a_full_disk_and_a_clock_that_jumps_together_lose_nothing(seed: int) -> None:
    chance = random.Random(seed)
    world = World(chance, dies_at=frozenset(chance.sample(range(1, 400), 25)))
    life = Life(world)
    life.begin()
    fires: dict[str, Alert] = {}
    for _ in itertools.repeat(None, 40):
        await _something_happens(life, fires, chance)
        await life.go_on(chance.choice([5, 20, 60, 200]))
    world.refusing.clear()
    world.disk_full = False
    await life.go_on(HOUR)
    await life.end()
    assert life.deaths > 3
    nothing_is_lost(world)


async def _something_happens(life: Life, fires: dict[str, Alert], chance: random.Random) -> None:
    world = life.world
    match chance.randrange(8):
        case 0:
            world.refusing = set(chance.sample(RECEIVERS, chance.randrange(3)))
        case 1:
            world.disk_full = True
            await life.go_on(60)
            world.disk_full = False
        case 2:
            jump = chance.choice([-HOUR, -60.0, 60.0, HOUR])
            await life.restart(VirtualClock(world.clock.now() + jump))
        case 3 if fires:
            world.acknowledged.add(chance.choice(sorted(fires)))
        case 4 | 5 if fires:
            gone = chance.sample(sorted(fires), min(len(fires), chance.randrange(1, 4)))
            await life.decide(*(over(fires.pop(key), world) for key in gone))
        case _:
            severities: tuple[Severity, ...] = ("critical", "warning", "info")
            names = chance.sample(range(12), 3)
            new = [an_alert(f"f-{name}", severity=severities[name % 3]) for name in names]
            fires.update({alert.key: alert for alert in new})
            await life.decide(*new)
