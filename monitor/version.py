"""Which version of the program this is, and which revision of its source."""

import os
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

REVISION_VARIABLE = "HEARTHBEAT_REVISION"
UNKNOWN = "unknown"
SHORT = 12
"""Characters of a revision that tell it from all others."""


def _installed() -> str:
    try:
        return version("hearthbeat")
    except PackageNotFoundError:
        return "0.0.0"


def find_revision(package: Path, environ: Mapping[str, str]) -> str:
    """The revision that the program was made from.

    Whoever makes an image may say it in the environment, a wheel carries it in a file, and a checkout has it in its
    own records, which are read without git.
    """
    said = (
        environ.get(REVISION_VARIABLE, "") or _line(package / "revision.txt") or _checked_out(package.parent / ".git")
    )
    return said[:SHORT] or UNKNOWN


def _checked_out(records: Path) -> str:
    pointer = _line(records).removeprefix("gitdir: ")
    records = (records.parent / pointer) if pointer else records
    head = _line(records / "HEAD")
    if not head.startswith("ref: "):
        return head
    name = head.removeprefix("ref: ")
    shared = records / (_line(records / "commondir") or ".")
    return _line(records / name) or _line(shared / name) or _packed(shared / "packed-refs", name)


def _packed(file: Path, name: str) -> str:
    found = (line.split() for line in _text(file).splitlines() if not line.startswith(("#", "^")))
    return next((words[0] for words in found if words[1:] == [name]), "")


def _line(file: Path) -> str:
    return _text(file).partition("\n")[0].strip()


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


VERSION = _installed()
REVISION = find_revision(Path(__file__).parent, os.environ)
