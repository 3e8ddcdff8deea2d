"""The API keeps to its own description, whatever it is asked."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from monitor.web.app import create_app
from tests.asking import TOKEN, Told, web_state, with_token
from tests.small_fleet import ShownEngine, alert, device, outage


def full_app() -> FastAPI:
    engine = ShownEngine(incidents={"i": outage("i")}, alerts={"a": alert("a")})
    device(engine.fleet, "acme/f1")
    return create_app(web_state(engine, settings=with_token(), observe=Told()))


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
