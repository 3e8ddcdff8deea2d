"""`hearthbeat check-config`: what is in force, what is wrong, and whether the outside world answers."""

import asyncio
import contextlib
from typing import Annotated

import typer

from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, configured
from monitor.clock import SystemClock
from monitor.config import Config, advise, describe
from monitor.egress import Egress, EgressError, Pseudonyms
from monitor.logs import set_up
from monitor.mqtt.trial import try_broker
from monitor.notifiers import NotifierSettings
from monitor.store.trial import try_store


def check_config(
    *,
    connect: Annotated[
        bool, typer.Option("--connect", help="Try the broker, the store and every receiver. Nobody is told anything.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only what is wrong or unwise.")] = False,
    config: ConfigOption = None,
) -> None:
    """Check the configuration, and print what is in force: file, environment and defaults together, secrets masked.

    Mistakes end it with code 2, each on a line of its own. What is allowed but unwise is a warning. Before a change
    goes live:

        [bold]hearthbeat check-config --connect --config new.toml[/]
    """
    loaded = configured(config)
    if not quiet:
        typer.echo(describe(loaded))
    for warning in advise(loaded.config):
        typer.echo(f"warning: {warning}", err=True)
    # What stands in the way is printed below; the log would say it twice, among the configuration.
    set_up(loaded.config.log.model_copy(update={"level": "error"}))
    problems = asyncio.run(_try_out(loaded.config)) if connect else []
    if problems:
        end(Ending.FAILED, *problems)
    source = str(loaded.file) if loaded.file else "no file, defaults and environment"
    typer.echo(f"The configuration is sound ({source}).", err=True)


async def _try_out(config: Config) -> list[str]:
    """What stands in the way of the broker, the store and the receivers."""
    problems = [_told("store", try_store(config.store)), _told("broker", await _broker(config))]
    for receiver in config.notifiers:
        problems += [_told(f"receiver {receiver.name}", problem) for problem in await _receiver(config, receiver)] or [
            _told(f"receiver {receiver.name}", "")
        ]
    return [problem for problem in problems if problem]


async def _broker(config: Config) -> str:
    if config.mqtt.address.scheme == "embedded":
        return ""
    try:
        return await try_broker(config.mqtt)
    except OSError as error:
        return str(error)


async def _receiver(config: Config, settings: NotifierSettings) -> list[str]:
    # Nothing is sent, so nothing needs a pseudonym.
    egress = Egress(config.egress, Pseudonyms(b"unused"))
    ca_file = getattr(settings, "ca_file", None)
    try:
        door = egress.door(
            settings.name, trust=settings.trust, timeout_seconds=settings.timeout_seconds, ca_file=ca_file
        )
    except EgressError as error:
        return [str(error)]
    async with contextlib.aclosing(door), contextlib.aclosing(settings.open(door, SystemClock())) as notifier:
        return await notifier.try_out()


def _told(part: str, problem: str) -> str:
    if not problem:
        typer.echo(f"{part}: answers", err=True)
        return ""
    return f"{part}: {problem}"
