"""How the monitor itself is: alive, seeing, and its metrics."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response

from monitor.core.observations import Scraped
from monitor.core.sentences import BLINDNESS
from monitor.web.api.models import Alive, Blindness, Readiness
from monitor.web.api.queries import MetricsAsked
from monitor.web.problems import ProblemError, documented
from monitor.web.security import reader
from monitor.web.state import State

Accept = Annotated[str, Header(include_in_schema=False)]
TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}

router = APIRouter(tags=["monitor"])


@router.get("/healthz")
async def healthz(state: State) -> Alive:
    """Tell that the process runs and its loop turns; a supervisor restarts what does not answer."""
    return Alive(version=state.version)


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Blind, and why"}})
async def readyz(state: State, response: Response) -> Readiness:
    """Tell whether the monitor sees: 200, or 503 with every cause of blindness and since when."""
    blind = [
        Blindness(cause=cause, since=since, meaning=BLINDNESS[cause]) for cause, since in state.engine.blind.items()
    ]
    if blind:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return Readiness(ready=not blind, horizon=state.engine.horizon, blind=blind)


@router.get(
    "/metrics",
    dependencies=[Depends(reader)],
    response_class=Response,
    responses={**TEXT, **documented(HTTPStatus.UNAUTHORIZED)},
)
async def metrics(state: State, asked: Annotated[MetricsAsked, Query()], accept: Accept = "") -> Response:
    """Give the sums for Prometheus, of everybody or of one tenant."""
    body, content_type = state.exporter.fleet(accept=accept, tenant=asked.tenant or None)
    if not asked.tenant and state.observe is not None:
        state.observe(Scraped(state.now()))
    return Response(body, headers={"content-type": content_type})


@router.get(
    "/metrics/devices",
    dependencies=[Depends(reader)],
    response_class=Response,
    responses={**TEXT, **documented(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)},
)
async def device_metrics(state: State, asked: Annotated[MetricsAsked, Query()], accept: Accept = "") -> Response:
    """Give the series per device for Prometheus, if they are switched on."""
    if not state.settings.device_series:
        raise ProblemError(HTTPStatus.NOT_FOUND, "series per device are off; set [web] device_series = true for them")
    body, content_type = state.exporter.devices(accept=accept, tenant=asked.tenant or None)
    return Response(body, headers={"content-type": content_type})
