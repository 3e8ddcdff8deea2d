from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.devices.device import SimulatedDevice
from simulators.devices.feeder import HOPPER_GRAMS, PORTION_GRAMS, Feeder
from simulators.devices.thermostat import HYSTERESIS_CELSIUS, Climate, Thermostat

MIDNIGHT = 1_768_176_000.0
DAY = 86_400.0
seeds = st.integers(min_value=0, max_value=2**32)


@given(seeds, st.integers(min_value=1, max_value=40))
def test_a_feeder_never_serves_more_than_it_holds_and_accounts_for_each_portion(seed: int, meals: int) -> None:
    rng = Random(seed)
    feeder, moment = Feeder.draw(rng), MIDNIGHT
    for _ in range(meals):
        moment, meal = feeder.next_meal(moment)
        before = feeder.hopper_grams
        fed = feeder.feed(meal, moment, rng)
        held = HOPPER_GRAMS if feeder.hopper_grams > before else before
        assert fed.portions_actual is not None
        assert fed.grams_actual == fed.portions_actual * PORTION_GRAMS
        assert feeder.hopper_grams == pytest.approx(held - fed.grams_actual)
        assert 0 <= feeder.hopper_grams <= HOPPER_GRAMS
        assert (fed.outcome == "completed") == (fed.portions_actual == meal.portions)
        assert bool(fed.reason) == (fed.outcome != "completed")


@given(seeds, st.floats(min_value=0, max_value=3 * DAY))
def test_the_next_meal_is_later_and_less_than_a_day_away(seed: int, offset: float) -> None:
    feeder = Feeder.draw(Random(seed))
    at, meal = feeder.next_meal(MIDNIGHT + offset)
    assert 0 < at - (MIDNIGHT + offset) <= DAY
    assert at % DAY == meal.minute * 60


def test_a_feeder_counts_anew_each_day() -> None:
    rng = Random(1)
    feeder, moment = Feeder.draw(rng), MIDNIGHT
    for _ in range(3):
        moment, meal = feeder.next_meal(moment)
        feeder.feed(meal, moment, rng)
    assert feeder.reading(moment + 60)["portions_today"] == 9
    assert feeder.reading(moment + DAY)["portions_today"] == 0


def test_an_empty_hopper_fails_the_meal_and_says_why() -> None:
    feeder = Feeder.draw(Random(1))
    feeder.hopper_grams = 0.0
    at, meal = feeder.next_meal(MIDNIGHT)
    fed = feeder.feed(meal, at, Random(2))
    assert (fed.outcome, fed.reason, fed.portions_actual) == ("failed", "hopper_empty", 0)
    assert feeder.hopper_state == "empty"


def settled(thermostat: Thermostat) -> Thermostat:
    thermostat.advance(MIDNIGHT + DAY)
    return thermostat


@given(seeds)
def test_a_heated_room_stays_near_its_setpoint_through_the_night(seed: int) -> None:
    thermostat = settled(Thermostat.draw(Random(seed), MIDNIGHT))
    target = thermostat.setpoint(thermostat.at)
    for minute in range(0, 300, 5):
        thermostat.advance(MIDNIGHT + DAY + minute * 60)
        assert thermostat.temperature > target - 2 * HYSTERESIS_CELSIUS


@given(seeds)
def test_a_room_without_power_cools_towards_outdoors_and_never_below(seed: int) -> None:
    thermostat = settled(Thermostat.draw(Random(seed), MIDNIGHT))
    thermostat.powered = False
    before = thermostat.temperature
    coldest = thermostat.climate.mean_celsius - thermostat.climate.swing_celsius
    thermostat.advance(MIDNIGHT + 2 * DAY)
    assert coldest <= thermostat.temperature < before
    assert not thermostat.heating


@given(seeds, st.lists(st.floats(min_value=1, max_value=4000), min_size=1, max_size=30))
def test_counters_only_grow_and_heating_never_exceeds_the_time_that_passed(seed: int, steps: list[float]) -> None:
    thermostat, moment = Thermostat.draw(Random(seed), MIDNIGHT), MIDNIGHT
    for step in steps:
        seconds, cycles = thermostat.heating_seconds, thermostat.cycles
        moment += step
        thermostat.advance(moment)
        assert thermostat.at == pytest.approx(moment)
        assert 0 <= thermostat.heating_seconds - seconds <= step + 1e-6
        assert thermostat.cycles >= cycles


def test_looking_often_does_not_change_the_room() -> None:
    often, seldom = (Thermostat.draw(Random(3), MIDNIGHT) for _ in range(2))
    for minute in range(0, 12 * 60, 5):
        often.advance(MIDNIGHT + minute * 60)
    seldom.advance(MIDNIGHT + 12 * 3600 - 300)
    assert often.temperature == pytest.approx(seldom.temperature, abs=0.7)


def test_outdoors_is_coldest_early_in_the_morning() -> None:
    climate = Climate(mean_celsius=2.0, swing_celsius=4.0)
    hours = [climate.outdoor(MIDNIGHT + hour * 3600) for hour in range(24)]
    assert hours.index(min(hours)) == 5
    assert min(hours) == pytest.approx(-2.0)
    assert max(hours) == pytest.approx(6.0)


def a_device() -> SimulatedDevice:
    places = {
        "provider": "aurora",
        "region": "eu-west",
        "network": "n1",
        "site": "s1",
        "parent": "gw-1",
        "model": "paw-1",
        "firmware": "paw-1-1.0",
    }
    return SimulatedDevice("acorn", "fd-1", "feeder", places, 60.0)


def test_a_device_is_inside_a_scope_when_every_dimension_fits() -> None:
    device = a_device()
    assert device.inside({})
    assert device.inside({"provider": "aurora", "region": "eu-west"})
    assert not device.inside({"provider": "aurora", "region": "us-east"})
    assert device.inside({"device": "fd-1"})
    assert device.inside({"device": "acorn/fd-1"})


def test_a_drifting_clock_gains_as_time_passes() -> None:
    device = a_device()
    device.boot_at, device.drift_ppm, device.clock_offset = MIDNIGHT, 50.0, 2.0
    assert device.own_time(MIDNIGHT) == MIDNIGHT + 2.0
    assert device.own_time(MIDNIGHT + DAY) == pytest.approx(MIDNIGHT + DAY + 2.0 + 4.32, abs=0.001)


def test_a_device_whose_clock_was_never_set_states_no_time() -> None:
    device = a_device()
    device.clock = "none"
    assert device.own_time(MIDNIGHT) is None
