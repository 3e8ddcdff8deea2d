"""The room of a thermostat: what is remembered of its readings, and the order in which they are judged."""

from monitor.core.decisions import Decision
from monitor.core.welfare.case import RoomCase
from monitor.core.welfare.cooling import forecast
from monitor.core.welfare.freezing import assumed, heated_at, tell_frost
from monitor.core.welfare.heating import READING_BREAK_SECONDS, tell_heating

FORECAST_BELOW_CELSIUS = 18.0
CLEARLY_COOLING_KELVIN = 0.2
ABOVE_COLD_KELVIN = 2.0
TAU_WEIGHT = 0.3


def read_room(case: RoomCase, outdoor: float | None, *, measured: bool) -> list[Decision]:
    """Everything that the readings of one room show; `measured` if the temperature is among what was just told."""
    celsius = case.number("temperature_c")
    if celsius is None:
        return []
    _count_heat(case)
    decisions: list[Decision] = []
    if measured:
        _follow(case, celsius)
        _foresee(case, celsius, outdoor)
        decisions += tell_frost(case, celsius)
    decisions += tell_heating(case, celsius, outdoor, measured=measured)
    case.care.read_at = case.at
    return decisions


def _count_heat(case: RoomCase) -> None:
    """Seconds of heating: the device's own counter, or what its state adds up to."""
    counted, passed = case.number("heating_s"), case.at - case.care.read_at
    if counted is not None:
        case.care.heated = counted
    elif case.readings.get("running_state") == "heat" and 0 < passed < READING_BREAK_SECONDS:
        case.care.heated += passed


def _follow(case: RoomCase, celsius: float) -> None:
    """Remember the reading; what was measured through an open window says nothing about the house."""
    care = case.care
    if case.readings.get("window_open") is True:
        care.window_at = care.window_at or case.at
    elif care.window_at:
        care.window_at = 0.0
        care.trail.clear()
    care.trail.add(case.at, celsius)
    care.measured_at = case.at


def _foresee(case: RoomCase, celsius: float, outdoor: float | None) -> None:
    """Forecast only a room that is cool and cooling: all others cost a comparison."""
    care, numbers = case.care, case.numbers
    recent = care.trail.recent(case.at)
    cool = celsius < max(FORECAST_BELOW_CELSIUS, numbers.cold_celsius + ABOVE_COLD_KELVIN)
    if not cool or not recent or recent[0][1] - celsius < CLEARLY_COOLING_KELVIN:
        care.forecast = None
        return
    if care.forecast is None or care.forecast.at != recent[-1][0]:
        care.forecast = forecast(care.trail, case.at, outdoor, assumed(case, celsius))
        _learn(case)
    if care.forecast is not None:
        care.forecast = care.forecast._replace(floor=heated_at(case, celsius))


def _learn(case: RoomCase) -> None:
    """What this cooling teaches about the house."""
    care = case.care
    if care.forecast is not None and care.forecast.outdoor_known and case.readings.get("running_state") != "heat":
        known = care.tau or care.forecast.tau
        care.tau = (1 - TAU_WEIGHT) * known + TAU_WEIGHT * care.forecast.tau
