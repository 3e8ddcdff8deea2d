"""The embedded broker, in each of its flavours, does for the link what a trial needs."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import psutil
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from monitor.broker import EmbeddedBroker, EmbeddedBrokerError
from monitor.decoders.protocol import Message
from monitor.mqtt import try_broker
from tests.link_tap import LinkTap, burst, settings_for
from tests.waiting import accepts_connections, eventually, wait_for

Flavour = Literal["mosquitto", "amqtt"]


@pytest.fixture(params=["mosquitto", "amqtt"])
def flavour(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Flavour:
    chosen: Flavour = request.param
    if chosen == "mosquitto":
        monkeypatch.setenv("MOSQUITTO", str(request.getfixturevalue("mosquitto_path")))
    return chosen


@contextmanager
def publishing(port: int) -> Iterator[Client]:
    """A client that stays connected."""
    client = Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", port)
    client.loop_start()
    yield client
    client.disconnect()
    client.loop_stop()


async def test_it_listens_where_it_says_and_is_gone_afterwards(flavour: Flavour) -> None:
    async with EmbeddedBroker(prefer=flavour) as broker:
        assert broker.url == f"mqtt://127.0.0.1:{broker.port}"
        assert broker.flavour.startswith(f"{flavour} ")
        assert await try_broker(settings_for(broker.port)) == ""
    assert "nothing listens" in await try_broker(settings_for(broker.port))


async def test_a_link_sees_itself_through_it(flavour: Flavour) -> None:
    async with EmbeddedBroker(prefer=flavour) as broker, LinkTap(settings_for(broker.port)) as tap:
        await tap.until_sighted()
        assert tap.link.path == "echo"


@pytest.mark.parametrize("qos", [0, 1])
async def test_messages_come_through_it_in_order(flavour: Flavour, qos: int) -> None:
    messages = [(f"fleet/v1/home/dev-{number}/heartbeat", str(number).encode()) for number in range(200)]
    async with EmbeddedBroker(prefer=flavour) as broker, LinkTap(settings_for(broker.port)) as tap:
        await tap.until_sighted()
        with publishing(broker.port) as publisher:  # amqtt forgets what it has not passed on when a publisher leaves
            for topic, payload in messages:
                publisher.publish(topic, payload, qos=qos)
            await tap.until(lambda: len(tap.of(Message)) == 200, "all messages come")
        assert [(message.topic, message.payload) for message in tap.of(Message)] == messages


async def test_it_keeps_retained_messages_for_who_comes_later(flavour: Flavour) -> None:
    async with EmbeddedBroker(prefer=flavour) as broker:
        await asyncio.to_thread(burst, broker.port, [("fleet/v1/home/one/status", b"here")], qos=1, retain=True)
        async with LinkTap(settings_for(broker.port)) as tap:
            await tap.until(lambda: tap.of(Message), "the retained message comes")
            assert tap.of(Message)[0].retained


async def test_a_port_in_use_is_named_with_what_to_do(flavour: Flavour) -> None:
    async with EmbeddedBroker(prefer=flavour) as first:
        with pytest.raises(EmbeddedBrokerError, match=f"port {first.port} on 127.0.0.1 is in use") as caught:
            async with EmbeddedBroker(port=first.port, prefer=flavour):
                pytest.fail("two brokers on one port")
    assert f'"{first.url}"' in str(caught.value)


async def test_a_port_is_free_again_for_the_next_broker(flavour: Flavour) -> None:
    async with EmbeddedBroker(prefer=flavour) as first, LinkTap(settings_for(first.port)) as tap:
        await tap.until_sighted()
    async with EmbeddedBroker(port=first.port, prefer=flavour) as second:
        assert second.port == first.port


OWNER = """
import asyncio
from monitor.broker import EmbeddedBroker
async def own():
    async with EmbeddedBroker(prefer="mosquitto") as broker:
        print(broker.port, flush=True)
        await asyncio.sleep(3600)
asyncio.run(own())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with a killed parent")
async def test_a_child_broker_does_not_outlive_a_killed_owner(mosquitto_path: Path) -> None:
    root = Path(__file__).parent.parent.parent
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, cwd=root, env={**os.environ, "MOSQUITTO": str(mosquitto_path)}, stdout=-1
    )
    assert owner.stdout is not None
    port = int(await owner.stdout.readline())
    child = psutil.Process(owner.pid).children()[0]
    owner.send_signal(signal.SIGKILL)
    await owner.wait()
    await eventually(lambda: not accepts_connections(port), "the broker is gone")
    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "its process is gone")
