"""The public pages as an application: beside the operators' pages, or alone on a listener of their own."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from monitor.web.problems import install
from monitor.web.public import feed, pages, signing, statuspage
from monitor.web.public.state import PublicState
from monitor.web.security import SecureHeaders
from monitor.web.state import WebState

STATIC = Path(__file__).parents[1] / "static"


def public_router() -> APIRouter:
    """Everything that anybody may read."""
    router = APIRouter()
    for part in (pages, statuspage, feed, signing):
        router.include_router(part.router)
    return router


def create_public_app(state: WebState, public: PublicState) -> FastAPI:
    """The public pages alone: nothing else can be reached on this listener."""
    app = FastAPI(
        title=public.settings.name,
        openapi_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.web = state
    app.state.public = public
    app.add_middleware(SecureHeaders)
    install(app, state.unavailable)
    app.include_router(public_router())

    @app.get("/", include_in_schema=False)
    async def front() -> RedirectResponse:
        """Lead to the page."""
        return RedirectResponse("/status")

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
