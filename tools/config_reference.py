"""The reference part of docs/configuration.md, written from the settings themselves so that it cannot fall behind.

python -m tools.config_reference           print it
python -m tools.config_reference write     put it between the two marks in docs/configuration.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from monitor.config import Config
from monitor.config.keys import KeyTree, variable_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "configuration.md"
BEGIN = "<!-- written by `make docs` from here -->"
END = "<!-- to here -->"


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: `address` is its dotted place in the file, `variable` the environment variable that overrides it."""

    name: str
    address: str
    allowed: str
    default: str
    meaning: str
    variable: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One section of the file, headed as it is written there."""

    heading: str
    sign: str
    keys: tuple[Key, ...]


def chapters(model: type[BaseModel], address: str = "", heading: str = "") -> Iterator[Chapter]:
    """The sections of a configuration model, outermost first."""
    tree = KeyTree(model.model_json_schema())
    keys: list[Key] = []
    below: list[Chapter] = []
    for name, field in model.model_fields.items():
        place = f"{address}.{name}" if address else name
        tables = list(_tables(field.annotation, place))
        for title, table in tables:
            below += chapters(table, title.strip("[]").partition("]]")[0].partition(" ")[0], title)
        if not tables:
            keys.append(_key(name, place, field, tree))
    if keys:
        yield Chapter(heading, _sign(model), tuple(keys))
    yield from below


def _tables(kind: Any, place: str) -> Iterator[tuple[str, type[BaseModel]]]:  # noqa: ANN401 -- any annotation
    """The tables that a field holds: itself, one for each name, or a list with one form for each type."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        yield from _tables(inside[0], place)
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield f"[{place}]", kind
    elif origin is dict:
        one = place.rpartition(".")[2].removesuffix("s")
        yield from ((f"[{place}.<{one}>]", table) for _, table in _tables(inside[1], place))
    elif origin in (tuple, list):
        for _, table in _tables(inside[0], place):
            form = table.model_fields.get("type")
            title = f'[[{place}]] type = "{get_args(form.annotation)[0]}"' if form else f"[[{place}]]"
            yield title, table
    elif origin in (Union, UnionType):
        for arm in inside:
            yield from _tables(arm, place)


def _key(name: str, place: str, field: FieldInfo, tree: KeyTree) -> Key:
    schema = tree.find((name,))
    return Key(
        name=name,
        address=place,
        allowed=tree.allowed(schema) if schema else "",
        default=_default(field),
        meaning=field.description or ("says which one this is" if name == "type" else ""),
        variable="" if "<" in place or "[" in place else variable_of(place.split(".")),
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    return "–" if value is None or value in ("", (), {}, frozenset()) else f"`{_toml(value)}`"


def _toml(value: object) -> str:
    """A default as it would be written in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return _toml(value.value)
    if isinstance(value, tuple | list | set | frozenset):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else f'"{value}"'


def _sign(model: type[BaseModel]) -> str:
    """The first sentence of a model's docstring, without the section's name that it begins with."""
    first = (model.__doc__ or "").strip().partition("\n")[0]
    said = first.partition(": ")[2] if first.startswith("`[") else first
    return said[:1].upper() + said[1:]


def reference(model: type[BaseModel]) -> str:
    """All sections as Markdown tables."""
    parts: list[str] = []
    for chapter in chapters(model):
        parts.append(f"### `{chapter.heading}`\n\n{chapter.sign}\n" if chapter.heading else "### At the top\n")
        parts.append("| Key | Value | Default | Meaning |\n|---|---|---|---|")
        parts += [_row(key) for key in chapter.keys]
        parts.append("")
    return "\n".join(parts)


def _row(key: Key) -> str:
    allowed = re.sub(r"matches (\S+)", r"matches `\1`", key.allowed)
    cells = (f"`{key.name}`", allowed, key.default, key.meaning.replace("<", "\\<"))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def with_reference(page: str, text: str) -> str:
    """A page with the reference put between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{text}\n{END}{after}"


def main(arguments: list[str]) -> int:
    """Print the reference or write it into the page."""
    text = reference(Config)
    if arguments == ["write"]:
        PAGE.write_text(with_reference(PAGE.read_text(), text))
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
