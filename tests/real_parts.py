"""Fixtures that name a real program, and the closing words on which were used and what did not run for want of one.

A test asks for `mosquitto_path`, `prometheus_path`, `promtool_path`, `alertmanager_path`, `amtool_path` or
`chromium_path`. Without the program it is skipped and named at the end; with REQUIRE_REAL=1 it fails instead.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from tools.real_parts import PARTS, PartError, find, version

ABSENT = "real part absent: "
MARKER_OF = {
    "mosquitto": "mosquitto",
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "alertmanager": "alertmanager",
    "amtool": "alertmanager",
    "chromium": "browser",
}


def fixture_name(part: str) -> str:
    """The fixture that gives the path of a part."""
    return f"{part}_path"


def require(part: str) -> Path:
    """The path of a real program; without it the test that asks is skipped, or fails where REQUIRE_REAL=1."""
    try:
        path = find(part)
    except PartError as error:
        pytest.fail(str(error), pytrace=False)
    if path is not None:
        return path
    reason = f"{ABSENT}{part} ({PARTS[part].how_to_get()})"
    if os.environ.get("REQUIRE_REAL") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def mosquitto_path() -> Path:
    """The real broker."""
    return require("mosquitto")


@pytest.fixture(scope="session")
def prometheus_path() -> Path:
    """The real Prometheus."""
    return require("prometheus")


@pytest.fixture(scope="session")
def promtool_path() -> Path:
    """Prometheus' own judge of metrics and rules."""
    return require("promtool")


@pytest.fixture(scope="session")
def alertmanager_path() -> Path:
    """The real Alertmanager."""
    return require("alertmanager")


@pytest.fixture(scope="session")
def amtool_path() -> Path:
    """Alertmanager's own judge of its configuration."""
    return require("amtool")


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The real browser."""
    return require("chromium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by the real programs it asks for, so that `make fast` can leave it out."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        for part, marker in MARKER_OF.items():
            if fixture_name(part) in asked:
                item.add_marker(marker)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note on each test which real programs it asks for; the note travels with its report."""
    asked = set(getattr(item, "fixturenames", ()))
    item.user_properties.extend(("real part", part) for part in PARTS if fixture_name(part) in asked)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Close with the real programs used, and name every test that lacked one."""
    reports = [report for group in ("passed", "failed") for report in terminalreporter.stats.get(group, [])]
    used = Counter(
        part
        for report in reports
        if getattr(report, "when", "") == "call"
        for key, part in report.user_properties
        if key == "real part"
    )
    lacking = _without_a_part(terminalreporter)
    if not used and not lacking:
        return
    terminalreporter.section("real parts")
    for part, count in used.items():
        path = find(part)
        if path is not None:
            terminalreporter.line(f"{part} {version(part, path)} was used by {_tests(count)} ({path})")
    for reason, tests in lacking.items():
        terminalreporter.line(f"{reason}; {_tests(len(tests))} did not run:", yellow=True)
        for name in tests:
            terminalreporter.line(f"    {name}")


def _tests(count: int) -> str:
    return f"{count} test" if count == 1 else f"{count} tests"


def _without_a_part(terminalreporter: pytest.TerminalReporter) -> dict[str, list[str]]:
    """The tests that were skipped for want of a real program, by reason."""
    lacking: dict[str, list[str]] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if ABSENT in reason:
            lacking.setdefault(reason[reason.index(ABSENT) :], []).append(report.nodeid)
    return lacking
