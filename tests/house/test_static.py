"""The linter, the formatter and the type checker have nothing to say, so that the test command alone vouches for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT

PROGRAMS = Path(sys.executable).parent


@pytest.mark.slow
@pytest.mark.parametrize("command", ["ruff check .", "ruff format --check .", "mypy"])
def test_a_static_judge_has_nothing_to_say(command: str) -> None:
    program, *arguments = command.split()
    said = subprocess.run([PROGRAMS / program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
