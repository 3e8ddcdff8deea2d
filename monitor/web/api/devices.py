"""Devices: the list, one of them, and maintenance."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from monitor.core.fleet import Device
from monitor.core.observations import MaintenanceSet
from monitor.core.sentences import expectation
from monitor.devices.profile import Kind
from monitor.web.api.models import (
    DeviceDetail,
    DeviceLine,
    DevicePage,
    Expectation,
    MaintenanceTaken,
    MaintenanceWish,
    Reading,
    StatusChange,
    Totals,
    VitalSigns,
)
from monitor.web.api.queries import DevicesAsked
from monitor.web.cursors import make_cursor, read_cursor
from monitor.web.devices import Wanted
from monitor.web.problems import ProblemError, documented
from monitor.web.security import reader, writer
from monitor.web.state import State, WebState

RECENT = 20
PLANNED: tuple[Kind, ...] = ("feeder", "thermostat")
"""Kinds that follow a plan."""
Name = Annotated[str, Path(max_length=64, description="a part of the id as it stands in the topic")]

router = APIRouter(prefix="/devices", tags=["devices"])


@router.get("", dependencies=[Depends(reader)], responses=documented(HTTPStatus.UNAUTHORIZED))
async def list_devices(state: State, asked: Annotated[DevicesAsked, Query()]) -> DevicePage:
    """List devices by id, those that match all filters given."""
    wanted = Wanted(
        tenant=asked.tenant,
        status=frozenset(asked.status),
        kind=asked.kind or "",
        provider=asked.provider,
        region=asked.region,
        site=asked.site,
        parent=asked.parent,
        maintenance=asked.maintenance,
        q=asked.q.strip().lower(),
    )
    after = read_cursor("devices", asked.cursor)
    found = await state.index.find(state.engine.fleet, wanted, after=after, limit=asked.limit)
    return DevicePage(items=[device_line(device) for device in found.devices], next=make_cursor("devices", found.after))


@router.get(
    "/{tenant}/{device}",
    dependencies=[Depends(reader)],
    responses=documented(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND),
)
async def show_device(state: State, tenant: Name, device: Name) -> DeviceDetail:
    """Show everything known about one device, and what is expected of it."""
    return await device_detail(state, find_device(state, tenant, device))


@router.post(
    "/{tenant}/{device}/maintenance",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[Depends(writer)],
    responses=documented(
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
)
async def set_maintenance(state: State, tenant: Name, device: Name, wish: MaintenanceWish) -> MaintenanceTaken:
    """Put a device under maintenance, or take it out. Its status stays true; only its alerts are withheld."""
    found = find_device(state, tenant, device)
    if state.observe is None:
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "this monitor only shows; it takes no changes")
    state.observe(MaintenanceSet(found.id, state.now(), on=wish.on, author=wish.author))
    return MaintenanceTaken(device=found.id, on=wish.on)


def find_device(state: WebState, tenant: str, device: str) -> Device:
    """The device, or a ProblemError."""
    found = state.engine.fleet.get(f"{tenant}/{device}")
    if found is None:
        raise ProblemError(
            HTTPStatus.NOT_FOUND, f"no device {tenant}/{device} is known; GET /api/v1/devices lists them"
        )
    return found


def device_line(device: Device) -> DeviceLine:
    """A device as it stands in a list."""
    return DeviceLine(**_line(device))


async def device_detail(state: WebState, device: Device) -> DeviceDetail:
    """A device with everything known about it."""
    cover, incident = state.cover(device)
    past = await state.archive.history(device.id, limit=RECENT) if state.archive else []
    profile = device.profile
    return DeviceDetail(
        **_line(device),
        vendor=profile.vendor,
        hardware=profile.hardware,
        power=profile.power,
        liveness=profile.liveness,
        schedule_survives_reboot=profile.schedule_survives_reboot if profile.kind in PLANNED else None,
        first_seen=device.first_seen,
        expectation=Expectation(
            text=expectation(device),
            interval_seconds=device.interval or None,
            timeout_seconds=device.timeout or None,
            silent_at=state.silence_limit(device),
        ),
        vital_signs=_vital_signs(device),
        reading=Reading(at=device.reading_at, values=dict(device.reading)) if device.reading else None,
        totals=Totals.model_validate(device),
        recent=[StatusChange.model_validate(line) for line in past],
        explained_by=incident or None,
        suspected=cover == "suspicion",
    )


def _line(device: Device) -> dict[str, object]:
    profile = device.profile
    return {
        "id": device.id,
        "tenant": device.tenant,
        "device": device.name,
        "status": device.status,
        "since": device.since,
        "reason": device.reason,
        "last_seen": device.last_seen or None,
        "maintenance": device.maintenance,
        "kind": profile.kind,
        "provider": profile.provider,
        "region": profile.region,
        "site": profile.site,
        "parent": profile.parent,
        "model": profile.model,
        "firmware": profile.firmware,
    }


def _vital_signs(device: Device) -> VitalSigns | None:
    beat = device.beat
    if beat is None:
        return None
    return VitalSigns(
        at=beat.at,
        rssi_dbm=beat.rssi_dbm,
        power_source=beat.power_source,
        battery_ratio=beat.battery_ratio,
        cloud_connected=beat.cloud_connected,
        uptime_seconds=beat.uptime_seconds,
        clock=beat.clock,
        clock_offset_seconds=device.clock_offset_seconds,
        faults=list(beat.faults),
    )
