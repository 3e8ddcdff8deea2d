"""The pages for people. They work without scripts; with them they stay current by themselves.

`front` is the first page, `devices`, `incidents`, `quiet` (silences and windows), `updates` (public ones) and
`runbooks` are what their names say, `login` begins and ends sessions; `frame` is what stands around each page.
Pages decide nothing: what a form asks
for goes the same way as a request to the API. Forms are read by `monitor.web.forms`, and by nothing else.
"""

from fastapi import APIRouter

from monitor.web.pages import devices, front, incidents, login, quiet, runbooks, updates

router = APIRouter(include_in_schema=False)
for part in (login, front, devices, incidents, quiet, updates, runbooks):
    router.include_router(part.router)

__all__ = ["router"]
