"""Joins pages, API and metrics into one application."""

from copy import copy
from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import State

from monitor.web import live, pages
from monitor.web.api import (
    deliveries,
    devices,
    explanations,
    fleet,
    incidents,
    operations,
    own,
    probes,
    stories,
    subscribers,
    updates,
    welfare,
)
from monitor.web.live import Live
from monitor.web.problems import install
from monitor.web.public.app import public_router
from monitor.web.security import SecureHeaders
from monitor.web.sessions import Doorman, Sessions
from monitor.web.state import WebState

DESCRIPTION = """What the monitor knows of its fleet, for reading.

Every moment is in Unix seconds. Lists come in pages: hand `next` back as `cursor` until it is null. While the monitor
is blind (`/readyz`, or `current` in `/api/v1/fleet`), everything is as of the horizon, not as of now. Errors are
problem JSON.
"""
TAGS = [
    {"name": "fleet", "description": "The whole in numbers."},
    {"name": "devices", "description": "One by one, with what is expected of each and why."},
    {"name": "incidents", "description": "What is wrong: what it covers, since when, how sure, on what evidence."},
    {"name": "welfare", "description": "Animals and homes at risk, the worst first."},
    {"name": "probes", "description": "What was asked outside: providers, their pages, our support channels."},
    {"name": "alerts", "description": "What people were told."},
    {"name": "silences", "description": "Alerts that nobody wants to be told of for a while."},
    {"name": "maintenance", "description": "When trouble of some devices is expected."},
    {"name": "deliveries", "description": "Receivers: how they are, what they were sent, what they did not take."},
    {"name": "updates", "description": "What the public is told, and who wants to be told."},
    {"name": "monitor", "description": "The monitor itself: alive, seeing, and its metrics."},
]


def create_app(state: WebState) -> FastAPI:
    """The whole application. Raises OSError if the token file cannot be read."""
    public = state.public is not None and state.public.settings.enabled
    app = copy(_routed(state.version or "0", state.unavailable, public=public))
    token = state.settings.read_token()
    app.state = State(
        {
            "web": state,
            "public": state.public,
            "token": token,
            "sessions": Sessions(token, state.settings.session_hours),
            "doorman": Doorman(),
            "live": Live(state),
        }
    )
    return app


@cache
def _routed(version: str, unavailable: tuple[type[Exception], ...], *, public: bool) -> FastAPI:
    """Every route, none of which knows a state: they take longer to make than to ask, so they are made once."""
    app = FastAPI(
        title="Hearthbeat",
        version=version,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        openapi_url="/api/openapi.json",
        docs_url=None,  # the usual pages load scripts from another host; /api is our own
        redoc_url=None,
        separate_input_output_schemas=False,
        # Nothing leaves but by the door for it, whatever the environment says.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.add_middleware(SecureHeaders)
    install(app, unavailable)
    first = APIRouter(prefix="/api/v1")
    for part in (
        fleet,
        devices,
        incidents,
        stories,
        operations,
        deliveries,
        probes,
        welfare,
        explanations,
        updates,
        subscribers,
    ):
        first.include_router(part.router)
    for router in (first, own.router, live.router, pages.router):
        app.include_router(router)
    if public:
        app.include_router(public_router())
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    return app
