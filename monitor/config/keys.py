"""Every key of the configuration, read off the models: what it may be, and its environment variable."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

PREFIX = "HEARTHBEAT_"
NESTING = "__"

Schema = Mapping[str, Any]
Part = str | int

_NUMBERS = {"number": "a number", "integer": "a whole number"}
_SIMPLE = {"boolean": "true or false", "string": "text", "null": "nothing"}
_FORMATS = {"path": "a path", "uri": "a URL", "password": "text, kept secret"}


def variable_of(parts: Sequence[Part]) -> str:
    """The environment variable for a place in the tree."""
    return PREFIX + NESTING.join(str(part) for part in parts).upper()


class KeyTree:
    """The places of the configuration, as a JSON schema describes them."""

    def __init__(self, schema: Schema) -> None:
        self._root = schema
        self._definitions: Mapping[str, Schema] = schema.get("$defs", {})

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Every key that has a fixed place: not those in lists, nor those below names that the operator chooses."""
        yield from self._paths(self._root, ())

    def find(self, parts: Sequence[Part], data: Any = None) -> Schema | None:  # noqa: ANN401 -- unread input
        """The schema of one place, or None if there is none; `data` settles which member of a union is meant."""
        here: Schema | None = self._root
        for part in parts:
            if here is None:
                return None
            here = self._step(self._member(here, data), part)
            data = _below(data, part)
        return None if here is None else self._member(here, data)

    def names(self, parts: Sequence[Part], data: Any = None) -> list[str]:  # noqa: ANN401 -- unread input
        """The keys that one table may hold."""
        found = self.find(parts, data)
        return list(found.get("properties", ())) if found else []

    def allowed(self, schema: Schema) -> str:
        """What a value may be, in words that fit behind "must be"."""
        schema = self._resolve(schema)
        if options := _options(schema):
            return " or ".join(dict.fromkeys(self.allowed(each) for each in options if each.get("type") != "null"))
        if names := schema.get("enum") or [schema[name] for name in ("const",) if name in schema]:
            return " or ".join(f'"{name}"' for name in names)
        kind = schema.get("type", "")
        if kind == "array":
            return self._allowed_list(schema)
        if kind == "object":
            return "a table"
        if kind in _NUMBERS:
            return _NUMBERS[kind] + _bounds(schema)
        return _FORMATS.get(schema.get("format", ""), _SIMPLE.get(kind, "text")) + _lengths(schema)

    def is_secret(self, schema: Schema) -> bool:
        """Whether a value must never be shown."""
        schema = self._resolve(schema)
        return schema.get("format") == "password" or any(self.is_secret(option) for option in _options(schema))

    def holds(self, schema: Schema, kind: str) -> bool:
        """Whether a value may be an `array` or an `object`."""
        schema = self._resolve(schema)
        return schema.get("type") == kind or any(self.holds(option, kind) for option in _options(schema))

    def _paths(self, schema: Schema, place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, raw in schema.get("properties", {}).items():
            found = self._resolve(raw)
            if "properties" in found:
                yield from self._paths(found, (*place, name))
            else:
                yield (*place, name)

    def _member(self, schema: Schema, data: Any) -> Schema:  # noqa: ANN401 -- unread input
        schema = self._resolve(schema)
        tag = data.get("type") if isinstance(data, Mapping) else None
        for option in _options(schema):
            resolved = self._resolve(option)
            if resolved.get("properties", {}).get("type", {}).get("const") == tag and tag is not None:
                return resolved
        return schema

    def _step(self, schema: Schema, part: Part) -> Schema | None:
        for option in (schema, *map(self._resolve, _options(schema))):
            found = _entry(option, part) if isinstance(part, int) else _value(option, part)
            if isinstance(found, Mapping):
                return self._resolve(found)
        return None

    def _allowed_list(self, schema: Schema) -> str:
        if "prefixItems" in schema:
            return f"a list of {len(schema['prefixItems'])}"
        inside = self.allowed(schema.get("items", {}))
        return f"a list of {inside.removeprefix('a ').removeprefix('of ')}"

    def _resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            target = self._definitions[schema["$ref"].rpartition("/")[2]]
            schema = {**target, **{name: value for name, value in schema.items() if name != "$ref"}}
        return schema


def show(value: Any) -> str:  # noqa: ANN401 -- whatever a key can hold
    """A value as it stands in TOML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{show(str(name))} = {show(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(show(each) for each in value) + "]"
    return _show_one(value)


def _show_one(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:.15g}"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _options(schema: Schema) -> Sequence[Schema]:
    return schema.get("anyOf") or schema.get("oneOf") or ()


def _entry(schema: Schema, index: int) -> object:
    fixed = schema.get("prefixItems", ())
    return fixed[index] if index < len(fixed) else schema.get("items")


def _value(schema: Schema, name: str) -> object:
    return schema.get("properties", {}).get(name) or schema.get("additionalProperties")


def _below(data: Any, part: Part) -> Any:  # noqa: ANN401 -- unread input
    if isinstance(data, Mapping):
        return data.get(part)
    if isinstance(data, Sequence) and isinstance(part, int) and not isinstance(data, str) and part < len(data):
        return data[part]
    return None


def _bounds(schema: Schema) -> str:
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, under = schema.get("maximum"), schema.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f" from {show(low)} to {show(high)}"
    said = [
        f"{words} {show(bound)}"
        for words, bound in (("at least", low), ("greater than", above), ("at most", high), ("less than", under))
        if bound is not None
    ]
    return f" {' and '.join(said)}" if said else ""


def _lengths(schema: Schema) -> str:
    if "pattern" in schema:
        return f" that matches {schema['pattern']}"
    longest = schema.get("maxLength")
    return f" of at most {longest} characters" if longest is not None else ""
