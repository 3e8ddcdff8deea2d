"""The way to one receiver."""

import asyncio
import contextlib
import hashlib
import heapq
import math
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from monitor.clock import Clock
from monitor.core.decisions import Alert, Incident
from monitor.core.routing import Delivery, Routing
from monitor.core.routing.queue import Present, settle
from monitor.metrics.sources import DeliveryFigures
from monitor.notifiers.protocol import DeliveryError, Notifier, Parcel
from monitor.outbox.backoff import Backoff
from monitor.outbox.repeats import Repeats
from monitor.outbox.settings import OutboxSettings
from monitor.store.protocol import Store, StoreError

LOOK_AGAIN_SECONDS = 30.0
"""The store is asked at least this often, for what nobody announced: deliveries owed before a restart."""

KEPT_DIRECT = 64
"""Alerts past the store that are kept, and that are remembered as sent."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What deliveries are told about the present. `admit` reduces an alert to what a receiver may know.

    `standing` says why nobody need be reminded of an alert: "over", "acknowledged" or "silenced"; empty if they must.
    """

    admit: Callable[[str, Alert], Alert]
    firing: Callable[[], Iterable[Alert]]
    incident: Callable[[str], Incident | None] = lambda _: None
    standing: Callable[[Alert], str] = lambda _: ""
    watchdog: Callable[[], Alert] | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """What every lane works with."""

    store: Store
    clock: Clock
    routing: Routing
    known: Knowledge
    settings: OutboxSettings
    chance: random.Random
    figures: DeliveryFigures


class Lane:
    """The way to one receiver: one sending after the other, so that nothing overtakes."""

    def __init__(self, notifier: Notifier, means: Means, *, watchdog_seconds: float | None = None) -> None:
        self.name = notifier.name
        self.wake = asyncio.Event()
        self._notifier = notifier
        self._means = means
        self._addressee = means.routing.receivers[self.name]
        self._backoff = Backoff(means.settings, means.chance)
        self._repeats = Repeats(self._firing) if notifier.resend_seconds is not None else None
        self._repeat_at = math.inf
        self._watchdog_seconds = watchdog_seconds
        self._watchdog_at = math.inf if watchdog_seconds is None else means.clock.now()
        self._began_at = means.clock.now()
        self._next_due_at = math.inf
        self._dues: list[float] = []
        self._direct: dict[str, Alert] = {}
        self._direct_sent: deque[str] = deque(maxlen=KEPT_DIRECT)
        self._tried: set[int] = set()
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
        if _words(alert) in self._direct_sent or not self._addressee.may_know(alert):
            return
        if len(self._direct) >= KEPT_DIRECT:
            self._direct.pop(next(iter(self._direct)))
        self._direct[_words(alert)] = alert
        self.wake.set()

    def _next_moment(self) -> float:
        now = self._means.clock.now()
        while self._dues and self._dues[0] <= now:
            heapq.heappop(self._dues)
        moments = (max(moment, self._backoff.until) for moment in (self._repeat_at, self._watchdog_at))
        next_due_at = self._next_due_at if self._next_due_at > now else math.inf
        return min(now + LOOK_AGAIN_SECONDS, next_due_at, *moments, *self._dues[:1])

    async def _send_all(self) -> None:
        await self._attempt(self._send_direct)
        await self._attempt(self._send_owed)
        if self._means.clock.now() >= self._repeat_at:
            await self._attempt(self._send_repeats)
        if self._means.clock.now() >= self._watchdog_at:
            await self._attempt(self._send_watchdog)

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
        try:
            while await self._send_some():
                pass
            self._caught_up = True
        finally:
            await self._note_debts()

    async def _send_some(self) -> bool:
        """Send what may leave now, and call off what need not; whether there was anything."""
        means, now = self._means, self._means.clock.now()
        # When to try what is left from before the start was said by another life, and perhaps by a clock set since.
        again = not self._caught_up
        most = means.settings.parcel_alerts
        owed = await means.store.owed(self.name, now, most, again=again)
        present = Present(now, self._began_at, again, frozenset(self._tried), self._unwanted)
        parcels, ended = settle(owed, present)
        if ended:
            await means.store.cancelled(ended, now)
            log.info(
                "deliveries_called_off", receiver=self.name, reasons=sorted(set(ended.values())), number=len(ended)
            )
        # One at a time, so that after a crash the same parcel is made again, under the same key.
        if parcels:
            await self._deliver(parcels[0][:most])
        return bool(parcels or ended)

    def _unwanted(self, delivery: Delivery) -> str:
        return self._means.known.standing(delivery.alert)

    def _firing(self) -> Iterable[Alert]:
        return (alert for alert in self._means.known.firing() if self._addressee.may_know(alert))

    async def _deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Send one parcel and mark it. Raises DeliveryError if the receiver wants nothing for now."""
        unsent = [delivery for delivery in deliveries if not self._was_sent(delivery)]
        if unsent:
            await self._begin(unsent)
            key = _digest(*(delivery.idempotency_key for delivery in unsent))
            try:
                await self._send([delivery.alert for delivery in unsent], key, unsent)
            except DeliveryError as error:
                if error.retryable:
                    await self._postpone(unsent, error)
                    raise
                await self._part(unsent, error)
                return
        self._sent_unmarked.update(delivery.id for delivery in unsent)
        now, ids = self._means.clock.now(), [delivery.id for delivery in deliveries]
        # All at once: what is sent again after a crash must be the same parcel, since it carries the same key.
        await self._means.store.delivered({each.id: self._remind_at(each, now) for each in deliveries}, now)
        self._sent_unmarked.difference_update(ids)
        self._tried.difference_update(ids)

    async def _begin(self, deliveries: Sequence[Delivery]) -> None:
        """Remember that these may have been told, on disk too: after a crash they must not be called off."""
        self._tried.update(delivery.id for delivery in deliveries)
        new = [delivery.id for delivery in deliveries if delivery.bundle and not delivery.begun]
        if new:
            # A disk that is full must not keep people from being told.
            with contextlib.suppress(StoreError):
                await self._means.store.begun(new)

    def _remind_at(self, delivery: Delivery, now: float) -> float | None:
        alert, known = delivery.alert, self._means.known
        if delivery.reason == "test" or known.standing(alert):
            return None
        return self._means.routing.reminder(alert, self.name, now, known.incident(alert.incident))

    def _was_sent(self, delivery: Delivery) -> bool:
        return delivery.id in self._sent_unmarked or _words(delivery.alert) in self._direct_sent

    async def _part(self, deliveries: Sequence[Delivery], error: DeliveryError) -> None:
        """One alert that is refused for good must not take the others of its step with it."""
        if len(deliveries) > 1:
            for delivery in deliveries:
                await self._deliver([delivery])
            return
        await self._abandon(deliveries[0], str(error), error)

    async def _abandon(self, delivery: Delivery, reason: str, error: DeliveryError) -> None:
        await self._means.store.abandoned(delivery.id, self._means.clock.now(), reason)
        self._tried.discard(delivery.id)
        self._count_abandoned(delivery.alert, error)

    async def _postpone(self, deliveries: Sequence[Delivery], error: DeliveryError) -> None:
        now = self._means.clock.now()
        due_at = max(self._backoff.until, now + self._backoff.delay(1 + max(each.attempts for each in deliveries)))
        heapq.heappush(self._dues, due_at)
        for delivery in deliveries:
            if now - delivery.wanted_at >= self._means.settings.give_up_hours * 3600:
                await self._abandon(delivery, f"given up: {error}", error)
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

    async def _send_watchdog(self) -> None:
        now = self._means.clock.now()
        self._watchdog_at = now + (self._watchdog_seconds or math.inf)
        if self._means.known.watchdog is not None:
            await self._send([self._means.known.watchdog()], _digest("watchdog", repr(now)))

    async def _send(self, alerts: Sequence[Alert], key: str, deliveries: Sequence[Delivery] = ()) -> None:
        """The one place where something is sent, with the deliveries that the alerts are, if they are any.

        Raises DeliveryError, also for what nobody foresaw.
        """
        figures, began = self._means.figures, self._means.clock.now()
        try:
            admitted = [self._admitted(alert) for alert in alerts]
            await self._notifier.send(_parcel(admitted, key, deliveries))
        except DeliveryError as error:
            figures.last_error[self.name] = (self._means.clock.now(), str(error))
            if error.retryable:
                figures.attempts[self.name, "failed"] += 1
                heapq.heappush(self._dues, self._backoff.failed(self._means.clock.now()))
            raise
        except Exception as error:
            log.exception("alert_not_sendable", receiver=self.name)
            figures.last_error[self.name] = (self._means.clock.now(), type(error).__name__)
            raise DeliveryError(f"{type(error).__name__}: {error}", retryable=False) from error
        finally:
            figures.duration[self.name].observe(self._means.clock.now() - began)
        figures.attempts[self.name, "delivered"] += 1
        figures.last_success_at[self.name] = self._means.clock.now()
        self._backoff.succeeded()
        if self._repeats is not None:
            self._repeats.told(alerts, self._means.clock.now())

    def _admitted(self, alert: Alert) -> Alert:
        """The alert as the receiver may see it; routing saw to it already that it is one of its tenant's."""
        if not self._addressee.may_know(alert):
            raise DeliveryError("it concerns another tenant than the receiver is bound to", retryable=False)
        return self._means.known.admit(self.name, alert)

    def _count_abandoned(self, alert: Alert, error: DeliveryError) -> None:
        self._means.figures.attempts[self.name, "abandoned"] += 1
        log.error("alert_abandoned", receiver=self.name, alert=alert.key, state=alert.state, error=str(error))

    async def _note_debts(self) -> None:
        figures, store = self._means.figures, self._means.store
        debt = (await store.debts(self._means.clock.now())).get(self.name)
        figures.owed[self.name] = debt.owed if debt else 0
        figures.dead[self.name] = (await store.dead_count()).get(self.name, 0)
        self._next_due_at = math.inf if debt is None or debt.next_due_at is None else debt.next_due_at
        if debt is None or debt.overdue_since is None:
            figures.oldest_owed_at.pop(self.name, None)
        else:
            figures.oldest_owed_at[self.name] = debt.overdue_since


def _parcel(alerts: Sequence[Alert], key: str, deliveries: Sequence[Delivery]) -> Parcel:
    if not deliveries:
        return Parcel(alerts, key)
    keys = {alert.key: delivery.idempotency_key for alert, delivery in zip(alerts, deliveries, strict=True)}
    return Parcel(alerts, key, deliveries[0].reason, deliveries[0].bundle, keys)


def _words(alert: Alert) -> str:
    """What an alert says, as far as a repeat says the same."""
    return f"{alert.key} {alert.state} {alert.starts_at!r}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
