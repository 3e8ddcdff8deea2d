"""The first page: how everything is."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from monitor.web.live import Live
from monitor.web.pages.frame import page, page_router

router = page_router()


@router.get("/")
async def front_page(request: Request) -> HTMLResponse:
    """Show how everything is."""
    source: Live = request.app.state.live
    overview, sections = await source.sections()
    return page(request, "front.html", overview=overview, sections=sections)
