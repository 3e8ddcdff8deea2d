"""The way to one receiver."""

import asyncio
import hashlib
import heapq
import math
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import structlog

from monitor.clock import Clock
from monitor.core.decisions import Alert
from monitor.metrics.sources import DeliveryFigures
from monitor.notifiers.protocol import DeliveryError, Notifier, Parcel
from monitor.outbox.backoff import Backoff
from monitor.outbox.repeats import Repeats
from monitor.outbox.settings import OutboxSettings
from monitor.store.protocol import Delivery, Store, StoreError

LOOK_AGAIN_SECONDS = 30.0
"""The store is asked at least this often, for what nobody announced: deliveries owed before a restart."""

KEPT_DIRECT = 64
"""Alerts past the store that are kept, and that are remembered as sent."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Means:
    """What every lane works with. `admit` reduces an alert to what a receiver may know."""

    store: Store
    clock: Clock
    admit: Callable[[str, Alert], Alert]
    firing: Callable[[], Iterable[Alert]]
    settings: OutboxSettings
    chance: random.Random
    figures: DeliveryFigures


class Lane:
    """The way to one receiver: one sending after the other, so that nothing overtakes."""

    def __init__(self, notifier: Notifier, means: Means) -> None:
        self.name = notifier.name
        self.wake = asyncio.Event()
        self._notifier = notifier
        self._means = means
        self._backoff = Backoff(means.settings, means.chance)
        self._repeats = Repeats(means.firing) if notifier.resend_seconds is not None else None
        self._repeat_at = math.inf
        self._dues: list[float] = []
        self._direct: dict[str, Alert] = {}
        self._direct_sent: deque[str] = deque(maxlen=KEPT_DIRECT)
        self._sent_unmarked: set[int] = set()
        self._caught_up = False

    async def run(self) -> None:
        """Send what is owed, then wait for more."""
        if self._repeats is not None:
            self._repeats.begin()
            self._repeat_at = self._means.clock.now()
        while True:
            self.wake.clear()
            await self._send_all()
            await self._means.clock.wait(self.wake, self._next_moment())

    def take_direct(self, alert: Alert) -> None:
        """Have this alert sent without the store."""
        if _words(alert) in self._direct_sent:
            return
        if len(self._direct) >= KEPT_DIRECT:
            self._direct.pop(next(iter(self._direct)))
        self._direct[_words(alert)] = alert
        self.wake.set()

    def _next_moment(self) -> float:
        now = self._means.clock.now()
        while self._dues and self._dues[0] <= now:
            heapq.heappop(self._dues)
        repeat_at = max(self._repeat_at, self._backoff.until)
        return min(now + LOOK_AGAIN_SECONDS, repeat_at, *self._dues[:1])

    async def _send_all(self) -> None:
        await self._attempt(self._send_direct)
        await self._attempt(self._send_owed)
        if self._means.clock.now() >= self._repeat_at:
            await self._attempt(self._send_repeats)

    async def _attempt(self, send: Callable[[], Awaitable[None]]) -> None:
        """Send something, unless the receiver wants to be left alone; a store that fails stops nothing else."""
        if not self._backoff.over(self._means.clock.now()):
            return
        try:
            await send()
        except DeliveryError as error:
            log.warning("receiver_refuses", receiver=self.name, error=str(error))
        except StoreError as error:
            log.warning("outbox_without_store", receiver=self.name, error=str(error))

    async def _send_direct(self) -> None:
        for words, alert in list(self._direct.items()):
            try:
                await self._send([alert], _digest("direct", words))
            except DeliveryError as error:
                if error.retryable:
                    raise
                self._count_abandoned(alert, error)
            del self._direct[words]
            self._direct_sent.append(words)

    async def _send_owed(self) -> None:
        means = self._means
        # When to try what is left from before the start was said by another life, and perhaps by a clock set since.
        until = means.clock.now() if self._caught_up else math.inf
        try:
            while owed := await means.store.owed(self.name, until, means.settings.parcel_alerts):
                for _, step in groupby(owed, key=lambda delivery: delivery.owed_at):
                    await self._deliver(list(step))
            self._caught_up = True
        finally:
            await self._note_oldest()

    async def _deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Send what one step owes and mark it. Raises DeliveryError if the receiver wants nothing for now."""
        unsent = [delivery for delivery in deliveries if not self._was_sent(delivery)]
        if unsent:
            key = _digest(*(delivery.idempotency_key for delivery in unsent))
            try:
                await self._send([delivery.alert for delivery in unsent], key)
            except DeliveryError as error:
                if error.retryable:
                    await self._postpone(unsent, error)
                    raise
                await self._part(unsent, error)
                return
        self._sent_unmarked.update(delivery.id for delivery in unsent)
        for delivery in deliveries:
            await self._means.store.delivered(delivery.id, self._means.clock.now())
            self._sent_unmarked.discard(delivery.id)

    def _was_sent(self, delivery: Delivery) -> bool:
        return delivery.id in self._sent_unmarked or _words(delivery.alert) in self._direct_sent

    async def _part(self, deliveries: Sequence[Delivery], error: DeliveryError) -> None:
        """One alert that is refused for good must not take the others of its step with it."""
        if len(deliveries) > 1:
            for delivery in deliveries:
                await self._deliver([delivery])
            return
        self._count_abandoned(deliveries[0].alert, error)
        await self._means.store.abandoned(deliveries[0].id, self._means.clock.now(), str(error))

    async def _postpone(self, deliveries: Sequence[Delivery], error: DeliveryError) -> None:
        now = self._means.clock.now()
        due_at = max(self._backoff.until, now + self._backoff.delay(1 + max(each.attempts for each in deliveries)))
        heapq.heappush(self._dues, due_at)
        for delivery in deliveries:
            if now - delivery.owed_at >= self._means.settings.give_up_hours * 3600:
                self._count_abandoned(delivery.alert, error)
                await self._means.store.abandoned(delivery.id, now, f"given up: {error}")
            else:
                await self._means.store.postponed(delivery.id, due_at, str(error))

    async def _send_repeats(self) -> None:
        now = self._means.clock.now()
        self._repeat_at = now + (self._notifier.resend_seconds or math.inf)
        again = self._repeats.due(now) if self._repeats is not None else []
        most = self._means.settings.parcel_alerts
        for start in range(0, len(again), most):
            part = again[start : start + most]
            await self._send(part, _digest("again", repr(now), *map(_words, part)))

    async def _send(self, alerts: Sequence[Alert], key: str) -> None:
        """The one place where something is sent. Raises DeliveryError, also for what nobody foresaw."""
        began = self._means.clock.now()
        try:
            parcel = Parcel([self._means.admit(self.name, alert) for alert in alerts], key)
            await self._notifier.send(parcel)
        except DeliveryError as error:
            if error.retryable:
                self._means.figures.attempts[self.name, "failed"] += 1
                heapq.heappush(self._dues, self._backoff.failed(self._means.clock.now()))
            raise
        except Exception as error:
            log.exception("alert_not_sendable", receiver=self.name)
            raise DeliveryError(f"{type(error).__name__}: {error}", retryable=False) from error
        finally:
            self._means.figures.duration[self.name].observe(self._means.clock.now() - began)
        self._means.figures.attempts[self.name, "delivered"] += 1
        self._backoff.succeeded()
        if self._repeats is not None:
            self._repeats.told(alerts, self._means.clock.now())

    def _count_abandoned(self, alert: Alert, error: DeliveryError) -> None:
        self._means.figures.attempts[self.name, "abandoned"] += 1
        log.error("alert_abandoned", receiver=self.name, alert=alert.key, state=alert.state, error=str(error))

    async def _note_oldest(self) -> None:
        oldest = (await self._means.store.oldest_owed()).get(self.name)
        if oldest is None:
            self._means.figures.oldest_owed_at.pop(self.name, None)
        else:
            self._means.figures.oldest_owed_at[self.name] = oldest


def _words(alert: Alert) -> str:
    """What an alert says, as far as a repeat says the same."""
    return f"{alert.key} {alert.state} {alert.starts_at!r}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
