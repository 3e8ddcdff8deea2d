"""Small habits kept by a test: nothing of one machine, nothing left for later, nothing faked by patching."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.house.sources import Source, python_sources, text_files

DOOR_SIGN_LINES = 15
SENTENCE_WORDS = 5
SLEEPING_ALLOWED = ("tests/waiting.py",)
VAGUE = re.compile(r"(?i:((?<!alert)manager|service|helper|util|common|processor)s?$)|^base(_|$)|_base$|^Base([A-Z]|$)")

# Written in two halves, so that this file does not hold what it looks for.
LEFT_FOR_LATER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
OF_ONE_MACHINE = re.compile(r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me/\w+|Us" + r"ers)/|bash_" + r"jobs")
OUTSIDE = re.compile(r"\.\./sha" + r"red\b")
INDEX_ADDRESS = re.compile(
    r"(?i)pypi\." + r"org|pythonhosted\." + r"org|registry\.npm" + r"js|deb\.debian\." + r"org|--index-" + r"url http",
)


def blemishes(path: str, text: str) -> list[str]:
    """What no file of the project may hold, code or not."""
    rules = (
        (LEFT_FOR_LATER, "leaves something for later"),
        (OF_ONE_MACHINE, "names a folder of one machine"),
        (OUTSIDE, "names a folder outside the project"),
        (INDEX_ADDRESS, "names the address of a package index"),
    )
    return [
        f"{path}:{number}: {fault}"
        for number, line in enumerate(text.splitlines(), 1)
        for pattern, fault in rules
        if pattern.search(line)
    ]


def untidy(source: Source) -> list[str]:
    """What a Python file may not do."""
    rules: list[Callable[[Source], Iterator[str]]] = [_vague_names]
    if source.path.startswith("tests/"):
        rules += [_sleeping, _patching, _short_test_names]
    if source.path.startswith("monitor/") and not source.path.startswith("monitor/cli"):
        rules.append(_printing)
    if source.path.startswith(("monitor/", "simulators/")) and source.path.endswith("__init__.py"):
        rules.append(_door_sign)
    return [f"{source.path}: {fault}" for rule in rules for fault in rule(source)]


def _calls(source: Source) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(source.tree()):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def _sleeping(source: Source) -> Iterator[str]:
    """Sleeping papers over races. `asyncio.sleep(0)` only lets others run, and is fine."""
    for name, call in _calls(source):
        yields_only = len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
        if name.split(".")[-1] == "sleep" and not yields_only and source.path not in SLEEPING_ALLOWED:
            yield f"line {call.lineno} sleeps; wait for what is promised with tests/waiting.py"


def _patching(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree()):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        if any("mock" in f"{module}.{name}".split(".") for name in names):
            yield f"line {node.lineno} imports mocks; write a fake"  # type: ignore[attr-defined]
    for number, line in enumerate(source.text.splitlines(), 1):
        if "type: ignore[method-" + "assign]" in line:
            yield f"line {number} puts another method in place; pass a fake in"
    for node in ast.walk(source.tree()):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("monkeypatch.setattr", "mocker.patch"):
            yield f"line {node.lineno} patches; pass a fake in"


def _short_test_names(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree()):
        named = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else ""
        if named.startswith("test_") and len(named.split("_")) < SENTENCE_WORDS:
            yield f"{named} is not a sentence"


def _printing(source: Source) -> Iterator[str]:
    yield from (f"line {call.lineno} prints; log it" for name, call in _calls(source) if name == "print")


def _door_sign(source: Source) -> Iterator[str]:
    sign = ast.get_docstring(source.tree())
    if not sign:
        yield "has no door sign: what is here, what is not, how to add one"
    elif len(sign.splitlines()) > DOOR_SIGN_LINES:
        yield f"has a door sign of {len(sign.splitlines())} lines, {DOOR_SIGN_LINES} at most"


def _vague_names(source: Source) -> Iterator[str]:
    names = [source.module.split(".")[-1]]
    names += [node.name for node in ast.walk(source.tree()) if isinstance(node, ast.ClassDef)]
    yield from (f"{name} says nothing; say what it is" for name in names if VAGUE.search(name))


def test_no_file_holds_what_belongs_elsewhere() -> None:
    assert [fault for path, text in text_files() for fault in blemishes(path, text)] == []


def test_every_python_file_is_tidy() -> None:
    assert [fault for source in python_sources() for fault in untidy(source)] == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("# TO" + "DO: later", "leaves something for later"),
        ("cd /wo" + "rk/main", "names a folder of one machine"),
        ("path = '/ho" + "me/someone/x'", "names a folder of one machine"),
        ("see ../sha" + "red/plan", "names a folder outside the project"),
        ("index = https://pypi." + "org/simple", "names the address of a package index"),
    ],
)
def test_a_blemish_is_caught(line: str, fault: str) -> None:
    assert blemishes("some.file", f"fine\n{line}\n") == [f"some.file:2: {fault}"]


@pytest.mark.parametrize(
    ("path", "code", "fault"),
    [
        ("tests/test_x.py", "time.sleep(1)", "line 1 sleeps"),
        ("tests/test_x.py", "async def f():\n    await asyncio.sleep(0.1)", "line 2 sleeps"),
        ("tests/test_x.py", "from unittest.mock import Mock", "line 1 imports mocks"),
        ("tests/test_x.py", "from unittest import mock", "line 1 imports mocks"),
        ("tests/test_x.py", "def f(monkeypatch):\n    monkeypatch.setattr('a', 1)", "line 2 patches"),
        ("tests/test_x.py", "a.f = g  # type: ignore[method-" + "assign]", "line 1 puts another method in place"),
        ("tests/test_x.py", "def test_it_works(): ...", "test_it_works is not a sentence"),
        ("monitor/app.py", "print('hello')", "line 1 prints"),
        ("monitor/web/__init__.py", "x = 1", "has no door sign"),
        ("monitor/web/__init__.py", '"""' + "line\n" * 16 + '"""', "has a door sign of 16 lines"),
        ("monitor/app.py", "class DeviceManager: ...", "DeviceManager says nothing"),
        ("monitor/utils.py", "", "utils says nothing"),
        ("monitor/store/base.py", "", "base says nothing"),
        ("monitor/app.py", "class BaseStore: ...", "BaseStore says nothing"),
    ],
)
def test_an_untidy_file_is_caught(path: str, code: str, fault: str) -> None:
    faults = untidy(Source(path, code))
    assert len(faults) == 1
    assert faults[0].startswith(f"{path}: {fault}")


def test_what_only_looks_untidy_is_left_alone() -> None:
    assert untidy(Source("tests/test_x.py", "async def f():\n    await asyncio.sleep(0)")) == []
    assert untidy(Source("monitor/cli/run.py", "print('hello')")) == []
    assert untidy(Source("simulators/baselines.py", "class BasedOnCounts: ...")) == []
    assert blemishes("a", "GET /api/wo" + "rk/orders and wholesome/wo" + "rk/") == []
