"""`make stack`: what docker-compose.yml describes, as local programs on this machine only, without containers.

    python -m tools.stack [--speed 30] [--devices 300] [--for SECONDS] [--any-port]

Broker, monitor, simulated fleet, Prometheus and Alertmanager, from the same configuration files as the containers;
Grafana is left out. Everything is kept in a temporary folder and gone afterwards. Ctrl-C ends it.
"""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tools.compose import Container, Translation, read_services
from tools.make_secrets import make_secrets
from tools.real_parts import PARTS, PartError, find

ORDER = ("mosquitto", "hearthbeat", "fleet", "alertmanager", "prometheus")
LEFT_OUT = {"grafana": "its dashboards are tested by asking Prometheus what they ask"}
OPEN = {"hearthbeat": "the page", "prometheus": "rules and queries", "alertmanager": "alerts as people get them"}
FAST = {"HEARTHBEAT_SIGHT__ECHO_SECONDS": "15", "HEARTHBEAT_SIGHT__BLIND_AFTER_SECONDS": "120"}
"""More patience with this machine where time is fast: each of its hiccups is as many times as long."""
PATIENCE_SECONDS = 60.0
GLANCE_SECONDS = 0.1


class StackError(Exception):
    """The stack cannot start, or a part of it ended by itself."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the stack is to run. `scrape_seconds` of 0 leaves Prometheus at the pace of its configuration."""

    speed: float = 1.0
    devices: int = 300
    any_port: bool = False
    scrape_seconds: int = 0


@dataclass(slots=True)
class Stack:
    """Running parts, by service; `ports` says where each one listens."""

    folder: Path
    ports: Mapping[str, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def url(self, service: str) -> str:
        """Where a service is served."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def ended(self) -> str | None:
        """The first part that ended by itself, with its last words."""
        for name, process in self.running.items():
            if process.poll() is not None:
                return f"{name} ended with {process.returncode}:\n{self.last_words(name)}"
        return None

    def last_words(self, name: str) -> str:
        """The end of what a part printed."""
        return (self.folder / f"{name}.log").read_text(errors="replace")[-1500:].strip()

    def start(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        """Start a part, and wait until it answers if it serves anything."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; we end the parts in order
            )
        give_up = time.monotonic() + PATIENCE_SECONDS
        while name in self.ports and not _accepts(self.ports[name]):
            if ended := self.ended():
                raise StackError(ended)
            if time.monotonic() > give_up:
                raise StackError(f"{name} does not answer on port {self.ports[name]}:\n{self.last_words(name)}")
            time.sleep(GLANCE_SECONDS)

    def stop(self) -> None:
        """End all parts, the last one first, and wait for each."""
        for process in reversed(self.running.values()):
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def running_stack(wishes: Wishes) -> Iterator[Stack]:
    """The whole stack, up; down and gone at the end."""
    services = read_services()
    unknown = services.keys() - set(ORDER) - LEFT_OUT.keys()
    if unknown:
        raise StackError(f"docker-compose.yml has services that are not known here: {', '.join(sorted(unknown))}")
    programs = _programs()
    listening = [service for service in services.values() if service.port and service.name in ORDER]
    ports = {service.name: _free_port() if wishes.any_port else int(service.port or 0) for service in listening}
    if taken := [f"{name}: {port}" for name, port in ports.items() if _accepts(port)]:
        raise StackError(f"somebody listens there already ({', '.join(taken)}); try --any-port")
    with tempfile.TemporaryDirectory(prefix="hearthbeat-stack-") as name:
        folder = Path(name)
        make_secrets(folder / "secrets")
        translation = Translation(services.values(), ports, folder, folder / "secrets")
        stack = Stack(folder, ports)
        try:
            for each in ORDER:
                words, environment = translation.prepare(services[each], *_changes(each, wishes))
                environment |= FAST if wishes.speed != 1.0 else {}
                stack.start(each, _command(services[each], programs[each], words, wishes), environment)
            yield stack
        finally:
            stack.stop()


def _programs() -> dict[str, Path]:
    """The program of each service."""
    ours = Path(sys.executable).with_name("hearthbeat")
    found = {"hearthbeat": ours, "fleet": ours}
    for part in ("mosquitto", "alertmanager", "prometheus"):
        path = find(part)
        if path is None:
            raise StackError(f"{part} is not on this machine; {PARTS[part].how_to_get()}")
        found[part] = path
    return found


def _command(service: Container, program: Path, words: list[str], wishes: Wishes) -> list[str]:
    """The command line; containers of others name their program themselves, or leave it to the image."""
    command = [str(program), *(words[1:] if words[:1] == [service.name] else words)]
    if service.name in ("hearthbeat", "fleet") and wishes.speed != 1.0:
        command += ["--speed", f"{wishes.speed:g}"]
    if service.name == "fleet":
        command += ["--devices", str(wishes.devices), "--no-clean"]
    return command


def _changes(service: str, wishes: Wishes) -> list[tuple[str, str]]:
    """What has to differ in a service's files for want of a container, as patterns and replacements."""
    changes = []
    if service == "mosquitto" and os.geteuid() == 0:  # else it becomes a user who may not read our folder
        changes.append((r"^allow_anonymous false$", "user root\nallow_anonymous false"))
    if service == "prometheus" and wishes.scrape_seconds:
        pace = f"{wishes.scrape_seconds}s"
        changes += [
            (r"(scrape|evaluation)_interval: \d+s", rf"\1_interval: {pace}"),
            (r"scrape_timeout: .*", f"scrape_timeout: {pace}"),
        ]
    return changes


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(arguments: list[str]) -> int:
    """Start the stack, say what to open, and wait for the end."""
    asked = argparse.ArgumentParser(
        prog="make stack", description="The stack of docker-compose.yml without containers."
    )
    asked.add_argument("--speed", type=float, default=1.0, help="so many times as fast, for the fleet and the monitor")
    asked.add_argument("--devices", type=int, default=300, help="how many devices are simulated")
    asked.add_argument("--for", type=float, dest="seconds", help="end by itself after so many seconds")
    asked.add_argument("--any-port", action="store_true", help="take free ports instead of the usual ones")
    given = asked.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    try:
        with running_stack(Wishes(given.speed, given.devices, given.any_port)) as stack:
            _tell(stack)
            _wait(stack, given.seconds)
    except (StackError, PartError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    print("Everything has ended; nothing was kept.")
    return 0


def _tell(stack: Stack) -> None:
    for service, what in OPEN.items():
        print(f"{stack.url(service)}  {what}")
    print(f"mqtt://127.0.0.1:{stack.ports['mosquitto']}  the broker; passwords are in {stack.folder / 'secrets'}")
    print(f"Logs and rewritten configuration: {stack.folder}")
    for service, why in LEFT_OUT.items():
        print(f"Without {service}: {why}.")
    print("Ctrl-C ends it.", flush=True)


def _wait(stack: Stack, seconds: float | None) -> None:
    until = time.monotonic() + seconds if seconds else None
    while until is None or time.monotonic() < until:
        if ended := stack.ended():
            raise StackError(ended)
        time.sleep(GLANCE_SECONDS)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
