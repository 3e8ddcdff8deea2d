"""What devices measured, in words: the contract's field names and values as people read them."""

from collections.abc import Callable

from markupsafe import Markup, escape

from monitor.core.observations import Value
from monitor.devices.kinds import READINGS
from monitor.devices.reading import Flag, Moment, Number

BY_NAME = {reading.name: reading for reading in READINGS}
SUFFIXES = ("_pct", "_ts", "_mv", "_c", "_g", "_s")
"""Units at the end of field names; the value says them instead."""


def reading_name(name: str) -> str:
    """What a field is called: hopper_pct is Hopper."""
    bare = next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)
    words = bare.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}"


def reading_value(value: Value, name: str, moment: Callable[[float], Markup]) -> Markup:
    """A value with its unit; `moment` writes points in time."""
    known = BY_NAME.get(name)
    if isinstance(value, bool) or isinstance(known, Flag):
        return escape("yes" if value else "no")
    if value is None or isinstance(value, str):
        return escape((value or "unknown").replace("_", " "))
    if isinstance(known, Moment):
        return moment(value)
    unit = f" {known.unit}" if isinstance(known, Number) else ""
    return escape(f"{value:,.10g}{unit}")
