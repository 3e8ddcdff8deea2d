"""Everything that pages and API are given. It names no worker and no other adapter, only what they must offer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, Protocol

from fastapi import Depends, Request

from monitor.core.census import Count
from monitor.core.decisions import Alert, Incident, IncidentKind
from monitor.core.explain import Explainer, PastChange
from monitor.core.fleet import Device
from monitor.core.observations import Observation
from monitor.core.operations.view import DeskView
from monitor.core.probing.view import ProbeState
from monitor.core.routing import DeadLetter, ReceiverHealth, Retried, Sent, Trial
from monitor.core.view import EngineView
from monitor.core.welfare.view import WelfareView
from monitor.web.devices import DeviceIndex
from monitor.web.past import Deliveries, Timelines
from monitor.web.public.state import PublicState
from monitor.web.settings import LinksSettings, WebSettings


class Archive(Protocol):
    """The past, from the store."""

    async def incidents(
        self,
        *,
        limit: int,
        after: str | None = None,
        state: Literal["open", "resolved", "all"] = "all",
        kind: IncidentKind | None = None,
    ) -> Sequence[Incident]:
        """Incidents, newest first, those after the one with the id `after`."""
        ...

    async def alerts(
        self, *, limit: int, after: str | None = None, state: Literal["firing", "resolved", "all"] = "all"
    ) -> Sequence[Alert]:
        """Alerts, newest first, those after the one with the key `after`."""
        ...

    async def history(self, device: str, *, limit: int) -> Sequence[PastChange]:
        """Past status changes of one device, newest first."""
        ...


class Exporter(Protocol):
    """The metrics as text."""

    def fleet(self, *, accept: str = "", tenant: str | None = None) -> tuple[bytes, str]:
        """The sums and their content type."""
        ...

    def devices(self, *, accept: str = "", tenant: str | None = None) -> tuple[bytes, str]:
        """The series per device and their content type."""
        ...


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the monitor itself is, for the page. `oldest_owed_at` is by receiver and in Unix seconds, as all moments."""

    broker: str = ""
    connected: bool = False
    messages: int = 0
    inbox_length: int = 0
    store_writable: bool = True
    oldest_owed_at: Mapping[str, float] = field(default_factory=dict)


class DeliveryDesk(Protocol):
    """What people ask of deliveries."""

    async def receivers(self) -> Sequence[ReceiverHealth]:
        """How every receiver is."""
        ...

    async def try_out(self, receiver: str) -> Trial | None:
        """Send it a test and see what comes of it; None if there is no such receiver."""
        ...

    async def dead_letters(self, limit: int) -> Sequence[DeadLetter]:
        """What was given up, newest first."""
        ...

    async def retry(self, deliveries: Sequence[int] | None) -> Retried:
        """Try dead letters again, those with these ids or all."""
        ...

    async def deliveries_of(self, incident: str, limit: int) -> Sequence[Sent]:
        """What was and is owed about an incident, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class WebState:
    """What is shown, and where a change goes. `now` is Unix seconds on the monitor's clock.

    Without an `archive` only what is open or firing is known. Without `observe` nothing can be changed. `cover` names
    what explains a device's silence ("suspicion" or "incident") and the incident's id; `silence_limit` is the moment at
    which silence makes a device offline. Without an `explainer` nothing is explained in words. `counts` are
    the fleet's counts per minute since a moment. `unavailable` are the errors by which the archive says that it cannot
    be read.
    """

    engine: EngineView
    now: Callable[[], float]
    exporter: Exporter
    version: str = ""
    settings: WebSettings = field(default_factory=WebSettings)
    links: LinksSettings = field(default_factory=LinksSettings)
    archive: Archive | None = None
    observe: Callable[[Observation], None] | None = None
    vitals: Callable[[], Vitals] = Vitals
    cover: Callable[[Device], tuple[str, str]] = lambda _: ("", "")
    silence_limit: Callable[[Device], float | None] = lambda _: None
    explainer: Explainer | None = None
    welfare: WelfareView | None = None
    probes: Callable[[], Sequence[ProbeState]] = tuple
    counts: Callable[[float], Sequence[Count]] = lambda _: ()
    desk: DeskView | None = None
    """Incidents of every kind, silences and maintenance windows; without it only outages are known."""
    carry_out: Callable[[Observation], Awaitable[bool]] | None = None
    """Hand in what somebody does, and wait until it is on disk; False if that takes too long."""
    timelines: Timelines | None = None
    deliveries: Deliveries | None = None
    unavailable: tuple[type[Exception], ...] = ()
    index: DeviceIndex = field(default_factory=DeviceIndex)
    delivery: DeliveryDesk | None = None
    """Where receivers are asked after; None where nothing is delivered."""
    public: PublicState | None = None
    """What everybody may read; None where nothing is public."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server stops, so that pages kept current let go."""


def state_of(request: Request) -> WebState:
    """The state of the application that a request came to."""
    state: WebState = request.app.state.web
    return state


State = Annotated[WebState, Depends(state_of)]
