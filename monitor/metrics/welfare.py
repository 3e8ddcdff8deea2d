"""Meals and rooms as metrics: sums for the whole fleet, and a few series for single devices."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import get_args

from monitor.core.fleet import Cohort, Device
from monitor.core.welfare.care import FeederCare, ThermostatCare
from monitor.core.welfare.ledger import OUTCOMES
from monitor.core.welfare.outlook import CELSIUS, WITHIN_HOURS
from monitor.core.welfare.view import WelfareView
from monitor.devices.events import FeedSource
from monitor.metrics.families import Families

Key = tuple[Cohort, str, str]
Series = tuple[str, float, tuple[str, ...]]


def collect_welfare(
    families: Families, welfare: WelfareView, cohorts: Iterator[Cohort], place: Callable[[Cohort], Cohort | None]
) -> None:
    """Sums by cohort; `place` says where a cohort is added up, None for one that is not shown.

    Outcomes and spans of time that nothing was counted under are zero, so that their growth can be seen.
    """
    known = list(cohorts)
    meals = [
        (cohort, outcome, source)
        for cohort in known
        if cohort.kind == "feeder"
        for outcome in OUTCOMES
        for source in get_args(FeedSource)
    ]
    rooms = [
        (cohort, f"{celsius:g}", f"{hours}h")
        for cohort in known
        if cohort.kind == "thermostat"
        for celsius in CELSIUS
        for hours in WITHIN_HOURS
    ]
    signs = Counter({(cohort, sign, ""): number for (cohort, sign), number in welfare.showing.items()})
    for (cohort, outcome, source), total in _sums(welfare.meals_settled, place, meals).items():
        families.put("fleet_feeder_meals_total", total, *cohort, outcome, source)
    for (cohort, was, became), total in _sums(welfare.meals_corrected, place).items():
        families.put("fleet_feeder_meals_corrected_total", total, *cohort, was, became)
    for (cohort, sign, _), total in _sums(signs, place).items():
        families.put("fleet_welfare_devices", total, *cohort, sign)
    for (cohort, celsius, within), total in _sums(welfare.cooling, place, rooms).items():
        families.put("fleet_thermostat_cold_forecast_rooms", total, *cohort, celsius, within)


def _sums(
    counted: Mapping[Key, int], place: Callable[[Cohort], Cohort | None], begin: Iterable[Key] = ()
) -> dict[Key, float]:
    """The counts where they are shown, with a zero for each key to begin with."""
    sums = dict.fromkeys(begin, 0.0)
    for (cohort, one, other), number in counted.items():
        if (shown := place(cohort)) is not None:
            sums[shown, one, other] = sums.get((shown, one, other), 0.0) + number
    return sums


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
        for celsius in CELSIUS:
            if (reach := found.reaches(celsius)) is not None:
                bounds = zip(("expected", "earliest", "latest"), reach, strict=True)
                for bound, seconds in bounds:
                    yield (
                        "fleet_thermostat_cold_forecast_timestamp_seconds",
                        found.at + seconds,
                        (f"{celsius:g}", bound),
                    )
