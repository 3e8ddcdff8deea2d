"""Incidents by what people did about them, silences and maintenance; numbers only."""

from collections import Counter
from collections.abc import Iterable
from typing import get_args

from monitor.core.decisions import IncidentKind
from monitor.core.operations.lives import Stage, stage_of
from monitor.core.operations.view import DeskView
from monitor.metrics.families import Families

OPEN_STAGES: tuple[Stage, ...] = ("open", "acknowledged")


def collect_operations(families: Families, desk: DeskView, firing: Iterable[str], now: float) -> None:
    """What is open, what is kept quiet and what is worked on; `firing` are the keys of firing alerts."""
    stages: Counter[tuple[IncidentKind, Stage]] = Counter(
        (incident.kind, stage_of(incident)) for incident in desk.open.values()
    )
    for kind in get_args(IncidentKind):
        for stage in OPEN_STAGES:
            families.put("hearthbeat_incidents", stages[kind, stage], kind, stage)
    families.put("hearthbeat_incidents_refused_total", desk.refused)
    families.put("hearthbeat_silences", sum(each.starts_at <= now for each in desk.hush.silences.values()))
    families.put("hearthbeat_alerts_untold", sum(bool(desk.hush.untold(key)) for key in firing))
    on = len(desk.maintenance.on)
    families.put("hearthbeat_maintenance_windows", on, "on")
    families.put(
        "hearthbeat_maintenance_windows", len(desk.maintenance.windows.keys() - desk.maintenance.on), "planned"
    )
