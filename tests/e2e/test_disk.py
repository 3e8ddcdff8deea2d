"""A disk that fails under the running monitor: people hear of it past the disk, nobody is judged, and it goes on."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from resource import RLIMIT_FSIZE, prlimit

import pytest

from tests.e2e.daemon import Devices, RealMonitor
from tests.http_receiver import HttpReceiver
from tests.programs import RealMosquitto
from tests.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.mosquitto]

FEEDERS = [f"acme/feeder-{number}" for number in range(8)]


@pytest.fixture
async def people() -> AsyncIterator[HttpReceiver]:
    async with HttpReceiver() as receiver:
        yield receiver


@pytest.fixture
def devices(mosquitto_path: Path, tmp_path: Path) -> Iterator[tuple[Devices, int]]:
    with RealMosquitto(mosquitto_path, tmp_path) as broker, Devices(broker.port) as devices:
        for device in FEEDERS:
            devices.describe(device, provider="aurora")
        devices.alive |= {*FEEDERS}
        yield devices, broker.port


DISK_FAILS = ["StoreFailing firing", "MonitorBlind firing"]
DISK_WORKS = ["StoreFailing resolved", "MonitorBlind resolved"]


def told(people: HttpReceiver) -> list[str]:
    """Name and state of the alerts that arrived, in their order."""
    alerts = [alert for request in people.requests for alert in request.json["alerts"]]
    return [f"{alert['labels']['alertname']} {alert['status']}" for alert in alerts]


async def lives_through_a_failing_disk(monitor: RealMonitor, beating: Devices, people: HttpReceiver) -> None:
    """The disk fails already: see that it is told and that nobody is judged, also not the one that dies now."""
    await eventually(lambda: told(people) == DISK_FAILS, "people hear that the disk fails, and the monitor blind")
    ready = monitor.get("/readyz")
    assert not ready["ready"]
    assert [each["cause"] for each in ready["blind"]] == ["store"]
    assert monitor.metric("hearthbeat_store_writable") == 0
    assert monitor.metric("hearthbeat_blind", cause="store") == 1
    beating.alive.discard(FEEDERS[0])
    waiting = monitor.metric("hearthbeat_inbox_length")
    await eventually(
        lambda: monitor.metric("hearthbeat_inbox_length") > waiting + 6 * len(FEEDERS),
        "the others beat on for longer than the timeout",
    )
    assert {monitor.status(device) for device in FEEDERS} == {"online"}
    assert told(people) == DISK_FAILS


async def goes_on_where_it_stopped(monitor: RealMonitor, people: HttpReceiver) -> None:
    """The disk works again: it is told, recorded, and the one that died meanwhile is found."""
    await eventually(lambda: "MonitorBlind resolved" in told(people), "people hear that it works and sees again")
    await eventually(monitor.sees, "the monitor sees again")
    await eventually(lambda: "DeviceOffline firing" in told(people), "the one that died meanwhile is announced")
    assert monitor.metric("hearthbeat_store_writable") == 1
    assert {monitor.status(device) for device in FEEDERS[1:]} == {"online"}
    assert told(people) == [*DISK_FAILS, *DISK_WORKS, "DeviceOffline firing"]
    [record] = [each for each in monitor.get("/api/v1/alerts", state="all")["items"] if each["name"] == "StoreFailing"]
    assert record["state"] == "resolved"


async def test_a_locked_database_is_told_past_the_store_and_judges_nobody(
    devices: tuple[Devices, int], people: HttpReceiver, tmp_path: Path
) -> None:
    beating, port = devices
    receivers = [{"type": "webhook", "name": "ours", "url": people.url}]
    async with RealMonitor(tmp_path, port, receivers=receivers) as monitor:
        await eventually(lambda: monitor.status(FEEDERS[7]) == "online", "the fleet is online")
        with closing(sqlite3.connect(monitor.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await lives_through_a_failing_disk(monitor, beating, people)
        await goes_on_where_it_stopped(monitor, people)


async def test_a_full_disk_is_told_past_the_store_and_judges_nobody(
    devices: tuple[Devices, int], people: HttpReceiver, tmp_path: Path
) -> None:
    """A limit on the size of files is a full disk for this process alone: its log cannot grow either."""
    beating, port = devices
    receivers = [{"type": "webhook", "name": "ours", "url": people.url}]
    async with RealMonitor(tmp_path, port, receivers=receivers) as monitor:
        await eventually(lambda: monitor.status(FEEDERS[7]) == "online", "the fleet is online")
        _, most = prlimit(monitor.pid, RLIMIT_FSIZE, (0, -1))
        await lives_through_a_failing_disk(monitor, beating, people)
        prlimit(monitor.pid, RLIMIT_FSIZE, (most, most))
        await goes_on_where_it_stopped(monitor, people)
