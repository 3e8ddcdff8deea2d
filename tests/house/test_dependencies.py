"""What the program imports is declared, and what is declared is pinned by hash without naming where it comes from."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions

import pytest

from tests.house.sources import PYTHON_FOLDERS, ROOT, Source, python_sources
from tests.house.test_layers import imports

NAME = re.compile(r"^[A-Za-z0-9._-]+")
PART_OF = {"pydantic-core": "pydantic", "starlette": "fastapi"}
"""Distributions that are the visible inside of another one, which pins them."""
LOCKS = ("requirements.lock", "requirements-dev.lock")


def normal(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirements: list[str]) -> set[str]:
    """The distributions that requirements name."""
    return {normal(found[0]) for line in requirements if (found := NAME.match(line))}


def declared() -> set[str]:
    """The distributions that the running program asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return named(project["dependencies"])


def extras() -> set[str]:
    """The distributions that only the evaluation uses, and only if they are there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return set().union(*(named(requirements) for requirements in project["optional-dependencies"].values()))


@cache
def _homes() -> dict[str, set[str]]:
    return {top: {normal(home) for home in homes} for top, homes in packages_distributions().items()}


def undeclared(source: Source, allowed: set[str]) -> Iterator[str]:
    """Distributions that a file imports from and nobody asked for."""
    homes = _homes()
    tops = {name.partition(".")[0] for name in imports(source)}
    for top in sorted(tops - sys.stdlib_module_names - {"a relative import", *PYTHON_FOLDERS}):
        if not {PART_OF.get(home, home) for home in homes.get(top, {top})} & allowed:
            yield f"{source.path} imports {top}, which pyproject.toml does not ask for"


def lock_faults(text: str) -> list[str]:
    """Lines of a lock that are not an exact version, a hash of it, a remark or an empty line."""
    fine = re.compile(r"[a-z0-9.-]+==\S+( ; .+)? \\$|    --hash=sha256:[0-9a-f]{64}( \\)?$| +#.*$|$")
    return [line for line in text.splitlines() if not fine.fullmatch(line)]


def test_everything_that_the_program_imports_is_declared() -> None:
    assert [fault for source in python_sources("monitor") for fault in undeclared(source, declared())] == []
    allowed = declared() | extras()
    assert [fault for source in python_sources("simulators") for fault in undeclared(source, allowed)] == []


def test_an_import_that_nobody_declared_is_caught() -> None:
    source = Source("monitor/x.py", "import json\nimport pytest\nfrom monitor import y\nimport httpx")
    assert list(undeclared(source, {"httpx"})) == ["monitor/x.py imports pytest, which pyproject.toml does not ask for"]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_exact_versions_and_hashes_and_nothing_else(lock: str) -> None:
    assert lock_faults((ROOT / lock).read_text()) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_declared_is_in_the_lock(lock: str) -> None:
    pinned = named([line for line in (ROOT / lock).read_text().splitlines() if "==" in line])
    assert declared() - pinned == set()


def test_a_loose_line_in_a_lock_is_caught() -> None:
    loose = ["--index-" + "url https://index.example/simple", "httpx>=0.28 \\", "https://files.example/httpx.whl"]
    assert lock_faults("\n".join(loose)) == loose
