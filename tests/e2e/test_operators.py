"""What people do holds through kill -9: who took an incident, what is silenced, what is under maintenance."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.daemon import Devices, RealMonitor
from tests.http_receiver import HttpReceiver
from tests.programs import RealMosquitto
from tests.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.mosquitto]

AURORA = [f"acme/aurora-{number}" for number in range(8)]
BOREAL = [f"acme/boreal-{number}" for number in range(8)]
TOKEN = "open-sesame-open-sesame"
RECEIVER = "night-shift"


@pytest.fixture
async def people() -> AsyncIterator[HttpReceiver]:
    async with HttpReceiver() as receiver:
        yield receiver


@pytest.fixture
def devices(mosquitto_path: Path, tmp_path: Path) -> Iterator[tuple[Devices, int]]:
    with RealMosquitto(mosquitto_path, tmp_path) as broker, Devices(broker.port) as devices:
        for device in AURORA + BOREAL:
            devices.describe(device, provider=device.partition("/")[2].partition("-")[0], site=f"site-{device[-1]}")
        devices.alive |= {*AURORA, *BOREAL}
        yield devices, broker.port


def do(monitor: RealMonitor, path: str, **body: object) -> dict[str, object]:
    """Act as ada; the answer comes when it is on disk."""
    headers = {"authorization": f"Bearer {TOKEN}", "x-operator": "ada"}
    answer = httpx.post(f"{monitor.url}/api/v1/{path}", headers=headers, json=body, timeout=10)
    assert answer.is_success, answer.text
    made: dict[str, object] = answer.json() if answer.content else {}
    return made


def told(people: HttpReceiver) -> set[tuple[str, str]]:
    """Names and states of what arrived."""
    alerts = [alert for request in people.requests for alert in request.json["alerts"]]
    return {(alert["labels"]["alertname"], alert["status"]) for alert in alerts}


def restart(monitor: RealMonitor) -> None:
    monitor.kill()
    monitor.start()


async def test_acknowledgements_silences_and_maintenance_survive_kill_9(
    devices: tuple[Devices, int], people: HttpReceiver, tmp_path: Path
) -> None:
    beating, port = devices
    receivers = [{"type": "webhook", "name": RECEIVER, "url": people.url, "timeout_seconds": 2.0}]
    web = {"token": TOKEN, "read_open": True}
    outages = {"resolve_seconds": 600.0}
    async with RealMonitor(tmp_path, port, receivers=receivers, web=web, outages=outages) as monitor:
        await eventually(lambda: monitor.status(AURORA[7]) == "online", "the fleet is online")
        silence = do(monitor, "silences/add", matchers=["provider=aurora"], duration_seconds=3600)
        window = do(monitor, "maintenance/add", scope={"tenant": "acme", "device": "boreal-0"}, duration_seconds=3600)
        beating.alive -= {*AURORA}
        await eventually(lambda: monitor.firing("ProviderOutage"), "the outage is announced")
        [outage] = monitor.get("/api/v1/incidents", state="open")["items"]
        do(monitor, f"incidents/{outage['id']}/acknowledge")
        do(monitor, f"incidents/{outage['id']}/notes", text="called them")
        restart(monitor)
        assert [each["id"] for each in monitor.get("/api/v1/silences")["items"]] == [silence["id"]]
        assert [each["id"] for each in monitor.get("/api/v1/maintenance")["items"]] == [window["id"]]
        assert monitor.get("/api/v1/devices/acme/boreal-0")["maintenance"] is True
        [known] = monitor.get("/api/v1/incidents", state="open")["items"]
        assert (known["id"], known["state"], known["acknowledged_by"]) == (outage["id"], "acknowledged", "ada")
        assert ("ProviderOutage", "firing") not in told(people), "it is silenced"
        do(monitor, f"silences/{silence['id']}/end")
        await eventually(lambda: ("ProviderOutage", "firing") in told(people), "what the silence kept is told")
        do(monitor, f"incidents/{outage['id']}/resolve", reason="they answered")
        await eventually(lambda: ("ProviderOutage", "resolved") in told(people), "its end is told")
        report = monitor.text(f"/api/v1/incidents/{outage['id']}/report")
        for part in (
            "acknowledged — ada",
            "they answered — ada",
            "told to nobody because of silence",
            f"| {RECEIVER} |",
        ):
            assert part in report
        assert monitor.metric("hearthbeat_maintenance_windows", state="on") == 1
