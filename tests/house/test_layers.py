"""Imports point one way: entry, workers, adapters, decoders, core, devices. Siblings never import each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.sources import Source, python_sources

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"__main__"}),
    frozenset({"cli"}),
    frozenset({"app"}),
    frozenset({"config"}),
    frozenset({"runtime", "replay"}),  # the loops, live and recorded; they conduct the other workers
    frozenset({"intake", "outbox", "prober", "retention", "census", "checkin", "subscribers"}),
    frozenset({"mqtt", "broker", "metrics", "store", "web", "notifiers", "probes", "logs", "trace", "chronicle"}),
    frozenset({"egress"}),  # the one door out, used by the adapters that send
    frozenset({"decoders"}),
    frozenset({"core"}),
    frozenset({"devices"}),
)
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}
PURE = ("decoders", "core", "devices")
GIVENS = {"clock": "takes time as data", "version": "has no version", "retrying": "tries nothing again"}
"""Rooms that import nothing of ours, for all but the pure ones; and why the pure ones do without."""

SHARED_IN_ROOM: dict[str, frozenset[str]] = {
    "notifiers": frozenset({"http", "message", "protocol"}),
    "probes": frozenset({"protocol"}),
    "decoders": frozenset({"protocol"}),
    "devices": frozenset({"events", "kinds", "profile", "reading", "schedule"}),
}
"""In a room of plugs, the modules that its members may import; every other module there is a member."""

IMPURE = frozenset(
    {
        "aiosqlite",
        "asyncio",
        "concurrent",
        "fastapi",
        "httpx",
        "logging",
        "os",
        "paho",
        "pathlib",
        "prometheus_client",
        "random",
        "secrets",
        "selectors",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "ssl",
        "structlog",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "uuid",
    }
)
NOT_IN_THE_DAEMON = frozenset({"benchmarks", "matplotlib", "numpy", "scipy", "tests", "tools"})


def imports(source: Source) -> Iterator[str]:
    """The dotted names that a file imports, those inside functions and for type checking included."""
    for node in ast.walk(source.tree()):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield "a relative import"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def room_of(dotted: str) -> str | None:
    """The room of the monitor that a dotted name lies in."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "monitor" and len(parts) > 1 else None


def misdirected(source: Source) -> list[str]:
    """What a file of the monitor imports against the direction."""
    home = room_of(source.module)
    if home is None:
        return []
    if home not in GIVENS and home not in RANK:
        return [f"{source.path}: the room {home} has no place in the layers; give it one in {__name__}"]
    return [fault for name in imports(source) if (fault := _fault(source, home, name))]


def _fault(source: Source, home: str, name: str) -> str | None:
    top = name.partition(".")[0]
    if name == "a relative import":
        return f"{source.path}: imports relatively; name the whole path"
    if top == "simulators" and home != "cli":
        return f"{source.path}: only monitor.cli may import the simulators"
    if top in NOT_IN_THE_DAEMON:
        return f"{source.path}: the daemon does without {top}"
    if home in PURE and top in IMPURE:
        return f"{source.path}: {home} is pure and does without {top}"
    return _wrong_way(source, home, name) or _sibling(source, home, name)


def _wrong_way(source: Source, home: str, name: str) -> str | None:
    room = room_of(name)
    if room is None or room == home:
        return None
    if room in GIVENS:
        return f"{source.path}: {home} is pure and {GIVENS[room]}" if home in PURE else None
    if room not in RANK:
        return None if room.isupper() or room.startswith("__") else f"{source.path}: imports the unknown room {room}"
    if home in GIVENS or RANK[room] <= RANK[home]:
        return f"{source.path}: {home} may not import {room}"
    return None


def _sibling(source: Source, home: str, name: str) -> str | None:
    """One plug never imports another: a notifier knows no other notifier."""
    shared = SHARED_IN_ROOM.get(home)
    own, other = source.module.split("."), name.split(".")
    if shared is None or room_of(name) != home or len(own) < 3 or len(other) < 4:
        return None
    if own[2] in shared or other[2] in shared or own[2] == other[2]:
        return None
    return f"{source.path}: {own[2]} may not import its sibling {other[2]}"


def test_the_monitor_imports_one_way_only() -> None:
    assert [fault for source in python_sources("monitor") for fault in misdirected(source)] == []


def test_the_simulators_do_without_tests_and_tools() -> None:
    strangers = {"tests", "tools", "benchmarks"}
    faults = [
        f"{source.path}: {name}"
        for source in python_sources("simulators")
        for name in imports(source)
        if name.split(".")[0] in strangers
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("path", "line", "fault"),
    [
        ("monitor/core/engine.py", "from monitor.store import sqlite", "core may not import store"),
        ("monitor/devices/feeder.py", "import monitor.core.fleet", "devices may not import core"),
        ("monitor/outbox.py", "from monitor.intake import Intake", "outbox may not import intake"),
        ("monitor/mqtt.py", "def f():\n    from monitor.web.api import x", "mqtt may not import web"),
        ("monitor/egress.py", "from monitor.notifiers import Notifier", "egress may not import notifiers"),
        ("monitor/clock.py", "from monitor.core import fleet", "clock may not import core"),
        ("monitor/core/fleet.py", "from monitor.clock import Clock", "core is pure and takes time as data"),
        ("monitor/core/fleet.py", "import time", "core is pure and does without time"),
        ("monitor/decoders/native.py", "from random import random", "decoders is pure and does without random"),
        ("monitor/app.py", "from simulators.world import World", "only monitor.cli may import the simulators"),
        ("monitor/metrics.py", "import numpy as np", "the daemon does without numpy"),
        ("monitor/notifiers/webhook.py", "from .protocol import Notifier", "imports relatively; name the whole path"),
        (
            "monitor/notifiers/webhook.py",
            "from monitor.notifiers.console import Console",
            "webhook may not import its sibling console",
        ),
        ("monitor/extras/odd.py", "", "the room extras has no place in the layers; give it one in " + __name__),
    ],
)
def test_an_import_against_the_direction_is_caught(path: str, line: str, fault: str) -> None:
    assert misdirected(Source(path, line)) == [f"{path}: {fault}"]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("monitor/cli/demo.py", "from simulators.world import World"),
        ("monitor/notifiers/__init__.py", "from monitor.notifiers.console import Console"),
        ("monitor/notifiers/webhook.py", "from monitor.notifiers.protocol import Notifier"),
        ("monitor/notifiers/webhook.py", "from monitor.egress import Egress"),
        ("monitor/runtime.py", "from monitor.clock import Clock\nfrom monitor.core.engine import Engine"),
        ("monitor/web/api.py", "from monitor import __version__"),
    ],
)
def test_an_import_along_the_direction_is_welcome(path: str, line: str) -> None:
    assert misdirected(Source(path, line)) == []
