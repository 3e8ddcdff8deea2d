"""The list of devices, and one device with everything that is known of it."""

from typing import Annotated, get_args

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from monitor.core.decisions import STATUSES, Status
from monitor.core.fleet import Device
from monitor.core.welfare.care import Shown
from monitor.devices.profile import Kind
from monitor.web.api.devices import device_detail, find_device
from monitor.web.cursors import make_cursor, read_cursor
from monitor.web.device_plots import DAY_SECONDS, meals, room, states
from monitor.web.devices import Wanted
from monitor.web.pages.frame import Text, page, page_router
from monitor.web.state import State

PAGE_OF_DEVICES = 100
CHANGES = 200
"""Status changes that a device's plot goes back over at most."""

router = page_router()


@router.get("/devices")
async def devices_page(  # noqa: PLR0913 -- one for each filter
    request: Request,
    state: State,
    *,
    tenant: Text = "",
    status: Text = "",
    kind: Text = "",
    provider: Text = "",
    q: Text = "",
    cursor: Annotated[str, Query(max_length=1000)] = "",
) -> HTMLResponse:
    """List devices."""
    chosen: frozenset[Status] = frozenset(each for each in STATUSES if each in status.split(","))
    wanted = Wanted(tenant=tenant, status=chosen, kind=kind, provider=provider, q=q.strip().lower())
    after = read_cursor("devices", cursor)
    found = await state.index.find(state.engine.fleet, wanted, after=after, limit=PAGE_OF_DEVICES)
    asked = {"tenant": tenant, "status": status, "kind": kind, "provider": provider, "q": q}
    return page(
        request,
        "devices.html",
        devices=found.devices,
        following=make_cursor("devices", found.after),
        asked=asked,
        statuses=STATUSES,
        kinds=get_args(Kind),
    )


@router.get("/devices/{tenant}/{device}")
async def device_page(request: Request, state: State, tenant: str, device: str) -> HTMLResponse:
    """Show one device."""
    found = find_device(state, tenant, device)
    now = state.now()
    past = await state.archive.history(found.id, limit=CHANGES) if state.archive else []
    return page(
        request,
        "device.html",
        device=await device_detail(state, found),
        why=state.explainer.device(found, now, past) if state.explainer else None,
        states=states(found, past, state.counts(now - DAY_SECONDS), now),
        meals=meals(found, now),
        room=room(found, now),
        signs=shown_signs(found),
    )


def shown_signs(device: Device) -> list[Shown]:
    """What a device shows that may harm somebody, the oldest first."""
    signs = device.welfare.signs.values() if device.welfare is not None else ()
    return sorted((each for each in signs if each.firing), key=lambda each: float(each.begun))
