"""The wheel holds everything that runs, and runs without this folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from monitor.version import find_revision
from tests.house.sources import ROOT

pytestmark = pytest.mark.slow

PACKAGES = ("monitor", "simulators")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built offline with the tools from the lock."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, in a folder of its own."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def files_below(folder: Path) -> set[str]:
    """The files of a folder, by their path in it, without what Python leaves behind."""
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)) for path in paths}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_of_a_package_is_in_the_wheel(package: str, unpacked: Path) -> None:
    assert files_below(ROOT / package) - files_below(unpacked / package) == set()


def test_every_runbook_is_in_the_wheel(unpacked: Path) -> None:
    runbooks = files_below(ROOT / "docs" / "runbooks")
    assert runbooks
    assert files_below(unpacked / "monitor" / "runbooks") == runbooks


def test_nothing_but_the_two_packages_and_their_licence_is_in_the_wheel(unpacked: Path) -> None:
    strangers = {path.name for path in unpacked.iterdir()} - set(PACKAGES)
    assert [name for name in strangers if not name.endswith(".dist-info")] == []
    assert list(unpacked.glob("*.dist-info/licenses/LICENSE"))


def test_the_wheel_knows_the_revision_that_it_was_built_from(unpacked: Path) -> None:
    here = find_revision(ROOT / "monitor", {})
    assert here in ("unknown", find_revision(unpacked / "monitor", {}))


def test_the_command_runs_from_the_wheel_alone(unpacked: Path, tmp_path: Path) -> None:
    surroundings = {**os.environ, "PYTHONPATH": str(unpacked), "PYTHONSAFEPATH": "1"}
    where = "import monitor.__main__, simulators; print(monitor.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where], cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=True
    )
    assert Path(found.stdout.strip()).is_relative_to(unpacked)
    helped = subprocess.run(
        [sys.executable, "-m", "monitor", "--help"],
        cwd=tmp_path,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert helped.returncode == 0, helped.stderr
    assert "demo" in helped.stdout
