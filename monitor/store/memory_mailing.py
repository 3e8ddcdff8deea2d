"""Subscribers and their messages, only as long as the process lives."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.core.publication.bulletins import Bulletin
from monitor.store.mailing import CONFIRMATION, Mailing, Subscriber, is_for


@dataclass(slots=True)
class _Kept:
    """A message and when it was finished with."""

    mailing: Mailing
    finished_at: float | None = None


class MemoryMailing:
    """Subscribers in a dictionary."""

    def __init__(self) -> None:
        self.bulletins: dict[str, Bulletin] = {}
        self._subscribers: dict[int, Subscriber] = {}
        self._mailings: dict[int, _Kept] = {}
        self._ever = 0
        self._mailings_ever = 0

    def publish(self, bulletin: Bulletin, at: float) -> None:
        """Keep what was said, and owe it to everybody whom it concerns."""
        self.bulletins[bulletin.id] = bulletin
        for subscriber in self._subscribers.values():
            if is_for(subscriber, bulletin):
                self._owe(subscriber, bulletin.id, bulletin.latest.id, at)

    async def enrol(self, newcomer: Subscriber, *, again_seconds: float) -> bool:
        """Take in somebody who asked, and owe them the question whether it was they."""
        at = newcomer.asked_at
        found = next((each for each in self._subscribers.values() if _who(each) == _who(newcomer)), None)
        if found is not None and (found.confirmed_at is not None or at < found.asked_at + again_seconds):
            return False
        if found is None:
            self._ever += 1
            found = replace(newcomer, id=self._ever, confirmed_at=None)
        self._subscribers[found.id] = replace(found, asked_at=at)
        self._owe(found, CONFIRMATION, f"{CONFIRMATION} {at!r}", at)
        return True

    async def confirm(self, token: str, at: float) -> Subscriber | None:
        """They said that it was they who asked."""
        found = await self.find(token)
        if found is not None and found.confirmed_at is None:
            self._subscribers[found.id] = replace(found, confirmed_at=at)
        return await self.find(token)

    async def choose(self, token: str, components: Sequence[str]) -> Subscriber | None:
        """They chose what to hear of."""
        found = await self.find(token)
        if found is not None:
            self._subscribers[found.id] = replace(found, components=tuple(components))
        return await self.find(token)

    async def find(self, token: str) -> Subscriber | None:
        """Whose token this is."""
        return next((each for each in self._subscribers.values() if each.token == token), None)

    async def erase(self, subscriber: int) -> bool:
        """Forget somebody, and everything owed to them."""
        self._mailings = {
            number: kept for number, kept in self._mailings.items() if kept.mailing.subscriber.id != subscriber
        }
        return self._subscribers.pop(subscriber, None) is not None

    async def subscribers(self, *, limit: int) -> Sequence[Subscriber]:
        """Those who asked, the latest first."""
        return sorted(self._subscribers.values(), key=lambda each: each.id, reverse=True)[:limit]

    async def tidy(self, *, unconfirmed_before: float, finished_before: float) -> int:
        """Forget who never confirmed, and messages long since sent."""
        self._mailings = {
            number: kept
            for number, kept in self._mailings.items()
            if kept.finished_at is None or kept.finished_at >= finished_before
        }
        late = [
            each.id
            for each in self._subscribers.values()
            if each.confirmed_at is None and each.asked_at < unconfirmed_before
        ]
        for number in late:
            await self.erase(number)
        return len(late)

    async def owed(self, now: float, limit: int) -> Sequence[Mailing]:
        """Messages due by `now`, the oldest first."""
        first: dict[int, Mailing] = {}
        for kept in self._mailings.values():
            if kept.finished_at is None:
                first.setdefault(kept.mailing.subscriber.id, kept.mailing)
        due = [
            replace(mailing, subscriber=self._subscribers[number])
            for number, mailing in first.items()
            if mailing.due_at <= now
        ]
        return sorted(due, key=lambda mailing: mailing.id)[:limit]

    async def sent(self, mailing: int, at: float) -> None:
        """It was taken."""
        self._finish(mailing, at)

    async def postponed(self, mailing: int, due_at: float) -> None:
        """It was not taken; try again at `due_at`."""
        if kept := self._mailings.get(mailing):
            kept.mailing = replace(kept.mailing, due_at=due_at, attempts=kept.mailing.attempts + 1)

    async def abandoned(self, mailing: int, at: float) -> None:
        """It will never be taken."""
        self._finish(mailing, at)

    async def bulletin(self, name: str) -> Bulletin | None:
        """What was said."""
        return self.bulletins.get(name)

    async def counts(self) -> Mapping[tuple[str, bool], int]:
        """Subscribers by kind and whether they confirmed."""
        return Counter((each.kind, each.confirmed_at is not None) for each in self._subscribers.values())

    def _finish(self, mailing: int, at: float) -> None:
        if kept := self._mailings.get(mailing):
            kept.finished_at = at

    def _owe(self, subscriber: Subscriber, bulletin: str, said: str, at: float) -> None:
        known = (kept.mailing for kept in self._mailings.values())
        if any(each.subscriber.id == subscriber.id and each.said == said for each in known):
            return
        self._mailings_ever += 1
        self._mailings[self._mailings_ever] = _Kept(
            Mailing(self._mailings_ever, subscriber, bulletin, said, at, at, attempts=0)
        )


def _who(subscriber: Subscriber) -> tuple[str, str, str]:
    return subscriber.kind, subscriber.address, subscriber.tenant
