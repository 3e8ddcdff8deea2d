"""Asking the web application without a network: requests go straight to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from monitor.core.fleet import Device
from monitor.core.observations import Observation
from monitor.metrics.page import MetricsPage
from monitor.metrics.sources import Sources
from monitor.web.app import create_app
from monitor.web.settings import LinksSettings, WebSettings
from monitor.web.state import Archive, Vitals, WebState
from tests.small_fleet import NOW, ShownEngine

TOKEN = "a-token-for-tests"


@dataclass
class Told:
    """Takes what would go to the engine."""

    observations: list[Observation] = field(default_factory=list)

    def __call__(self, observation: Observation) -> None:
        """Take one."""
        self.observations.append(observation)


class Parts(TypedDict, total=False):
    """The parts of a state that a test may give."""

    settings: WebSettings
    links: LinksSettings
    archive: Archive | None
    observe: Callable[[Observation], None]
    vitals: Callable[[], Vitals]
    cover: Callable[[Device], tuple[str, str]]
    silence_limit: Callable[[Device], float | None]
    unavailable: tuple[type[Exception], ...]


def web_state(engine: ShownEngine | None = None, **parts: Unpack[Parts]) -> WebState:
    """A state that shows this engine, with real metrics."""
    shown = engine or ShownEngine()
    exporter = MetricsPage(Sources(engine=shown, now=lambda: NOW, version="1.2.3"))
    return WebState(engine=shown, now=lambda: NOW, exporter=exporter, version="1.2.3", **parts)


def with_token(*, read_open: bool = False) -> WebSettings:
    """Settings that ask for the token."""
    return WebSettings(token=SecretStr(TOKEN), read_open=read_open)


def app_of(state: WebState) -> FastAPI:
    """The application of this state; the latest one is kept, since making one takes longer than asking it."""
    if not _latest or _latest[0] is not state:
        _latest[:] = [state, create_app(state)]
    app: FastAPI = _latest[1]
    return app


_latest: list[Any] = []


async def ask(
    state: WebState, path: str, *, method: str = "GET", headers: dict[str, str] | None = None, body: object = None
) -> httpx.Response:
    """One request to the application."""
    transport = httpx.ASGITransport(app_of(state), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.request(method, path, headers=headers, json=body)
