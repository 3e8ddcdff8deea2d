"""What is known of the weather, and what is assumed where nothing is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.core.fleet import Device
from monitor.core.observations import DeviceRemoved, Telemetry
from monitor.core.welfare.weather import Outdoor, Weather, seasonal
from tests.unit.core.welfare.household import Household

DAY = 86_400.0


@pytest.mark.parametrize(
    ("zone", "month", "celsius"),
    [
        ("Europe/Vienna", 1, -5.0),
        ("Europe/Vienna", 4, 0.0),
        ("Europe/Vienna", 7, 10.0),
        ("America/Chicago", 10, 0.0),
        ("UTC", 7, 10.0),
        ("Australia/Hobart", 7, -5.0),
        ("America/Argentina/Ushuaia", 1, 10.0),
        ("Pacific/Auckland", 8, -5.0),
    ],
)
def test_what_is_assumed_outdoors_follows_the_season_of_the_home(zone: str, month: int, celsius: float) -> None:
    assert seasonal(-5.0, ZoneInfo(zone), datetime(2026, month, 15, tzinfo=UTC).timestamp()) == celsius


def test_what_was_told_holds_for_a_day_and_is_remembered_with_its_moment() -> None:
    weather, device = Weather(), Device("acme/t1", 0.0)
    assert weather.told(device) is None
    weather.note(device, {"outdoor_temperature_c": -3.0}, 1000.0)
    weather.note(device, {"temperature_c": 20.0}, 5000.0)
    assert weather.told(device) == Outdoor(-3.0, 1000.0)
    assert weather.outdoor(device, 1000.0 + DAY - 1) == -3.0
    assert weather.outdoor(device, 1000.0 + DAY) is None
    again = Weather()
    again.restore(weather.save())
    assert again.told(device) == Outdoor(-3.0, 1000.0)


def test_a_thermostat_from_before_is_believed_by_its_last_reading() -> None:
    device = Device("acme/t1", 0.0)
    device.reading, device.reading_at = {"outdoor_temperature_c": -3.0}, 1000.0
    assert Weather().told(device) == Outdoor(-3.0, 1000.0)


def test_what_a_thermostat_without_a_site_told_is_forgotten_with_it() -> None:
    house = Household().settle("t1", "thermostat").settle("t2", "thermostat", site="s1")
    for name in ("acme/t1", "acme/t2"):
        house.tell(Telemetry(name, house.now, {"temperature_c": 20.0, "outdoor_temperature_c": -3.0}))
    assert set(house.engine.welfare.save()["outdoor"]) == {"acme//t1", "acme/s1"}
    for name in ("acme/t1", "acme/t2"):
        house.tell(DeviceRemoved(name, house.now, "status"), DeviceRemoved(name, house.now, "info"))
    assert set(house.engine.welfare.save()["outdoor"]) == {"acme/s1"}
