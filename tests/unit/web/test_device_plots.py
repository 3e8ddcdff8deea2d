"""The plots of one device: its states, its meals, its room."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.core.census import Count
from monitor.core.fleet import Device
from monitor.core.observations import Value
from monitor.core.welfare.care import FeederCare, ThermostatCare
from monitor.core.welfare.cooling import Forecast
from monitor.core.welfare.ledger import Ending
from monitor.web.device_plots import meals, room, states
from monitor.web.readings import reading_name, reading_value
from monitor.web.templating import moment
from tests.small_fleet import NOW, ShownEngine, device

HOUR = 3600.0


@dataclass(frozen=True)
class Change:
    """A past change of a device's status."""

    at: float
    status: str
    previous: str
    reason: str = "so it was"


def known(kind: str = "feeder") -> Device:
    made = device(ShownEngine().fleet, "acme/d1", "offline", kind="thermostat" if kind == "thermostat" else "feeder")
    made.first_seen = NOW - 40 * HOUR
    return made


def stretches(plot: str) -> list[tuple[str, float, float]]:
    found = re.findall(r'class="area (\w+)" x="([\d.]+)%" y="0" width="([\d.]+)%"', plot)
    return [(name, float(begin), float(width)) for name, begin, width in found]


def test_the_last_day_of_a_device_is_told_state_by_state() -> None:
    past = [
        Change(NOW - 6 * HOUR, "offline", "late"),
        Change(NOW - 7 * HOUR, "late", "online"),
        Change(NOW - 30 * HOUR, "online", "new"),
    ]
    drawn = states(known(), past, [], NOW)
    assert stretches(drawn.plot) == [("online", 0.0, 70.83), ("late", 70.83, 4.17), ("offline", 75.0, 25.0)]
    assert drawn.told == "In the last 24 hours: online for 17 h, offline for 6 h, late for 1 h."
    assert drawn.ticks[-1] == "now (UTC)"


def test_before_it_was_known_nothing_is_drawn() -> None:
    young = known()
    young.first_seen = NOW - 12 * HOUR
    assert stretches(states(young, [], [], NOW).plot) == [("offline", 50.0, 50.0)]
    young.first_seen = NOW
    assert states(young, [], [], NOW).told == "It was not known in the last 24 hours."


def test_what_the_monitor_did_not_see_is_marked() -> None:
    counts = [Count(NOW - minute * 60, (0,) * 5, blind=60 <= minute < 120) for minute in range(1439, -1, -1)]
    drawn = stretches(states(known(), [], counts, NOW).plot)
    ((name, begin, width),) = [each for each in drawn if each[0] == "unseen"]
    assert (name, round(begin), round(width)) == ("unseen", 92, 4)


def test_meals_are_drawn_by_day_and_listed_with_their_outcome() -> None:
    fed = known()
    care = fed.welfare = FeederCare()
    for hours, outcome in ((30, "dispensed"), (6, "unconfirmed"), (1, "missed")):
        slot = care.ledger.plan(NOW - hours * HOUR, "p", 1.0)
        slot.ending = Ending(outcome, NOW - hours * HOUR if outcome == "dispensed" else None)  # type: ignore[arg-type]
    care.next_at = NOW + HOUR
    found = meals(fed, NOW)
    assert found is not None
    assert [each.called for each in found.listed] == ["planned", "missed", "unconfirmed", "fed"]
    assert [day.name for day in found.days] == ["Sun 20 Sep", "Mon 21 Sep"]
    assert 'aria-label="08:13 unconfirmed, 13:13 missed, 15:13 planned"' in found.days[1].plot
    assert meals(known(), NOW) is None
    fed.welfare = FeederCare()
    assert meals(fed, NOW) is None, "no plan is known"


def test_a_room_that_cools_is_drawn_with_what_is_expected_and_what_it_must_not_reach() -> None:
    cold = known("thermostat")
    care = cold.welfare = ThermostatCare()
    for step in range(10):
        care.trail.add(NOW - (10 - step) * 600, 12.0 - step * 0.3)
    cold.reading = {"heating_setpoint_c": 14.0}
    found = room(cold, NOW)
    assert found is not None
    assert found.told == "From 12.0 °C to 9.3 °C within 1 h 30 min."
    assert "set to 14 °C" in found.plot
    assert "10 °C" in found.plot
    assert "ahead" not in found.plot
    care.forecast = Forecast(
        NOW - 600, 9.3, -8.0, outdoor_known=True, tau=40 * HOUR, low=30 * HOUR, high=50 * HOUR, points=10
    )
    ahead = room(cold, NOW)
    assert ahead is not None
    assert "line ahead" in ahead.plot
    assert ahead.told.endswith("if nobody heats.")
    assert room(known(), NOW) is None
    assert room(known("thermostat"), NOW) is None


def test_readings_are_named_and_measured_in_words() -> None:
    values: dict[str, Value] = {
        "hopper_pct": 66.0,
        "outlet_blocked": True,
        "motor_state": "stalled",
        "portions_today": 1200.0,
        "temperature_c": 7.02,
        "next_meal_ts": NOW,
        "hopper_state": None,
    }
    said = {name: (reading_name(name), str(reading_value(value, name, moment))) for name, value in values.items()}
    assert said["hopper_pct"] == ("Hopper", "66 %")
    assert said["outlet_blocked"] == ("Outlet blocked", "yes")
    assert said["motor_state"] == ("Motor state", "stalled")
    assert said["portions_today"] == ("Portions today", "1,200")
    assert said["temperature_c"] == ("Temperature", "7.02 °C")
    assert said["next_meal_ts"][0] == "Next meal"
    assert "<time" in said["next_meal_ts"][1]
    assert said["hopper_state"][1] == "unknown"
