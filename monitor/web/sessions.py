"""Who is logged in: signed cookies that need no memory, so that nobody has to log in again after a restart.

A cookie holds the operator's name, when it ends and a random word, signed with a key made of the token: another token
ends all sessions. Its form secret goes into every form, where no other site can read it.
"""

import base64
import binascii
import hmac
import json
import math
import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass

LONGEST_NAME = 60
KEPT_ENDED = 1000
HOUR_SECONDS = 3600.0
TRIES = 10
TRIES_SECONDS = 60.0
ADDRESSES_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Session:
    """One operator at one browser; `form_secret` proves that a form was sent from our own page."""

    author: str
    ends_at: float
    word: str
    form_secret: str


class Sessions:
    """Begins, reads and ends sessions; without a token there are none."""

    def __init__(self, token: str | None, hours: float) -> None:
        self._key = None if token is None else _mac(token.encode(), "hearthbeat session")
        self._seconds = hours * HOUR_SECONDS
        self._ended: OrderedDict[str, None] = OrderedDict()

    def begin(self, author: str, now: float) -> str:
        """The cookie of a new session. Without a token this is a ValueError."""
        if self._key is None:
            raise ValueError("there is no token to sign with")
        claim = json.dumps([author[:LONGEST_NAME], math.ceil(now + self._seconds), secrets.token_urlsafe(12)])
        body = base64.urlsafe_b64encode(claim.encode()).decode().rstrip("=")
        return f"{body}.{_mac(self._key, body).hex()}"

    def read(self, cookie: str, now: float) -> Session | None:
        """The session that a cookie stands for; None if it is forged, over or ended."""
        body, _, signature = cookie.partition(".")
        if self._key is None or not hmac.compare_digest(_mac(self._key, body).hex().encode(), signature.encode()):
            return None
        try:
            author, ends_at, word = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        except (binascii.Error, UnicodeError, ValueError):
            return None
        if now >= ends_at or word in self._ended:
            return None
        return Session(author, float(ends_at), word, _mac(self._key, f"form {word}").hex())

    def end(self, session: Session) -> None:
        """Log out: the cookie is worth nothing any more, wherever a copy of it may be."""
        self._ended[session.word] = None
        while len(self._ended) > KEPT_ENDED:
            self._ended.popitem(last=False)


class Doorman:
    """Slows down who tries tokens: ten wrong ones in a minute from one address, then none for the rest of it."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def lets_try(self, address: str, now: float) -> bool:
        """Whether this address may try a token now."""
        tries = self._wrong.get(address, ())
        return sum(now - tried < TRIES_SECONDS for tried in tries) < TRIES

    def note_wrong(self, address: str, now: float) -> None:
        """A wrong token came from this address."""
        self._wrong.setdefault(address, deque(maxlen=TRIES)).append(now)
        self._wrong.move_to_end(address)
        while len(self._wrong) > ADDRESSES_KEPT:
            self._wrong.popitem(last=False)


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
