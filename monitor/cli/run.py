"""`hearthbeat run`: the daemon."""

import asyncio
import contextlib
import signal
import time
from pathlib import Path
from typing import Annotated

import structlog
import typer

from monitor.app import running
from monitor.broker import EmbeddedBrokerError
from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, configured
from monitor.clock import Clock, ScaledClock, SystemClock
from monitor.config import Config, advise
from monitor.egress import EgressError
from monitor.logs import set_up
from monitor.mqtt import ClientIdTakenError
from monitor.store.protocol import StoreError
from monitor.trace.recorder import Recorder
from monitor.web.server import ListenError

EXPECTED = (EmbeddedBrokerError, StoreError, EgressError, ListenError, ClientIdTakenError, OSError)
"""What can stand in the way of a sound program; each says what to do."""

DAY_SECONDS = 86_400


def run(
    *,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a trace for `hearthbeat replay`; goes on with one that is there."),
    ] = None,
    speed: Annotated[
        float, typer.Option(min=0.01, max=1000, metavar="X", help="Let time pass so many times as fast; trials only.")
    ] = 1.0,
    config: ConfigOption = None,
) -> None:
    """Watch the fleet until stopped (Ctrl-C or SIGTERM).

    Connects to the broker, judges who is alive, keeps what it knows in the database, delivers alerts, and serves page,
    API and metrics. The broker may be absent at the start; the monitor waits for it and says so.

        [bold]hearthbeat run --config hearthbeat.toml[/]

    With nothing configured it watches mqtt://127.0.0.1:1883 and serves http://127.0.0.1:8080. Without any broker, set
    HEARTHBEAT_MQTT__URL=embedded://127.0.0.1:1883.
    """
    settings = configured(config).config
    if speed != 1.0 and not settings.mqtt.address.loopback:
        end(Ending.MISUSED, f"--speed is for trials: mqtt.url = {settings.mqtt.url} is not on this machine.")
    set_up(settings.log)
    log = structlog.get_logger()
    for warning in advise(settings):
        log.warning("configuration", advice=warning)
    problems: list[str] = []
    try:
        asyncio.run(watch(settings, shared_clock(speed), record))
    except* EXPECTED as group:
        problems = reasons(group)
    if problems:
        end(Ending.FAILED, *problems)


async def watch(config: Config, clock: Clock, record: Path | None) -> None:
    """Run until a signal asks for the end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    with contextlib.ExitStack() as stack:
        recorder = stack.enter_context(Recorder(record, config.sight)) if record else None
        async with running(config, clock=clock, record=recorder):
            await stop.wait()
    structlog.get_logger().info("stopped")


def shared_clock(speed: float) -> Clock:
    """A clock that other processes of the same speed agree with: fast time is counted from the day's beginning."""
    if speed == 1.0:
        return SystemClock()
    now = time.time()
    midnight = now - now % DAY_SECONDS
    return ScaledClock(speed, midnight + (now - midnight) * speed)


def reasons(error: BaseException) -> list[str]:
    """What each error in a group says, once."""
    if isinstance(error, BaseExceptionGroup):
        return list(dict.fromkeys(reason for each in error.exceptions for reason in reasons(each)))
    if isinstance(error, OSError) and error.filename:
        return [f"{error.filename}: {error.strerror}"]
    return [str(error)]
