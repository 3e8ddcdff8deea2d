"""Silences: alerts that nobody wants to be told of for a while. They are decided and kept all the same."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

MatchOperator = Literal["=", "!=", "=~", "!~"]
OPERATORS: tuple[MatchOperator, ...] = ("=~", "!~", "!=", "=")
"""Longest first, so that reading one from a text finds the whole of it."""

LONGEST_VALUE = 200
MOST_REPEATS = 3
MOST_OPTIONS = 8
_WRITTEN = re.compile(r"(?P<label>[a-zA-Z_][a-zA-Z0-9_]{0,63})\s*(?P<operator>=~|!~|!=|=)\s*(?P<value>.*)", re.DOTALL)


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
            case _:
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

    def __str__(self) -> str:
        """Its matchers as people write them."""
        return ", ".join(map(str, self.matchers))

    def is_on(self, at: float) -> bool:
        """Whether it holds at this moment."""
        return self.starts_at <= at < self.ends_at

    def covers(self, labels: Mapping[str, str], at: float) -> bool:
        """Whether an alert with these labels is silenced at this moment."""
        return self.is_on(at) and all(matcher.matches(labels) for matcher in self.matchers)


def fault_of(silence: Silence, now: float) -> str:
    """What is wrong with a silence that somebody asks for; empty if nothing is."""
    if silence.ends_at <= max(silence.starts_at, now):
        return "ends_at: a silence must end after it begins, and in the future"
    if all(matcher.matches({}) for matcher in silence.matchers):
        return "matchers: at least one must ask for something; these match every alert there is"
    return ""


def parse_matcher(text: str) -> Matcher:
    """Read `site="s1"`, `alertname=~Feeder.*` and the like. Raises ValueError that says what is wrong."""
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'{text!r} is no matcher; write label, one of = != =~ !~, and a value, as in site="s1"')
    label, value = match["label"], match["value"]
    operator: MatchOperator = next(each for each in OPERATORS if each == match["operator"])
    if len(value) >= 2 and value[0] == value[-1] == '"':  # noqa: PLR2004 -- a pair of quotes
        value = value[1:-1]
    if len(value) > LONGEST_VALUE:
        raise ValueError(f"the value for {label} is longer than {LONGEST_VALUE} characters")
    if operator in ("=~", "!~"):
        _refuse_slow(label, value)
    return Matcher(label, operator, value)


def _refuse_slow(label: str, pattern: str) -> None:
    """An expression that takes for ever on some text would hold up the whole monitor."""
    try:
        _compiled(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{pattern!r} for {label} is no regular expression: {error}") from None
    refers = re.search(r"\\[1-9]", pattern.replace(r"\\", "x"))
    bare = re.sub(r"\\.|\[\^?\]?[^\]]*\]", "x", pattern)
    repeats, options = len(re.findall(r"[*+{]", bare)), bare.count("?")
    if refers or re.search(r"\)[*+?{]|\(\?", bare) or repeats > MOST_REPEATS or options > MOST_OPTIONS:
        raise ValueError(
            f"{pattern!r} for {label} may take too long; do without a repeated group, (?…) and references, and repeat"
            f" at most {MOST_REPEATS} times"
        )


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
