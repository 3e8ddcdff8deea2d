"""Rooms, not halls: no file and no function grows past what one reads in one go."""

from __future__ import annotations

import ast

from tests.house.sources import Source, python_sources

FILE_LINES = 400
FUNCTION_LINES = 60


def oversized(source: Source) -> list[str]:
    """What is too long in a file, itself included."""
    lines = len(source.text.splitlines())
    faults = [f"{source.path}: {lines} lines, {FILE_LINES} at most"] if lines > FILE_LINES else []
    for node in ast.walk(source.tree()):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                faults.append(f"{source.path}: {node.name} has {length} lines, {FUNCTION_LINES} at most")
    return faults


def test_no_file_and_no_function_is_too_long() -> None:
    assert [fault for source in python_sources() for fault in oversized(source)] == []


def test_a_file_one_line_too_long_is_caught() -> None:
    assert oversized(Source("long.py", "x = 1\n" * (FILE_LINES + 1))) == ["long.py: 401 lines, 400 at most"]
    assert oversized(Source("just.py", "x = 1\n" * FILE_LINES)) == []


def test_a_function_one_line_too_long_is_caught_wherever_it_is_nested() -> None:
    body = "        x = 1\n" * FUNCTION_LINES
    assert oversized(Source("long.py", f"class A:\n    async def f(self):\n{body}")) == [
        "long.py: f has 61 lines, 60 at most",
    ]
