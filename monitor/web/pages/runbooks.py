"""The runbooks, and what the API can do."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse

from monitor.web import runbooks
from monitor.web.pages.frame import page, page_router
from monitor.web.problems import ProblemError

router = page_router()


@router.get("/runbooks")
async def runbooks_page(request: Request) -> HTMLResponse:
    """List the runbooks."""
    return page(request, "runbooks.html", names=runbooks.names())


@router.get("/runbooks/{name}")
async def runbook_page(request: Request, name: str) -> HTMLResponse:
    """Show the runbook of one alert."""
    body = runbooks.as_html(name)
    if body is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no runbook {name}; GET /runbooks lists them")
    return page(request, "runbook.html", name=name, body=body)


@router.get("/api")
async def api_page(request: Request) -> HTMLResponse:
    """List what the API can do."""
    return page(request, "api.html", description=request.app.openapi())
