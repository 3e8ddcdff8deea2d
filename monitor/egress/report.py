"""Who was sent which fields, how often: what the ledger tells when it is added up."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from monitor.egress.audit import lines, reading
from monitor.egress.ledger import LedgerError
from monitor.egress.lines import FOLLOW_UP, Line


@dataclass(frozen=True, slots=True)
class Question:
    """What to add up: everything, or what left since a moment (Unix seconds), to a receiver, about a tenant."""

    since: float = 0.0
    receiver: str = ""
    tenant: str = ""


@dataclass(slots=True)
class Sum:
    """What one receiver got for one purpose. A sending whose outcome nobody told counts as `sent`."""

    receiver: str
    purpose: str
    sendings: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    size: int = 0
    tenants: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    first_at: float = 0.0
    last_at: float = 0.0


def add_up(path: Path, question: Question) -> list[Sum]:
    """The sums by receiver and purpose, in this order. Raises LedgerError."""
    sums: dict[tuple[str, str], Sum] = {}
    open_sendings: dict[str, Sum] = {}
    for line in _asked(path, question):
        known = open_sendings.pop(line.sending, None)
        if known is not None:
            known.outcomes["sent"] -= 1
            known.outcomes[line.outcome] += 1
        elif _matches(line, question):
            total = sums.setdefault((line.receiver, line.purpose), Sum(line.receiver, line.purpose))
            _add(total, line)
            if line.outcome == "sent":
                open_sendings[line.sending] = total
    return [sums[key] for key in sorted(sums)]


def _asked(path: Path, question: Question) -> Iterator[Line]:
    with reading(path) as connection:
        try:
            for _, line, _ in lines(connection, round(question.since * 1000)):
                yield line
        except ValueError as error:
            raise LedgerError(
                f"{path}: a line cannot be understood ({error}); see `hearthbeat egress verify`"
            ) from error


def _matches(line: Line, question: Question) -> bool:
    return (
        line.purpose != "upkeep"
        and line.remark != FOLLOW_UP
        and question.receiver in ("", line.receiver)
        and (not question.tenant or question.tenant in line.tenants)
    )


def _add(total: Sum, line: Line) -> None:
    at = line.at_ms / 1000
    total.first_at = at if total.sendings == 0 else min(total.first_at, at)
    total.last_at = max(total.last_at, at)
    total.sendings += 1
    total.size += line.size
    total.outcomes[line.outcome] += 1
    total.tenants.update(line.tenants)
    total.fields.update(line.fields)
