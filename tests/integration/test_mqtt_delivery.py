"""What a real broker has for us arrives whole, in order, and is asked for again until it is safe."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.clock import ScaledClock
from monitor.core.observations import Echo, LinkChanged, SightChanged
from monitor.core.settings import SightSettings
from monitor.decoders.protocol import Message
from tests.link_tap import LinkTap, burst, settings_for
from tests.programs import RealMosquitto

PROJECT = Path(__file__).parent.parent.parent
HEARTBEATS = "fleet/v1/home/dev-{}/heartbeat"


@pytest.fixture
async def broker(mosquitto_path: Path, tmp_path: Path) -> AsyncIterator[RealMosquitto]:
    async with RealMosquitto(mosquitto_path, tmp_path, persistence=True) as running:
        yield running


def numbered(count: int, topic: str = HEARTBEATS) -> list[tuple[str, bytes]]:
    return [(topic.format(number), str(number).encode()) for number in range(count)]


def numbers(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


async def publish(
    broker: RealMosquitto, messages: list[tuple[str, bytes]], *, qos: int = 0, retain: bool = False
) -> None:
    await asyncio.to_thread(burst, broker.port, messages, qos=qos, retain=retain)


async def test_a_message_is_stamped_at_the_read_and_keeps_topic_payload_and_flag(broker: RealMosquitto) -> None:
    clock = ScaledClock(1.0, origin=1000.0)
    await publish(broker, [("fleet/v1/home/old/status", b"kept")], qos=1, retain=True)
    async with LinkTap(settings_for(broker.port), clock=clock) as tap:
        await tap.until_sighted()
        await publish(broker, [("fleet/v1/home/new/heartbeat", b"\xff\x00")])
        await tap.until(lambda: not tap.of(Message)[-1].retained, "both messages come")
        kept, *_, fresh = tap.of(Message)
        assert (kept.topic, kept.payload, kept.retained) == ("fleet/v1/home/old/status", b"kept", True)
        assert (fresh.topic, fresh.payload, fresh.retained) == ("fleet/v1/home/new/heartbeat", b"\xff\x00", False)
        assert 1000.0 < kept.received_at <= fresh.received_at <= clock.now()


@pytest.mark.parametrize("qos", [0, 1])
async def test_a_burst_of_twenty_thousand_arrives_whole_and_in_order(broker: RealMosquitto, qos: int) -> None:
    async with LinkTap(settings_for(broker.port), inbox_messages=5000) as tap:
        await tap.until_sighted()
        await publish(broker, numbered(20_000), qos=qos)
        await tap.until(lambda: len(tap.of(Message)) >= 20_000, "all messages come")
        assert tap.payloads() == numbers(20_000)
        assert tap.link.figures.messages >= 20_000
        assert tap.link.reconnects == 0


@pytest.mark.parametrize("qos", [0, 1])
async def test_a_full_inbox_stops_reading_and_loses_nothing(broker: RealMosquitto, qos: int) -> None:
    async with LinkTap(settings_for(broker.port), inbox_messages=200) as tap:
        await tap.until_sighted()
        tap.hold()
        publishing = asyncio.create_task(publish(broker, numbered(5000), qos=qos))
        await tap.until(lambda: tap.link.paused_seconds > 0.3, "reading stops")
        assert 200 <= tap.link.inbox_length <= 202, "the messages that fit, and perhaps a word about the link"
        tap.go_on()
        await publishing
        await tap.until(lambda: len(tap.of(Message)) >= 5000, "the rest comes")
        assert tap.payloads() == numbers(5000)
        assert tap.link.reconnects == 0


async def test_a_pause_is_seen_as_overload_until_an_echo_of_after_it_returns(broker: RealMosquitto) -> None:
    quick = ScaledClock(speed=20.0, origin=1000.0)
    sight = SightSettings(echo_seconds=2.0, blind_after_seconds=10.0)
    async with LinkTap(settings_for(broker.port), inbox_messages=100, clock=quick, sight=sight) as tap:
        await tap.until_sighted()
        tap.hold()
        await publish(broker, numbered(1000))
        await tap.until(lambda: tap.link.paused_seconds > 10.0, "reading stops for long")
        tap.go_on()
        await tap.until(lambda: len(tap.of(SightChanged)) == 2, "overload begins and ends")
        begun, ended = tap.of(SightChanged)
        assert (begun.blind, begun.cause, ended.blind, ended.cause) == (True, "overload", False, "overload")
        after = tap.items[tap.items.index(ended) + 1]
        assert isinstance(after, Echo)
        assert after.sent_at > begun.at
        assert tap.payloads() == numbers(1000)


@pytest.mark.slow
async def test_a_pause_longer_than_the_keep_alive_keeps_the_session(broker: RealMosquitto) -> None:
    async with LinkTap(settings_for(broker.port, keepalive_seconds=5), inbox_messages=100) as tap:
        await tap.until_sighted()
        tap.hold()
        await publish(broker, numbered(50_000))
        await tap.until(lambda: tap.link.paused_seconds > 12.0, "reading stops for more than twice the keep-alive")
        assert tap.link.inbox_length < 130, "only a bite now and then"
        tap.go_on()
        await tap.until(lambda: len(tap.of(Message)) >= 50_000, "the rest comes")
        assert tap.payloads() == numbers(50_000)
        assert tap.link.reconnects == 0


async def test_what_was_taken_but_not_declared_safe_is_delivered_again(broker: RealMosquitto) -> None:
    async with LinkTap(settings_for(broker.port), acknowledge=False) as forgetful:
        await forgetful.until_sighted()
        await publish(broker, numbered(60, "fleet/v1/home/dev-{}/event"), qos=1)
        await forgetful.until(lambda: len(forgetful.of(Message)) == 60, "the events come")
        safe = 0
        while safe < 20:
            batch = forgetful.unacknowledged.pop(0)
            forgetful.link.acknowledge(batch)
            safe += sum(isinstance(item, Message) for item in batch.items)
        await forgetful.until_sighted()
    async with LinkTap(settings_for(broker.port)) as careful:
        await careful.until_sighted()
        assert careful.payloads() == numbers(60)[safe:]
    async with LinkTap(settings_for(broker.port)) as third:
        await third.until_sighted()
        assert third.payloads() == []


KILLED_BEFORE_COMMIT = """
import asyncio, sys
from monitor.clock import SystemClock
from monitor.core.settings import LimitSettings, SightSettings
from monitor.mqtt import MqttLink, MqttSettings
async def take_and_never_commit():
    link = MqttLink(MqttSettings(url=sys.argv[1]), LimitSettings(), SightSettings(), SystemClock())
    running = asyncio.create_task(link.run())
    while True:
        for item in (await link.take(100, None)).items:
            print(type(item).__name__, file=sys.stderr, flush=True)
asyncio.run(take_and_never_commit())
"""


async def test_events_that_a_killed_monitor_had_taken_but_not_committed_come_again(broker: RealMosquitto) -> None:
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED_BEFORE_COMMIT, f"mqtt://127.0.0.1:{broker.port}", cwd=PROJECT, stdout=-3, stderr=-1
    )
    assert killed.stderr is not None
    while b"Echo" not in await killed.stderr.readline():
        pass
    await publish(broker, numbered(30, "fleet/v1/home/dev-{}/event"), qos=1)
    taken = 0
    while taken < 30:
        taken += b"Message" in await killed.stderr.readline()
    killed.kill()
    await killed.wait()
    async with LinkTap(settings_for(broker.port)) as tap:
        await tap.until_sighted()
        assert tap.payloads() == numbers(30)


async def test_a_receipt_for_an_earlier_connection_is_harmless(broker: RealMosquitto) -> None:
    async with LinkTap(settings_for(broker.port), acknowledge=False) as tap:
        await tap.until_sighted()
        await publish(broker, numbered(10), qos=1)
        await tap.until(lambda: len(tap.of(Message)) == 10, "the messages come")
        early = list(tap.unacknowledged)
        await asyncio.to_thread(broker.restart)
        await tap.until(lambda: tap.link.reconnects == 1, "the link is up again")
        for batch in early:
            tap.link.acknowledge(batch)
        await tap.until(lambda: len(tap.of(Message)) == 20, "they are delivered again")
        await tap.until_sighted()


@pytest.mark.parametrize("window", [0, 20], ids=["an unlimited window", "mosquitto's own window of 20"])
async def test_everything_queued_while_we_were_away_stands_between_the_link_and_the_first_echo(
    mosquitto_path: Path, tmp_path: Path, window: int
) -> None:
    extra = [f"max_inflight_messages {window}"]
    async with RealMosquitto(mosquitto_path, tmp_path, persistence=True, extra=extra) as broker:
        async with LinkTap(settings_for(broker.port)) as tap:
            await tap.until_sighted()
        await publish(broker, numbered(300, "fleet/v1/home/dev-{}/event"), qos=1)
        await asyncio.to_thread(broker.restart)
        async with LinkTap(settings_for(broker.port)) as tap:
            await tap.until_sighted()
            up, *backlog = tap.items[: next(at for at, item in enumerate(tap.items) if isinstance(item, Echo))]
            assert isinstance(up, LinkChanged)
            assert up.up
            assert [item.payload for item in backlog if isinstance(item, Message)] == numbers(300)


async def test_retained_messages_stand_before_the_first_echo_too(broker: RealMosquitto) -> None:
    await publish(broker, numbered(500, "fleet/v1/home/dev-{}/status"), qos=1, retain=True)
    async with LinkTap(settings_for(broker.port)) as tap:
        await tap.until_sighted()
        first_echo = next(at for at, item in enumerate(tap.items) if isinstance(item, Echo))
        before = [item for item in tap.items[:first_echo] if isinstance(item, Message)]
        assert len({message.topic for message in before}) == 500
        assert all(message.retained for message in before)


async def test_a_broker_with_the_usual_limits_tells_a_newcomer_of_the_whole_fleet(
    mosquitto_path: Path, tmp_path: Path
) -> None:
    """At QoS 1 mosquitto, as it comes, throws away what exceeds a thousand messages for one client."""
    limits = ["max_queued_messages 1000", "max_inflight_messages 20"]
    async with RealMosquitto(mosquitto_path, tmp_path, extra=limits) as broker:
        await publish(broker, numbered(5000, "fleet/v1/home/dev-{}/info"), qos=1, retain=True)
        async with LinkTap(settings_for(broker.port)) as tap:
            await tap.until_sighted()
            assert len({message.topic for message in tap.of(Message)}) == 5000


async def test_a_link_that_lives_through_a_broker_crash_says_down_up_and_only_then_what_was_queued(
    broker: RealMosquitto,
) -> None:
    async with LinkTap(settings_for(broker.port)) as tap:
        await tap.until_sighted()
        await publish(broker, numbered(5), qos=1)
        await tap.until(lambda: len(tap.of(Message)) == 5, "the messages come")
        await asyncio.to_thread(broker.kill)
        await tap.until(lambda: not tap.link.connected, "the loss is noticed")
        assert tap.link.trouble
        await asyncio.to_thread(broker.start)
        await tap.until(lambda: tap.link.ready, "the link is up again")
        await tap.until_sighted()
        assert [change.up for change in tap.of(LinkChanged)] == [True, False, True]
        down = tap.items.index(tap.of(LinkChanged)[1])
        up = tap.items.index(tap.of(LinkChanged)[2])
        assert up == down + 1, "nothing comes while the link is down"


async def test_a_frozen_broker_sends_no_echo_and_a_thawed_one_sends_those_of_meanwhile(broker: RealMosquitto) -> None:
    clock = ScaledClock(1.0)
    async with LinkTap(settings_for(broker.port), clock=clock) as tap:
        await tap.until_sighted()
        broker.freeze()
        frozen_at = clock.now()
        await tap.until(lambda: clock.now() > frozen_at + 1.5, "several echoes are sent into the void")
        assert tap.link.connected, "a frozen broker does not hang up"
        assert all(echo.sent_at <= frozen_at for echo in tap.of(Echo))
        broker.thaw()
        thawed_at = clock.now()
        await tap.until_sighted()
        waited = next(echo for echo in tap.of(Echo) if echo.sent_at > frozen_at)
        assert waited.sent_at < thawed_at <= waited.at


@pytest.mark.slow
async def test_a_broker_that_stays_frozen_is_given_up_after_the_keep_alive_and_found_again(
    broker: RealMosquitto,
) -> None:
    async with LinkTap(settings_for(broker.port, keepalive_seconds=5, answer_seconds=0.5)) as tap:
        await tap.until_sighted()
        broker.freeze()
        await tap.until(lambda: not tap.link.connected, "the link is given up")
        assert tap.of(LinkChanged)[-1].reason == "the broker did not answer within the keep-alive time"
        await tap.until(lambda: "did not answer within 0.5 s" in tap.link.trouble, "a new try meets silence")
        broker.thaw()
        await tap.until_sighted()


async def test_an_oversized_payload_is_kept_only_as_far_as_it_takes_to_refuse_it(broker: RealMosquitto) -> None:
    async with LinkTap(settings_for(broker.port)) as tap:
        await tap.until_sighted()
        await publish(
            broker, [("fleet/v1/home/huge/heartbeat", b"x" * 1_000_000), ("fleet/v1/home/next/heartbeat", b"y")]
        )
        await tap.until(lambda: len(tap.of(Message)) == 2, "both messages come")
        assert [len(payload) for payload in tap.payloads()] == [8193, 1]


async def test_echoes_of_other_monitors_and_of_earlier_lives_are_not_ours(broker: RealMosquitto) -> None:
    topic = "fleet/v1/_monitor/main/echo"
    await publish(broker, [(topic, b'{"sent_at": 1}')], qos=1, retain=True)
    async with LinkTap(settings_for(broker.port)) as main:
        await main.until_sighted()
        await publish(broker, [(topic, b'{"sent_at": 2}'), ("fleet/v1/_monitor/other/echo", b"{}")], qos=1)
        async with LinkTap(settings_for(broker.port, client_id="another")) as same_topic:
            await same_topic.until_sighted()
            await main.until_sighted()
        assert main.of(Message) == []
        assert all(echo.sent_at > 2 for echo in main.of(Echo))


async def test_the_echo_is_heard_though_the_topics_do_not_cover_it(broker: RealMosquitto) -> None:
    async with LinkTap(settings_for(broker.port, topics=["fleet/v1/home/+/status"])) as tap:
        await tap.until_sighted()
        await publish(broker, [("fleet/v1/home/one/status", b"wanted"), ("fleet/v1/home/one/heartbeat", b"unwanted")])
        await tap.until_sighted()
        assert tap.payloads() == [b"wanted"]
