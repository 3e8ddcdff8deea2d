"""Who is harmed first: devices at risk in the order in which to look, and what an outage means for animals."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from typing import NamedTuple

from monitor.core.alert_kinds import ALERTS
from monitor.core.decisions import Severity
from monitor.core.fleet import Device
from monitor.core.welfare.appetite import hungry_at
from monitor.core.welfare.care import Care, FeederCare, ThermostatCare
from monitor.core.welfare.cooling import Forecast
from monitor.core.welfare.ledger import FED
from monitor.core.welfare.settings import Thresholds
from monitor.core.words import count

HOUR_SECONDS = 3600.0
NAMED_MODELS = 3
DUE_SOON_SECONDS = 6 * HOUR_SECONDS

HOURS_TO_HARM: dict[str, float] = {
    "FreezeRiskCritical": 0.0,
    "FeederRunaway": 0.0,
    "OverheatRisk": 0.5,
    "FeederJammed": 2.0,
    "FeederHopperEmpty": 2.0,
    "FreezeRisk": 4.0,
    "FeederNoFoodDispensed": 4.0,
    "FeederMealsUnconfirmedRepeated": 6.0,
    "FeederMealMissed": 6.0,
    "FeederScheduleLost": 6.0,
    "FreezeRiskBlind": 8.0,
    "FeederMealUnconfirmed": 12.0,
    "FeederDoubleDispense": 12.0,
    "FeederOverDispensed": 12.0,
    "FeederOnBackupPower": 24.0,
    "HeatingNotEffective": 24.0,
    "FeederHopperLow": 36.0,
}
"""How long it usually takes until somebody suffers, where nothing better is known of the device itself."""
LATER_HOURS = 48.0


class Risk(NamedTuple):
    """One device at risk. `hours` is the time until harm as far as it can be told.

    It is below zero where harm is known to be past, and never by a forecast, which may be wrong.
    """

    device: str
    kind: str
    site: str
    sign: str
    severity: Severity
    hours: float
    since: float
    summary: str
    signs: tuple[str, ...]


def risk_of(device: Device, now: float, numbers: Thresholds, forecast: Forecast | None = None) -> Risk | None:
    """What a device risks, by the worst of its signs; None if it shows none. `forecast` is that of its room."""
    shown = {name: each for name, each in device.welfare.signs.items() if each.firing}
    if not shown:
        return None
    known = _hours_known(device.welfare, now, numbers, forecast)
    hours = {name: min(HOURS_TO_HARM.get(name, LATER_HOURS), known.get(name, inf)) for name in shown}
    order = sorted(shown, key=lambda name: (hours[name], shown[name].begun, name))
    worst = order[0]
    return Risk(
        device.id,
        device.profile.kind,
        device.profile.site,
        worst,
        shown[worst].words.severity or ALERTS[worst].severity,
        round(hours[worst], 1),
        shown[worst].words.since or shown[worst].begun,
        shown[worst].words.summary,
        tuple(order),
    )


def ranked(risks: Iterable[Risk]) -> list[Risk]:
    """The worst first."""
    return sorted(risks, key=lambda risk: (risk.hours, risk.device))


def _hours_known(care: Care, now: float, numbers: Thresholds, forecast: Forecast | None) -> dict[str, float]:
    if isinstance(care, FeederCare):
        due = hungry_at(care, numbers.feeders)
        left = (due - now) / HOUR_SECONDS if due is not None else inf
        return dict.fromkeys(
            ("FeederNoFoodDispensed", "FeederMealsUnconfirmedRepeated", "FeederMealMissed", "FeederMealUnconfirmed"),
            left,
        )
    reach = forecast.reaches(numbers.thermostats.freeze_celsius) if forecast is not None else None
    if forecast is None or reach is None:
        return {}
    left = max(0.0, (forecast.at + reach.seconds - now) / HOUR_SECONDS)
    return {"FreezeRisk": left, "FreezeRiskBlind": left}


@dataclass(slots=True)
class Toll:
    """What an outage means for those who depend on its devices, counted device by device."""

    feeders: int = 0
    fed: int = 0
    confirmed: int = 0
    unconfirmed: int = 0
    missed: int = 0
    held_by_cloud: int = 0
    next_at: float = inf
    due_soon: int = 0
    rooms: int = 0
    rooms_at_risk: int = 0
    volatile: Counter[str] = field(default_factory=Counter)

    def add(self, device: Device, since: float, now: float) -> None:
        """Count one device that an outage since `since` covers."""
        care = device.welfare
        if isinstance(care, ThermostatCare):
            self.rooms += 1
            self.rooms_at_risk += any(
                each.firing and name.startswith("FreezeRisk") for name, each in care.signs.items()
            )
        if device.profile.kind != "feeder":
            return
        self.feeders += 1
        if not device.profile.schedule_survives_reboot:
            self.volatile[device.profile.model or "unknown models"] += 1
        if isinstance(care, FeederCare):
            self._add_meals(device, care, since, now)

    def _add_meals(self, device: Device, care: FeederCare, since: float, now: float) -> None:
        outcomes = Counter(slot.outcome for slot in care.ledger.slots if slot.planned_at >= since)
        fed = sum(number for outcome, number in outcomes.items() if outcome in FED)
        self.fed += fed > 0
        self.confirmed += fed
        self.unconfirmed += outcomes["unconfirmed"]
        self.missed += outcomes["missed"] + outcomes["failed"]
        self.held_by_cloud += device.schedule is not None and device.schedule.held_by == "cloud"
        if care.next_at > now:
            self.next_at = min(self.next_at, care.next_at)
        self.due_soon += now < care.next_at <= now + DUE_SOON_SECONDS


def meaning(toll: Toll) -> str:
    """The toll in one line; empty if nobody depends on the devices."""
    parts: list[str] = []
    if toll.feeders:
        parts.append(
            f"{count(toll.feeders, 'feeder')}: {count(toll.fed, 'animal')} fed anyway"
            f" ({count(toll.confirmed, 'meal')} confirmed), {toll.unconfirmed:,} unconfirmed, {toll.missed:,} missed"
        )
        if toll.held_by_cloud:
            parts.append(f"{toll.held_by_cloud:,} of their plans are held by the cloud and do not run without it")
        if toll.next_at < inf:
            when = f"{datetime.fromtimestamp(toll.next_at, UTC):%H:%M} UTC"
            parts.append(f"the next meals fall due from {when}, {toll.due_soon:,} within six hours")
        if toll.volatile:
            parts.append(f"do not power-cycle {_models(toll.volatile)}: the plan may not survive it")
    if toll.rooms_at_risk:
        parts.append(f"{toll.rooms_at_risk:,} of {count(toll.rooms, 'room')} at risk of frost")
    return "; ".join(parts)


def _models(volatile: Counter[str]) -> str:
    named = [model for model, _ in sorted(volatile.items(), key=lambda item: (-item[1], item[0]))]
    more = f" and {count(len(named) - NAMED_MODELS, 'more model')}" if len(named) > NAMED_MODELS else ""
    return ", ".join(named[:NAMED_MODELS]) + more
