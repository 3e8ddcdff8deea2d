"""The real programs that the tests run against: found, or fetched without installing anything.

Each is looked for in its environment variable (MOSQUITTO, PROMETHEUS, PROMTOOL, ALERTMANAGER, AMTOOL, CHROMIUM), on
PATH and in the sbin folders, then in the project's own ignored cache. `obtain` fills that cache from Debian
packages, as an ordinary user: downloaded, unpacked, never installed, and no daemon is started.

    python -m tools.real_parts           show what there is
    python -m tools.real_parts obtain    fetch what is missing
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "real-parts"
SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")
COMPILED_IN = {"prometheus-alertmanager": "/usr/share/prometheus/alertmanager"}
"""Folders that Debian's build of a package opens by an absolute path, by package."""


class PartError(Exception):
    """A part was named but cannot be used, or could not be fetched."""


@dataclass(frozen=True, slots=True)
class Part:
    """One real program: the names it goes by and the Debian package it comes in."""

    name: str
    executables: tuple[str, ...]
    package: str
    version_flag: str = "--version"
    unpacks: bool = True
    """Whether it runs from an unpacked package; what does not has to be installed."""

    @property
    def variable(self) -> str:
        """The environment variable that points at it."""
        return self.name.upper()

    def how_to_get(self) -> str:
        """One sentence for a person who lacks it."""
        named = f"set {self.variable} to its path"
        if not self.unpacks:
            return f"{named}, apt-get install {self.package}, or as root: ALLOW_APT_INSTALL=1 make real-parts"
        return f"{named}, apt-get install {self.package}, or on Debian and its kin: make real-parts"


PARTS = {
    part.name: part
    for part in (
        Part("mosquitto", ("mosquitto",), "mosquitto", version_flag="-h"),
        Part("prometheus", ("prometheus",), "prometheus"),
        Part("promtool", ("promtool",), "prometheus"),
        Part("alertmanager", ("alertmanager", "prometheus-alertmanager"), "prometheus-alertmanager"),
        Part("amtool", ("amtool",), "prometheus-alertmanager"),
        Part("chromium", ("chromium", "chromium-browser", "google-chrome"), "chromium", unpacks=False),
    )
}


def find(name: str, cache: Path = CACHE) -> Path | None:
    """Where a part is, or None. A variable that points nowhere is an error, not a reason to look further."""
    part = PARTS[name]
    if named := os.environ.get(part.variable):
        if not os.access(named, os.X_OK) or Path(named).is_dir():
            raise PartError(f"{part.variable}={named} is not a program that can be run; correct it or unset it")
        return Path(named)
    folders = os.pathsep.join((os.environ.get("PATH", ""), *SYSTEM_FOLDERS, str(cache / "bin")))
    found = (shutil.which(executable, path=folders) for executable in part.executables)
    return next((Path(path) for path in found if path), None)


def version(name: str, path: Path) -> str:
    """The version that a program reports about itself, `unknown` if it names none."""
    asked = subprocess.run([path, PARTS[name].version_flag], capture_output=True, text=True, check=False, timeout=60)
    for word in (asked.stdout + asked.stderr).replace(",", " ").split():
        if word[0].isdigit() and "." in word:
            return word
    return "unknown"


def obtain(name: str, cache: Path = CACHE) -> Path:
    """Find a part or fetch it."""
    if found := find(name, cache):
        return found
    part = PARTS[name]
    if shutil.which("apt-get") is None:
        raise PartError(f"no apt-get on this machine to fetch it with; {part.how_to_get()}")
    if part.unpacks:
        _unpack(part.package, cache)
    else:
        _install(part)
    if found := find(name, cache):
        return found
    raise PartError(f"the Debian package {part.package} holds no {' or '.join(part.executables)}")


def _unpack(package: str, cache: Path) -> None:
    """Unpack a package, with the libraries that this machine lacks, into the cache; all of it or nothing."""
    home = cache / package
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="fetching-") as folder:
        staging = Path(folder)
        staging.chmod(0o755)
        for archive in _download(package, staging, cache):
            _run("dpkg", "-x", str(archive), str(staging / "root"))
        shutil.rmtree(home, ignore_errors=True)
        _relocate(staging / "root", COMPILED_IN.get(package))
        (staging / "root").rename(home)
    _write_launchers(home, cache / "bin", COMPILED_IN.get(package))


def _download(package: str, folder: Path, cache: Path) -> list[Path]:
    """Download a package and its missing libraries; with package lists of our own where the machine's are stale."""
    try:
        _apt(folder, "download", *_closure(package))
    except PartError:
        lists = _private_lists(cache)
        _apt(folder, *lists, "update")
        _apt(folder, *lists, "download", *_closure(package, *lists))
    return sorted(folder.glob("*.deb"))


def _closure(package: str, *options: str) -> list[str]:
    """The package and the shared libraries that would be installed with it; pages, fonts and scripts are left out."""
    plan = _apt(Path.cwd(), *options, "--simulate", "--no-install-recommends", "install", package)
    wanted = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
    return [package, *(name for name in wanted if name.startswith("lib") and not name.startswith("libjs-"))]


def _private_lists(cache: Path) -> tuple[str, ...]:
    """Options that keep apt's lists and downloads in the cache, so that no root is needed to refresh them."""
    state = cache / "apt"
    for folder in ("lists/partial", "archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    return ("-o", f"Dir::State::Lists={state}/lists", "-o", f"Dir::Cache={state}", "-o", "Debug::NoLocking=1")


def _programs(home: Path) -> list[Path]:
    return sorted((*home.glob("usr/bin/*"), *home.glob("usr/sbin/*")))


def _relocate(home: Path, folder: str | None) -> None:
    """Have programs find a compiled-in folder through file descriptor 9, which their launcher opens; lengths stay."""
    for program in _programs(home) if folder else ():
        absolute = str(folder).encode()
        program.write_bytes(program.read_bytes().replace(absolute, b"/proc/self/fd/9".ljust(len(absolute), b"/")))


def _write_launchers(home: Path, launchers: Path, folder: str | None) -> None:
    """One small script per program, which runs it with what was unpacked; `exec` keeps signals going to the program."""
    launchers.mkdir(exist_ok=True)
    libraries = sorted({str(library.parent.relative_to(home)) for library in home.rglob("*.so*")})
    search = ":".join(f"$home/{library}" for library in libraries)
    for program in _programs(home):
        launcher = launchers / program.name
        launcher.write_text(
            f'#!/bin/sh\nhome=$(dirname "$(readlink -f "$0")")/../{home.name}\n'
            + (f'exec 9<"$home{folder}"\n' if folder else "")
            + f'LD_LIBRARY_PATH="{search}:$LD_LIBRARY_PATH" exec "$home/{program.relative_to(home)}" "$@"\n',
        )
        launcher.chmod(0o755)


def _install(part: Part) -> None:
    """Install a package for the whole machine, if that was allowed."""
    if os.environ.get("ALLOW_APT_INSTALL") != "1" or os.geteuid() != 0:
        raise PartError(f"it has to be installed, which nobody allowed; {part.how_to_get()}")
    install = ("--yes", "--no-install-recommends", "install", part.package)
    here = Path.cwd()
    try:
        _apt(here, *install)
    except PartError:
        _apt(here, "update")
        _apt(here, *install)


def _apt(folder: Path, *arguments: str) -> str:
    sandbox = ("-o", "APT::Sandbox::User=root") if os.geteuid() == 0 else ()
    return _run("apt-get", "--quiet", *sandbox, *arguments, folder=folder)


def _run(*command: str, folder: Path | None = None) -> str:
    """Run a command and return what it printed; a failure carries its last lines."""
    surroundings = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = " / ".join((done.stderr or done.stdout).strip().splitlines()[-2:])
        raise PartError(f"`{' '.join(command)}` failed: {said}")
    return done.stdout


def main(arguments: list[str]) -> int:
    """Show or obtain every part; what stays absent is named, and is the tests' business to judge."""
    if arguments not in ([], ["obtain"]):
        print(__doc__)
        return 2
    for name, part in PARTS.items():
        try:
            path = obtain(name) if arguments else find(name)
        except PartError as error:
            print(f"{name:<13} absent: {error}")
            continue
        print(f"{name:<13} {version(name, path)}  {path}" if path else f"{name:<13} absent; {part.how_to_get()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
