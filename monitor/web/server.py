"""Listens for browsers and scripts, on the loop that everything else runs on."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import uvicorn
from fastapi import FastAPI

BACKLOG = 128
PARTING_SECONDS = 3
"""How long open answers may take to end when the server stops."""


class ListenError(Exception):
    """The address cannot be listened on; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A bound socket; `url` is where it can be reached from this machine."""

    socket: socket.socket
    host: str
    port: int

    @property
    def url(self) -> str:
        """With the port that was found, if any free one was asked for."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


class Place(Protocol):
    """Where to listen, as a section of the configuration says it."""

    @property
    def listen(self) -> str:
        """Address and port as written."""
        ...

    @property
    def host(self) -> str:
        """The address."""
        ...

    @property
    def port(self) -> int:
        """The port; 0 for any free one."""
        ...


def bind(settings: Place, section: str = "[web]") -> Listener:
    """Take the port before anything else starts. Raises ListenError."""
    host, port = settings.host, settings.port
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        bound = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ListenError(_reason(settings.listen, port, error, section)) from error
    return Listener(bound, host, bound.getsockname()[1])


async def serve(app: FastAPI, listener: Listener) -> None:
    """Answer requests until cancelled; then let open pages go, and close."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=PARTING_SECONDS,
        ws="none",
    )
    server = _Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listener.socket]))
    try:
        await asyncio.shield(serving)
    finally:
        app.state.web.closing.set()
        server.should_exit = True
        await serving
        server.close()
        listener.socket.close()


class _Server(uvicorn.Server):
    """A server that leaves the signals to the program it is part of."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield

    def close(self) -> None:
        """Let go of what is left if it was stopped while starting."""
        for listening in getattr(self, "servers", ()):
            listening.close()


def _reason(listen: str, port: int, error: OSError, section: str) -> str:
    variable = f"HEARTHBEAT_{section.strip('[]').upper()}__LISTEN"
    choose = f"choose another with {section} listen ({variable}); port 0 takes any free one"
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken: another program listens on {listen}. Stop it, or {choose}"
    if error.errno == errno.EACCES:
        return f"port {port} may not be used by this user; ports under 1024 are for root. Please {choose}"
    return f"cannot listen on {listen}: {error.strerror or error}. The address must be one of this machine; {choose}"
