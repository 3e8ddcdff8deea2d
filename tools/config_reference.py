"""The reference part of docs/configuration.md, written from the settings themselves so that it cannot fall behind.

python -m tools.config_reference           print it
python -m tools.config_reference write     put it between the two marks in docs/configuration.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

PAGE = Path(__file__).resolve().parent.parent / "docs" / "configuration.md"
BEGIN = "<!-- written by `make docs` from here -->"
END = "<!-- to here -->"

BOUNDS = {
    "ge": "≥ {}",
    "gt": "> {}",
    "le": "≤ {}",
    "lt": "< {}",
    "min_length": "at least {}",
    "max_length": "at most {}",
}
WORDS: dict[Any, str] = {
    bool: "true or false",
    float: "number",
    int: "whole number",
    str: "text",
    SecretStr: "text (secret)",
    Path: "path",
}


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
    keys: list[Key] = []
    below: list[Chapter] = []
    for name, field in model.model_fields.items():
        place = f"{address}.{name}" if address else name
        tables = list(_tables(field.annotation, place))
        for title, table in tables:
            below += chapters(table, title.strip("[]").partition("]]")[0].partition(" ")[0], title)
        if not tables:
            keys.append(_key(name, place, field))
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


def _key(name: str, place: str, field: FieldInfo) -> Key:
    plain = "<" not in place and "[" not in place
    bounds = [bound for limit in field.metadata if (bound := _bounds(limit))]
    return Key(
        name=name,
        address=place,
        allowed=", ".join([_allowed(field.annotation), *bounds]),
        default=_default(field),
        meaning=field.description or "",
        variable=f"HEARTHBEAT_{place.upper().replace('.', '__')}" if plain else "",
    )


def _allowed(kind: Any) -> str:  # noqa: ANN401 -- any annotation
    """What a value may be, in words."""
    if kind in WORDS:
        return WORDS[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{choice.value}`" for choice in kind)
    if inside := get_args(kind):
        return _composed(get_origin(kind), inside)
    return {"AnyHttpUrl": "http(s) address"}.get(getattr(kind, "__name__", ""), "text")


def _composed(origin: Any, inside: tuple[Any, ...]) -> str:  # noqa: ANN401 -- any annotation
    """What a type made of others allows."""
    if origin is Annotated:
        return ", ".join([_allowed(inside[0]), *(bound for limit in inside[1:] if (bound := _bounds(limit)))])
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in inside)
    if origin is dict:
        return f"table of {_allowed(inside[1])} by {_allowed(inside[0])}"
    words = dict.fromkeys(_allowed(arm) for arm in inside if arm not in (NoneType, Ellipsis))
    return " or ".join(words) if origin in (Union, UnionType) else f"list of {' and '.join(words)}"


def _bounds(limit: object) -> str:
    if isinstance(limit, FieldInfo):
        return ", ".join(bound for inner in limit.metadata if (bound := _bounds(inner)))
    found = (words.format(f"{getattr(limit, name):,}") for name, words in BOUNDS.items() if hasattr(limit, name))
    return ", ".join(found)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    return "–" if value is None or value in ((), {}, frozenset()) else f"`{_toml(value)}`"


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
    cells = (f"`{key.name}`", key.allowed, key.default, key.meaning)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def with_reference(page: str, text: str) -> str:
    """A page with the reference put between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{text}\n{END}{after}"


def main(arguments: list[str]) -> int:
    """Print the reference or write it into the page."""
    from monitor.config import Config  # noqa: PLC0415 -- the rest of this file can be tried without it

    text = reference(Config)
    if arguments == ["write"]:
        PAGE.write_text(with_reference(PAGE.read_text(), text))
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
