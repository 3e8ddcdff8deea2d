"""Errors as problem JSON (RFC 9457): what went wrong and what to do, for scripts and for people."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from monitor.web.templating import render

MEDIA_TYPE = "application/problem+json"


class ProblemBody(BaseModel):
    """The body of every error."""

    type: str = "about:blank"
    title: str = Field(description="the kind of problem")
    status: int = Field(description="the HTTP status")
    detail: str = Field(description="what is wrong with this request, and what is allowed")
    errors: list[str] = Field(default_factory=list, description="one line for each thing that is wrong")


class ProblemError(Exception):
    """A request that cannot be answered."""

    def __init__(self, status: HTTPStatus, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def documented(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """The errors that an endpoint can answer with, for its description; any can be asked what makes no sense."""
    content = {MEDIA_TYPE: {"schema": ProblemBody.model_json_schema()}}
    given = (*statuses, HTTPStatus.UNPROCESSABLE_ENTITY)
    return {int(status): {"description": status.phrase, "content": content} for status in given}


def answer(
    request: Request,
    status: HTTPStatus,
    detail: str,
    *,
    errors: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem as a response: a page for people, problem JSON for everything else."""
    if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/"):
        return HTMLResponse(render("problem.html", title=status.phrase, detail=detail), status, headers)
    body = ProblemBody(title=status.phrase, status=status, detail=detail, errors=list(errors))
    return JSONResponse(body.model_dump(), status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI, unavailable: Sequence[type[Exception]]) -> None:
    """Answer every error as a problem; `unavailable` are those that mean the past cannot be read now."""

    async def refused(request: Request, problem: Exception) -> Response:
        if not isinstance(problem, ProblemError):
            raise problem
        return answer(request, problem.status, problem.detail, headers=problem.headers)

    async def unreadable(request: Request, error: Exception) -> Response:
        return answer(request, HTTPStatus.SERVICE_UNAVAILABLE, f"the past cannot be read now: {error}")

    app.add_exception_handler(ProblemError, refused)
    app.add_exception_handler(HTTPException, _misdirected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)
    for kind in unavailable:
        app.add_exception_handler(kind, unreadable)


async def _misdirected(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    status, headers = HTTPStatus(error.status_code), error.headers
    if status == HTTPStatus.NOT_FOUND:
        return answer(request, status, f"there is nothing at {request.url.path}; GET /api lists what there is")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (headers or {}).get("Allow", "another method")
        return answer(request, status, f"{request.method} is not possible here; use {allowed}", headers=headers)
    return answer(request, status, str(error.detail), headers=headers)


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = [_error_line(part) for part in error.errors()]
    return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(errors), errors=errors)


async def _unexpected(request: Request, _: Exception) -> Response:
    detail = "this should not have happened; the log of the monitor says more"
    return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def _error_line(part: Mapping[str, Any]) -> str:
    where = " ".join(str(step) for step in part["loc"])
    if part["type"] == "extra_forbidden":
        return f"{where}: there is no such parameter"
    given = part.get("input")
    shown = f", got {given!r}"[:80] if isinstance(given, str | int | float) else ""
    return f"{where}: {part['msg'][:1].lower()}{part['msg'][1:]}{shown}"
