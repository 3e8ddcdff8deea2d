"""Keeps open pages current by server-sent events: the parts of the page that changed, and once a second the time."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from monitor.web.overview import Overview, OverviewMaker
from monitor.web.problems import ProblemError
from monitor.web.rounds import Rounds
from monitor.web.security import reader
from monitor.web.state import WebState
from monitor.web.templating import render

SECTIONS = (
    "headline",
    "counts",
    "history",
    "matrix",
    "incidents",
    "meals",
    "animals",
    "rooms",
    "alerts",
    "devices",
    "deliveries",
    "vitals",
)
BEAT_SECONDS = 1.0

Parts = tuple[dict[str, str], float, str]
"""The parts of a page as HTML, the moment, and the tone of its headline; empty if it has none."""

router = APIRouter(include_in_schema=False, dependencies=[Depends(reader)])


class Live:
    """The parts of the first page as HTML, rendered once for all who look."""

    def __init__(self, state: WebState) -> None:
        self.clients = 0
        self.state = state
        self.rounds = Rounds(state)
        self._maker = OverviewMaker(state, self.rounds)
        self._rendered_of: Overview | None = None
        self._rendered: dict[str, str] = {}

    async def sections(self) -> tuple[Overview, dict[str, str]]:
        """The overview and each of its sections as HTML."""
        overview = await self._maker.current()
        if overview is not self._rendered_of:
            links = self.state.links
            self._rendered = {
                name: render(f"sections/{name}.html", overview=overview, links=links, version=self.state.version)
                for name in SECTIONS
            }
            self._rendered_of = overview
        return overview, self._rendered

    def stream(self) -> AsyncIterator[str]:
        """Events for one first page, until the server stops or the page is left."""

        async def parts() -> Parts:
            overview, sections = await self.sections()
            return sections, overview.at, overview.headline.tone

        return self.follow(parts)

    async def follow(self, parts: Callable[[], Awaitable[Parts]]) -> AsyncIterator[str]:
        """Events for one page of any kind: first all of its parts, then what changed, and the time."""
        self.clients += 1
        shown: dict[str, str] = {}
        try:
            while not self.state.closing.is_set():
                sections, now, tone = await parts()
                changed = {name: html for name, html in sections.items() if shown.get(name) != html}
                if changed:
                    shown |= changed
                    yield _event("sections", {"sections": changed, "tone": tone})
                yield _event("tick", {"now": now})
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.state.closing.wait(), BEAT_SECONDS)
        finally:
            self.clients -= 1


@router.get("/live")
async def live(request: Request) -> StreamingResponse:
    """Keep one first page current."""
    source: Live = request.app.state.live
    return _answer(source, source.stream)


def kept_current(source: Live, sections: Callable[[], Awaitable[dict[str, str]]]) -> StreamingResponse:
    """Keep another page current, whose parts are these."""

    async def parts() -> Parts:
        return await sections(), source.state.now(), ""

    return _answer(source, lambda: source.follow(parts))


def _answer(source: Live, stream: Callable[[], AsyncIterator[str]]) -> StreamingResponse:
    if source.clients >= source.state.settings.live_clients:
        raise ProblemError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"{source.clients} pages are kept current already, the most that [web] live_clients allows",
            {"Retry-After": "30"},
        )
    return StreamingResponse(stream(), media_type="text/event-stream")


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
