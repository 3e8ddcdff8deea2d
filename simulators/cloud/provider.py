"""One provider as it looks from outside, at any moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from simulators.cloud.page import summary
from simulators.truth import Truth

Page = Literal["honest", "green", "broken", "absent"]
"""How its status page behaves: it admits trouble after a while; it never does; it serves nonsense; there is none."""
DOWN = ("outage", "degraded")


class Spell(NamedTuple):
    """A time in which something does not work, Unix seconds."""

    start: float
    end: float


class Answer(NamedTuple):
    """What comes back: a status of HTTP and a body; no status means that nothing comes back."""

    status: int | None
    body: bytes


@dataclass(frozen=True, slots=True)
class SimulatedProvider:
    """Its API is dead in `outages` and in `api_dead`; its page admits outages `page_lag_seconds` after they begin."""

    name: str
    outages: tuple[Spell, ...] = ()
    api_dead: tuple[Spell, ...] = ()
    page: Page = "honest"
    page_lag_seconds: float = 600.0

    def api(self, at: float) -> Answer:
        """What its API answers: nothing in an outage, errors while only the API is dead."""
        if _within(self.outages, at) is not None:
            return Answer(None, b"")
        if _within(self.api_dead, at) is not None:
            return Answer(503, b'{"ok": false}')
        return Answer(200, b'{"ok": true}')

    def status_page(self, at: float) -> Answer:
        """What its status page says; it is hosted elsewhere, so it answers in an outage, too."""
        if self.page == "absent":
            return Answer(404, b"not found")
        if self.page == "broken":
            return Answer(200, b"<html><body>Sorry, something went wrong.</body></html>")
        spell = _within(self.outages, at)
        admitted = spell is not None and self.page == "honest" and at >= spell.start + self.page_lag_seconds
        return Answer(200, summary(self.name, at, spell.start if spell is not None and admitted else None))


def spells_of(truths: Iterable[Truth], provider: str) -> tuple[Spell, ...]:
    """When a scenario has the whole of a provider down."""
    return tuple(
        Spell(truth.start, float("inf") if truth.end is None else truth.end)
        for truth in truths
        if truth.kind in DOWN and dict(truth.scope) == {"provider": provider}
    )


def _within(spells: Iterable[Spell], at: float) -> Spell | None:
    return next((spell for spell in spells if spell.start <= at < spell.end), None)
