"""The path echo: a message to ourselves, and what to make of it when it does not come back.

The echo proves that everything which the broker queued for us before it has been read. It is published at QoS 1, since
at QoS 0 it could overtake QoS 1 messages that wait for a place in the broker's window.

Where publishing is forbidden, the next best proof is a question that the broker always answers: to unsubscribe from
a topic that we never subscribed to. The answer comes behind everything that is on its way to us, though not behind
what still waits for a place in that window.
"""

import json
import secrets
from typing import TypeVar

from monitor.core.observations import Echo

Key = TypeVar("Key")

PENDING_KEPT = 1000


class Echoes:
    """Those of one connection: `published` went out, and those that come back are recognised byte by byte.

    The token is new for each connection, so an echo that the broker kept from an earlier one is not ours. `at` and
    `sent_at` are Unix seconds on the monitor's clock.
    """

    def __init__(self, blind_after_seconds: float) -> None:
        self._blind_after = blind_after_seconds
        self._token = secrets.token_hex(8)
        self._number = 0
        self._pending: dict[bytes, float] = {}
        self._returned = False
        self._others = False
        self._questions: dict[int, float] = {}
        self._moved = False

    def make(self, now: float) -> bytes:
        """A new payload to publish."""
        self._number += 1
        payload = json.dumps({"sent_at": now, "session": self._token, "number": self._number}).encode()
        self._pending[payload] = now
        _trim(self._pending)
        return payload

    def read(self, payload: bytes, at: float) -> Echo | None:
        """The echo that a payload on our topic is, or None if it is old, foreign or a duplicate."""
        sent_at = self._pending.get(payload)
        if sent_at is None:
            return None
        for older in [key for key, sent in self._pending.items() if sent <= sent_at]:
            del self._pending[older]
        self._returned = True
        return Echo(at, sent_at)

    def heard(self, *, retained: bool, held: bool) -> None:
        """Another message came; `held` ones take a place in the broker's window until acknowledged."""
        self._others = self._others or (self._number > 0 and not retained)
        self._moved = self._moved or held

    def doubtful(self, now: float, unacknowledged: int) -> bool:
        """Whether our echo should long be here: others came, nothing waits for us, and none of ours ever returned."""
        oldest = next(iter(self._pending.values()), now)
        settled = unacknowledged == 0 and not self._questions
        return not self._returned and self._others and settled and now - oldest > self._blind_after

    def ask(self, packet: int, now: float) -> None:
        """A question went out."""
        self._questions[packet] = now
        _trim(self._questions)
        self._moved = False

    def answer(self, packet: int, at: float) -> Echo | None:
        """The answer to a question came; as good as an echo where those are forbidden."""
        asked = self._questions.pop(packet, None)
        return None if asked is None else Echo(at, asked)

    @property
    def swallowed(self) -> bool:
        """After an answer: whether the broker had nothing more for us when it answered, so that our echo is gone."""
        return not self._returned and not self._moved


def _trim(pending: dict[Key, float]) -> None:
    """Forget the oldest of too many."""
    while len(pending) > PENDING_KEPT:
        del pending[next(iter(pending))]
