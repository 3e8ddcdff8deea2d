"""The API keeps to its own description, whatever it is asked."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from monitor.clock import SystemClock
from monitor.core.explain import Explainer
from monitor.core.observations import Observation
from monitor.metrics.page import MetricsPage
from monitor.metrics.sources import Sources
from monitor.outbox import Desk, Knowledge, Outbox
from monitor.store.memory import MemoryStore
from monitor.web.app import create_app
from monitor.web.public.settings import StatusPageSettings
from monitor.web.public.state import PublicState
from monitor.web.state import WebState
from tests.asking import TOKEN, Told, with_token
from tests.unit.web.test_explanations_api import outage_until


def full_app() -> FastAPI:
    timeline = outage_until("50m")
    engine, now = timeline.engine, timeline.now
    store, clock = MemoryStore(), SystemClock()
    exporter = MetricsPage(Sources(engine=engine, now=lambda: now, version="1.2.3"))

    async def carry_out(act: Observation) -> bool:
        engine.observe(act)
        return True

    state = WebState(
        engine,
        lambda: now,
        exporter,
        settings=with_token(),
        observe=Told(),
        welfare=engine.welfare,
        public=PublicState(engine.publication, lambda: now, StatusPageSettings()),
        explainer=Explainer(engine),
        desk=engine.desk,
        carry_out=carry_out,
        timelines=store.timelines,
        deliveries=store,
        delivery=Desk(store, clock, Outbox(store, clock, [], known=Knowledge(lambda _, alert: alert, tuple)), ()),
    )
    return create_app(state)


schema = schemathesis.openapi.from_asgi("/api/openapi.json", full_app())


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
def test_every_answer_is_as_the_description_says(case: schemathesis.Case[Any]) -> None:
    # What a schema cannot tell: whether a cursor is one of ours, which are opaque; and a parameter that was made wrong,
    # but is left out or put right (the token) on its way into the request. Both are tested by name beside this file.
    case.call_and_validate(
        headers={"Authorization": f"Bearer {TOKEN}"},
        excluded_checks=[positive_data_acceptance, negative_data_rejection],
    )
