"""How a room cools: physically sensible, honest about what it does not know, hard to fool."""

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.welfare.cooling import (
    POINTS_KEPT,
    Forecast,
    Trail,
    forecast,
    load_forecast,
    save_forecast,
    slopes,
    supposed,
)

HOUR = 3600.0


def room(
    *, begin: float, outdoor: float, tau_hours: float, hours: float = 2.0, noise: float = 0.0, seed: int = 1
) -> Trail:
    """A room that cools exponentially, read every five minutes by a sensor that shows tenths."""
    rng = random.Random(seed)
    trail = Trail()
    for step in range(int(hours * 12) + 1):
        at = step * 300.0
        celsius = outdoor + (begin - outdoor) * math.exp(-at / (tau_hours * HOUR))
        trail.add(at, round(celsius + rng.gauss(0.0, noise), 1))
    return trail


def truth(celsius: float, *, begin: float, outdoor: float, tau_hours: float, after: float) -> float:
    """When it will really be as cold as this, seconds after a moment."""
    return tau_hours * HOUR * math.log((begin - outdoor) / (celsius - outdoor)) - after


@pytest.mark.parametrize(("begin", "outdoor", "tau"), [(12.0, -5.0, 20.0), (14.0, -10.0, 8.0), (11.0, -15.0, 40.0)])
def test_the_true_moment_lies_in_the_span_that_is_told(begin: float, outdoor: float, tau: float) -> None:
    hits = 0
    for seed in range(40):
        trail = room(begin=begin, outdoor=outdoor, tau_hours=tau, noise=0.08, seed=seed)
        found = forecast(trail, 2 * HOUR, outdoor, -5.0)
        assert found is not None
        reach = found.reaches(5.0)
        assert reach is not None
        real = truth(5.0, begin=begin, outdoor=outdoor, tau_hours=tau, after=trail.moments[-1])
        hits += reach.earliest * 0.9 <= real <= reach.latest * 1.1
    assert hits >= 34


def test_the_forecast_is_good_to_a_tenth_for_a_quiet_sensor() -> None:
    trail = room(begin=12.0, outdoor=-5.0, tau_hours=20.0)
    found = forecast(trail, 2 * HOUR, -5.0, -5.0)
    assert found is not None
    reach = found.reaches(5.0)
    real = truth(5.0, begin=12.0, outdoor=-5.0, tau_hours=20.0, after=trail.moments[-1])
    assert reach is not None
    assert reach.seconds == pytest.approx(real, rel=0.1)


def test_a_room_approaches_outdoors_and_never_passes_it() -> None:
    found = supposed(0.0, 18.0, 7.0, 0.0)
    assert found.reaches(5.0) is None
    assert found.celsius_at(1000 * HOUR) == pytest.approx(7.0)
    assert found.reaches(19.0) == (0.0, 0.0, 0.0)


def test_one_wild_value_and_a_sunbeam_do_not_change_the_forecast_much() -> None:
    quiet = room(begin=12.0, outdoor=-5.0, tau_hours=20.0)
    wild = room(begin=12.0, outdoor=-5.0, tau_hours=20.0)
    wild.celsius[4] = 17.0
    wild.celsius[9] = 15.0
    plain, disturbed = forecast(quiet, 2 * HOUR, -5.0, -5.0), forecast(wild, 2 * HOUR, -5.0, -5.0)
    assert plain is not None
    assert disturbed is not None
    assert disturbed.tau == pytest.approx(plain.tau, rel=0.25)


def test_few_points_a_steady_or_a_warming_room_have_no_forecast() -> None:
    assert forecast(room(begin=12.0, outdoor=-5.0, tau_hours=20.0, hours=0.4), HOUR, -5.0, -5.0) is None
    assert forecast(room(begin=20.0, outdoor=19.9, tau_hours=20.0), 2 * HOUR, -5.0, -5.0) is None
    assert forecast(room(begin=10.0, outdoor=25.0, tau_hours=20.0), 2 * HOUR, -5.0, -5.0) is None


def test_readings_before_a_long_break_do_not_count() -> None:
    trail = room(begin=12.0, outdoor=-5.0, tau_hours=20.0, hours=1.0)
    assert len(trail.recent(HOUR)) == 7
    trail.add(2.9 * HOUR, 11.0)
    assert len(trail.recent(2.9 * HOUR)) == 1


def test_an_unknown_outdoors_is_assumed_and_said_to_be() -> None:
    found = forecast(room(begin=12.0, outdoor=-5.0, tau_hours=20.0), 2 * HOUR, None, -5.0)
    assert found is not None
    assert not found.outdoor_known
    assert found.outdoor == -5.0


def test_a_room_colder_than_what_is_outdoors_is_not_forecast() -> None:
    assert forecast(room(begin=6.0, outdoor=-5.0, tau_hours=20.0), 2 * HOUR, 15.0, -5.0) is None


def test_a_trail_is_bounded_and_thinned() -> None:
    trail = Trail()
    for minute in range(1000):
        trail.add(minute * 60.0, 20.0)
    assert len(trail.moments) == POINTS_KEPT
    assert trail.moments[1] - trail.moments[0] == 600.0


def test_trail_and_forecast_survive_being_saved() -> None:
    trail = room(begin=12.0, outdoor=-5.0, tau_hours=20.0)
    again = Trail.load(trail.save())
    assert again.moments == trail.moments
    assert list(again.celsius) == pytest.approx(list(trail.celsius), abs=1e-3)
    found = Forecast(1.0, 10.0, -5.0, True, 3600.0, 1800.0, math.inf, 8)  # noqa: FBT003
    assert load_forecast(save_forecast(found)) == found
    assert load_forecast(save_forecast(None)) is None
    assert list(Trail.load(None).moments) == []


@given(
    st.lists(st.tuples(st.floats(0, 7200), st.floats(-20, 40)), min_size=4, max_size=12, unique_by=lambda each: each[0])
)
def test_the_middle_slope_lies_between_the_outer_ones(points: list[tuple[float, float]]) -> None:
    points = sorted(points)
    if min(later[0] - earlier[0] for earlier, later in pairwise(points)) < 1e-3:
        return
    middle, slow, fast = slopes(points)
    assert fast <= middle <= slow


def test_a_room_that_mostly_warms_is_not_cooling_for_one_cold_reading_at_the_end() -> None:
    trail = Trail()
    for step, celsius in enumerate((15.0, 15.5, 16.0, 16.5, 17.0, 14.0)):
        trail.add(step * 600.0, celsius)
    assert forecast(trail, 3000.0, -5.0, -5.0) is None


def test_a_frost_that_is_weeks_away_is_not_foretold() -> None:
    assert supposed(0.0, 20.0, 4.99, 300 * HOUR).reaches(5.0) is None


def test_a_room_that_cooled_below_what_is_outdoors_by_its_middle_reading_is_not_forecast() -> None:
    assert forecast(room(begin=12.0, outdoor=-5.0, tau_hours=20.0), 2 * HOUR, 11.9, -5.0) is None
