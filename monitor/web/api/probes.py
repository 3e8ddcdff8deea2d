"""What was asked outside, and what came back."""

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from monitor.core.probing.results import Fact, Verdict
from monitor.core.probing.view import ProbeState
from monitor.web.problems import documented
from monitor.web.security import reader
from monitor.web.state import State

router = APIRouter(tags=["probes"], dependencies=[Depends(reader)])


class ProbeAbout(BaseModel):
    """Whom the answers of a probe say something of."""

    scope: dict[str, str]
    channel: str
    control: bool
    capability: str
    text: str = Field(description="the same in words")


class ProbeLast(BaseModel):
    """What was found when it last asked."""

    at: float
    verdict: Verdict
    seconds: float = Field(description="how long it took")
    statement: str
    facts: dict[str, Fact]


class ProbeLine(BaseModel):
    """One probe."""

    name: str
    type: str
    target: str
    about: ProbeAbout
    every_seconds: float
    verdict: Verdict = Field(description="what enough results in a row agree on")
    since: float | None = Field(description="since when; null before the first result")
    stale: bool = Field(description="the last result is too old to prove anything")
    last: ProbeLast | None
    results: dict[Literal["healthy", "failing", "unknown"], int] = Field(description="how often it found what")


class ProbeList(BaseModel):
    """All probes; there are as many as the configuration names."""

    items: list[ProbeLine]


@router.get("/probes", responses=documented(HTTPStatus.UNAUTHORIZED))
async def list_probes(state: State) -> ProbeList:
    """List the active probes, what each last found, and what that is taken for."""
    return ProbeList(items=[_line(probe) for probe in state.probes()])


def _line(probe: ProbeState) -> ProbeLine:
    about, last = probe.about, probe.latest
    found = last and ProbeLast(
        at=last.at, verdict=last.verdict, seconds=last.seconds, statement=last.statement, facts=dict(last.facts)
    )
    return ProbeLine(
        name=probe.name,
        type=probe.kind,
        target=probe.target,
        about=ProbeAbout(
            scope=dict(about.scope),
            channel=about.channel,
            control=about.control,
            capability=about.capability,
            text=about.text,
        ),
        every_seconds=probe.every_seconds,
        verdict=probe.verdict,
        since=probe.since,
        stale=probe.stale,
        last=found,
        results=dict(probe.results),
    )
