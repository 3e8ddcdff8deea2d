"""Sends what is owed to subscribers, at least once, each message to one of them."""

import asyncio
import random
from collections.abc import Mapping

import structlog

from monitor.clock import Clock
from monitor.core.publication.bulletins import Bulletin, Update
from monitor.metrics.public import MailFigures
from monitor.retrying import delay_after
from monitor.store.mailing import CONFIRMATION, Mailing, MailingList
from monitor.store.protocol import StoreError
from monitor.subscribers.carrier import Carrier, Fate
from monitor.subscribers.messages import Letterhead, hook, mail
from monitor.subscribers.settings import SubscriberSettings

AT_ONCE = 50
LOOK_AGAIN_SECONDS = 30.0
TIDY_SECONDS = 600.0
KEPT_FINISHED_SECONDS = 86_400.0
"""So long it is remembered that a message was sent, against sending it twice."""
HOUR_SECONDS = 3600.0

log = structlog.get_logger()


class Mailroom:
    """One worker for all of them. What is taken is marked after it was taken, so a crash sends it again."""

    def __init__(
        self,
        *,
        mailing: MailingList,
        clock: Clock,
        carriers: Mapping[str, Carrier],
        head: Letterhead,
        settings: SubscriberSettings,
        chance: random.Random | None = None,
    ) -> None:
        self.figures = MailFigures()
        self._mailing = mailing
        self._clock = clock
        self._carriers = carriers
        self._head = head
        self._settings = settings
        self._chance = chance or random.Random()  # noqa: S311 -- spreads retries, keeps no secret
        self._wake = asyncio.Event()
        self._closed: dict[str, tuple[float, int]] = {}
        """By kind, until when its way is left alone, and how often in a row it was closed."""
        self._tidied_at = -TIDY_SECONDS

    def wake(self) -> None:
        """Say that something may be owed."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._wake.clear()
            try:
                await self._tidy()
                await self._send_all()
            except StoreError as error:
                log.warning("mailroom_without_store", error=str(error))
            finally:
                for carrier in self._carriers.values():
                    await carrier.rest()
            await self._clock.wait(self._wake, self._clock.now() + LOOK_AGAIN_SECONDS)

    async def _tidy(self) -> None:
        now = self._clock.now()
        if now >= self._tidied_at + TIDY_SECONDS:
            self._tidied_at = now
            forgotten = await self._mailing.tidy(
                unconfirmed_before=now - self._settings.confirm_hours * HOUR_SECONDS,
                finished_before=now - KEPT_FINISHED_SECONDS,
            )
            if forgotten:
                log.info("unconfirmed_subscribers_erased", number=forgotten)
        self.figures.subscribers = await self._mailing.counts()

    async def _send_all(self) -> None:
        while owed := await self._mailing.owed(self._clock.now(), AT_ONCE):
            for mailing in owed:
                await self._settle(mailing, await self._send(mailing))

    async def _send(self, mailing: Mailing) -> Fate:
        kind = mailing.subscriber.kind
        carrier = self._carriers.get(kind)
        until, _ = self._closed.get(kind, (0.0, 0))
        if carrier is None or self._clock.now() < until:
            return "closed"
        said = await self._said(mailing)
        if said is None and mailing.bulletin != CONFIRMATION:
            return "never"
        word = mail if kind == "email" else hook
        return await carrier.send(word(mailing, said, self._head, self._clock.now()))

    async def _said(self, mailing: Mailing) -> tuple[Bulletin, Update] | None:
        """What is to be told, if it is for this subscriber: who it is for is looked at once more before it leaves."""
        if mailing.bulletin == CONFIRMATION:
            return None
        bulletin = await self._mailing.bulletin(mailing.bulletin)
        if bulletin is None or bulletin.audience not in ("", mailing.subscriber.tenant):
            return None
        return next(((bulletin, update) for update in bulletin.updates if update.id == mailing.said), None)

    async def _settle(self, mailing: Mailing, fate: Fate) -> None:
        now, kind = self._clock.now(), mailing.subscriber.kind
        if fate == "sent":
            self._closed.pop(kind, None)
            self.figures.messages[kind, "sent"] += 1
            await self._mailing.sent(mailing.id, now)
            return
        given_up = now - mailing.owed_at >= self._settings.give_up_hours * HOUR_SECONDS
        if fate == "never" or given_up:
            self.figures.messages[kind, "abandoned"] += 1
            log.warning("message_abandoned", subscriber=mailing.subscriber.id, kind=kind, attempts=mailing.attempts)
            await self._mailing.abandoned(mailing.id, now)
            return
        self.figures.messages[kind, "failed"] += 1
        due_at = self._close(kind, now) if fate == "closed" else now + self._delay(mailing.attempts)
        await self._mailing.postponed(mailing.id, due_at)

    def _close(self, kind: str, now: float) -> float:
        """Leave a whole way alone for a while, longer each time; until when."""
        until, times = self._closed.get(kind, (0.0, 0))
        if now >= until:
            until = now + self._delay(times)
            self._closed[kind] = until, times + 1
        return until

    def _delay(self, failures: int) -> float:
        settings = self._settings
        return delay_after(failures + 1, settings.first_retry_seconds, settings.longest_retry_seconds, self._chance)
