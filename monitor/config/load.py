"""From a file and an environment to a configuration, or to the list of everything that is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from monitor.config.keys import KeyTree
from monitor.config.mistakes import Explainer
from monitor.config.model import Config
from monitor.config.sources import Place, Tree, read_environment, read_file

DEFAULT_FILE = "hearthbeat.toml"
Origin = Literal["default", "file", "environment"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A sound configuration, and where it came from."""

    config: Config
    file: Path | None = None
    origins: Mapping[Place, Origin] = field(default_factory=dict)
    """Where each value that is not a default was written."""


@dataclass(frozen=True, slots=True)
class ConfigErrors:
    """Everything that is wrong with a configuration, one sentence each."""

    mistakes: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.mistakes)


def find_file(named: Path | None, folder: Path, environ: Mapping[str, str]) -> Path | None:
    """The file to read: the one named, else $HEARTHBEAT_CONFIG, else hearthbeat.toml if the folder has one."""
    if named is not None:
        return named
    if environ.get("HEARTHBEAT_CONFIG"):
        return Path(environ["HEARTHBEAT_CONFIG"])
    usual = folder / DEFAULT_FILE
    return usual if usual.exists() else None


def load(path: Path | None, environ: Mapping[str, str]) -> Loaded | ConfigErrors:
    """Read the file, lay the environment over it, and judge the whole. `path` None means no file."""
    tree = Tree()
    if path is not None:
        read_file(path, tree)
        if tree.faults:
            return ConfigErrors(tuple(tree.faults))
    written = frozenset(_leaves(tree.data))
    read_environment(environ, key_tree(), tree)
    try:
        config = Config.model_validate(tree.data)
    except ValidationError as error:
        explained = Explainer(tree, path, key_tree()).explain(error.errors(include_url=False))
        return ConfigErrors((*tree.faults, *explained))
    if tree.faults:
        return ConfigErrors(tuple(tree.faults))
    origins: dict[Place, Origin] = dict.fromkeys(written, "file")
    origins.update(dict.fromkeys(tree.variables, "environment"))
    return Loaded(config, path, origins)


@cache
def key_tree() -> KeyTree:
    """Every key of the configuration."""
    return KeyTree(Config.model_json_schema())


def _leaves(data: object, place: Place = ()) -> list[Place]:
    if isinstance(data, Mapping):
        return [leaf for name, value in data.items() for leaf in _leaves(value, (*place, str(name)))]
    if isinstance(data, list) and any(isinstance(each, Mapping) for each in data):
        return [leaf for index, value in enumerate(data) for leaf in _leaves(value, (*place, index))]
    return [place]
