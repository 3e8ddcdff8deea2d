"""What is wrong with a configuration, one plain sentence each: where, which key, what it says, what it may say."""

import difflib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic_core import ErrorDetails

from monitor.config.keys import KeyTree, Part, show, variable_of
from monitor.config.sources import Place, Tree

LONGEST_VALUE = 60
_UNIONS = {
    "union_tag_invalid": "must be one of {}",
    "union_tag_not_found": 'is missing; say which kind it is, as in type = "webhook"',
}
_KEY = "[key]"
"""How pydantic points at the name of an entry rather than at its value."""
_CREDENTIALS = re.compile(r"//[^/@\s]*@")


class Explainer:
    """Turns what pydantic complains about into sentences that name file or variable, key and value."""

    def __init__(self, tree: Tree, file: Path | None, keys: KeyTree) -> None:
        self._tree = tree
        self._file = file
        self._keys = keys

    def explain(self, errors: Sequence[ErrorDetails]) -> list[str]:
        """One sentence for each mistake; a value that fits no member of a union is one mistake, not several."""
        places: dict[Place, list[ErrorDetails]] = {}
        for error in errors:
            places.setdefault(self._place(error), []).append(error)
        return [self._sentence(place, found) for place, found in places.items()]

    def _sentence(self, place: Place, errors: Sequence[ErrorDetails]) -> str:
        error = errors[0]
        where = self._where(place)
        if not place:
            return f"{where}: {_own_words(error)}"
        if error["type"] == "extra_forbidden":
            return self._unknown(place)
        if place[-1] == _KEY:
            *table, name, _ = place
            return f"{where}: unknown name {name} in {_dotted(table)}; it may be {error['ctx']['expected']}"
        if error["type"] == "missing":
            return f"{where}: {_dotted(place)} is missing; it must be {self._allowed(place)}"
        wrong = self._wrong(place, error) if len(errors) == 1 else f"must be {self._allowed(place)}"
        return f"{where}: {_dotted(place)}{self._shown(place)}: {wrong}"

    def _wrong(self, place: Place, error: ErrorDetails) -> str:
        context = error.get("ctx", {})
        kind = error["type"]
        if kind == "value_error":
            return _own_words(error)
        if kind.startswith("url_"):
            return f"must be a URL such as https://host:port ({context.get('error', error['msg'])})"
        if kind.endswith("too_short"):
            least = context["min_length"]
            return "must not be empty" if least == 1 else f"must have at least {least} characters"
        return _UNIONS.get(kind, "must be {}").format(context.get("expected_tags") or self._allowed(place))

    def _unknown(self, place: Place) -> str:
        """An unknown key, and which one may be meant. What it says is not shown: it may be a misspelt secret."""
        *table, name = place
        near = self._keys.names(table, self._tree.data)
        close = difflib.get_close_matches(str(name), near, n=1, cutoff=0.6)
        meant = (*table, close[0]) if close else self._elsewhere(str(name))
        written = self._written(place)
        if written is not None:
            hint = f"; did you mean {variable_of((*meant, *written[len(place) :]))}?" if meant else ""
            return f"{self._where(place)}: there is no key {_dotted(written)}{hint}"
        hint = f"; {_dotted(table) or 'the file'} may hold {', '.join(near)}" if near else ""
        hint = f"; did you mean {_dotted(meant)}?" if meant else hint
        return f"{self._where(place)}: unknown key {_dotted(place)}{hint}"

    def _elsewhere(self, name: str) -> Place:
        """The key of that name in another table, else one that is spelt nearly so, else nothing."""
        places = {".".join(place): place for place in self._keys.paths()}
        same = [place for place in places.values() if place[-1] == name]
        close = [places[path] for path in difflib.get_close_matches(name, places, n=1, cutoff=0.7)]
        return (same or close or [()])[0]

    def _place(self, error: ErrorDetails) -> Place:
        """Where the mistake is in the file; pydantic's own signposts (members of unions, their types) left out."""
        place: list[Part] = []
        here: Any = self._tree.data
        for index, part in enumerate(error["loc"]):
            last = index == len(error["loc"]) - 1
            if isinstance(here, Mapping) and isinstance(part, str) and part not in here:
                known = part in self._keys.names(place, self._tree.data)
                if not (last and known) and part != _KEY:
                    continue
            elif not isinstance(here, Mapping | list) and part != _KEY:
                break
            place.append(part)
            here = here[part] if _has(here, part) else None
        return (*place, "type") if error["type"] in _UNIONS else tuple(place)

    def _where(self, place: Place) -> str:
        written = self._written(place)
        if written is not None:
            return f"environment {self._tree.variables[written]}"
        return str(self._file) if self._file is not None else "configuration"

    def _written(self, place: Place) -> Place | None:
        """The place that a variable wrote, if one wrote this one, what it lies in, or what lies in it."""
        variables = self._tree.variables
        above = (place[:length] for length in range(len(place), 0, -1))
        below = (written for written in variables if written[: len(place)] == place)
        return next((found for found in above if found in variables), next(below, None) if place else None)

    def _allowed(self, place: Place) -> str:
        schema = self._keys.find(place, self._tree.data)
        if schema is None:
            return "left out"
        described = "" if "properties" in schema else schema.get("description", "")
        return self._keys.allowed(schema) + (f" ({described})" if described else "")

    def _shown(self, place: Place) -> str:
        """What the place says, unless it is long, secret, or says nothing."""
        schema = self._keys.find(place, self._tree.data)
        value: Any = self._tree.data
        for part in place:
            value = value[part] if _has(value, part) else None
        if value is None or isinstance(value, Mapping | list) or (schema is not None and self._keys.is_secret(schema)):
            return ""
        said = _CREDENTIALS.sub("//…@", show(value))
        return f" = {said if len(said) <= LONGEST_VALUE else said[:LONGEST_VALUE] + '…'}"


def _own_words(error: ErrorDetails) -> str:
    return str(error.get("ctx", {}).get("error", error["msg"]))


def _has(here: object, part: Part) -> bool:
    if isinstance(here, Mapping):
        return part in here
    return isinstance(here, list) and isinstance(part, int) and part < len(here)


def _dotted(place: Sequence[Part]) -> str:
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")
