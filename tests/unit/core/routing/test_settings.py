"""Mistakes in routes are named with what is allowed; moments of the local day are right over every change of clocks."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.core.routing import RouteSettings
from monitor.core.routing.hours import end_of_span, minutes_of, next_of
from monitor.core.routing.settings import refuse_unknown_receivers
from tests.unit.core.routing.alerts import at


@pytest.mark.parametrize(
    ("route", "complaint"),
    [
        ({"quiet_hours": {"start": "22:00", "end": "07:00", "zone": "Berlin"}}, "'Berlin' is no time zone; .*Europe/"),
        ({"quiet_hours": {"start": "22:00", "end": "25:00"}}, "'25:00' is not a time of day; write it as 22:00"),
        ({"quiet_hours": {"start": "22:00", "end": "22:00"}}, "say when the quiet ends"),
        ({"digest": {"at": ["9"]}}, "'9' is not a time of day"),
        ({"digest": {"at": []}}, "at least 1 item"),
        ({"kind": ["cat"]}, "'cat' is no kind; allowed are feeder, thermostat"),
        ({"alerts": ["FeederJamed"]}, "'FeederJamed' fits no alert; known are .*FeederJammed"),
        ({"receivers": ["phone", "phone"]}, "'phone' is named 2 times"),
        ({"escalate_to": ["boss"]}, "escalate_seconds and escalate_to belong together"),
        ({"escalate_seconds": 900}, "escalate_seconds and escalate_to belong together"),
    ],
)
def test_a_mistake_is_named(route: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        RouteSettings.model_validate({"receivers": ["phone"], **route})


@pytest.mark.parametrize(
    ("route", "complaint"),
    [
        (
            {"receivers": ["phne"]},
            r"routes\[0\]\.receivers names 'phne', .* has that name; there are: mail, phone",
        ),
        ({"receivers": ["am"]}, r"routes\[0\]\.receivers names 'am', an Alertmanager"),
        (
            {"receivers": ["phone"], "escalate_to": ["x"], "escalate_seconds": 60},
            r"routes\[0\]\.escalate_to names 'x'",
        ),
    ],
)
def test_a_receiver_that_is_not_there_is_named(route: dict[str, Any], complaint: str) -> None:
    routes = [RouteSettings.model_validate(route)]
    with pytest.raises(ValueError, match=complaint):
        refuse_unknown_receivers(routes, ["phone", "mail"], ["am"])


def test_where_nobody_is_told_no_receiver_can_be_named() -> None:
    with pytest.raises(ValueError, match="there are: none"):
        refuse_unknown_receivers([RouteSettings.model_validate({"receivers": ["phone"]})], [], [])


def test_a_route_to_receivers_that_are_there_is_fine() -> None:
    refuse_unknown_receivers([RouteSettings.model_validate({"receivers": ["phone"]})], ["phone"], [])


@pytest.mark.parametrize("time", ["7:00", "07:60", "24:00", "ab:cd", "0700", "07:0x"])
def test_a_time_of_day_has_one_form(time: str) -> None:
    with pytest.raises(ValueError, match="is not a time of day"):
        minutes_of(time)


def test_the_next_time_is_found_over_midnight_and_over_a_change_of_the_clocks() -> None:
    assert next_of([9 * 60], "UTC", at("2026-01-15 09:00")) == at("2026-01-16 09:00")
    # In Berlin the clocks go forward on 2026-03-29: 09:00 is 08:00 UTC before and 07:00 UTC after.
    assert next_of([9 * 60], "Europe/Berlin", at("2026-03-28 09:00")) == at("2026-03-29 07:00")


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("2026-01-15 21:59", None),
        ("2026-01-15 22:00", "2026-01-16 07:00"),
        ("2026-01-16 06:59", "2026-01-16 07:00"),
        ("2026-01-16 07:00", None),
    ],
)
def test_a_night_goes_over_midnight(moment: str, end: str | None) -> None:
    assert end_of_span(22 * 60, 7 * 60, "UTC", at(moment)) == (None if end is None else at(end))


def test_a_span_within_one_day_ends_on_that_day() -> None:
    assert end_of_span(12 * 60, 14 * 60, "UTC", at("2026-01-15 13:00")) == at("2026-01-15 14:00")
    assert end_of_span(12 * 60, 14 * 60, "UTC", at("2026-01-15 15:00")) is None


def test_a_night_in_which_the_clocks_change_is_as_long_as_it_is() -> None:
    assert end_of_span(22 * 60, 7 * 60, "Europe/Berlin", at("2026-03-29 00:30")) == at("2026-03-29 05:00")
