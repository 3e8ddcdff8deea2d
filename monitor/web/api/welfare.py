"""Who is at risk: animals and homes, the worst first."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from monitor.web.api.models import RiskLine, RiskPage
from monitor.web.api.queries import WelfareAsked
from monitor.web.cursors import make_cursor, place, read_place
from monitor.web.problems import documented
from monitor.web.security import reader
from monitor.web.state import State

router = APIRouter(tags=["welfare"], dependencies=[Depends(reader)])


@router.get("/welfare", responses=documented(HTTPStatus.UNAUTHORIZED))
async def list_risks(state: State, asked: Annotated[WelfareAsked, Query()]) -> RiskPage:
    """List the devices at risk, the ones with the least time until harm first.

    Signs are listed whether or not anybody was told: an outage or maintenance withholds alerts, never facts.
    """
    after = read_place("welfare", asked.cursor)
    if state.welfare is None:
        return RiskPage(items=[], next=None)
    risks = state.welfare.risks(state.now(), tenant=asked.tenant, kind=asked.kind or "", incident=asked.incident)
    left = [risk for risk in risks if after is None or (risk.hours, risk.device) > after]
    page = left[: asked.limit]
    more = place(page[-1].hours, page[-1].device) if len(left) > len(page) else None
    return RiskPage(items=[RiskLine.model_validate(risk) for risk in page], next=make_cursor("welfare", more))
