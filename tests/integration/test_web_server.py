"""The server on a real socket: starting, standing in each other's way, and stopping."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from monitor.web.app import create_app
from monitor.web.server import Listener, ListenError, bind, serve
from monitor.web.settings import WebSettings
from monitor.web.state import WebState
from tests.asking import web_state
from tests.waiting import accepts_connections, eventually

ANY_PORT = WebSettings(listen="127.0.0.1:0")


@asynccontextmanager
async def served(state: WebState, settings: WebSettings = ANY_PORT) -> AsyncIterator[Listener]:
    listener = bind(settings)
    serving = asyncio.ensure_future(serve(create_app(state), listener))
    try:
        yield listener
    finally:
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        listener.socket.close()  # a server that never began has not closed it


async def test_a_free_port_is_found_and_answers() -> None:
    async with served(web_state()) as listener, httpx.AsyncClient() as client:
        assert listener.port > 0
        response = await client.get(f"{listener.url}/healthz")
        assert response.json()["status"] == "alive"
        assert "server" not in response.headers


async def test_after_being_stopped_nobody_listens_any_more() -> None:
    async with served(web_state()) as listener:
        await eventually(lambda: accepts_connections(listener.port), "the server listens")
    assert not accepts_connections(listener.port)


async def test_stopping_before_the_first_request_is_as_clean() -> None:
    async with served(web_state()) as listener:
        port = listener.port
    assert not accepts_connections(port)


async def test_a_page_kept_current_does_not_keep_the_server_from_stopping() -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        async with served(web_state()) as listener:
            stream = client.stream("GET", f"{listener.url}/live")
            response = await stream.__aenter__()
            assert response.headers["content-type"].startswith("text/event-stream")
            lines = response.aiter_lines()
            assert await anext(lines) == "event: sections"
        assert [line async for line in lines][-1] == ""
        await stream.__aexit__(None, None, None)


async def test_the_signals_stay_with_the_program() -> None:
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    async with served(web_state()) as listener:
        await eventually(lambda: accepts_connections(listener.port), "the server listens")
        assert {name: signal.getsignal(name) for name in before} == before


def test_a_port_in_use_is_named_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ListenError, match=rf"port {port} is taken.*HEARTHBEAT_WEB__LISTEN.*port 0"):
            bind(WebSettings(listen=f"127.0.0.1:{port}"))


@pytest.mark.parametrize("listen", ["192.0.2.1:0", "no-such-host.invalid:0"])
def test_an_address_of_another_machine_is_refused_with_what_to_do(listen: str) -> None:
    with pytest.raises(ListenError, match="must be one of this machine"):
        bind(WebSettings(listen=listen))


def test_a_port_can_be_used_again_at_once() -> None:
    first = bind(ANY_PORT)
    first.socket.close()
    again = bind(WebSettings(listen=f"127.0.0.1:{first.port}"))
    again.socket.close()
    assert again.port == first.port


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("::", "http://[::1]:80"),
    ],
)
def test_the_page_is_named_by_an_address_that_a_browser_can_open(host: str, url: str) -> None:
    with socket.socket() as unused:
        assert Listener(unused, host, 80).url == url
