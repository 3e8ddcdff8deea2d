"""What Alertmanager is told, word by word, and how a pair of them is served."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from monitor.clock import VirtualClock
from monitor.egress import Egress, EgressSettings, Pseudonyms
from monitor.notifiers.alertmanager import Alertmanager, AlertmanagerSettings
from monitor.notifiers.protocol import DeliveryError, Parcel
from tests.alerts import NOON, an_alert
from tests.http_receiver import HttpReceiver

WALL = NOON + 86_400
"""The host's clock was set a day forward after we started."""


@asynccontextmanager
async def to(*receivers: HttpReceiver, now: float = NOON) -> AsyncIterator[Alertmanager]:
    settings = AlertmanagerSettings.model_validate(
        {"type": "alertmanager", "url": [receiver.url for receiver in receivers], "resend_seconds": 30}
    )
    egress = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows"))
    door = egress.door(settings.name, trust="own", timeout_seconds=5)
    notifier = Alertmanager(settings, door, VirtualClock(now), wall=lambda: WALL)
    yield notifier
    await notifier.aclose()


async def test_a_firing_alert_expires_by_itself_unless_it_is_sent_again() -> None:
    async with HttpReceiver() as there, to(there, now=NOON + 600) as alertmanager:
        await alertmanager.send(Parcel([an_alert(at=NOON)], "1"))
        [request] = there.requests
        assert (request.method, request.path) == ("POST", "/api/v2/alerts")
        assert request.json == [
            {
                "labels": {
                    "alertname": "DeviceOffline",
                    "severity": "warning",
                    "tenant": "home",
                    "site": "none",
                    "provider": "aurora",
                    "kind": "feeder",
                    "device": "feeder-1",
                },
                "annotations": {
                    "summary": "feeder-1 is silent",
                    "runbook_url": "http://127.0.0.1:8080/runbooks/DeviceOffline",
                },
                "startsAt": "2025-12-02T11:50:00.000Z",
                "endsAt": "2025-12-02T12:02:00.000Z",
            }
        ]


async def test_a_resolved_alert_ended_when_it_ended() -> None:
    async with HttpReceiver() as there, to(there, now=NOON + 60) as alertmanager:
        await alertmanager.send(Parcel([an_alert(state="resolved", at=NOON)], "1"))
        [alert] = there.requests[0].json
        assert (alert["startsAt"], alert["endsAt"]) == ("2025-12-02T11:54:00.000Z", "2025-12-02T11:59:00.000Z")


async def test_the_link_goes_where_prometheus_would_put_its_own() -> None:
    async with HttpReceiver() as there, to(there) as alertmanager:
        await alertmanager.send(Parcel([an_alert(annotations={"link": "http://hearth.example/incidents/1"})], "1"))
        assert there.requests[0].json[0]["generatorURL"] == "http://hearth.example/incidents/1"


async def test_each_member_of_a_cluster_is_told() -> None:
    async with HttpReceiver() as one, HttpReceiver() as other, to(one, other) as alertmanager:
        await alertmanager.send(Parcel([an_alert()], "1"))
        assert len(one.requests) == len(other.requests) == 1


async def test_one_member_that_took_it_is_enough() -> None:
    async with HttpReceiver(status=503) as one, HttpReceiver() as other, to(one, other) as alertmanager:
        await alertmanager.send(Parcel([an_alert()], "1"))
        assert len(other.requests) == 1


@pytest.mark.parametrize(("first", "retryable"), [(400, False), (503, True)])
async def test_a_refusal_by_all_is_final_only_if_all_mean_it(first: int, retryable: bool) -> None:  # noqa: FBT001
    async with HttpReceiver(status=first) as one, HttpReceiver(status=400) as other, to(one, other) as alertmanager:
        with pytest.raises(DeliveryError) as refused:
            await alertmanager.send(Parcel([an_alert()], "1"))
        assert refused.value.retryable is retryable
        assert one.url in str(refused.value)
        assert other.url in str(refused.value)


async def test_trying_it_out_names_the_member_that_is_not_well() -> None:
    async with HttpReceiver() as one, HttpReceiver(status=404) as other, to(one, other) as alertmanager:
        assert await alertmanager.try_out() == [f"alertmanager: {other.url}/api/v2/status: 404"]


def test_a_path_before_the_api_is_kept() -> None:
    settings = AlertmanagerSettings.model_validate({"type": "alertmanager", "url": "http://127.0.0.1:9093/alerts/"})
    assert settings.bases == ("http://127.0.0.1:9093/alerts",)
