"""The one loop: what is safe before what, and what happens when the disk or the engine fails."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence

from monitor.clock import VirtualClock
from monitor.core.decisions import Alert, Decision, IncidentChanged, StatusChanged
from monitor.core.engine import Engine, EngineSettings
from monitor.core.observations import DeviceInfo, Echo, Heartbeat, LinkChanged, Observation, Scraped
from monitor.core.settings import LimitSettings
from monitor.decoders.native import NativeDecoder
from monitor.devices.profile import Profile
from monitor.intake import Intake
from monitor.mqtt.inbox import Batch, Item, Receipt
from monitor.outbox import Knowledge, Outbox
from monitor.runtime import Pace, Runtime
from monitor.store.memory import MemoryStore
from monitor.store.protocol import Step, StoreError
from tests.alerts import NOON, FakeReceiver

FEEDER = "acme/feeder-1"


class Broker:
    """Hands out what a test put in, and remembers what was acknowledged; one receipt for each batch."""

    def __init__(self, clock: VirtualClock) -> None:
        self.acknowledged: list[int] = []
        self.taken = 0
        self._clock = clock
        self._items: list[Item] = []
        self._filled = asyncio.Event()

    def bring(self, *items: Item) -> None:
        self._items += items
        self._filled.set()

    async def take(self, limit: int, until: float | None) -> Batch:
        await self._clock.wait(self._filled, until)
        items, self._items = self._items[:limit], self._items[limit:]
        if not self._items:
            self._filled.clear()
        if not items:
            return Batch([])
        self.taken += 1
        return Batch(items, [Receipt(1, self.taken)])

    def acknowledge(self, batch: Batch) -> None:
        self.acknowledged += [receipt.packet for receipt in batch.receipts]


class FragileStore(MemoryStore):
    """A store whose disk can fill up."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False
        self.steps: list[Step] = []

    async def commit(self, step: Step) -> None:
        if self.full:
            raise StoreError("the disk is full")
        await super().commit(step)
        self.steps.append(step)


class TrippingEngine(Engine):
    """An engine with a fault: it trips over one kind of observation."""

    def observe(self, observation: Observation) -> list[Decision]:
        if isinstance(observation, Scraped):
            raise KeyError("a fault of ours")
        return super().observe(observation)


class Room:
    """A loop at work in virtual time, with everything around it made of fakes."""

    def __init__(self, engine: type[Engine] = Engine, snapshot_seconds: float = 60.0) -> None:
        self.clock = VirtualClock(NOON)
        self.broker = Broker(self.clock)
        self.store = FragileStore()
        self.engine = engine(EngineSettings(), at=NOON)
        self.people = FakeReceiver("people", self.clock)
        self.outbox = Outbox(
            self.store,
            self.clock,
            [self.people],
            known=Knowledge(lambda _receiver, alert: alert, self._firing),
            chance=random.Random(7),
        )
        limits = LimitSettings()
        intake = Intake([NativeDecoder(limits.payload_bytes)], limits)
        self.heeded: list[Decision] = []
        pace = Pace(limits.batch_messages, snapshot_seconds, heed=self.heeded.extend)
        self.runtime = Runtime(self.engine, self.broker, intake, self.store, self.outbox, self.clock, pace)

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator["Room"]:
        workers = [asyncio.ensure_future(self.runtime.run()), asyncio.ensure_future(self.outbox.run())]
        self.broker.bring(LinkChanged(NOON, up=True), Echo(NOON, sent_at=NOON))
        await self.until(0)
        try:
            yield self
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def until(self, seconds: float) -> None:
        await self.clock.advance_to(NOON + seconds)

    async def watch(self, start: int, end: int, *, beating: bool) -> None:
        """An echo every five seconds, and heartbeats with it or not."""
        for second in range(start, end, 5):
            await self.until(second)
            if beating:
                self.say(second)
            self.broker.bring(Echo(NOON + second, sent_at=NOON + second))
            await self.until(second)

    def say(self, second: int) -> None:
        beat = Heartbeat(FEEDER, NOON + second, boot_id="b1", seq=second // 5, interval_seconds=5.0)
        self.runtime.tell(beat)

    def introduce(self) -> None:
        self.runtime.tell(DeviceInfo(FEEDER, NOON, Profile(kind="feeder", provider="aurora")))

    def _firing(self) -> Sequence[Alert]:
        return list(self.engine.alerts.values())

    @property
    def told(self) -> list[str]:
        return [f"{alert.name} {alert.state}" for _, parcel in self.people.parcels for alert in parcel.alerts]

    @property
    def status(self) -> str:
        return self.engine.fleet.devices[FEEDER].status


async def test_what_the_broker_keeps_for_us_is_acknowledged_after_it_is_on_disk() -> None:
    async with Room().at_work() as room:
        room.introduce()
        room.store.full = True
        room.broker.bring(Echo(NOON + 1, sent_at=NOON + 1))
        await room.until(5)
        before = len(room.broker.acknowledged)
        room.store.full = False
        await room.until(7)
        assert len(room.broker.acknowledged) == before + 1


async def test_while_the_disk_fails_nothing_is_read_and_people_hear_of_it_past_the_disk() -> None:
    async with Room().at_work() as room:
        room.store.full = True
        room.introduce()
        room.broker.bring(Echo(NOON + 1, sent_at=NOON + 1))
        await room.until(2)
        taken = room.broker.taken
        room.broker.bring(Echo(NOON + 3, sent_at=NOON + 3))
        await room.until(600)
        assert room.told == ["StoreFailing firing", "MonitorBlind firing"]
        assert not room.runtime.store_writable
        assert room.broker.taken == taken
        assert "store" in room.engine.blind


async def test_who_heeds_decisions_hears_of_them_once_they_are_on_disk() -> None:
    async with Room().at_work() as room:
        await room.until(1)
        room.heeded.clear()
        room.store.full = True
        room.introduce()
        room.broker.bring(Echo(NOON + 2, sent_at=NOON + 2))
        await room.until(5)
        assert room.heeded == []
        room.store.full = False
        await room.until(8)
        assert {id(each) for each in room.heeded} <= {id(each) for step in room.store.steps for each in step.decisions}
        assert room.heeded != []


async def test_when_the_disk_works_again_that_is_told_recorded_and_sight_returns() -> None:
    async with Room().at_work() as room:
        room.store.full = True
        room.introduce()
        await room.until(60)
        room.broker.bring(Echo(NOON + 60, sent_at=NOON + 60))
        room.store.full = False
        await room.until(65)
        assert room.told == [
            "StoreFailing firing",
            "MonitorBlind firing",
            "StoreFailing resolved",
            "MonitorBlind resolved",
        ]
        assert room.runtime.store_writable
        assert not room.engine.blind
        [record] = [each for each in await room.store.alerts(limit=10) if each.name == "StoreFailing"]
        assert record.state == "resolved"
        assert not await room.store.owed("people", NOON + 65, 10), "it was sent; nothing of it is owed"


async def test_an_hour_without_a_disk_makes_nobody_offline() -> None:
    async with Room().at_work() as room:
        room.introduce()
        await room.watch(5, 60, beating=True)
        room.store.full = True
        room.runtime.tell(DeviceInfo("acme/another", NOON + 60, Profile()))
        await room.until(3660)
        room.store.full = False
        await room.until(3665)
        await room.watch(3665, 3700, beating=True)
        assert room.status == "online"
        assert not [each for step in room.store.steps for each in step.decisions if is_offline(each)]


async def test_a_monitor_that_stood_still_for_an_hour_judges_nobody_and_finds_the_dead_afterwards() -> None:
    room = Room()
    async with room.at_work():
        room.introduce()
        await room.watch(5, 60, beating=True)
        await room.until(3660)
        assert room.status == "online"
        assert "echo" in room.engine.blind
        assert "MonitorBlind firing" in room.told
        await room.watch(3665, 4000, beating=False)
        assert room.status == "offline"
        assert "MonitorBlind resolved" in room.told
        assert room.told.index("MonitorBlind resolved") < room.told.index("DeviceOffline firing")


async def test_an_observation_that_the_engine_trips_over_is_set_aside_and_the_rest_go_on() -> None:
    async with Room(TrippingEngine).at_work() as room:
        room.runtime.tell(Scraped(NOON))
        room.introduce()
        await room.watch(5, 20, beating=True)
        assert room.status == "online"
        assert room.runtime.crashes == {"Scraped": 1}
        assert [(each.kind, each.error) for each in room.runtime.set_aside] == [("Scraped", "KeyError")]


async def test_a_quiet_heartbeat_reaches_the_disk_with_the_next_snapshot_only() -> None:
    async with Room(snapshot_seconds=60.0).at_work() as room:
        room.introduce()
        await room.watch(5, 20, beating=True)
        steps = len(room.store.steps)
        await room.watch(20, 55, beating=True)
        assert len(room.store.steps) == steps
        await room.watch(55, 70, beating=True)
        assert len(room.store.steps) == steps + 1
        [row] = room.store.steps[-1].devices
        assert row["last_seen"] >= NOON + 55


async def test_a_planned_stop_saves_what_was_heard() -> None:
    room = Room()
    async with room.at_work():
        room.introduce()
        await room.watch(5, 30, beating=True)
    saved = await room.store.open()
    assert saved.devices[0]["last_seen"] == NOON + 25


def is_offline(decision: Decision) -> bool:
    """A verdict, on a device or on more."""
    if isinstance(decision, IncidentChanged):
        return decision.incident.kind == "outage"
    return isinstance(decision, StatusChanged) and decision.status == "offline"
