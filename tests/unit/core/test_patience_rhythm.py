"""When heartbeats come: interval and jitter, learned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.fleet import Device
from monitor.core.patience.rhythm import learn_interval, learn_jitter, margin, undeclared
from monitor.devices.profile import Profile


def device_at(interval: float) -> Device:
    device = Device("acme/a", 0.0)
    device.interval = interval
    return device


@pytest.mark.parametrize(("interval", "least"), [(10, 1), (60, 1.8), (900, 27), (0.5, 0.5)])
def test_the_margin_of_a_punctual_device_has_a_floor(interval: float, least: float) -> None:
    assert margin(device_at(interval)) == pytest.approx(least)


def test_a_device_that_is_always_early_keeps_the_floor() -> None:
    device = device_at(10.0)
    device.jitter = -0.5
    assert margin(device) == 1


def test_an_unpunctual_device_gets_a_wider_margin_but_never_more_than_an_interval() -> None:
    device = device_at(60.0)
    for number in range(500):
        learn_jitter(device, 60.0 + (6 if number % 2 else -6))
    assert 15 < margin(device) < 30
    for _ in range(500):
        learn_jitter(device, 119.0)
    assert margin(device) == 60


def test_what_is_later_than_an_interval_is_no_jitter() -> None:
    device = device_at(60.0)
    learn_jitter(device, 120.0)
    assert (device.jitter, device.deviation) == (0, 0)


def test_gaps_that_agree_settle_the_interval() -> None:
    device = device_at(300.0)
    assert [learn_interval(device, gap) for gap in (60.0, 61.0, 60.5)] == [False, False, True]
    assert device.interval == 60.5
    assert not learn_interval(device, 60.0)


def test_until_gaps_agree_the_longest_is_the_safe_guess() -> None:
    device = device_at(300.0)
    assert learn_interval(device, 900.0)
    assert device.interval == 900


def test_an_interval_is_learned_only_where_none_is_declared() -> None:
    device = device_at(60.0)
    assert undeclared(device)
    device.profile = Profile(interval_seconds=60.0)
    assert not undeclared(device)
    device.profile, device.declared_interval = Profile(), 60.0
    assert not undeclared(device)


@given(st.lists(st.floats(0.5, 5000), max_size=50), st.floats(0.5, 3600))
def test_whatever_gaps_come_the_margin_stays_within_an_interval(gaps: list[float], interval: float) -> None:
    device = device_at(interval)
    for gap in gaps:
        learn_jitter(device, gap)
    assert 0 < margin(device) <= interval
