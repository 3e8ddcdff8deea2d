"""Worker: the one loop. Read, decide, commit, wait.

A step is committed before anything of it is told to anybody, and what the broker keeps for us is acknowledged after
that. While the store fails, the step is kept and tried again, nothing more is read, and the alert about it goes out
past the store.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from monitor.chronicle import log_decision
from monitor.clock import Clock
from monitor.core.decisions import (
    AlertOwed,
    Decision,
    DeviceForgotten,
    DeviceRecorded,
    IncidentChanged,
    IncidentLogged,
    MealSettled,
    StatusChanged,
    SuspicionChanged,
    WelfareChanged,
)
from monitor.core.engine import Engine
from monitor.core.observations import Flooding, Observation, SightChanged
from monitor.core.publication.bulletins import BulletinChanged, ConditionChanged, DraftChanged
from monitor.core.upkeep import PAST_THE_STORE
from monitor.intake import Intake
from monitor.metrics.meter import StepMeter
from monitor.mqtt.inbox import Batch
from monitor.outbox import Outbox
from monitor.store.protocol import Step, Store, StoreError

LONGEST_WAIT_SECONDS = 1.0
STORE_RETRY_SECONDS = 1.0
TRIES_PER_LOG_LINE = 60
ROWS_PER_STEP = 5000
KEPT_SET_ASIDE = 20

Record = Callable[[Sequence[Observation]], None]
"""Takes what the engine is about to be given, for a trace that can be replayed."""

log = structlog.get_logger()


class Source(Protocol):
    """Where messages come from: the broker, or a test."""

    async def take(self, limit: int, until: float | None) -> Batch:
        """What was read, in order; waits for something or for the moment `until`."""
        ...

    def acknowledge(self, batch: Batch) -> None:
        """What was taken is safe."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How much at a time and how often; `record` sees every observation."""

    batch_messages: int
    snapshot_seconds: float
    record: Record | None = None
    heed: Callable[[Sequence[Decision]], None] | None = None
    """Sees what was decided, once it is on disk."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """An observation that the engine could not take; it is reported and never tried again."""

    at: float
    kind: str
    device: str
    error: str


class Runtime:
    """Feeds the engine and makes its decisions safe."""

    def __init__(
        self,
        engine: Engine,
        source: Source,
        intake: Intake,
        store: Store,
        outbox: Outbox,
        clock: Clock,
        pace: Pace,
    ) -> None:
        self.meter = StepMeter()
        self.store_writable = True
        self.set_aside: deque[SetAside] = deque(maxlen=KEPT_SET_ASIDE)
        self.crashes: Counter[str] = Counter()
        self._engine = engine
        self._source = source
        self._intake = intake
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self._pace = pace
        self._snapshot_at = clock.now() + pace.snapshot_seconds
        self._told: deque[Observation] = deque()
        self._waiting: list[asyncio.Event] = []
        self._flooding: set[str] = set()

    def tell(self, observation: Observation) -> None:
        """Hand in an observation that does not come from the broker: an operator's, a scrape."""
        self._told.append(observation)

    async def carry_out(self, observation: Observation, seconds: float) -> bool:
        """Hand in an observation and wait until what follows from it is on disk; False if that takes longer."""
        done = asyncio.Event()
        self.tell(observation)
        self._waiting.append(done)
        return await self._clock.wait(done, self._clock.now() + seconds)

    async def begin(self, decisions: Sequence[Decision]) -> None:
        """Commit what restoring decided."""
        await self._commit(list(decisions))

    async def run(self) -> None:
        """Go on until cancelled, then save what was heard."""
        try:
            while True:
                await self._step()
        finally:
            await self._save_last()

    async def _step(self) -> None:
        now = self._clock.now()
        wanted = self._engine.next_deadline()
        until = min(now + LONGEST_WAIT_SECONDS, wanted if wanted is not None else now + LONGEST_WAIT_SECONDS)
        batch = await self._source.take(self._pace.batch_messages, until)
        began = self._clock.now()
        observations = self._intake.read(batch.items)
        observations += self._floods(began)
        while self._told:
            observations.append(self._told.popleft())
        answered, self._waiting = self._waiting, []
        if self._pace.record is not None:
            self._pace.record(observations)
        for sample in self._intake.take_news():
            log.warning(
                "message_set_aside",
                reason=sample.reason,
                device=sample.device,
                dialect=sample.dialect,
                detail=sample.detail,
            )
        decisions = self._decide(observations)
        await self._commit(decisions)
        for done in answered:
            done.set()
        self._source.acknowledge(batch)
        await self._snapshot_if_due()
        self.meter.record(self._clock.now(), self._clock.now() - began, decisions, self._engine.fleet)

    def _floods(self, at: float) -> list[Observation]:
        dropped = self._intake.flooding()
        if dropped.keys() == self._flooding:
            return []
        begun = [
            Flooding(device, at, on=True, dropped=dropped[device]) for device in sorted(dropped.keys() - self._flooding)
        ]
        ended = [Flooding(device, at, on=False) for device in sorted(self._flooding - dropped.keys())]
        self._flooding = set(dropped)
        return [*begun, *ended]

    def _decide(self, observations: Sequence[Observation]) -> list[Decision]:
        decisions: list[Decision] = []
        for observation in observations:
            try:
                decisions += self._engine.observe(observation)
            except Exception as error:
                log.exception("observation_set_aside", kind=type(observation).__name__)
                self._put_aside(observation, error)
        decisions += self._engine.wake(self._clock.now())
        return decisions

    def _put_aside(self, observation: Observation, error: Exception) -> None:
        kind = type(observation).__name__
        device = getattr(observation, "device", "")
        self.crashes[kind] += 1
        self.set_aside.append(SetAside(observation.at, kind, device, type(error).__name__))

    async def _commit(self, decisions: list[Decision]) -> None:
        if not decisions:
            return
        step = Step(
            at=self._engine.horizon,
            decisions=decisions,
            devices=self._engine.rows(_devices_in(decisions)),
            engine=self._engine.save() if any(isinstance(each, WEIGHTY) for each in decisions) else None,
            letters=self._outbox.letters(decisions, self._engine.desk.open),
        )
        await self._write(step)
        if any(isinstance(decision, AlertOwed) for decision in decisions):
            self._outbox.wake()
        for decision in decisions:
            log_decision(decision)
        if self._pace.heed is not None:
            self._pace.heed(decisions)

    async def _write(self, step: Step) -> None:
        """Write until it is written; while that fails the monitor is blind, and says so past the store."""
        try:
            await self._store.commit(step)
        except StoreError as error:
            await self._write_in_the_end(step, error)

    async def _write_in_the_end(self, step: Step, error: StoreError) -> None:
        self.store_writable = False
        log.error("store_failing", error=str(error))
        failed = SightChanged(self._clock.now(), blind=True, cause="store", detail=str(error))
        meanwhile = self._past_the_store(self._engine.observe(failed))
        tries = 0
        while not await self._committed(step):
            tries += 1
            if tries % TRIES_PER_LOG_LINE == 0:
                log.warning("store_still_failing", tries=tries)
            meanwhile += self._past_the_store(self._engine.wake(self._clock.now()))
        self.store_writable = True
        log.info("store_writable_again")
        works = SightChanged(self._clock.now(), blind=False, cause="store")
        meanwhile += self._past_the_store(self._engine.observe(works))
        await self._write(Step(at=self._engine.horizon, decisions=[each for each in meanwhile if _went_past(each)]))
        await self._commit([each for each in meanwhile if not _went_past(each)])

    async def _committed(self, step: Step) -> bool:
        await self._clock.wait(None, self._clock.now() + STORE_RETRY_SECONDS)
        try:
            await self._store.commit(step)
        except StoreError:
            return False
        return True

    def _past_the_store(self, decisions: list[Decision]) -> list[Decision]:
        """Send at once what cannot wait for the disk."""
        for decision in decisions:
            if isinstance(decision, AlertOwed) and _went_past(decision):
                log_decision(decision)
                self._outbox.direct(decision.alert)
        return decisions

    async def _snapshot_if_due(self) -> None:
        now = self._clock.now()
        if now < self._snapshot_at or self._engine.sight.blind:
            return
        devices = self._engine.take_unsaved(ROWS_PER_STEP)
        await self._write(Step(at=self._engine.horizon, devices=self._engine.rows(devices), engine=self._engine.save()))
        if len(devices) < ROWS_PER_STEP:
            self._snapshot_at = now + self._pace.snapshot_seconds

    async def _save_last(self) -> None:
        """A last snapshot, so that a planned stop costs no knowledge; if the store fails now, the last one stands."""
        try:
            while devices := self._engine.take_unsaved(ROWS_PER_STEP):
                rows = self._engine.rows(devices)
                await self._store.commit(Step(at=self._engine.horizon, devices=rows, engine=self._engine.save()))
        except (StoreError, asyncio.CancelledError) as error:
            log.warning("last_snapshot_not_saved", error=str(error) or "cancelled")


def _went_past(decision: Decision) -> bool:
    return isinstance(decision, AlertOwed) and decision.alert.name in PAST_THE_STORE


WEIGHTY = (
    AlertOwed,
    IncidentChanged,
    IncidentLogged,
    SuspicionChanged,
    BulletinChanged,
    ConditionChanged,
    DraftChanged,
)
"""Decisions after which the engine's own state is saved with them, so that a crash cannot tear them apart."""


ABOUT_A_DEVICE = (StatusChanged, DeviceRecorded, MealSettled, WelfareChanged)
"""Decisions with which the device's own row is saved."""


def _devices_in(decisions: Sequence[Decision]) -> list[str]:
    named = {d.device for d in decisions if isinstance(d, ABOUT_A_DEVICE)}
    return sorted(named - {d.device for d in decisions if isinstance(d, DeviceForgotten)})
