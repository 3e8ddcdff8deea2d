"""An outbox at work in virtual time, with a store and receivers that fail on demand."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterable, Sequence

from monitor.clock import VirtualClock
from monitor.core.decisions import Alert
from monitor.notifiers.protocol import DeliveryError
from monitor.outbox import Knowledge, Outbox, OutboxSettings
from monitor.store.memory import MemoryStore
from monitor.store.protocol import Delivery, StoreError
from tests.alerts import NOON, FakeReceiver, a_step

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

    async def delivered(self, delivery: int, at: float, *, remind_at: float | None = None) -> None:
        if self.stuck:
            await asyncio.Event().wait()
        self._complain()
        await super().delivered(delivery, at, remind_at=remind_at)

    async def owed(self, receiver: str, now: float, limit: int, *, again: bool = False) -> Sequence[Delivery]:
        if self.full and receiver == "unreadable":
            raise StoreError("database disk image is malformed")
        return await super().owed(receiver, now, limit, again=again)

    def _complain(self) -> None:
        if self.full:
            raise StoreError("disk is full")


class Desk:
    """An outbox at work, with what a test needs to steer it."""

    def __init__(self, *receivers: str, resend_seconds: float | None = None) -> None:
        self.clock = CountingClock(NOON)
        self.store = FragileStore()
        self.receivers = [FakeReceiver(name, self.clock, resend_seconds=resend_seconds) for name in receivers]
        self.firing: dict[str, Alert] = {}
        self.settings = OutboxSettings()
        self.outbox = self._outbox()

    def _outbox(self) -> Outbox:
        return Outbox(
            self.store,
            self.clock,
            self.receivers,
            known=Knowledge(lambda _receiver, alert: alert, self.firing.values),
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
        await self.store.commit(a_step(self.clock.now(), *alerts, receivers=self.outbox.receivers))

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        await self.clock.advance_to(self.clock.now() + seconds)

    def attempts(self, outcome: str, receiver: str = "pager") -> int:
        """The counter of one outcome."""
        return self.outbox.figures.attempts[receiver, outcome]
