"""A status page in the format of Statuspage."""

import json
from datetime import UTC, datetime
from typing import Any

COMPONENTS = ("Device API", "Scheduled feeding", "Shop")
AFFECTED = COMPONENTS[:2]


def summary(provider: str, at: float, since: float | None) -> bytes:
    """`summary.json` at a moment; `since` is when the page began to admit trouble, None for calm."""
    updated = _moment(at if since is None else since)
    calm = since is None
    page: dict[str, Any] = {
        "page": {"id": provider, "name": provider.title(), "time_zone": "Etc/UTC", "updated_at": updated},
        "status": {
            "indicator": "none" if calm else "major",
            "description": "All Systems Operational" if calm else "Partial System Outage",
        },
        "components": [
            {
                "id": f"{provider}-{number}",
                "name": name,
                "status": "operational" if calm or name not in AFFECTED else "major_outage",
                "updated_at": updated,
            }
            for number, name in enumerate(COMPONENTS)
        ],
        "incidents": [] if calm else [_incident(provider, updated)],
        "scheduled_maintenances": [],
    }
    return json.dumps(page).encode()


def _incident(provider: str, updated: str) -> dict[str, Any]:
    return {
        "id": f"{provider}-down",
        "name": "Devices appear offline",
        "status": "investigating",
        "impact": "major",
        "started_at": updated,
        "components": [{"name": name} for name in AFFECTED],
    }


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
