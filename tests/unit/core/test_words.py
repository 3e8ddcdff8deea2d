"""Numbers as people say them, where rounding would tell an untruth."""

import pytest

from monitor.core.words import certainty, share


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 7, "0 %"),
        (7, 7, "100 %"),
        (3, 0, "0 %"),
        (1, 3, "33 %"),
        (1, 300, "0.3 %"),
        (299, 300, "99.7 %"),
        (1, 1_000_000, "under 0.1 %"),
        (999_999, 1_000_000, "over 99.9 %"),
    ],
)
def test_a_share_never_rounds_something_to_nothing_or_most_to_all(part: int, whole: int, words: str) -> None:
    assert share(part, whole) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.29, "29 %"),
        (0.97, "97 %"),
        (0.99969, "99.96 %"),
        (0.9999, "at least 99.99 %"),
        (1.0, "at least 99.99 %"),
    ],
)
def test_nothing_is_called_certain(probability: float, words: str) -> None:
    assert certainty(probability) == words
