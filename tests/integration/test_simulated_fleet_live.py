"""A simulated fleet on a real broker: what arrives is what the world says, wills included."""

import asyncio
from collections import Counter
from pathlib import Path

from monitor.clock import Clock, ScaledClock
from monitor.decoders.protocol import Message
from simulators.encoders import native
from simulators.live import Hooks, LiveReport, Progress, Show, Stations
from simulators.scenario import Scenario
from simulators.world import World
from tests.link_tap import LinkTap, settings_for
from tests.programs import RealMosquitto
from tests.unit.simulators.worlds import Fields, fault, scenario
from tests.waiting import eventually

FLEET: Fields = {"devices": 12, "sleepy": 0.0, "behind_gateways": 0.0, "intervals": {"30s": 1.0}}
QUIET = scenario(duration="5m", fleet=FLEET)
CUT = scenario(
    fault("cut", at="1m", duration="3m", wills=True), duration="5m", fleet={**FLEET, "begin": "booting", "boot": "20s"}
)
SPEED = 120.0


def stage(played: Scenario, clock: Clock) -> World:
    return World(played, 3, start=clock.now() + 60)


def stations(world: World, broker: RealMosquitto, **choices: object) -> Stations:
    return Stations(world.population, settings_for(broker.port, client_id="fleet"), **choices)  # type: ignore[arg-type]


async def play(world: World, through: Stations, clock: Clock, *, clean: bool = False) -> LiveReport:
    return await Show(world, through, clock).run(asyncio.Event(), clean=clean)


def devices_of(tap: LinkTap, state: str) -> set[str]:
    wanted = f'"state":"{state}"'.encode()
    return {
        message.topic.removesuffix("/status").removeprefix("fleet/v1/")
        for message in tap.of(Message)
        if message.topic.endswith("/status") and wanted in message.payload
    }


def by_channel(messages: list[Message]) -> Counter[str]:
    return Counter(message.topic.rpartition("/")[2] for message in messages)


async def test_live_the_monitor_hears_what_it_hears_in_virtual_time(mosquitto_path: Path, tmp_path: Path) -> None:
    clock = ScaledClock(SPEED)
    world = stage(QUIET, clock)
    told = by_channel(list(World(QUIET, 3, start=world.start).messages()))
    async with RealMosquitto(mosquitto_path, tmp_path) as broker, LinkTap(settings_for(broker.port)) as tap:
        await tap.until_sighted()
        report = await play(world, stations(world, broker), clock)
        assert (report.ended, report.dropped, report.failure) == ("done", 0, "")
        await tap.until(lambda: by_channel(tap.of(Message)) == told, "all of it arrives")


async def test_a_device_that_vanishes_is_spoken_for_by_the_broker(mosquitto_path: Path, tmp_path: Path) -> None:
    clock = ScaledClock(SPEED)
    world = stage(CUT, clock)
    async with RealMosquitto(mosquitto_path, tmp_path) as broker, LinkTap(settings_for(broker.port)) as tap:
        await tap.until_sighted()
        through = stations(world, broker)
        await play(world, through, clock)
        everybody = {device.id for device in world.population}
        await tap.until(lambda: devices_of(tap, "offline") == everybody, "every will arrives")
        assert devices_of(tap, "online") == everybody


async def test_devices_that_share_connections_have_their_wills_published_for_them(
    mosquitto_path: Path, tmp_path: Path
) -> None:
    clock = ScaledClock(SPEED)
    world = stage(CUT, clock)
    async with RealMosquitto(mosquitto_path, tmp_path) as broker, LinkTap(settings_for(broker.port)) as tap:
        await tap.until_sighted()
        await play(world, stations(world, broker, sessions="shared"), clock)
        everybody = {device.id for device in world.population}
        await tap.until(lambda: devices_of(tap, "offline") == everybody, "every will arrives")


async def test_a_clean_end_leaves_nothing_retained(mosquitto_path: Path, tmp_path: Path) -> None:
    clock = ScaledClock(SPEED)
    world = stage(QUIET, clock)
    async with RealMosquitto(mosquitto_path, tmp_path) as broker:
        await play(world, stations(world, broker), clock, clean=True)
        async with LinkTap(settings_for(broker.port)) as tap:
            await tap.until_sighted()
            assert not [message for message in tap.of(Message) if message.retained]


async def test_a_clean_end_is_heard_in_full_through_a_broker_that_keeps_little_for_slow_readers(
    mosquitto_path: Path, tmp_path: Path
) -> None:
    clock = ScaledClock(SPEED)
    world = stage(scenario(duration="2m", fleet={**FLEET, "devices": 700}), clock)
    stock = ("max_queued_messages 1000", "max_inflight_messages 20")
    async with (
        RealMosquitto(mosquitto_path, tmp_path, extra=stock) as broker,
        LinkTap(settings_for(broker.port)) as tap,
    ):
        await tap.until_sighted()
        await play(world, stations(world, broker, sessions="shared"), clock, clean=True)
        everybody = {device.id for device in world.population}

        def removed() -> set[str]:
            emptied = (message.topic for message in tap.of(Message) if not message.payload)
            return {topic.removeprefix("fleet/v1/").removesuffix("/status") for topic in emptied if "/status" in topic}

        await tap.until(lambda: removed() == everybody, "every removal arrives")


async def test_the_show_ends_when_told_to(mosquitto_path: Path, tmp_path: Path) -> None:
    clock, stop = ScaledClock(SPEED), asyncio.Event()
    world = stage(scenario(duration="1d", fleet=FLEET), clock)
    told: list[Progress] = []
    async with RealMosquitto(mosquitto_path, tmp_path) as broker:
        show = Show(world, stations(world, broker), clock, report=told.append)
        running = asyncio.create_task(show.run(stop))
        await eventually(lambda: told and told[-1].published > 20, "messages go out")
        stop.set()
        report = await running
    assert report.ended == "stopped"
    assert told[-1].connected == 0
    assert 0 < told[-1].share < 1


async def test_the_show_ends_after_so_many_messages(mosquitto_path: Path, tmp_path: Path) -> None:
    clock = ScaledClock(SPEED)
    world = stage(QUIET, clock)
    async with RealMosquitto(mosquitto_path, tmp_path) as broker:
        report = await Show(world, stations(world, broker), clock, message_limit=30).run(asyncio.Event())
    assert (report.ended, report.published) == ("limit", 30)


async def test_a_broker_that_is_away_costs_messages_and_is_found_again(mosquitto_path: Path, tmp_path: Path) -> None:
    clock, stop = ScaledClock(SPEED), asyncio.Event()
    world = stage(scenario(duration="1d", fleet=FLEET), clock)
    through_told: list[Progress] = []
    async with RealMosquitto(mosquitto_path, tmp_path) as broker:
        show = Show(world, stations(world, broker), clock, report=through_told.append)
        running = asyncio.create_task(show.run(stop))
        await eventually(lambda: through_told and through_told[-1].connected >= 12, "the fleet is connected")
        broker.stop()
        await eventually(lambda: through_told[-1].connected == 0, "the loss is noticed")
        await eventually(lambda: through_told[-1].failure, "and explained")
        broker.start()
        await eventually(lambda: through_told[-1].connected >= 12, "the fleet is back")
        stop.set()
        await running


class RestartingBroker(Hooks):
    """Takes the real broker down and up as the scenario says."""

    def __init__(self, broker: RealMosquitto) -> None:
        self._broker = broker
        self.calls: list[bool] = []

    async def broker(self, *, up: bool) -> None:
        self.calls.append(up)
        if self.calls != [True]:  # the world begins with the link coming up
            await asyncio.to_thread(self._broker.start if up else self._broker.stop)


async def test_a_broker_restart_is_left_to_the_caller(mosquitto_path: Path, tmp_path: Path) -> None:
    clock = ScaledClock(SPEED)
    played = scenario(fault("broker_restart", at="1m", duration="1m"), duration="5m", fleet=FLEET)
    world = stage(played, clock)
    async with RealMosquitto(mosquitto_path, tmp_path) as broker, LinkTap(settings_for(broker.port)) as tap:
        await tap.until_sighted()
        hooks = RestartingBroker(broker)
        report = await Show(world, stations(world, broker), clock, hooks=hooks).run(asyncio.Event())
        assert hooks.calls == [True, False, True]
        assert report.ended == "done"
        packets = [each for each in map(native.encode, World(QUIET, 3).observations()) if each is not None]
        assert len(tap.of(Message)) > len(packets) / 2
