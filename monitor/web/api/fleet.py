"""The fleet in numbers."""

from collections import Counter
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from monitor.core.census import totals
from monitor.core.decisions import Status
from monitor.core.fleet import Cohort
from monitor.core.sentences import headline
from monitor.web.api.models import CohortCounts, FleetSummary
from monitor.web.api.queries import FleetAsked
from monitor.web.problems import documented
from monitor.web.security import reader
from monitor.web.state import State

MOST_COHORTS = 1000

router = APIRouter(tags=["fleet"], dependencies=[Depends(reader)])


@router.get("/fleet", responses=documented(HTTPStatus.UNAUTHORIZED))
async def show_fleet(request: Request, state: State, asked: Annotated[FleetAsked, Query()]) -> FleetSummary:
    """Show the whole fleet, or one tenant's, in numbers and in one sentence."""
    tenant = asked.tenant
    made = await request.app.state.live.rounds.latest()
    engine, now = state.engine, state.now()
    counts = totals(engine.fleet, tenant)
    incidents = [each for each in engine.incidents.values() if not tenant or each.scope.get("tenant", tenant) == tenant]
    alerts = [each for each in engine.alerts.values() if not tenant or each.labels.get("tenant") == tenant]
    cohorts: dict[Cohort, Counter[Status]] = {}
    for (cohort, status), number in engine.fleet.counts.items():
        if number and (not tenant or cohort.tenant == tenant):
            cohorts.setdefault(cohort, Counter())[status] += number
    largest = sorted(cohorts.items(), key=lambda item: (-item[1].total(), item[0]))[:MOST_COHORTS]
    maintained = engine.fleet.in_maintenance
    told = headline(counts, incidents, engine.blind, now, harm={} if tenant else made.harm)
    return FleetSummary(
        at=now,
        sentence=told.text,
        detail=told.detail,
        tone=told.tone,
        current=not engine.blind,
        horizon=engine.horizon,
        devices=sum(counts.values()),
        statuses=dict(counts),
        in_maintenance=sum(number for cohort, number in maintained.items() if not tenant or cohort.tenant == tenant),
        incidents_open=len(incidents),
        alerts_firing=len(alerts),
        cohorts=[
            CohortCounts(**cohort._asdict(), statuses=dict(numbers), in_maintenance=maintained[cohort])
            for cohort, numbers in largest
        ],
    )
