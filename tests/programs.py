"""Real programs run by tests: each on a free loopback port, with its files in the test's own folder, gone afterwards.

with RealMosquitto(mosquitto_path, tmp_path) as broker:
    connect("127.0.0.1", broker.port)
    broker.freeze()

Each is a context manager, plain or async. `start` returns once the program answers; `restart` keeps the port.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from tests.waiting import accepts_connections, free_port, wait_for


class RealProgram(ABC):
    """A child process of the test: started, stopped, killed, frozen and thawed at will."""

    def __init__(self, path: Path, folder: Path, port: int | None = None) -> None:
        self.path = path
        self.port = port or free_port()
        self.folder = folder / f"{type(self).__name__.lower()}-{self.port}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """The command line; called at each start, after which config files must be in place."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the program is ready to serve."""

    @property
    def pid(self) -> int:
        """The process id of the running program."""
        assert self._process is not None, f"{self.path} was not started"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the program runs (frozen counts as running)."""
        return self._process is not None and self._process.poll() is None

    def output(self) -> str:
        """Everything it printed, over all its starts."""
        log = self.folder / "output.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def start(self) -> Self:
        """Start it and wait until it answers; a program that ends instead fails the test with its last words."""
        assert not self.running, f"{self.path} runs already"
        with (self.folder / "output.log").open("ab") as log:
            self._process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

        def ready() -> bool:
            assert self.running, f"{self.path} ended at once:\n{self.output()[-2000:]}"
            return self.answers()

        wait_for(ready, f"{self.path} answers on port {self.port}")
        return self

    def stop(self) -> None:
        """Ask it to end, and wait for that."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a chance to tidy up, like a power cut."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop it if it runs and start it again on the same port with the same files."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Stop it from running while its sockets stay open; it looks alive and does nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen program go on."""
        os.kill(self.pid, signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self.running:
            self.thaw()  # a frozen program cannot end
            self._process.send_signal(how)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.stop)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files of a broker that speaks TLS; with `require_client` it wants a client certificate of the same CA."""

    ca: Path
    certificate: Path
    key: Path
    require_client: bool = False


class RealMosquitto(RealProgram):
    """A mosquitto that drops nothing on its own account.

    `users` maps names to passwords and shuts out everybody else; `acl` is the text of an ACL file; `extra` lines go to
    the end of its configuration. With `persistence` it keeps sessions and retained messages over a restart.
    """

    def __init__(
        self,
        path: Path,
        folder: Path,
        *,
        port: int | None = None,
        persistence: bool = False,
        users: Mapping[str, str] | None = None,
        acl: str | None = None,
        tls: TlsFiles | None = None,
        extra: Sequence[str] = (),
    ) -> None:
        super().__init__(path, folder, port)
        self._persistence = persistence
        self._users = users
        self._acl = acl
        self._tls = tls
        self._extra = extra

    def command(self) -> Sequence[str | Path]:
        """Write the configuration and name it."""
        config = self.folder / "mosquitto.conf"
        config.write_text("\n".join(self._config()) + "\n")
        return [self.path, "-c", config]

    def answers(self) -> bool:
        """Whether it accepts connections."""
        return accepts_connections(self.port)

    def _config(self) -> list[str]:
        lines = [
            f"listener {self.port} 127.0.0.1",
            f"allow_anonymous {'false' if self._users else 'true'}",
            "max_queued_messages 0",
            "max_inflight_messages 0",
            "set_tcp_nodelay true",
            f"persistence {'true' if self._persistence else 'false'}",
            f"persistence_location {self.folder}/",
        ]
        if os.geteuid() == 0:
            lines.append("user root")  # the test's folder belongs to whoever runs the test
        if self._users:
            entries = (f"{name}:{_password_hash(password)}\n" for name, password in self._users.items())
            lines.append(f"password_file {self._private('passwords', ''.join(entries))}")
        if self._acl is not None:
            lines.append(f"acl_file {self._private('acl', self._acl)}")
        if self._tls:
            lines += [f"cafile {self._tls.ca}", f"certfile {self._tls.certificate}", f"keyfile {self._tls.key}"]
            lines.append(f"require_certificate {'true' if self._tls.require_client else 'false'}")
        return [*lines, *self._extra]

    def _private(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.write_text(text)
        file.chmod(0o600)
        return file


def _password_hash(password: str) -> str:
    """A password as mosquitto 2 keeps it: PBKDF2 with SHA-512."""
    salt, rounds = os.urandom(12), 101
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    return f"$7${rounds}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


class _WebProgram(RealProgram):
    """A program of the Prometheus family: YAML configuration, and a page that says when it is ready."""

    def __init__(self, path: Path, folder: Path, *, config: str, port: int | None = None) -> None:
        super().__init__(path, folder, port)
        self.config_file = self.folder / "config.yml"
        self.config_file.write_text(config)

    @property
    def url(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        """Whether it says that it is ready."""
        try:
            return httpx.get(f"{self.url}/-/ready", timeout=5.0).is_success
        except httpx.TransportError:
            return False

    def reload(self) -> None:
        """Have it read its configuration again."""
        httpx.post(f"{self.url}/-/reload", timeout=10.0).raise_for_status()

    def get(self, path: str, **query: str) -> Any:  # noqa: ANN401 -- whatever JSON it answers with
        """The JSON that it serves at a path of its API."""
        return httpx.get(f"{self.url}{path}", params=query, timeout=10.0).raise_for_status().json()


class RealPrometheus(_WebProgram):
    """A Prometheus with the given configuration (YAML; `rule_files` and targets are the test's business)."""

    def command(self) -> Sequence[str | Path]:
        """Data in the test's folder, on loopback only."""
        return [
            self.path,
            f"--config.file={self.config_file}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--web.enable-lifecycle",
        ]

    def query(self, promql: str) -> list[tuple[dict[str, str], float]]:
        """The labels and value of each sample that an instant query finds."""
        result = self.get("/api/v1/query", query=promql)["data"]["result"]
        return [(sample["metric"], float(sample["value"][1])) for sample in result]

    def alerts(self) -> list[dict[str, Any]]:
        """Its pending and firing alerts."""
        alerts: list[dict[str, Any]] = self.get("/api/v1/alerts")["data"]["alerts"]
        return alerts


class RealAlertmanager(_WebProgram):
    """An Alertmanager with the given configuration (YAML), alone, not part of a cluster."""

    def command(self) -> Sequence[str | Path]:
        """Data in the test's folder, on loopback only."""
        return [
            self.path,
            f"--config.file={self.config_file}",
            f"--storage.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address=",
        ]

    def alerts(self, **query: str) -> list[dict[str, Any]]:
        """The alerts that it holds now, by its API version 2."""
        alerts: list[dict[str, Any]] = self.get("/api/v2/alerts", **query)
        return alerts
