"""Numbers that an operator may choose, for everybody, for a kind, a tenant, a site or a single device."""

import pytest
from pydantic import ValidationError

from monitor.core.welfare.settings import Choices, WelfareOverride, WelfareSettings

GRACE = "meal_grace_seconds"


def choices(*overrides: WelfareOverride) -> Choices:
    """The usual numbers with these in their place."""
    return Choices(WelfareSettings(overrides=overrides))


def test_the_narrowest_override_that_is_written_last_wins() -> None:
    numbers = choices(
        WelfareOverride(kind="feeder", numbers={GRACE: 700, "battery_low_ratio": 0.3}),
        WelfareOverride(tenant="acme", numbers={GRACE: 800}),
        WelfareOverride(tenant="acme", site="s1", numbers={GRACE: 900}),
        WelfareOverride(device="f7", numbers={GRACE: 1000}),
    )
    asked = {
        "another tenant": numbers.of("zoo", "", "f1", "feeder"),
        "tenant": numbers.of("acme", "", "f1", "feeder"),
        "site": numbers.of("acme", "s1", "f1", "feeder"),
        "device": numbers.of("acme", "s1", "f7", "feeder"),
        "another kind": numbers.of("zoo", "", "t1", "thermostat"),
    }
    assert {who: found.feeders.meal_grace_seconds for who, found in asked.items()} == {
        "another tenant": 700,
        "tenant": 800,
        "site": 900,
        "device": 1000,
        "another kind": 600,
    }
    assert asked["device"].vitals.battery_low_ratio == 0.3
    assert asked["another kind"].vitals.battery_low_ratio == 0.15


def test_devices_under_the_same_overrides_share_their_numbers() -> None:
    numbers = choices(WelfareOverride(kind="thermostat", numbers={"freeze_celsius": 7}))
    assert numbers.of("acme", "s1", "t1", "thermostat") is numbers.of("zoo", "s2", "t9", "thermostat")
    assert numbers.of("acme", "s1", "t1", "thermostat").thermostats.freeze_celsius == 7


def test_a_number_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match=r"overrides\.0\.numbers: meal_gracee is not known; it may be one of"):
        choices(WelfareOverride(numbers={"meal_gracee": 1}))


def test_a_number_out_of_its_range_is_refused() -> None:
    with pytest.raises(ValidationError, match="meal_grace_seconds"):
        choices(WelfareOverride(numbers={GRACE: -1}))
