"""A broker of our own for trials and the demo: mosquitto as a child process if it is found, else amqtt in this loop.

It lets anybody in and keeps nothing, so it listens on this machine only.
"""

import asyncio
import contextlib
import ctypes
import errno
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")
START_SECONDS = 20.0
STOP_SECONDS = 5.0
GLANCE_SECONDS = 0.02
PR_SET_PDEATHSIG = 1


class EmbeddedBrokerError(Exception):
    """The embedded broker cannot be started."""


def find_mosquitto() -> Path | None:
    """Where mosquitto is: the variable MOSQUITTO, PATH, or the sbin folders."""
    if named := os.environ.get("MOSQUITTO"):
        if not os.access(named, os.X_OK) or Path(named).is_dir():
            raise EmbeddedBrokerError(f"MOSQUITTO={named} is not a program that can be run; correct it or unset it")
        return Path(named)
    folders = os.pathsep.join((os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS))
    found = shutil.which("mosquitto", path=folders)
    return Path(found) if found else None


class EmbeddedBroker:
    """`async with EmbeddedBroker() as broker:` runs a broker at `broker.url`; port 0 picks a free port.

    `prefer` asks for one flavour; without it mosquitto is used where it is found. `flavour` is the program and its
    version once it runs.
    """

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, *, prefer: Literal["mosquitto", "amqtt"] | None = None
    ) -> None:
        if host != "localhost" and not ip_address(host).is_loopback:
            raise EmbeddedBrokerError(
                f"the embedded broker lets anybody in, so it cannot listen on {host}; use 127.0.0.1"
            )
        self.host = host
        self.port = port
        self.flavour = ""
        self._prefer = prefer
        self._running = contextlib.AsyncExitStack()

    @property
    def url(self) -> str:
        """Where clients connect to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"mqtt://{host}:{self.port}"

    async def __aenter__(self) -> Self:
        self.port = _claim_port(self.host, self.port)
        program = None if self._prefer == "amqtt" else find_mosquitto()
        if program is None and self._prefer == "mosquitto":
            raise EmbeddedBrokerError("mosquitto is not found: install it, or set MOSQUITTO to its path")
        async with contextlib.AsyncExitStack() as unless_started:
            if program is None:
                await self._start_amqtt(unless_started)
            else:
                await self._start_mosquitto(program, unless_started)
            self._running = unless_started.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._running.aclose()

    async def _start_mosquitto(self, program: Path, stack: contextlib.AsyncExitStack) -> None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hearthbeat-broker-")))
        config, output = folder / "mosquitto.conf", folder / "output.log"
        config.write_text(_mosquitto_config(self.host, self.port), encoding="utf-8")
        with output.open("wb") as log:
            child = await asyncio.create_subprocess_exec(
                program,
                "-c",
                config,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; we end the child when our clients have said goodbye
                preexec_fn=_die_with_parent(),
            )
        stack.push_async_callback(_stop, child)
        give_up = asyncio.get_running_loop().time() + START_SECONDS
        while not await _accepts(self.host, self.port):
            late = asyncio.get_running_loop().time() > give_up
            if late or child.returncode is not None:
                words = output.read_text(encoding="utf-8", errors="replace").strip()[-1000:]
                what = "does not accept connections" if late else f"ended with code {child.returncode}"
                raise EmbeddedBrokerError(f"{program} {what}: {words or 'it said nothing'}")
            await asyncio.sleep(GLANCE_SECONDS)
        words = output.read_text(encoding="utf-8", errors="replace")
        found = next((word for word in words.split() if word[0].isdigit() and word.count(".") == 2), "")  # noqa: PLR2004 -- the shape of 2.0.11
        self.flavour = f"mosquitto {found}".strip()

    async def _start_amqtt(self, stack: contextlib.AsyncExitStack) -> None:
        from amqtt.broker import Broker  # noqa: PLC0415 -- slow to import, and seldom needed
        from amqtt.errors import BrokerError as AmqttError  # noqa: PLC0415

        for name in ("amqtt", "transitions"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        broker = Broker(
            {
                "listeners": {"default": {"type": "tcp", "bind": f"{self.host}:{self.port}"}},
                "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
            }
        )
        try:
            await broker.start()
        except AmqttError as error:
            raise EmbeddedBrokerError(f"the embedded broker cannot start: {error}") from error
        stack.push_async_callback(broker.shutdown)
        self.flavour = f"amqtt {version('amqtt')}"


def _claim_port(host: str, port: int) -> int:
    """The port, or a free one for 0; an error that says what to do if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise EmbeddedBrokerError(
                    f"port {port} on {host} is in use by another program. If that is a broker, set [mqtt] url ="
                    f' "mqtt://{host}:{port}" to use it; if not, choose another port for the embedded one.'
                ) from None
            raise EmbeddedBrokerError(f"cannot listen on {host} port {port}: {error.strerror}") from None
        claimed: int = probe.getsockname()[1]
        return claimed


def _mosquitto_config(host: str, port: int) -> str:
    """Drop nothing, hold nothing back, and write nothing.

    A mosquitto that changes its user loses the tie to our own end, so it stays with ours.
    """
    lines = (
        f"listener {port} {host}",
        "allow_anonymous true",
        "max_queued_messages 0",
        "max_inflight_messages 0",
        "set_tcp_nodelay true",
        "persistence false",
        "log_type error",
        "log_type warning",
        "log_type information",
        "connection_messages false",
    )
    own_user = ("user root",) if os.geteuid() == 0 else ()
    return "\n".join((*lines, *own_user)) + "\n"


def _die_with_parent() -> Callable[[], None] | None:
    """What a child does first so that it does not outlive us, however we end; Linux only."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)

    def ask_for_a_signal() -> None:
        library.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask_for_a_signal


async def _accepts(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def _stop(child: asyncio.subprocess.Process) -> None:
    """Ask it to end; insist if it does not."""
    if child.returncode is not None:
        return
    child.terminate()
    try:
        await asyncio.wait_for(child.wait(), STOP_SECONDS)
    except TimeoutError:
        child.kill()
        await child.wait()
