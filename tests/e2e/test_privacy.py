"""What a device should not have sent is nowhere afterwards: not shown, kept, logged, recorded or sent on."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.daemon import Devices, RealMonitor
from tests.http_receiver import HttpReceiver
from tests.programs import RealMosquitto
from tests.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.mosquitto]

GOSSIP = "acme/gossip"
MARKER = "canary-arbuckle-711"
PAGES = (
    "/",
    "/metrics",
    "/metrics/devices",
    "/devices",
    "/api/v1/fleet",
    "/api/v1/devices",
    "/api/v1/incidents?state=all",
    "/api/v1/alerts?state=all",
)
OF_GOSSIP = (f"/devices/{GOSSIP}", f"/api/v1/devices/{GOSSIP}")


class Recording(RealMonitor):
    """`hearthbeat run --record`, in JSON and as talkative as it can be."""

    @property
    def trace(self) -> Path:
        return self.folder / "trace.jsonl"

    def command(self) -> list[str | Path]:
        return [*super().command(), "--record", self.trace]


@pytest.fixture
async def people() -> AsyncIterator[HttpReceiver]:
    async with HttpReceiver() as receiver:
        yield receiver


@pytest.fixture
def broker(mosquitto_path: Path, tmp_path: Path) -> Iterator[RealMosquitto]:
    with RealMosquitto(mosquitto_path, tmp_path) as broker:
        yield broker


def tell_everything(devices: Devices) -> None:
    """Everything that nobody should send, in every channel, in every shape, sound and broken."""
    personal = {
        "owner": {"name": MARKER, "email": f"{MARKER}@example.org"},
        "petName": MARKER,
        "ssid": MARKER,
        "x_note": MARKER,
        "lat": 48.2,
        MARKER: [{MARKER: MARKER}],
    }
    sound: dict[str, dict[str, object]] = {
        "info": {"kind": "feeder", "model": "m1", "provider": "aurora"},
        "status": {"state": "online", "boot_id": "b1"},
        "heartbeat": {"seq": 1, "boot_id": "b1", "interval_s": 1, "cloud": {"connected": True, "account": MARKER}},
        "telemetry": {"hopper_pct": 40, "occupancy": MARKER},
        "event": {"event_id": "e1", "type": "feed.completed", "phone": MARKER},
        "schedule": {"rev": 1, "enabled": True, "meals": [{"plan_id": "a", "time": "07:00", "pet_name": MARKER}]},
    }
    for channel, payload in sound.items():
        devices.publish(GOSSIP, channel, payload | personal)
        devices.publish(GOSSIP, channel, payload | {"device": MARKER})
        devices.publish(GOSSIP, channel, payload | {"ts": MARKER, "boot_id": f'"{MARKER}"', "model": f"<{MARKER}>"})
        devices.publish(GOSSIP, channel, f'{{"owner": "{MARKER}"'.encode())
        devices.publish(GOSSIP, channel, (MARKER * 500).encode())
        devices.publish(GOSSIP, f"{channel}/{MARKER}", payload)
    devices.publish(f"{MARKER}@example.org/x", "heartbeat", sound["heartbeat"])
    devices.publish(f"acme/{MARKER}%20street", "heartbeat", sound["heartbeat"])


async def test_what_nobody_should_send_is_shown_kept_logged_recorded_and_sent_nowhere(
    broker: RealMosquitto, people: HttpReceiver, tmp_path: Path
) -> None:
    settings: dict[str, dict[str, Any]] = {
        "log": {"level": "debug", "format": "json"},
        "web": {"device_series": True},
    }
    receivers = [{"type": "webhook", "name": "ours", "url": people.url}, {"type": "console", "name": "terminal"}]
    async with Recording(tmp_path, broker.port, receivers=receivers, **settings) as monitor:
        with Devices(broker.port) as devices:
            tell_everything(devices)
            await eventually(
                lambda: monitor.metric("hearthbeat_ingest_dropped_fields_total", field_class="restricted") >= 20,
                "what it should not have said is counted",
            )
            await eventually(lambda: monitor.metric("hearthbeat_ingest_rejected_total") >= 20, "refusals are counted")
            devices.beat(GOSSIP)
            await eventually(lambda: monitor.status(GOSSIP) == "offline", "the gossip falls silent")
            await eventually(lambda: people.requests, "people are told of it")
        shown = {page: monitor.text(page) for page in (*PAGES, *OF_GOSSIP)}
    assert all("gossip" in shown[page] for page in OF_GOSSIP)
    assert "gossip" in shown["/metrics/devices"]
    kept = {path.name: path.read_bytes() for path in monitor.folder.iterdir() if path.is_file()}
    assert {"hearthbeat.db", "trace.jsonl", "output.log"} <= kept.keys()
    assert b"gossip" in kept["trace.jsonl"]
    sent = b"".join(request.body for request in people.requests)
    assert [page for page, text in shown.items() if MARKER in text] == []
    assert [name for name, content in kept.items() if MARKER.encode() in content] == []
    assert MARKER.encode() not in sent
