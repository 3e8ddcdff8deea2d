"""Explanations over the API: of what is open from the engine, of what is over from the store."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.core.explain import Explainer
from monitor.metrics.page import MetricsPage
from monitor.metrics.sources import Sources
from monitor.store.memory import MemoryStore
from monitor.store.protocol import Step
from monitor.web.state import WebState
from tests.asking import ask, web_state
from tests.small_fleet import ShownEngine, outage
from tests.timeline import Timeline

PROFILE = {"kind": "feeder", "provider": "aurora", "region": "eu"}


AURORA = [f"f-{number}" for number in range(20)]
BOREALIS = [f"o-{number}" for number in range(20)]


def outage_until(moment: str) -> Timeline:
    """Aurora's feeders fall silent at 30 minutes; all but one return at 50."""
    timeline = Timeline()
    timeline.info(*AURORA, **PROFILE).info(*BOREALIS, kind="feeder", provider="borealis")
    timeline.heartbeats(*BOREALIS, until="2h").heartbeats(*AURORA, until="30m")
    timeline.heartbeats(*AURORA[1:], start="50m", until="2h")
    return timeline.at(moment)


async def state_of(timeline: Timeline) -> WebState:
    """What is shown of this engine, with a store of all that it decided."""
    store = MemoryStore()
    await store.open()
    await store.commit(Step(timeline.now, timeline.decisions))
    engine, now = timeline.engine, timeline.now
    exporter = MetricsPage(Sources(engine=engine, now=lambda: now, version="1.2.3"))
    return WebState(engine=engine, now=lambda: now, exporter=exporter, archive=store, explainer=Explainer(engine))


async def answer(state: WebState, path: str) -> dict[str, Any]:
    response = await ask(state, f"/api/v1/{path}/explanation")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_an_incident_that_is_over_is_explained_from_the_store() -> None:
    timeline = outage_until("90m")
    (opened,) = timeline.incidents()
    assert not timeline.engine.incidents, "it is over"
    explained = await answer(await state_of(timeline), f"incidents/{opened.id}")
    assert "over at" in explained["since"]
    assert "acme/f-0" in explained["stayed_away"]
    assert [piece["source"] for piece in explained["evidence"]][:2] == ["prior", "silence"]
    assert all(piece["words"] for piece in explained["evidence"])
    assert explained["withheld"] == 0


async def test_an_open_incident_is_explained_with_the_notices_that_it_withholds() -> None:
    timeline = outage_until("45m")
    (opened,) = timeline.incidents()
    explained = await answer(await state_of(timeline), f"incidents/{opened.id}")
    assert explained["withheld"] == 20
    assert explained["notices"] == "20 notices about single devices are held back for it."


async def test_a_device_is_explained_with_its_past_and_its_next_steps() -> None:
    explained = await answer(await state_of(outage_until("90m")), "devices/acme/f-0")
    assert explained["summary"].startswith("Feeder acme/f-0 is offline")
    assert "usually every 1 min" in explained["seen"]
    assert "→ offline" in explained["changes"][0]
    assert explained["next"][-1] == "Online again with its first sign of life."


@pytest.mark.parametrize("path", ["incidents/nope", "devices/acme/nope"])
async def test_what_is_not_known_is_not_explained(path: str) -> None:
    response = await ask(await state_of(Timeline()), f"/api/v1/{path}/explanation")
    assert response.status_code == 404


async def test_a_page_without_an_engine_behind_it_says_that_it_explains_nothing() -> None:
    shown = ShownEngine(incidents={"i1": outage("i1")})
    response = await ask(web_state(shown), "/api/v1/incidents/i1/explanation")
    assert response.status_code == 503
    assert "explains nothing" in response.json()["detail"]
