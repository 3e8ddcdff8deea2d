"""The daemon's own log: one line for each thing worth knowing, on standard error, never a payload or a secret.

Log lines name things by ids and give figures (`log.warning("message rejected", topic=..., reason=...)`). What a device
said stays out of them; where a field is called like a secret it is masked whatever it holds.
"""

import contextlib
import logging
import sys
from collections.abc import MutableMapping
from typing import Annotated, Any, Literal, TextIO

import structlog
import structlog.tracebacks
from pydantic import Field

from monitor.core.settings import Section

MASK = "********"
SECRET_WORDS = ("password", "secret", "token", "authorization", "pseudonym_key")
PAYLOAD_WORDS = ("payload", "body", "reading")
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

Fields = MutableMapping[str, Any]


class LogSettings(Section):
    """`[log]`: how the daemon speaks."""

    format: Annotated[Literal["console", "json"], Field(description="for people, or one JSON object on each line")] = (
        "console"
    )
    level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="what is less important is left out")
    ] = "info"


class ForgivingLogger(structlog.WriteLogger):
    """Writes lines, and loses those that cannot be written: a log on a full disk must not end the watch."""

    def msg(self, message: str) -> None:
        """Write one line if that is possible."""
        with contextlib.suppress(OSError, ValueError):
            super().msg(message)

    log = debug = info = warn = warning = err = error = critical = fatal = failure = exception = msg


def set_up(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send structlog, and what libraries log, to `stream` (standard error) in the chosen format."""
    target = sys.stderr if stream is None else stream
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        mask,
    ]
    structlog.configure(
        processors=[*shared, *_ending(settings, target)],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[settings.level]),
        logger_factory=lambda *_: ForgivingLogger(target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_ending(settings, target)],
        )
    )
    # Libraries are heard from `warning` up: below that they tell of requests and statements, which may hold anything.
    # What is printed is for the handler to choose: a library's warning may be the only reason it gives for a refusal.
    handler.setLevel(LEVELS[settings.level])
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def mask(_logger: object, _method: str, fields: Fields) -> Fields:
    """Hide what may not be seen, by the name of its field."""
    for name in fields:
        if any(word in name.lower() for word in SECRET_WORDS):
            fields[name] = MASK
        elif name.lower() in PAYLOAD_WORDS:
            fields[name] = "(left out)"
    return fields


def _ending(settings: LogSettings, target: TextIO) -> list[structlog.typing.Processor]:
    # Tracebacks without the values of variables: these may be payloads.
    if settings.format == "json":
        transform = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        return [structlog.processors.ExceptionRenderer(transform), structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=target.isatty(), pad_event_to=0, exception_formatter=plain)]
