"""Silences: alerts that nobody wants to be told of for a while. They are decided and kept all the same."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

MatchOperator = Literal["=", "!=", "=~", "!~"]
OPERATORS: tuple[MatchOperator, ...] = ("=~", "!~", "!=", "=")
"""Longest first, so that reading one from a text finds the whole of it."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """What one label must be, as in Alertmanager; `=~` and `!~` match the whole value. An absent label is empty."""

    label: str
    operator: MatchOperator
    value: str

    def __str__(self) -> str:
        """As people write it: site=~"north-.*"."""
        return f'{self.label}{self.operator}"{self.value}"'

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels are as this asks."""
        value = labels.get(self.label, "")
        match self.operator:
            case "=":
                return value == self.value
            case "!=":
                return value != self.value
            case "=~":
                return _compiled(self.value).fullmatch(value) is not None
            case "!~":
                return _compiled(self.value).fullmatch(value) is None


@dataclass(frozen=True, slots=True)
class Silence:
    """Alerts that match all of `matchers` are owed to nobody from `starts_at` until `ends_at`, Unix seconds."""

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: float
    ends_at: float
    author: str
    comment: str = ""

    def covers(self, labels: Mapping[str, str], at: float) -> bool:
        """Whether an alert with these labels is silenced at this moment."""
        return self.starts_at <= at < self.ends_at and all(matcher.matches(labels) for matcher in self.matchers)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
