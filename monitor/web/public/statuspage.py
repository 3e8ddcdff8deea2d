"""The page for programs, in the JSON of Statuspage's version 2, which many know how to read.

Ours besides: `next_update_due_at` in the summary and in each open incident, `capability`, `provider` and `region` in
each component. Readers ignore what they do not know.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from monitor.core.publication.bulletins import Condition
from monitor.core.publication.page import HEADLINES, Page, PublicComponent, PublicIncident, PublicUpdate
from monitor.web.public.pages import CACHED, address_of
from monitor.web.public.state import Public, PublicState

PAGE_ID = "hearthbeat"
MOST_INCIDENTS = 50

router = APIRouter(prefix="/api/v2", include_in_schema=False)


@router.get("/summary.json")
async def summary(request: Request, public: Public) -> JSONResponse:
    """All that is going on."""
    page = public.page()
    return _answer(
        request,
        public,
        status=_status(page),
        components=_components(page),
        incidents=[_incident(request, public, each) for each in page.incidents],
        scheduled_maintenances=[_incident(request, public, each) for each in page.planned if each.resolved_at is None],
        next_update_due_at=_moment(page.next_update_due_at),
    )


@router.get("/status.json")
async def status(request: Request, public: Public) -> JSONResponse:
    """The whole in one word."""
    return _answer(request, public, status=_status(public.page()))


@router.get("/components.json")
async def components(request: Request, public: Public) -> JSONResponse:
    """Every line of the page."""
    return _answer(request, public, components=_components(public.page()))


@router.get("/incidents.json")
async def incidents(request: Request, public: Public) -> JSONResponse:
    """Open and past troubles, the newest first."""
    page = public.page()
    found = [*page.incidents, *page.past][:MOST_INCIDENTS]
    return _answer(request, public, incidents=[_incident(request, public, each) for each in found])


@router.get("/incidents/unresolved.json")
async def unresolved(request: Request, public: Public) -> JSONResponse:
    """Open troubles."""
    found = public.page().incidents
    return _answer(request, public, incidents=[_incident(request, public, each) for each in found])


@router.get("/scheduled-maintenances.json")
async def maintenances(request: Request, public: Public) -> JSONResponse:
    """Planned work."""
    found = public.page().planned
    return _answer(request, public, scheduled_maintenances=[_incident(request, public, each) for each in found])


def _answer(request: Request, public: PublicState, **parts: Any) -> JSONResponse:  # noqa: ANN401 -- JSON
    page = public.page()
    about = {
        "id": PAGE_ID,
        "name": public.settings.name,
        "url": address_of(request, public),
        "time_zone": public.settings.time_zone,
        "updated_at": _moment(page.changed_at),
    }
    return JSONResponse({"page": about, **parts}, headers={**CACHED, "access-control-allow-origin": "*"})


def _status(page: Page) -> dict[str, str]:
    return {"indicator": page.indicator, "description": HEADLINES[page.indicator]}


def _components(page: Page) -> list[dict[str, Any]]:
    return [_component(each, position) for position, each in enumerate(page.components, 1)]


def _component(component: PublicComponent, position: int) -> dict[str, Any]:
    place = ", ".join(filter(None, (component.provider, component.region)))
    return {
        "id": component.id,
        "name": f"{component.name} ({place})" if place else component.name,
        "status": component.condition,
        "description": component.description,
        "position": position,
        "group": False,
        "group_id": None,
        "page_id": PAGE_ID,
        "showcase": True,
        "only_show_if_degraded": False,
        "created_at": _moment(component.since),
        "updated_at": _moment(component.since),
        "capability": component.capability,
        "provider": component.provider or None,
        "region": component.region or None,
    }


def _incident(request: Request, public: PublicState, incident: PublicIncident) -> dict[str, Any]:
    known = {each.id: each for each in public.page().components}
    latest = incident.updates[0].conditions
    planned = (
        {}
        if incident.planned_from is None
        else {
            "scheduled_for": _moment(incident.planned_from),
            "scheduled_until": _moment(incident.planned_until),
        }
    )
    return {
        "id": incident.id,
        "name": incident.title,
        "status": incident.stage,
        "impact": "maintenance" if planned else incident.impact,
        "created_at": _moment(incident.updates[-1].at),
        "updated_at": _moment(incident.changed_at),
        "started_at": _moment(incident.started_at),
        "monitoring_at": _moment(next((each.at for each in incident.updates if each.stage == "monitoring"), None)),
        "resolved_at": _moment(incident.resolved_at),
        "shortlink": f"{address_of(request, public)}/incidents/{incident.id}",
        "page_id": PAGE_ID,
        "incident_updates": [_update(incident, each, known) for each in incident.updates],
        "components": [
            {**_component(known[each], 0), "status": latest.get(each, known[each].condition)}
            for each in incident.components
            if each in known
        ],
        "next_update_due_at": _moment(incident.next_update_due_at),
        **planned,
    }


def _update(incident: PublicIncident, update: PublicUpdate, known: dict[str, PublicComponent]) -> dict[str, Any]:
    return {
        "id": update.id,
        "incident_id": incident.id,
        "status": update.stage,
        "body": update.body,
        "display_at": _moment(update.at),
        "created_at": _moment(update.at),
        "updated_at": _moment(update.at),
        "affected_components": list(_affected(incident, update, known)),
    }


def _affected(
    incident: PublicIncident, update: PublicUpdate, known: dict[str, PublicComponent]
) -> Iterable[dict[str, str]]:
    """Each component with what was said of it before this update and by it."""
    earlier = [each for each in incident.updates if each.at < update.at]
    for component, condition in update.conditions.items():
        before: Condition = next(
            (each.conditions[component] for each in earlier if component in each.conditions), "operational"
        )
        if component in known:
            yield {"code": component, "name": known[component].name, "old_status": before, "new_status": condition}


def _moment(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
