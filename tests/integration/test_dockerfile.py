"""The Dockerfile where there is no container engine: its instructions one by one, in a folder instead of an image."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.house.sources import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
IGNORED = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
MOVED = ("/opt/hearthbeat", "/src", "/tmp/wheel", "/var/lib/hearthbeat")  # noqa: S108 -- the image's own


class Instruction(NamedTuple):
    """One line of the Dockerfile."""

    word: str
    rest: str


def instructions() -> list[Instruction]:
    """All of them, comments left out."""
    lines = [line for line in DOCKERFILE.splitlines() if line.strip() and not line.startswith("#")]
    return [Instruction(*line.split(maxsplit=1)) for line in lines]


def reaches_the_builder(path: str) -> bool:
    """Whether .dockerignore lets a path through: the last line that matches it decides."""
    parents = [str(parent) for parent in Path(path).parents if str(parent) != "."]
    let_through = True
    for line in IGNORED:
        pattern = line.removeprefix("!")
        if any(fnmatch(each, pattern) for each in (path, *parents)):
            let_through = line.startswith("!")
    return let_through


class Folder:
    """What the image would hold, below a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._at = root

    def path(self, text: str) -> str:
        """A text with the image's own folders moved here."""
        for folder in MOVED:
            text = re.sub(rf"(?<![\w./]){re.escape(folder)}\b", f"{self._root}{folder}", text)
        return text

    def carry_out(self, instruction: Instruction) -> None:
        """Do what a builder would do, as far as that needs no container."""
        if instruction.word == "WORKDIR":
            self._at = Path(self.path(instruction.rest))
            self._at.mkdir(parents=True, exist_ok=True)
        elif instruction.word == "COPY":
            self._copy(*instruction.rest.split())
        elif instruction.word == "RUN":
            self.run(instruction.rest)

    def run(self, command: str) -> str:
        """Run a command as written, in the folder where the builder stands."""
        as_nobody_special = re.sub(r" --(owner|group)=\d+", "", command)  # only root may give folders away
        done = subprocess.run(
            ["/bin/sh", "-c", self.path(as_nobody_special).replace("python -m venv", "python3 -m venv")],
            cwd=self._at,
            env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def _copy(self, *words: str) -> None:
        if words[0].startswith("--from="):
            assert Path(self.path(words[1])).exists(), f"{words[1]} was not built"
            assert words[1] == words[2], "programs in an environment name the folder that they were installed into"
            return
        *sources, target = words
        for source in sources:
            goal = self._at / target
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, goal, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, goal)


def test_every_file_that_is_copied_reaches_the_builder_and_nothing_private_does() -> None:
    copied = [each.rest.split()[:-1] for each in instructions() if each.word == "COPY" and "--from" not in each.rest]
    sources = [source for words in copied for source in words]
    assert sources
    assert [source for source in sources if not (ROOT / source).exists() or not reaches_the_builder(source)] == []
    private = ("secrets/hearthbeat-token", ".git/config", "hearthbeat.db", "tests/conftest.py", "docs/operating.md")
    assert [path for path in private if reaches_the_builder(path)] == []


def test_both_stages_start_from_the_same_exact_version_and_end_as_nobody_special() -> None:
    bases = {each.rest.split()[0] for each in instructions() if each.word == "FROM"}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", bases.pop())
    users = [each.rest for each in instructions() if each.word == "USER"]
    assert users == ["10001:10001"]


def test_everything_installed_is_pinned_by_hash_or_built_here() -> None:
    installs = [each.rest for each in instructions() if each.word == "RUN" and "pip install" in each.rest]
    assert installs
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)


@pytest.mark.slow
def test_its_instructions_lead_to_a_program_that_runs(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for instruction in instructions():
        folder.carry_out(instruction)
    [entry] = [shlex.split(each.rest.strip("[]")) for each in instructions() if each.word == "ENTRYPOINT"]
    said = folder.run(f"/opt/hearthbeat/bin/{entry[0]} version")
    assert said.startswith("hearthbeat ")
    assert list((tmp_path / "opt" / "hearthbeat").rglob("site-packages/monitor/runbooks/*.md"))
    assert not list((tmp_path / "opt" / "hearthbeat").rglob("site-packages/pip"))
