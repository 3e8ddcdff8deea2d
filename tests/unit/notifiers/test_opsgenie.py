"""Alerts by alias, as Opsgenie and what took over its interface know them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from monitor.clock import VirtualClock
from monitor.egress import Egress, EgressSettings, Pseudonyms
from monitor.notifiers.opsgenie import Opsgenie, OpsgenieSettings, alias, request
from monitor.notifiers.protocol import DeliveryError, Parcel
from tests.alerts import NOON, an_alert
from tests.http_receiver import HttpReceiver

ALIAS = "DeviceOffline%2Fhome%2Ffeeder-1"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSGENIE_KEY", "abc-123")


@asynccontextmanager
async def to(there: HttpReceiver) -> AsyncIterator[Opsgenie]:
    settings = OpsgenieSettings.model_validate({"type": "opsgenie", "url": there.url, "secret_env": "OPSGENIE_KEY"})
    egress = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows"))
    notifier = settings.open(egress.door(settings.name, trust="own", timeout_seconds=5), VirtualClock(NOON))
    yield notifier
    await notifier.aclose()


async def test_an_alert_is_opened_acknowledged_and_closed_by_its_alias() -> None:
    async with HttpReceiver(status=202) as there, to(there) as opsgenie:
        await opsgenie.send(Parcel([an_alert(severity="critical")], "1"))
        await opsgenie.send(Parcel([an_alert()], "2", "acknowledged"))
        await opsgenie.send(Parcel([an_alert(state="resolved")], "3"))
        opened, acknowledged, closed = there.requests
    assert {request.headers["authorization"] for request in there.requests} == {"GenieKey abc-123"}
    assert (opened.path, opened.json["alias"], opened.json["priority"]) == (
        "/v2/alerts",
        "DeviceOffline/home/feeder-1",
        "P1",
    )
    assert opened.json["message"] == "feeder-1 is silent"
    assert "provider:aurora" in opened.json["tags"]
    assert acknowledged.path == f"/v2/alerts/{ALIAS}/acknowledge?identifierType=alias"
    assert closed.path == f"/v2/alerts/{ALIAS}/close?identifierType=alias"
    assert closed.json["note"] == "over"


async def test_what_is_gone_there_need_not_be_closed_but_opening_must_work() -> None:
    async with HttpReceiver(status=404) as there, to(there) as opsgenie:
        await opsgenie.send(Parcel([an_alert(state="resolved")], "1"))
        with pytest.raises(DeliveryError, match="404"):
            await opsgenie.send(Parcel([an_alert()], "2"))


def test_what_the_service_limits_is_cut() -> None:
    notes = {"summary": "x" * 500, "description": "y" * 50_000, "action": "z" * 9000, "caution": "no"}
    _, body = request("base", an_alert(annotations=notes), acknowledged=False)
    assert (len(body["message"]), len(body["description"])) == (130, 15_000)
    assert body["details"] == {}, "no room was left after the long one"
    assert len(alias(replace(an_alert(), key="k" * 600))) <= 512
