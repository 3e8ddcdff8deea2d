"""A missing real part is never silent: the tests that lack it are named, and REQUIRE_REAL=1 makes them fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT
from tools.real_parts import PartError, find, obtain, version


def program_at(path: Path, says: str = "tool, version 1.2.3 (branch: x)") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with nothing on PATH but one empty folder, which is returned."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CHROMIUM", raising=False)
    return folder


def test_a_part_named_by_its_variable_comes_before_path_and_cache(
    bare_machine: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    assert find("chromium", tmp_path) is None
    cached = program_at(tmp_path / "bin" / "google-chrome")
    assert find("chromium", tmp_path) == cached
    on_path = program_at(bare_machine / "chromium")
    assert find("chromium", tmp_path) == on_path
    named = program_at(tmp_path / "elsewhere" / "my-chromium")
    monkeypatch.setenv("CHROMIUM", str(named))
    assert find("chromium", tmp_path) == named


def test_a_variable_that_names_no_program_is_an_error_and_not_passed_over(
    bare_machine: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    program_at(bare_machine / "chromium")
    monkeypatch.setenv("CHROMIUM", str(tmp_path))
    with pytest.raises(PartError, match=r"CHROMIUM=.* is not a program"):
        find("chromium", tmp_path)


def test_a_machine_without_apt_says_how_to_get_the_part(bare_machine: Path, tmp_path: Path) -> None:
    assert bare_machine.exists()
    with pytest.raises(PartError, match=r"no apt-get on this machine.*set CHROMIUM to its path"):
        obtain("chromium", tmp_path)


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ("prometheus, version 2.42.0+ds (branch: x)", "2.42.0+ds"),
        ("Chromium 150.0.7871.100 built on Debian", "150.0.7871.100"),
        ("mosquitto version 2.0.11", "2.0.11"),
        ("hello", "unknown"),
    ],
)
def test_a_program_is_asked_for_its_version(says: str, expected: str, tmp_path: Path) -> None:
    assert version("prometheus", program_at(tmp_path / "program", says)) == expected


ASKS_FOR_A_BROWSER = """
def test_a_page_is_shown(chromium_path): assert chromium_path.exists()
def test_a_thing_without_a_browser(): pass
"""


def run_without_a_browser(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_inner.py").write_text(ASKS_FOR_A_BROWSER)
    command = [sys.executable, "-m", "pytest", "-p", "tests.real_parts", "-p", "no:cacheprovider", "-c", os.devnull]
    surroundings = {"PATH": str(folder), "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [*command, "--rootdir", folder, folder / "test_inner.py"],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_test_that_lacks_its_part_is_skipped_and_named_at_the_end(tmp_path: Path) -> None:
    run = run_without_a_browser(tmp_path)
    assert run.returncode == 0, run.stdout
    assert "1 passed, 1 skipped" in run.stdout
    closing = run.stdout[run.stdout.index(" real parts ") :]
    assert "real part absent: chromium (set CHROMIUM to its path" in closing
    assert "1 test did not run:\n    test_inner.py::test_a_page_is_shown" in closing


def test_a_test_that_lacks_its_part_fails_where_real_parts_are_required(tmp_path: Path) -> None:
    run = run_without_a_browser(tmp_path, REQUIRE_REAL="1")
    assert run.returncode == 1
    assert "real part absent: chromium" in run.stdout
    assert "skipped" not in run.stdout


def test_a_part_that_was_used_is_named_with_its_version(tmp_path: Path) -> None:
    browser = program_at(tmp_path / "browser", "Chromium 1.2.3")
    run = run_without_a_browser(tmp_path, CHROMIUM=str(browser))
    assert f"chromium 1.2.3 was used by 1 test ({browser})" in run.stdout
