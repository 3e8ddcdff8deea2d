"""docker-compose.yml as local programs: the same commands and configuration files, with addresses of this machine.

What a container engine would do is done by rewriting text: a service's name becomes a loopback address, a mount the
folder that it stands for. Nothing else changes, so that what runs here is what would run there.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docker-compose.yml"
SECRETS = "/run/secrets"
HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder of the project that a service sees at `target`."""

    source: Path
    target: str


@dataclass(frozen=True, slots=True)
class Container:
    """One service: its command line without the program, and what it is given."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    mounts: tuple[Mount, ...]
    volumes: Mapping[str, str]
    """Named volumes by where they are mounted."""
    secrets: tuple[str, ...]
    port: int | None
    """Where it listens, in its container and published."""


def read_services(file: Path = FILE) -> dict[str, Container]:
    """All services of the file, by name."""
    described = yaml.safe_load(file.read_text(encoding="utf-8"))["services"]
    return {name: _service(name, raw, file.parent) for name, raw in described.items()}


def _service(name: str, raw: Mapping[str, Any], root: Path) -> Container:
    mounts, volumes = [], {}
    for entry in raw.get("volumes", ()):
        source, target, *_ = entry.split(":")
        if source.startswith("."):
            mounts.append(Mount(root / source, target))
        else:
            volumes[target] = source
    ports = [int(entry.rpartition(":")[2]) for entry in raw.get("ports", ())]
    return Container(
        name,
        tuple(raw.get("command", ())),
        dict(raw.get("environment", {})),
        tuple(mounts),
        volumes,
        tuple(raw.get("secrets", ())),
        ports[0] if ports else None,
    )


class Translation:
    """Rewrites what a service is given into what holds on this machine.

    `ports` says where each service listens here. `folder` takes the rewritten files and the volumes.
    """

    def __init__(self, services: Iterable[Container], ports: Mapping[str, int], folder: Path, secrets: Path) -> None:
        self._folder = folder
        self._secrets = secrets
        self._services = [service for service in services if service.port]
        self._ports = ports

    def prepare(self, service: Container, *also: tuple[str, str]) -> tuple[list[str], dict[str, str]]:
        """Write its files, and return its command line and environment. `also` are patterns replaced in its files."""
        home = self._folder / service.name
        paths = {SECRETS: self._secrets}
        for target, volume in service.volumes.items():
            paths[target] = home / volume
            paths[target].mkdir(parents=True, exist_ok=True)
        for mount in service.mounts:
            paths[mount.target] = home / "mounts" / mount.target.strip("/").replace("/", "-")
        for mount in service.mounts:
            self._copy(mount, paths, also)
        rewritten = [self._rewrite(word, paths) for word in service.command]
        return rewritten, {name: self._rewrite(value, paths) for name, value in service.environment.items()}

    def _copy(self, mount: Mount, paths: Mapping[str, Path], also: Iterable[tuple[str, str]]) -> None:
        for file in sorted(mount.source.rglob("*")):
            copy = paths[mount.target] / file.relative_to(mount.source)
            if file.is_dir():
                copy.mkdir(parents=True, exist_ok=True)
                continue
            text = self._rewrite(file.read_text(encoding="utf-8"), paths)
            for pattern, replacement in also:
                text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text, encoding="utf-8")

    def _rewrite(self, text: str, paths: Mapping[str, Path]) -> str:
        for service in self._services:
            host = rf"(?:{re.escape(service.name)}|127\.0\.0\.1|0\.0\.0\.0)"
            here = f"127.0.0.1:{self._moved(service)}"
            text = re.sub(rf"(?<![\w.-]){host}:{service.port}\b", here, text)
            listener = rf"^listener {service.port} 0\.0\.0\.0$"
            text = re.sub(listener, f"listener {self._moved(service)} 127.0.0.1", text, flags=re.MULTILINE)
        for target in sorted(paths, key=len, reverse=True):
            text = re.sub(rf"(?<![\w./-]){re.escape(target)}(?![\w-])", str(paths[target]), text)
        return text

    def _moved(self, service: Container) -> int:
        return self._ports.get(service.name, service.port or 0)
