"""Events of PagerDuty's Events API, version 2, as its documentation has them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.clock import VirtualClock
from monitor.core.routing import Reason
from monitor.egress import Egress, EgressSettings, Pseudonyms
from monitor.notifiers.pagerduty import PagerDuty, PagerDutySettings, event
from monitor.notifiers.protocol import Parcel
from tests.alerts import NOON, an_alert
from tests.http_receiver import HttpReceiver


@asynccontextmanager
async def to(there: HttpReceiver, folder: Path) -> AsyncIterator[PagerDuty]:
    (folder / "key").write_text("r0ut1ng-k3y\n")
    settings = PagerDutySettings.model_validate(
        {"type": "pagerduty", "url": f"{there.url}/v2/enqueue", "secret_file": folder / "key"}
    )
    egress = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows"))
    notifier = settings.open(egress.door(settings.name, trust="own", timeout_seconds=5), VirtualClock(NOON))
    yield notifier
    await notifier.aclose()


async def test_an_alert_triggers_and_its_end_resolves_under_the_same_key(tmp_path: Path) -> None:
    links = {"summary": "feeder-1 is silent", "runbook_url": "http://hearth.example/runbooks/DeviceOffline"}
    async with HttpReceiver(status=202) as there, to(there, tmp_path) as pagerduty:
        await pagerduty.send(Parcel([an_alert(annotations=links)], "1"))
        await pagerduty.send(Parcel([an_alert(state="resolved")], "2"))
        trigger, resolve = (request.json for request in there.requests)
    assert there.requests[0].path == "/v2/enqueue"
    assert resolve == {
        "routing_key": "r0ut1ng-k3y",
        "event_action": "resolve",
        "dedup_key": "DeviceOffline/home/feeder-1",
    }
    assert (trigger["event_action"], trigger["dedup_key"]) == ("trigger", resolve["dedup_key"])
    assert trigger["links"] == [{"href": links["runbook_url"], "text": "Runbook"}]
    payload = trigger["payload"]
    assert (payload["summary"], payload["severity"], payload["source"]) == ("feeder-1 is silent", "warning", "feeder-1")
    assert (payload["timestamp"], payload["class"]) == ("2025-12-01T12:00:00.000Z", "DeviceOffline")
    assert payload["custom_details"]["provider"] == "aurora"


@pytest.mark.parametrize(("reason", "action"), [("acknowledged", "acknowledge"), ("reminder", "trigger")])
async def test_somebody_took_it_on_or_did_not(tmp_path: Path, reason: Reason, action: str) -> None:
    async with HttpReceiver(status=202) as there, to(there, tmp_path) as pagerduty:
        await pagerduty.send(Parcel([an_alert()], "1", reason))
        assert there.requests[0].json["event_action"] == action


def test_what_the_service_limits_is_cut_and_its_keys_stay_apart() -> None:
    long = an_alert(annotations={"summary": "x" * 5000, "description": "y" * 100_000, "link": "javascript:alert(1)"})
    sent = event(replace(long, key="k" * 300), "key", "trigger")
    assert len(sent["payload"]["summary"]) == 1024
    assert len(sent["payload"]["custom_details"]["description"]) == 2000
    assert len(sent["dedup_key"]) <= 255
    assert sent["dedup_key"] != event(replace(long, key="k" * 301), "key", "trigger")["dedup_key"]
    assert (sent["links"], "client_url" in sent) == ([], False)


def test_an_alert_about_no_device_names_its_provider_or_us() -> None:
    nobody = replace(an_alert(), labels={}, annotations={})
    assert event(nobody, "key", "trigger")["payload"]["source"] == "hearthbeat"
    assert event(nobody, "key", "trigger")["payload"]["summary"] == "DeviceOffline"
