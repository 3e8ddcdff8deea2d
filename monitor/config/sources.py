"""Where settings come from: one TOML file, then the environment on top of it."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from monitor.config.keys import NESTING, PREFIX, KeyTree, Part

RESERVED = frozenset({"HEARTHBEAT_CONFIG", "HEARTHBEAT_REVISION", "HEARTHBEAT_URL"})
"""Read by the commands, not part of the configuration."""

# Container platforms set these for every service in reach; one that is called hearthbeat is not a mistake of ours.
_PLATFORM = re.compile(r"HEARTHBEAT_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_\w+)?)")

Place = tuple[Part, ...]


@dataclass(slots=True)
class Tree:
    """Settings as they were written, which variable wrote what, and what could not be read at all."""

    data: dict[str, Any] = field(default_factory=dict)
    variables: dict[Place, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_file(path: Path, tree: Tree) -> None:
    """Take in a TOML file."""
    try:
        tree.data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        tree.faults.append(f"{path}: there is no such file; name the configuration with --config")
    except OSError as error:
        tree.faults.append(f"{path}: cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        tree.faults.append(f"{path}: is not UTF-8 text")
    except tomllib.TOMLDecodeError as error:
        tree.faults.append(f"{path}: is not TOML: {error}")


def read_environment(environ: Mapping[str, str], keys: KeyTree, tree: Tree) -> None:
    """Lay HEARTHBEAT_… variables over what the file says. An empty variable is as good as none."""
    own_use = set(_named_by_receivers(tree.data)) | RESERVED
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX) or not value or name in own_use or _PLATFORM.fullmatch(name):
            continue
        place: Place = tuple(_part(part) for part in name.removeprefix(PREFIX).lower().split(NESTING))
        try:
            _lay(tree.data, place, _value(value, keys, place, tree.data))
        except ValueError as error:
            tree.faults.append(f"environment {name}: {error}")
        else:
            tree.variables[place] = name


def _named_by_receivers(data: Mapping[str, Any]) -> Iterator[str]:
    """Variables that receivers read their secrets from; they may be called like ours."""
    entries = data.get("notifiers")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping) and isinstance(entry.get("secret_env"), str):
            yield entry["secret_env"]


def _part(text: str) -> Part:
    return int(text) if text.isascii() and text.isdigit() else text


def _value(text: str, keys: KeyTree, place: Place, data: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- whatever fits the key
    """Text as it is, except where the key wants a list or a table."""
    schema = keys.find(place, data)
    if schema is None:
        return text
    if keys.holds(schema, "object") or schema.get("properties"):
        return _json(text, dict, 'a table as JSON, such as {"key": "value"}')
    if not keys.holds(schema, "array"):
        return text
    if text.lstrip().startswith("["):
        return _json(text, list, 'a list as JSON, such as ["a", "b"]')
    return [part.strip() for part in text.split(",")]


def _json(text: str, kind: type, wanted: str) -> Any:  # noqa: ANN401 -- whatever fits the key
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, kind):
        raise ValueError(f"must be {wanted}")  # noqa: TRY004 -- wrong text, not a wrong call
    return value


def _lay(data: dict[str, Any], place: Place, value: object) -> None:
    here: Any = data
    for part, following in pairwise(place):
        if isinstance(part, str) and isinstance(here, dict):
            here = here.setdefault(part, [] if isinstance(following, int) else {})
        else:
            here = _entry(here, part, place)
    if isinstance(here, dict) and isinstance(place[-1], str):
        here[place[-1]] = value
    elif isinstance(here, list) and place[-1] == len(here):
        here.append(value)
    else:
        raise ValueError(f"{_dotted(place[:-1])} has no keys of its own")


def _entry(here: object, part: Part, place: Place) -> Any:  # noqa: ANN401 -- whatever is there
    if isinstance(here, list) and isinstance(part, int):
        if part == len(here):
            here.append({})
        if part < len(here):
            return here[part]
        raise ValueError(f"there is no entry {part}: the list has {len(here)}, counted from 0")
    raise ValueError(f"{_dotted(place)} is not a key")


def _dotted(place: Place) -> str:
    return ".".join(str(part) for part in place)
