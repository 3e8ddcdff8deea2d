"""Brokers that forbid something, and brokers on a bad day."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from monitor.clock import SystemClock
from monitor.core.observations import Echo
from monitor.decoders.protocol import Message
from monitor.mqtt import try_broker
from tests.link_tap import LinkTap, burst, settings_for
from tests.programs import RealMosquitto
from tests.scripted_broker import SUBSCRIBE, Script, ScriptedBroker
from tests.waiting import again_every

WEB_SERVER = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nBad Request: not HTTP"


async def chatter(port: int) -> None:
    """Something that happens at the fleet, again and again."""
    async for _ in again_every(0.1):
        await asyncio.to_thread(burst, port, [("fleet/v1/home/one/heartbeat", b"{}")])


@pytest.fixture
async def talkative_read_only_broker(mosquitto_path: Path, tmp_path: Path) -> AsyncIterator[RealMosquitto]:
    """Anybody may publish heartbeats, nobody an echo."""
    acl = "topic read fleet/#\ntopic write fleet/v1/home/#\n"
    async with RealMosquitto(mosquitto_path, tmp_path, acl=acl, extra=["max_queued_messages 1000"]) as broker:
        talking = asyncio.create_task(chatter(broker.port))
        yield broker
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)


async def test_where_the_echo_is_swallowed_the_brokers_answers_take_its_place(
    talkative_read_only_broker: RealMosquitto,
) -> None:
    with capture_logs() as lines:
        async with LinkTap(settings_for(talkative_read_only_broker.port)) as tap:
            await tap.until(lambda: tap.link.path == "link", "the echo is given up")
            await tap.until_sighted()
            await tap.until_sighted()
            assert tap.of(Message)
    warning = next(line for line in lines if line["log_level"] == "warning")
    assert warning["event"] == "echo_never_delivered"
    assert "publish_echo = false" in warning["remedy"]


async def test_a_silent_fleet_is_no_reason_to_give_up_the_echo(mosquitto_path: Path, tmp_path: Path) -> None:
    acl = "topic read fleet/#\n"
    async with (
        RealMosquitto(mosquitto_path, tmp_path, acl=acl, extra=["max_queued_messages 1000"]) as broker,
        LinkTap(settings_for(broker.port)) as tap,
    ):
        await tap.until(lambda: tap.link.ready, "the link is up")
        sent = asyncio.get_running_loop().time()
        await tap.until(lambda: asyncio.get_running_loop().time() > sent + 2.0, "many echoes could have returned")
        assert tap.link.path == "echo"
        assert tap.of(Echo) == []


async def test_a_broker_that_drops_whoever_publishes_is_watched_without_publishing(
    mosquitto_path: Path, tmp_path: Path
) -> None:
    # Told never to drop a queued message, mosquitto 2.0.11 hangs up on a client that publishes what it may not.
    acl = "topic read fleet/#\n"
    async with RealMosquitto(mosquitto_path, tmp_path, acl=acl) as broker, LinkTap(settings_for(broker.port)) as tap:
        await tap.until_sighted()
        assert tap.link.path == "link"
        assert tap.link.ready


async def test_a_scripted_broker_that_drops_whoever_publishes_is_watched_without_publishing() -> None:
    async with (
        ScriptedBroker(Script(drop_publishers=True)) as broker,
        LinkTap(settings_for(broker.port)) as tap,
    ):
        await tap.until_sighted()
        assert tap.link.path == "link"
        assert broker.connects == 3


async def test_a_link_told_not_to_publish_sees_by_the_brokers_answers(mosquitto_path: Path, tmp_path: Path) -> None:
    async with RealMosquitto(mosquitto_path, tmp_path) as broker:
        async with LinkTap(settings_for(broker.port, publish_echo=False)) as tap:
            await tap.until_sighted()
            assert tap.link.path == "link"
            broker.freeze()
            frozen_with = len(tap.of(Echo))
            started = asyncio.get_running_loop().time()
            await tap.until(lambda: asyncio.get_running_loop().time() > started + 1.0, "several answers are due")
            assert len(tap.of(Echo)) <= frozen_with + 1
            broker.thaw()
            await tap.until_sighted()
        await asyncio.to_thread(broker.stop)
        assert "_monitor" not in broker.output()


ONLY_THE_FLEET = {
    "defaultACLAccess": {"publishClientSend": True, "publishClientReceive": True, "subscribe": False},
    "roles": [
        {"rolename": "watcher", "acls": [{"acltype": "subscribePattern", "topic": "fleet/v1/#", "allow": True}]},
    ],
    "groups": [{"groupname": "anybody", "roles": [{"rolename": "watcher"}]}],
    "anonymousGroup": "anybody",
}


@pytest.fixture
def access_plugin(mosquitto_path: Path) -> Path:
    """mosquitto's own plugin that refuses subscriptions; its ACL file grants them all and then delivers nothing."""
    package = mosquitto_path.parent.parent
    folders = (Path("/usr/lib"), package / "lib", package / "mosquitto" / "usr" / "lib")
    found = (plugin for folder in folders for plugin in folder.glob("**/mosquitto_dynamic_security.so"))
    plugin = next(found, None)
    if plugin is None and os.environ.get("REQUIRE_REAL") == "1":
        pytest.fail("mosquitto came without its dynamic security plugin", pytrace=False)
    return plugin or pytest.skip("mosquitto came without its dynamic security plugin")


async def test_a_real_broker_that_refuses_one_of_our_subscriptions_is_quoted(
    mosquitto_path: Path, tmp_path: Path, access_plugin: Path
) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(ONLY_THE_FLEET))
    extra = [f"plugin {access_plugin}", f"plugin_opt_config_file {rules}"]
    async with RealMosquitto(mosquitto_path, tmp_path, extra=extra) as broker:
        async with LinkTap(settings_for(broker.port, topics=["fleet/v1/#", "hidden/#"])) as tap:
            await tap.until(lambda: tap.link.connected and tap.link.trouble, "the refusal is noticed")
            assert "the subscription to hidden/#" in tap.link.trouble
            assert "user (anonymous)" in tap.link.trouble
            assert not tap.link.ready
        assert "hidden/#" in await try_broker(settings_for(broker.port, topics=["hidden/#"]))
        assert await try_broker(settings_for(broker.port)) == ""


async def test_a_refused_subscription_is_named_and_asked_for_again_until_it_is_granted() -> None:
    script = Script(grant=lambda topic: 0x80 if topic == "hidden/#" else 1)
    with capture_logs() as lines:
        async with (
            ScriptedBroker(script) as broker,
            LinkTap(settings_for(broker.port, topics=["fleet/v1/#", "hidden/#"], username="watch")) as tap,
        ):
            await tap.until(lambda: broker.seen.count(SUBSCRIBE) >= 3, "it is asked for again")
            assert (tap.link.connected, tap.link.ready) == (True, False)
            trouble = tap.link.trouble
            assert "hidden/#" in trouble
            assert "fleet/v1" not in trouble
            assert "user watch" in trouble
            assert tap.of(Echo) == [], "half the fleet is not sight"
            script.grant = lambda _topic: 1
            await tap.until_sighted()
            assert (tap.link.ready, tap.link.trouble) == (True, "")
            assert set(broker.topics[4:]) == {"hidden/#"}
    assert next(line["topics"] for line in lines if line["log_level"] == "error") == ["hidden/#"]


async def test_where_only_the_echo_may_not_be_subscribed_to_the_fleet_is_watched_without_it() -> None:
    script = Script(grant=lambda topic: 0x80 if "_monitor" in topic else 1)
    async with (
        ScriptedBroker(script) as broker,
        LinkTap(settings_for(broker.port, topics=["fleet/v1/home/#"])) as tap,
    ):
        await tap.until_sighted()
        assert tap.link.path == "link"
        assert tap.link.ready


class BrokenClock(SystemClock):
    broken = False

    def now(self) -> float:
        if self.broken:
            raise ArithmeticError("thirteen o'clock")
        return super().now()


async def test_a_defect_of_ours_ends_the_link_instead_of_being_swallowed() -> None:
    clock = BrokenClock()
    async with ScriptedBroker(Script()) as broker, LinkTap(settings_for(broker.port), clock=clock) as tap:
        await tap.until_sighted()
        clock.broken = True
        with pytest.raises(ArithmeticError, match="thirteen"):
            await asyncio.wait_for(tap.running, 30)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (Script(connect_code=2), "Client identifier not valid; see [mqtt] client_id"),
        (Script(connect_code=4), "Bad user name or password; see [mqtt] username and password_file"),
        (Script(connect_code=3), "the broker refused us: Server unavailable"),
        (Script(connect_code=1), "what listens there does not speak MQTT 3.1.1"),
        (Script(greeting=WEB_SERVER, connect_code=None), "what listens there does not speak MQTT 3.1.1"),
        (Script(connect_code=None), "the broker did not answer within 0.2 s"),
    ],
    ids=["bad id", "bad password", "unavailable", "old protocol", "not a broker", "silent"],
)
async def test_a_broker_that_does_not_let_us_in_is_quoted_and_tried_again(script: Script, said: str) -> None:
    async with ScriptedBroker(script) as broker, LinkTap(settings_for(broker.port, answer_seconds=0.2)) as tap:
        await tap.until(lambda: tap.link.trouble and broker.connects >= 3, "it is tried again")
        assert said in tap.link.trouble
        script.connect_code, script.greeting = 0, b""
        await tap.until_sighted()
        assert tap.link.reconnects == 0
