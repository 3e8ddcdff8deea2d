"""kill -9 at random moments while alerts are owed to a receiver that fails now and then: nothing is lost or doubled."""

import json
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.daemon import Devices, RealMonitor
from tests.http_receiver import HttpReceiver
from tests.programs import RealMosquitto
from tests.waiting import again_every, eventually

pytestmark = [pytest.mark.slow, pytest.mark.mosquitto]

AURORA = [f"acme/aurora-{number}" for number in range(12)]
BOREAL = [f"acme/boreal-{number}" for number in range(12)]
KILLS = 5


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


def rows(monitor: RealMonitor, query: str) -> list[Any]:
    with closing(sqlite3.connect(monitor.database)) as connection:
        return connection.execute(query).fetchall()


def in_words(labels: dict[str, str], state: str) -> str:
    """Which alert, and whether it begins or ends."""
    return f"{labels['alertname']} {labels.get('device') or labels.get('incident')} {state}"


def told(people: HttpReceiver) -> set[str]:
    """Which alerts arrived."""
    alerts = [alert for request in people.requests for alert in request.json["alerts"]]
    return {in_words(alert["labels"], alert["status"]) for alert in alerts}


async def test_kill_9_again_and_again_loses_no_owed_alert_and_doubles_no_incident(
    devices: tuple[Devices, int], people: HttpReceiver, tmp_path: Path
) -> None:
    beating, port = devices
    chance = random.Random(9)
    receivers = [{"type": "webhook", "name": "night-shift", "url": people.url, "timeout_seconds": 2.0}]
    outbox = {"first_retry_seconds": 0.2, "longest_retry_seconds": 1.0}
    async with RealMonitor(tmp_path, port, receivers=receivers, outbox=outbox) as monitor:
        await eventually(lambda: monitor.status(AURORA[7]) == "online", "the fleet is online")
        beating.alive -= {*AURORA}
        people.status = 503
        await eventually(lambda: monitor.firing("ProviderOutage"), "the outage is announced")
        [before] = monitor.get("/api/v1/incidents")["items"]
        for number in range(KILLS):
            beating.alive ^= {BOREAL[number]}
            people.status = chance.choice((200, 503))
            await rest(chance.uniform(0.3, 5.0))
            monitor.kill()
            people.status = chance.choice((200, 503))
            monitor.start()
        people.status = 200
        beating.alive |= {*AURORA, *BOREAL}
        await eventually(lambda: not monitor.firing("ProviderOutage"), "the outage is over", 60)
        await eventually(lambda: not monitor.firing("DeviceOffline"), "every device is back", 60)
        await eventually(
            lambda: not rows(monitor, "SELECT 1 FROM deliveries WHERE outcome = 'owed'"), "nothing is owed any more"
        )
        [after] = monitor.get("/api/v1/incidents", state="all")["items"]
        owed = [json.loads(body) for (body,) in rows(monitor, "SELECT body FROM deliveries")]
        lost = rows(monitor, "SELECT 1 FROM deliveries WHERE outcome = 'abandoned'")
    assert (after["id"], after["started_at"]) == (before["id"], before["started_at"])
    assert not lost
    assert {in_words(alert["labels"], alert["state"]) for alert in owed} <= told(people)
    assert {f"ProviderOutage {before['id']} {state}" for state in ("firing", "resolved")} <= told(people)
    bodies = Counter((request.headers["idempotency-key"], request.body) for request in people.requests)
    assert max(bodies.values()) > 1, "nothing was ever repeated, so nothing was tried"
    keys = Counter(body for _, body in bodies)
    assert {body for body, number in keys.items() if number > 1} == set(), "a repeat came under another key"
    assert len({key for key, _ in bodies}) == len(bodies), "one key stood for two different requests"


async def rest(seconds: float) -> None:
    """Let the monitor work for a random while; the moment of its death is what varies."""
    async for turn in again_every(seconds):
        if turn:
            return
