"""Chances from counts."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.patience.survival import blended, outset, surviving

counts = st.lists(st.floats(0, 1000), max_size=40)


def test_what_nobody_has_seen_follows_the_formula() -> None:
    hazards = outset([], 30)
    assert hazards[0] == pytest.approx(0.7)
    assert hazards[1] == pytest.approx(0.4)
    assert hazards[11] == pytest.approx(0.2)
    assert all(later < earlier for earlier, later in pairwise(hazards[1:]))


def test_many_blips_outweigh_what_was_thought_before() -> None:
    assert blended([0.0, 10_000.0], [0.7, 0.4, 0.3])[:2] == pytest.approx([0.0, 1.0], abs=0.002)


def test_lengths_that_none_has_reached_take_the_wider_shape() -> None:
    assert blended([500.0], [0.7, 0.4, 0.3])[1:] == pytest.approx([0.4, 0.3])


def test_a_law_of_blips_is_found_again() -> None:
    rng = Random(1)
    lengths = [1 if rng.random() < 0.8 else 2 + int(rng.expovariate(0.5)) for _ in range(20_000)]
    seen = [float(lengths.count(length)) for length in range(1, max(lengths) + 1)]
    chances = surviving(blended(seen, outset(seen, 20)))
    for length in (1, 2, 4, 8):
        assert chances[length - 1] == pytest.approx(sum(each >= length for each in lengths) / 20_000, rel=0.1)


@given(counts, st.integers(1, 50))
def test_chances_begin_with_one_and_never_grow(seen: list[float], depth: int) -> None:
    chances = surviving(blended(seen, outset(seen, depth)))
    assert len(chances) == depth + 1
    assert chances[0] == 1
    assert all(0 <= later <= earlier for earlier, later in pairwise(chances))
