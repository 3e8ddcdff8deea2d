"""The payload of version 4, as those who listen to Alertmanager know it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from monitor.clock import VirtualClock
from monitor.egress import Egress, EgressSettings, Pseudonyms
from monitor.notifiers.protocol import Parcel
from monitor.notifiers.webhook import Webhook, WebhookSettings, fingerprint
from tests.alerts import NOON, an_alert
from tests.http_receiver import HttpReceiver


@asynccontextmanager
async def to(receiver: HttpReceiver) -> AsyncIterator[Webhook]:
    settings = WebhookSettings.model_validate({"type": "webhook", "url": f"{receiver.url}/in?team=night"})
    egress = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows"))
    notifier = settings.open(egress.door(settings.name, trust="own", timeout_seconds=5), VirtualClock(NOON))
    yield notifier
    await notifier.aclose()


async def test_the_payload_is_that_of_alertmanager() -> None:
    async with HttpReceiver() as there, to(there) as webhook:
        await webhook.send(Parcel([an_alert(), an_alert("feeder-2", state="resolved")], "1"))
        [request] = there.requests
        assert (request.method, request.path) == ("POST", "/in?team=night")
        payload = request.json
        first, second = payload.pop("alerts")
        assert payload == {
            "version": "4",
            "groupKey": '{}:{alertname="DeviceOffline"}',
            "truncatedAlerts": 0,
            "status": "firing",
            "receiver": "webhook",
            "groupLabels": {"alertname": "DeviceOffline"},
            "commonLabels": {
                "alertname": "DeviceOffline",
                "severity": "warning",
                "tenant": "home",
                "site": "none",
                "provider": "aurora",
                "kind": "feeder",
            },
            "commonAnnotations": {"runbook_url": "http://127.0.0.1:8080/runbooks/DeviceOffline"},
            "externalURL": "",
        }
        assert (first["status"], first["startsAt"], first["endsAt"]) == (
            "firing",
            "2025-12-01T12:00:00.000Z",
            "0001-01-01T00:00:00Z",
        )
        assert (second["status"], second["endsAt"]) == ("resolved", "2025-12-01T12:00:00.000Z")
        assert first["labels"]["device"] == "feeder-1"
        assert first["fingerprint"] != second["fingerprint"]


async def test_alerts_of_different_names_make_different_requests_with_keys_of_their_own() -> None:
    async with HttpReceiver() as there, to(there) as webhook:
        outage = an_alert(name="ProviderOutage", severity="critical")
        await webhook.send(Parcel([an_alert("feeder-1"), outage, an_alert("feeder-2")], "1"))
        names = [(request.json["groupLabels"]["alertname"], len(request.json["alerts"])) for request in there.requests]
        assert names == [("DeviceOffline", 2), ("ProviderOutage", 1)]
        assert len({request.headers["idempotency-key"] for request in there.requests}) == 2


async def test_a_group_is_resolved_when_all_of_it_is() -> None:
    async with HttpReceiver() as there, to(there) as webhook:
        await webhook.send(Parcel([an_alert(state="resolved"), an_alert("feeder-2", state="resolved")], "1"))
        assert there.requests[0].json["status"] == "resolved"


def test_a_fingerprint_depends_on_the_labels_and_not_on_their_order() -> None:
    assert fingerprint({"a": "1", "b": "2"}) == fingerprint({"b": "2", "a": "1"})
    assert fingerprint({"a": "1", "b": "2"}) != fingerprint({"a": "12", "b": ""})
    assert len(fingerprint({})) == 16


async def test_the_same_news_has_the_same_key_in_whatever_company_it_travels() -> None:
    one, other = an_alert(), an_alert("feeder-2", name="FeederJammed")
    keys = {one.key: "k1", other.key: "k2"}
    async with HttpReceiver() as there, to(there) as webhook:
        await webhook.send(Parcel([one, other], "together", keys=keys))
        await webhook.send(Parcel([other], "alone", keys=keys))
        sent = [
            (request.json["groupLabels"]["alertname"], request.headers["idempotency-key"]) for request in there.requests
        ]
    assert sent[1] == sent[2] != sent[0]


async def test_what_a_route_put_together_is_one_request() -> None:
    alerts = [an_alert(), an_alert("feeder-2", name="FeederJammed")]
    async with HttpReceiver() as there, to(there) as webhook:
        await webhook.send(Parcel(alerts, "1", "grouped", "2/"))
        [request] = there.requests
    assert (request.json["groupLabels"], request.json["groupKey"]) == ({}, "{}:{}")
    assert [alert["labels"]["alertname"] for alert in request.json["alerts"]] == ["DeviceOffline", "FeederJammed"]
