"""Takes people in and lets them go."""

import hashlib
import re
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog

from monitor.clock import Clock
from monitor.store.mailing import MailingList, Subscriber, SubscriberKind
from monitor.subscribers.mailroom import Mailroom
from monitor.subscribers.settings import SubscriberSettings
from monitor.web.public.state import Seat

LONGEST_ADDRESS = 254
TOKEN_BYTES = 24
KEPT_CLIENTS = 10_000
HOUR_SECONDS = 3600.0
MINUTE_SECONDS = 60.0
MOST_LISTED = 10_000
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Listed:
    """A subscriber as operators see them: the address is told only as far as it takes to know it again."""

    id: int
    kind: str
    address: str
    tenant: str
    components: tuple[str, ...]
    confirmed: bool
    asked_at: float


class SubscriberDesk:
    """Where people ask to be told. Whether somebody is subscribed is never told to whoever asks."""

    def __init__(self, mailing: MailingList, mailroom: Mailroom, clock: Clock, settings: SubscriberSettings) -> None:
        self._mailing = mailing
        self._mailroom = mailroom
        self._clock = clock
        self._settings = settings
        self._salt = secrets.token_bytes(16)
        self._asked: deque[float] = deque(maxlen=settings.sign_ups_per_hour)
        self._clients: dict[bytes, deque[float]] = {}

    async def sign_up(self, address: str, components: Sequence[str], *, client: str) -> str:
        """Somebody asks for messages to an e-mail address; why not, empty if the question is on its way."""
        if wrong := _objection("email", address):
            return wrong
        if not self._may_ask(client):
            self._mailroom.figures.refused += 1
            return "Too many ask at once; please try again in an hour, or read the feed."
        await self._enrol("email", address, "", components)
        return ""

    async def add(self, kind: SubscriberKind, address: str, tenant: str, components: Sequence[str]) -> str:
        """An operator asks for somebody, who still has to confirm; why not, empty if the question is on its way."""
        if wrong := _objection(kind, address):
            return wrong
        taken = await self._enrol(kind, address, tenant, components)
        return "" if taken else "this address is subscribed already, or was asked a short while ago"

    async def confirm(self, token: str) -> Seat | None:
        """It was they who asked."""
        found = await self._mailing.confirm(token, self._clock.now())
        if found is not None:
            log.info("subscriber_confirmed", subscriber=found.id, kind=found.kind)
            self._mailroom.wake()
        return _seat(found)

    async def seat(self, token: str) -> Seat | None:
        """What they hear of."""
        return _seat(await self._mailing.find(token))

    async def choose(self, token: str, components: Sequence[str]) -> Seat | None:
        """They want to hear of these from now on."""
        return _seat(await self._mailing.choose(token, components))

    async def leave(self, token: str) -> bool:
        """They are forgotten."""
        found = await self._mailing.find(token)
        return found is not None and await self.remove(found.id)

    async def remove(self, subscriber: int) -> bool:
        """Forget somebody by their number."""
        erased = await self._mailing.erase(subscriber)
        if erased:
            log.info("subscriber_erased", subscriber=subscriber)
            self._mailroom.wake()
        return erased

    async def listed(self, address: str = "") -> list[Listed]:
        """Who is subscribed; those with exactly this address, if one is given."""
        found = await self._mailing.subscribers(limit=MOST_LISTED)
        wanted = _canonical("email", address) if "://" not in address else address
        return [
            Listed(
                each.id, each.kind, masked(each.address), each.tenant, each.components,
                each.confirmed_at is not None, each.asked_at,
            )
            for each in found
            if not address or each.address == wanted
        ]  # fmt: skip

    async def _enrol(self, kind: SubscriberKind, address: str, tenant: str, components: Sequence[str]) -> bool:
        newcomer = Subscriber(
            id=0,
            kind=kind,
            address=_canonical(kind, address),
            token=secrets.token_urlsafe(TOKEN_BYTES),
            asked_at=self._clock.now(),
            tenant=tenant,
            components=tuple(components),
        )
        taken = await self._mailing.enrol(newcomer, again_seconds=self._settings.again_minutes * MINUTE_SECONDS)
        if taken:
            self._mailroom.wake()
        return taken

    def _may_ask(self, client: str) -> bool:
        """Whether this network address may ask once more. Addresses are kept for an hour, and only as digests."""
        now = self._clock.now()
        digest = hashlib.blake2b(client.encode(), key=self._salt, digest_size=16).digest()
        self._clients = {each: asked for each, asked in self._clients.items() if asked[-1] > now - HOUR_SECONDS}
        own = self._clients.get(digest) or deque(maxlen=self._settings.sign_ups_per_client)
        if _is_full(own, now) or _is_full(self._asked, now) or len(self._clients) >= KEPT_CLIENTS:
            return False
        own.append(now)
        self._asked.append(now)
        self._clients[digest] = own
        return True


def masked(address: str) -> str:
    """As much of an address as it takes to know it again."""
    if "://" in address:
        return f"{urlsplit(address).scheme}://{urlsplit(address).hostname}/…"
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _is_full(asked: deque[float], now: float) -> bool:
    return len(asked) == asked.maxlen and asked[0] > now - HOUR_SECONDS


def _objection(kind: SubscriberKind, address: str) -> str:
    return _OBJECTIONS[kind](address.strip())


def _objection_to_mail(address: str) -> str:
    if len(address) > LONGEST_ADDRESS or not _MAIL.fullmatch(address):
        return "This is no e-mail address; it must look like name@example.org."
    return ""


def _objection_to_hook(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username is not None:
        return "This is no address for a webhook; it must look like https://example.org/hook, without a password in it."
    return ""


_OBJECTIONS: dict[SubscriberKind, Callable[[str], str]] = {"email": _objection_to_mail, "webhook": _objection_to_hook}


def _canonical(kind: SubscriberKind, address: str) -> str:
    address = address.strip()
    if kind == "webhook":
        return address
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def _seat(found: Subscriber | None) -> Seat | None:
    return None if found is None else Seat(found.kind, found.components, found.confirmed_at is not None)
