"""Meals and rooms as metrics: sums for the whole fleet, and a few series for single devices."""

from collections.abc import Callable, Iterator
from typing import get_args

from monitor.core.fleet import Cohort, Device
from monitor.core.welfare.care import FeederCare, ThermostatCare
from monitor.core.welfare.ledger import OUTCOMES
from monitor.core.welfare.view import WelfareView
from monitor.devices.events import FeedSource
from monitor.metrics.families import Families

FORECAST_CELSIUS = (10.0, 5.0)

Series = tuple[str, float, tuple[str, ...]]


def collect_welfare(
    families: Families, welfare: WelfareView, cohorts: Iterator[Cohort], place: Callable[[Cohort], Cohort | None]
) -> None:
    """Sums by cohort; `place` says where a cohort is added up, None for one that is not shown."""
    meals: dict[tuple[Cohort, str, str], float] = {
        (cohort, outcome, source): 0.0
        for cohort in cohorts
        if cohort.kind == "feeder"
        for outcome in OUTCOMES
        for source in get_args(FeedSource)
    }
    corrected: dict[tuple[Cohort, str, str], float] = {}
    showing: dict[tuple[Cohort, str], float] = {}
    for sums, counted in ((meals, welfare.meals_settled), (corrected, welfare.meals_corrected)):
        for (cohort, one, other), number in counted.items():
            if (shown := place(cohort)) is not None:
                sums[shown, one, other] = sums.get((shown, one, other), 0.0) + number
    for (cohort, sign), number in welfare.showing.items():
        if (shown := place(cohort)) is not None:
            showing[shown, sign] = showing.get((shown, sign), 0.0) + number
    for (cohort, outcome, source), total in meals.items():
        families.put("fleet_feeder_meals_total", total, *cohort, outcome, source)
    for (cohort, was, became), total in corrected.items():
        families.put("fleet_feeder_meals_corrected_total", total, *cohort, was, became)
    for (cohort, sign), total in showing.items():
        families.put("fleet_welfare_devices", total, *cohort, sign)


def series_of(device: Device) -> Iterator[Series]:
    """What is known of one device, as metric, value and the labels beside those of the device."""
    care = device.welfare
    if isinstance(care, FeederCare):
        yield "fleet_feeder_meal_delay_seconds", care.delay, ()
        if care.gap:
            yield "fleet_feeder_longest_scheduled_gap_seconds", care.gap, ()
        if care.food_at:
            yield "fleet_feeder_last_confirmed_food_timestamp_seconds", care.food_at, ()
    if isinstance(care, ThermostatCare) and (found := care.forecast) is not None:
        for celsius in FORECAST_CELSIUS:
            if (reach := found.reaches(celsius)) is not None:
                bounds = zip(("expected", "earliest", "latest"), reach, strict=True)
                for bound, seconds in bounds:
                    yield (
                        "fleet_thermostat_cold_forecast_timestamp_seconds",
                        found.at + seconds,
                        (f"{celsius:g}", bound),
                    )
