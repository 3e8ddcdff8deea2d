"""The project's own files, as the house rules read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON_FOLDERS = ("monitor", "simulators", "dashboards", "tests", "tools", "benchmarks")
NOT_OURS = {".git", ".venv", ".cache", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__"}
BUILT = {"build", "dist", "htmlcov"}


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the project's root, and its text."""

    path: str
    text: str

    @property
    def module(self) -> str:
        """The dotted name it is imported by."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return _parse(self.text, self.path)


@cache
def _parse(text: str, path: str) -> ast.Module:
    return ast.parse(text, path)


@cache
def python_sources(*folders: str) -> tuple[Source, ...]:
    """The Python files below these folders, all of ours by default."""
    paths = (path for folder in folders or PYTHON_FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    return tuple(Source(str(path.relative_to(ROOT)), path.read_text()) for path in paths)


def text_files() -> Iterator[tuple[str, str]]:
    """The path and text of each file of the project that is text."""
    for path in _walk(ROOT):
        try:
            yield str(path.relative_to(ROOT)), path.read_text()
        except UnicodeDecodeError:
            continue


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name in NOT_OURS or path.name.endswith(".egg-info"):
            continue
        if not path.is_dir():
            yield path
        elif folder != ROOT or path.name not in BUILT:
            yield from _walk(path)
