"""What is in force, as TOML that could be saved and used, with secrets masked and the origin of what was chosen."""

from collections.abc import Iterator, Mapping
from typing import Any

from monitor.config.keys import show
from monitor.config.load import Loaded
from monitor.config.sources import Place

MASK = "********"


def describe(loaded: Loaded) -> str:
    """The effective configuration."""
    data = loaded.config.model_dump(mode="json")
    blocks = [_block(loaded, (name,), section) for name, section in data.items()]
    return "\n".join(line for block in blocks for line in block).strip() + "\n"


def _block(loaded: Loaded, place: Place, section: Any) -> Iterator[str]:  # noqa: ANN401 -- dumped data
    if isinstance(section, list):
        for index, entry in enumerate(section):
            yield f"[[{_dotted(place)}]]"
            yield from _lines(loaded, (*place, index), entry, inline=True)
            yield ""
        return
    lines = list(_lines(loaded, place, section))
    if lines:
        yield f"[{_dotted(place)}]"
        yield from lines
        yield ""
    for name, value in section.items():
        if isinstance(value, Mapping) and _is_table(value):
            yield from _block(loaded, (*place, name), value)


def _lines(loaded: Loaded, place: Place, section: Mapping[str, Any], *, inline: bool = False) -> Iterator[str]:
    """One line for each key; tables follow on their own, but in the entry of a list they stand where they are."""
    for name in sorted(section, key=lambda name: name != "type"):
        value, here = section[name], (*place, name)
        if isinstance(value, Mapping) and _is_table(value) and not inline:
            continue
        origin = _origin(loaded, here)
        note = f"  # {origin}" if origin else ""
        if value is None:
            continue
        shown = f'"{MASK}"' if _is_masked(value) else show(value)
        yield f"{name} = {shown}{note}"


def _origin(loaded: Loaded, place: Place) -> str:
    for length in range(len(place), 0, -1):
        if place[:length] in loaded.origins:
            return loaded.origins[place[:length]]
    return ""


def _is_masked(value: object) -> bool:
    """Pydantic dumps a secret as asterisks, never as what it is."""
    return isinstance(value, str) and bool(value) and set(value) == {"*"}


def _is_table(value: Mapping[str, Any]) -> bool:
    return not value or not all(isinstance(each, str) for each in value.values())


def _dotted(place: Place) -> str:
    return ".".join(str(part) for part in place)
