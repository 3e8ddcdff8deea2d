"""One line of the ledger: that something left, never what it said."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Purpose = Literal["alert", "check-in", "probe", "customer-mail", "customer-webhook", "upkeep"]
"""Why something left; `upkeep` is what the ledger says about itself."""
Outcome = Literal["sent", "accepted", "refused", "failed", "withheld", ""]
"""`sent`: it left, and what became of it is told by a later line or by nobody; `failed`: no answer came; `withheld`: it
was announced but did not leave."""

FOLLOW_UP = "outcome"
"""The remark of a line that only tells what became of a sending."""
BEFORE_THE_FIRST = bytes(32)
"""What the first line of a chain follows."""


@dataclass(frozen=True, slots=True)
class Line:
    """Who got how much of what kind, when and why. Names of fields only; there is no place for a value.

    `sending` is the same in all lines about one sending. `tenants` and `fields` are sorted. `remark` is upkeep's.
    """

    at_ms: int
    sending: str
    receiver: str
    purpose: Purpose
    outcome: Outcome
    tenants: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    size: int = 0
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """A place in the chain: the number of a line and its link, which speaks for all lines before it."""

    number: int
    link: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.link.hex()}"

    @classmethod
    def parse(cls, text: str) -> "Seal":
        """Read what `str` wrote. Raises ValueError."""
        number, colon, digits = text.partition(":")
        seal = cls(int(number), bytes.fromhex(digits))
        if not colon or len(seal.link) != len(BEFORE_THE_FIRST):
            raise ValueError(f"{text} is no place in a chain")
        return seal


def link(before: bytes, number: int, line: Line) -> bytes:
    """The seal of a line: depends on all that it says, on its place and on every line before it."""
    facts = [number, line.at_ms, line.sending, line.receiver, line.purpose, line.outcome]
    facts += [list(line.tenants), list(line.fields), line.size, line.remark]
    text = json.dumps(facts, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(before + text.encode()).digest()


def names(given: str | Iterable[str]) -> tuple[str, ...]:
    """Sorted distinct names without the empty one; a single name may be given as it is."""
    return tuple(sorted({given} if isinstance(given, str) else set(given) - {""})) if given else ()
