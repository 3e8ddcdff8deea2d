"""An outbox at work in virtual time, with a store and receivers that fail on demand."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

from monitor.clock import VirtualClock
from monitor.core.alerts import watchdog
from monitor.core.decisions import Alert, AlertOwed
from monitor.core.routing import Routing
from monitor.notifiers.protocol import DeliveryError
from monitor.outbox import Knowledge, Outbox, OutboxSettings
from monitor.store.memory import MemoryStore
from monitor.store.protocol import Delivery, Step, StoreError
from tests.alerts import NOON, FakeReceiver

DOWN = DeliveryError("answered 500", retryable=True)
HOUR = 3600.0


class CountingClock(VirtualClock):
    """Counts how often somebody waits, so that a loop that never rests is seen."""

    def __init__(self, start: float) -> None:
        super().__init__(start)
        self.waits = 0

    async def wait(self, event: asyncio.Event | None, until: float | None) -> bool:
        self.waits += 1
        return await super().wait(event, until)


class FragileStore(MemoryStore):
    """A store whose disk can fill up, and that can stop just before it marks something delivered."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False
        self.stuck = False

    async def delivered(self, deliveries: Mapping[int, float | None], at: float) -> None:
        if self.stuck:
            await asyncio.Event().wait()
        self._complain()
        await super().delivered(deliveries, at)

    async def owed(self, receiver: str, now: float, limit: int, *, again: bool = False) -> Sequence[Delivery]:
        if self.full and receiver == "unreadable":
            raise StoreError("database disk image is malformed")
        return await super().owed(receiver, now, limit, again=again)

    def _complain(self) -> None:
        if self.full:
            raise StoreError("disk is full")


class Desk:
    """An outbox at work, with what a test needs to steer it."""

    def __init__(
        self,
        *receivers: str,
        resend_seconds: float | None = None,
        routing: Routing | None = None,
        watchdogs: Mapping[str, float] | None = None,
    ) -> None:
        self.clock = CountingClock(NOON)
        self.store = FragileStore()
        self.receivers = [FakeReceiver(name, self.clock, resend_seconds=resend_seconds) for name in receivers]
        self.firing: dict[str, Alert] = {}
        self.acknowledged: set[str] = set()
        """Keys of alerts that somebody took on."""
        self.settings = OutboxSettings()
        self.routing = routing
        self.watchdogs = watchdogs
        self.outbox = self._outbox()

    def _outbox(self) -> Outbox:
        return Outbox(
            self.store,
            self.clock,
            self.receivers,
            known=Knowledge(
                lambda _receiver, alert: alert,
                self.firing.values,
                standing=self._standing,
                watchdog=lambda: watchdog(NOON, ""),
            ),
            routing=self.routing,
            watchdogs=self.watchdogs,
            settings=self.settings,
            chance=random.Random(7),
        )

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[FakeReceiver]:
        """Run an outbox as after a start of the program; leaving is like a crash."""
        self.outbox = self._outbox()
        running = asyncio.create_task(self.outbox.run())
        await self.wait(0)
        try:
            yield self.receivers[0]
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    async def owe(self, *alerts: Alert) -> None:
        """Commit a step that owes these alerts, as the runtime does."""
        await self.commit(alerts)
        self.outbox.wake()
        await self.wait(0)

    async def commit(self, alerts: Iterable[Alert]) -> None:
        """Commit without announcing it."""
        for alert in alerts:
            self.firing.pop(alert.key, None)
            if alert.state == "firing":
                self.firing[alert.key] = alert
        decisions = [AlertOwed(self.clock.now(), alert) for alert in alerts]
        await self.store.commit(Step(self.clock.now(), decisions, letters=self.outbox.letters(decisions, {})))

    def _standing(self, alert: Alert) -> str:
        if alert.key not in self.firing:
            return "over"
        return "acknowledged" if alert.key in self.acknowledged else ""

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        await self.clock.advance_to(self.clock.now() + seconds)

    def attempts(self, outcome: str, receiver: str = "pager") -> int:
        """The counter of one outcome."""
        return self.outbox.figures.attempts[receiver, outcome]
