"""Ask with a probe as it would be configured, through an outlet that may ask this machine."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from pydantic import TypeAdapter

from monitor.clock import SystemClock
from monitor.core.probing.results import ProbeResult
from monitor.egress.addresses import Resolve, resolve
from monitor.egress.outlet import Outlet
from monitor.prober import ask_once, errand_of
from monitor.probes import AnyProbeSettings

SETTINGS: TypeAdapter[AnyProbeSettings] = TypeAdapter(AnyProbeSettings)


def settings(kind: str, target: str, **keys: Any) -> AnyProbeSettings:  # noqa: ANN401 -- whatever a probe may be told
    """One `[[probes]]` entry."""
    entry = {"name": "probe", "about": {"provider": "aurora"}, "timeout_seconds": 5.0, "allow_private": True, **keys}
    return SETTINGS.validate_python({"type": kind, "target": target, **entry})


async def ask(kind: str, target: str, *, by: Resolve = resolve, **keys: Any) -> ProbeResult:  # noqa: ANN401
    """What a probe finds when it asks once."""
    entry = settings(kind, target, **keys)
    outlet = Outlet("probe", entry.bounds(allow_private=False), resolve=by)
    return await ask_once(errand_of(entry, outlet), SystemClock())


@contextlib.asynccontextmanager
async def listening(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Somebody on a loopback port who talks like this to everybody; hands over the port."""
    talks: set[asyncio.Task[None]] = set()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        current = asyncio.current_task()
        assert current is not None
        talks.add(current)
        try:
            await talk(reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for each in talks:
            each.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
