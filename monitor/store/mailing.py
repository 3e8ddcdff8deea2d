"""Who asked to hear what the public is told, and what is owed to each of them. What a store must offer for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from monitor.core.publication.bulletins import Bulletin

SubscriberKind = Literal["email", "webhook"]
CONFIRMATION = "confirmation"
"""In place of a bulletin's id: the message that asks whether it was really they who asked."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who asked to be told. Without `components` they are told of everything.

    `tenant` is whose customers they are, empty for the public: they hear what is public, and what is said to that
    tenant's customers alone. `token` is their key to confirming, changing and leaving.
    """

    id: int
    kind: SubscriberKind
    address: str
    token: str
    asked_at: float
    tenant: str = ""
    components: tuple[str, ...] = ()
    confirmed_at: float | None = None


@dataclass(frozen=True, slots=True)
class Mailing:
    """One message owed to one subscriber: the update `said` of a bulletin, or the question for confirmation."""

    id: int
    subscriber: Subscriber
    bulletin: str
    said: str
    owed_at: float
    due_at: float
    attempts: int


def is_for(subscriber: Subscriber, bulletin: Bulletin) -> bool:
    """Whether somebody is to be told of a bulletin. One that names no component concerns everybody."""
    if subscriber.confirmed_at is None or bulletin.audience not in ("", subscriber.tenant):
        return False
    named = bulletin.components
    return not named or not subscriber.components or not set(named).isdisjoint(subscriber.components)


class MailingList(Protocol):
    """Subscribers and what is owed to them. Every method may raise StoreError."""

    async def enrol(self, newcomer: Subscriber, *, again_seconds: float) -> bool:
        """Take in somebody who asked, not yet confirmed, and owe them the question; the `id` given is ignored.

        False, and nothing changed, for whoever is confirmed already or was asked less than `again_seconds` before.
        """
        ...

    async def confirm(self, token: str, at: float) -> Subscriber | None:
        """They said that it was they who asked. None if nobody has this token."""
        ...

    async def choose(self, token: str, components: Sequence[str]) -> Subscriber | None:
        """They chose what to hear of. None if nobody has this token."""
        ...

    async def find(self, token: str) -> Subscriber | None:
        """Whose token this is."""
        ...

    async def erase(self, subscriber: int) -> bool:
        """Forget somebody, and everything owed to them; False if there is nobody of this number."""
        ...

    async def subscribers(self, *, limit: int) -> Sequence[Subscriber]:
        """Those who asked, the latest first."""
        ...

    async def tidy(self, *, unconfirmed_before: float, finished_before: float) -> int:
        """Forget who never confirmed, and messages long since sent; how many subscribers were forgotten."""
        ...

    async def owed(self, now: float, limit: int) -> Sequence[Mailing]:
        """Messages due by `now`, the oldest first; to one subscriber never a later before an earlier one."""
        ...

    async def sent(self, mailing: int, at: float) -> None:
        """It was taken."""
        ...

    async def postponed(self, mailing: int, due_at: float) -> None:
        """It was not taken; try again at `due_at`."""
        ...

    async def abandoned(self, mailing: int, at: float) -> None:
        """It will never be taken."""
        ...

    async def bulletin(self, name: str) -> Bulletin | None:
        """What was said."""
        ...

    async def counts(self) -> Mapping[tuple[str, bool], int]:
        """Subscribers by kind and whether they confirmed."""
        ...
