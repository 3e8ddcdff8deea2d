"""Lengths of time as people write them: "90s", "5m", "1h30m", "3d", or a plain number of seconds."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

DAY_SECONDS = 86_400.0
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")


def parse_duration(value: object) -> object:
    """Seconds from text such as "1h30m"; anything that is not text is passed on as it is."""
    if not isinstance(value, str):
        return value
    text = value.strip().replace(" ", "")
    if not _WHOLE.fullmatch(text):
        message = f"{value!r} is not a length of time; write it like 90s, 5m, 1h30m, 2d or 1w"
        raise ValueError(message)
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def format_duration(seconds: float) -> str:
    """Whole seconds in the shortest usual form, largest units first: 5400 becomes "1h30m"."""
    left = round(seconds)
    parts = []
    for unit in ("d", "h", "m", "s"):
        count, left = divmod(left, int(_UNITS[unit]))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


Duration = Annotated[float, BeforeValidator(parse_duration), Field(ge=0, allow_inf_nan=False)]
"""A length of time in seconds."""

Span = Annotated[float, BeforeValidator(parse_duration), Field(gt=0, allow_inf_nan=False)]
"""A length of time in seconds that is longer than nothing."""
