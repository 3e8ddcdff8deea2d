"""Pages kept current: what is sent, when, and for how many."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from monitor.web.app import create_app
from monitor.web.live import SECTIONS, Live
from monitor.web.settings import WebSettings
from tests.asking import web_state
from tests.small_fleet import ShownEngine, device


async def next_event(stream: AsyncIterator[str]) -> tuple[str, dict[str, object]]:
    name, data = (await anext(stream)).strip().split("\n")
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


async def sections_of(stream: AsyncIterator[str]) -> dict[str, str]:
    """The next sections sent, passing over the time."""
    while True:
        name, data = await next_event(stream)
        if name == "sections":
            sections = data["sections"]
            assert isinstance(sections, dict)
            return sections


@pytest.mark.slow
async def test_a_page_is_sent_everything_first_and_then_only_what_changed() -> None:
    engine = ShownEngine()
    device(engine.fleet, "acme/f1")
    stream = Live(web_state(engine)).stream()
    assert set(await sections_of(stream)) == set(SECTIONS)
    assert (await next_event(stream))[0] == "tick"
    engine.fleet.set_status(engine.fleet.devices["acme/f1"], "offline")
    changed = await sections_of(stream)
    assert set(changed) == {"headline", "counts", "matrix", "devices"}
    assert "1 of 1 device" in changed["headline"]


async def test_pages_let_go_when_the_server_stops() -> None:
    state = web_state()
    live = Live(state)
    stream = live.stream()
    await next_event(stream)
    assert live.clients == 1
    state.closing.set()
    assert [event.partition("\n")[0] async for event in stream] == ["event: tick"]
    assert live.clients == 0


async def test_all_who_look_share_one_rendering() -> None:
    live = Live(web_state())
    first = await live.sections()
    assert (await live.sections())[1] is first[1]


async def test_one_page_too_many_is_told_to_come_back() -> None:
    app = create_app(web_state(settings=WebSettings(live_clients=1)))
    stream: AsyncIterator[str] = app.state.live.stream()
    await next_event(stream)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        refused = await client.get("/live")
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "30"
    assert "[web] live_clients" in refused.json()["detail"]
