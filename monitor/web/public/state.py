"""All that the public pages are given."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Literal, Protocol

from fastapi import Depends, Request

from monitor.core.publication.bulletins import PublicAct
from monitor.core.publication.desk import Publication
from monitor.core.publication.page import Page
from monitor.core.publication.reading import page_of
from monitor.web.problems import ProblemError
from monitor.web.public.settings import StatusPageSettings

FRESH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Seat:
    """A subscription as its owner sees it; the address is no part of it."""

    kind: str
    components: tuple[str, ...]
    confirmed: bool


class SignUps(Protocol):
    """Takes in those who want to be told."""

    async def sign_up(self, address: str, components: Sequence[str], *, client: str) -> str:
        """Ask for a message to this e-mail address; why not, in words for whoever asked, empty if it was taken."""
        ...

    async def confirm(self, token: str) -> Seat | None:
        """It was they who asked; None if nobody has this token."""
        ...

    async def seat(self, token: str) -> Seat | None:
        """What they hear of."""
        ...

    async def choose(self, token: str, components: Sequence[str]) -> Seat | None:
        """They want to hear of these from now on, of everything if there are none."""
        ...

    async def leave(self, token: str) -> bool:
        """They are forgotten; False if nobody has this token."""
        ...


class SubscriberList(Protocol):
    """The same for operators."""

    async def listed(self, address: str = "") -> Sequence[object]:
        """Who is subscribed, the latest first; those with exactly this address, if one is given."""
        ...

    async def add(self, kind: Literal["email", "webhook"], address: str, tenant: str, components: Sequence[str]) -> str:
        """Ask somebody; why not, empty if the question is on its way."""
        ...

    async def remove(self, subscriber: int) -> bool:
        """Forget somebody; False if there is nobody of this number."""
        ...


@dataclass(slots=True)
class PublicState:
    """What is published, and where requests of the public go. `carry_out` is True once an act is on disk.

    `now` is Unix seconds on the monitor's clock; `address` is where the public reaches the page.
    """

    publication: Publication
    now: Callable[[], float]
    settings: StatusPageSettings
    address: str = ""
    carry_out: Callable[[PublicAct], Awaitable[bool]] | None = None
    sign_ups: SignUps | None = None
    subscribers: SubscriberList | None = None
    _made: Page | None = field(default=None, init=False)
    _texts: dict[str, str] = field(default_factory=dict, init=False)

    def page(self) -> Page:
        """The page as it stands, made at most once a second however many read it."""
        now = self.now()
        if self._made is None or not self._made.at <= now < self._made.at + FRESH_SECONDS:
            self._made = page_of(self.publication, now)
            self._texts.clear()
        return self._made

    def text(self, name: str, make: Callable[[], str]) -> str:
        """What `make` writes of the page under this name, written once for each page however many read it."""
        self.page()
        if name not in self._texts:
            self._texts[name] = make()
        return self._texts[name]

    def changed(self) -> None:
        """Something was published: the next reader sees it."""
        self._made = None


def public_of(request: Request) -> PublicState:
    """The public state of the application that a request came to."""
    state: PublicState | None = request.app.state.public
    if state is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "nothing is published here")
    return state


Public = Annotated[PublicState, Depends(public_of)]
