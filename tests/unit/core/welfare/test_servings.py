"""What pages and publications ask of meals and rooms: figures by provider, true as of now."""

import math

import pytest

from monitor.core.fleet import Cohort
from monitor.core.observations import DeviceInfo, DeviceRemoved, Telemetry
from monitor.core.welfare.ledger import Ledger
from monitor.core.welfare.servings import HOURS_KEPT, Served, Servings, meals_due
from monitor.devices.profile import Profile
from tests.unit.core.welfare.household import Household, meal, plan

AURORA, ZOO = Cohort("acme", "aurora", "", "feeder"), Cohort("zoo", "aurora", "", "feeder")
HOUR = 3600.0


def street() -> Household:
    """Three feeders of aurora, of which one falls silent before breakfast, and one of borealis."""
    house = Household("2026-01-12 06:00")
    for name, provider in (("a1", "aurora"), ("a2", "aurora"), ("a3", "aurora"), ("b1", "borealis")):
        house.settle(name, "feeder", plan(meal("07:00"), meal("18:00")), provider=provider, site=name)
    house.until("2026-01-12 06:50").die("a3").until("2026-01-12 07:00")
    house.tell(house.fed("a1", "07:00", planned="2026-01-12 07:00"))
    house.tell(house.fed("b1", "07:00", planned="2026-01-12 07:00"))
    return house.until("2026-01-12 07:30")


def test_meals_are_summed_by_provider_as_they_are_known_now() -> None:
    house = street()
    since = house.moment("2026-01-12 07:00")
    assert house.engine.welfare.servings.since(since) == {"aurora": Served(1, 1, 1), "borealis": Served(1, 0, 0)}
    sent = since + 5
    house.revive("a3").tell(house.fed("a3", "07:00", planned="2026-01-12 07:00", sent=sent, replayed=True))
    assert house.engine.welfare.servings.since(since)["aurora"] == Served(2, 0, 1)
    assert house.engine.welfare.servings.since(house.moment("2026-01-12 08:00")) == {}


def test_a_restart_knows_the_same_sums() -> None:
    house = street()
    before = house.engine.welfare.servings.since(0.0)
    assert house.restarted().engine.welfare.servings.since(0.0) == before


def test_a_meal_that_is_still_open_is_not_summed_after_a_restart() -> None:
    servings, ledger = Servings(), Ledger()
    ledger.plan(0.0, "m", 2.0)
    servings.readmit(AURORA, ledger.slots)
    assert servings.since(0.0) == {}


def test_sums_are_of_one_tenant_if_asked_so_and_of_two_days_at_most() -> None:
    servings = Servings()
    for hour in range(HOURS_KEPT + 10):
        servings.note(AURORA, hour * HOUR, "", "dispensed")
    servings.note(ZOO, HOURS_KEPT * HOUR, "", "missed")
    assert servings.since(0.0) == {"aurora": Served(HOURS_KEPT, 0, 1)}
    assert servings.since(0.0, tenant="zoo") == {"aurora": Served(0, 0, 1)}


def test_a_correction_after_a_change_of_provider_takes_nothing_from_others() -> None:
    servings = Servings()
    servings.note(ZOO, 0.0, "missed", "late")
    assert servings.since(0.0) == {"aurora": Served(1, 0, 0)}


def test_meals_that_fall_due_soon_are_counted_by_provider() -> None:
    house = street()
    house.settle("t1", "thermostat", provider="aurora")
    devices = list(house.engine.fleet)
    assert meals_due(devices, house.now, 6 * HOUR) == {}
    due = meals_due(devices, house.now, 12 * HOUR)
    assert {provider: found.feeders for provider, found in due.items()} == {"aurora": 3, "borealis": 1}
    assert due["borealis"].first_at == house.moment("2026-01-12 18:00")
    assert meals_due(devices, house.now, 12 * HOUR, tenant="zoo") == {}


def cool(house: Household, hours: float, begin: float = 12.0) -> Household:
    """A room whose boiler is out, read every ten minutes."""
    first = house.now
    while house.now < first + hours * HOUR - 1:
        celsius = round(-5.0 + (begin + 5.0) * math.exp(-(house.now - first) / (15 * HOUR)), 2)
        house.reads("t1", temperature_c=celsius, outdoor_temperature_c=-5.0, running_state="idle")
        house.to(house.now + 600.0)
    return house


def rooms(house: Household) -> dict[tuple[str, str], int]:
    """How many rooms will be how cold how soon."""
    return {(celsius, within): number for (_, celsius, within), number in house.engine.welfare.cooling.items()}


def test_rooms_are_counted_by_how_cold_they_will_be_and_how_soon() -> None:
    house = cool(Household().settle("t1", "thermostat", site="s1"), 1.0)
    assert rooms(house) == {("10", "4h"): 1, ("10", "12h"): 1, ("10", "24h"): 1, ("5", "12h"): 1, ("5", "24h"): 1}
    cool(house, 3.5, begin=11.0)
    assert rooms(house)["5", "4h"] == 1


def test_a_silent_room_is_counted_by_the_forecast_that_goes_on_and_over_a_restart() -> None:
    house = cool(Household().settle("t1", "thermostat", site="s1"), 1.0).die("t1").until("2026-01-12 07:00")
    assert rooms(house)["5", "4h"] == 1
    assert rooms(house.restarted())["5", "4h"] == 1


def test_a_room_that_leaves_does_not_take_its_neighbour_along() -> None:
    house = Household().settle("t1", "thermostat", site="s1").settle("t2", "thermostat", site="s1")
    for step in range(6):
        for name in ("t1", "t2"):
            house.reads(name, temperature_c=9.0 - step * 0.2, outdoor_temperature_c=-5.0)
        house.to(house.now + 600.0)
    assert rooms(house)["5", "4h"] == 2
    house.reads("t2", temperature_c=19.0)
    assert rooms(house)["5", "4h"] == 1


def test_a_room_that_warms_moves_or_leaves_is_counted_where_it_is() -> None:
    house = cool(Household().settle("t1", "thermostat", site="s1"), 1.0)
    house.tell(DeviceInfo("acme/t1", house.now, Profile(kind="thermostat", interval_seconds=60.0, provider="aurora")))
    house.tell(Telemetry("acme/t1", house.now, {"temperature_c": 11.0, "outdoor_temperature_c": -5.0}))
    assert {cohort.provider for cohort, _, _ in house.engine.welfare.cooling} == {"aurora"}
    for topic in ("info", "status"):
        house.tell(DeviceRemoved("acme/t1", house.now, topic))
    assert house.engine.welfare.cooling == {}


@pytest.mark.parametrize("celsius", [20.0, 19.0])
def test_a_room_that_is_warm_is_counted_nowhere(celsius: float) -> None:
    house = Household().settle("t1", "thermostat", site="s1")
    house.reads("t1", temperature_c=celsius, outdoor_temperature_c=-5.0)
    assert house.engine.welfare.cooling == {}
