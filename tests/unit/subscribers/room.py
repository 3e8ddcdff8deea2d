"""A mailroom in virtual time, with a carrier that takes, fails or loses messages as told."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator

from monitor.clock import VirtualClock
from monitor.core.publication.bulletins import Bulletin, BulletinChanged, Update
from monitor.store.memory import MemoryStore
from monitor.store.memory_mailing import MemoryMailing
from monitor.store.protocol import Step, StoreError
from monitor.subscribers.carrier import Fate
from monitor.subscribers.mailroom import Mailroom
from monitor.subscribers.messages import Letterhead, Post
from monitor.subscribers.settings import SubscriberSettings
from monitor.subscribers.signing import SubscriberDesk

NOON = 1_700_000_000.0
HEAD = Letterhead(
    name="Whisker & Warmth",
    address="https://status.whisker-and-warmth.example.org/status",
    sender="updates@example.org",
    time_zone="UTC",
    component={"x": "Scheduled feeding (aurora)"}.get,  # type: ignore[arg-type]
    next_update=lambda bulletin: bulletin.latest.at + 1800,
)


class FakeCarrier:
    """Takes messages, or does with them what it is told."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.fate: Fate = "sent"
        self.tried = 0
        self.rested = 0

    async def send(self, post: Post) -> Fate:
        self.tried += 1
        if self.fate == "sent":
            self.posts.append(post)
        return self.fate

    async def rest(self) -> None:
        self.rested += 1


class FragileMailing(MemoryMailing):
    """Subscribers of a store that can fail to write down that a message was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.fails_to_mark = False

    async def sent(self, mailing: int, at: float) -> None:
        if self.fails_to_mark:
            raise StoreError("the disk is full")
        await super().sent(mailing, at)


class Room:
    """A mailroom at work, its desk, and what a monitor would commit."""

    def __init__(self, *, unequipped: bool = False, **settings: object) -> None:
        self.clock = VirtualClock(NOON)
        self.store = MemoryStore()
        self.store.mailing = self.mailing = FragileMailing()
        self.mail = FakeCarrier()
        self.hooks = FakeCarrier()
        self.settings = SubscriberSettings.model_validate(settings)
        self.mailroom = Mailroom(
            mailing=self.store.mailing,
            clock=self.clock,
            carriers={} if unequipped else {"email": self.mail, "webhook": self.hooks},
            head=HEAD,
            settings=self.settings,
            chance=random.Random(7),
        )
        self.desk = SubscriberDesk(self.store.mailing, self.mailroom, self.clock, self.settings)

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator["Room"]:
        worker = asyncio.ensure_future(self.mailroom.run())
        await self.until(0)
        try:
            yield self
        finally:
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)

    async def until(self, seconds: float) -> None:
        await self.clock.advance_to(NOON + seconds)

    async def settle(self) -> None:
        await self.clock.advance_to(self.clock.now())

    async def joined(self, address: str, *, tenant: str = "") -> str:
        """Somebody who asked and confirmed; their token."""
        kind = "webhook" if "://" in address else "email"
        assert await self.desk.add(kind, address, tenant, []) == ""  # type: ignore[arg-type]
        found = (await self.store.mailing.subscribers(limit=1))[0]
        await self.desk.confirm(found.token)
        await self.settle()
        self.mail.posts.clear()
        self.hooks.posts.clear()
        return found.token

    async def publish(
        self, number: int = 1, *, name: str = "b", body: str = "Feed by hand.", audience: str = ""
    ) -> None:
        words = tuple(
            Update(f"{name}-{each}", NOON + each, "investigating", body, {"x": "major_outage"}, "kim")
            for each in range(1, number + 1)
        )
        bulletin = Bulletin(name, "Feeders are out", NOON, words, ("i-1",), audience)
        at = self.clock.now()
        await self.store.commit(Step(at=at, decisions=[BulletinChanged(at, bulletin)]))
        self.mailroom.wake()
        await self.settle()
