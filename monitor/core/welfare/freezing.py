"""Frost in a home that is seen: now, or soon by forecast."""

from math import inf

from monitor.core.decisions import Decision
from monitor.core.welfare.care import Words
from monitor.core.welfare.case import RoomCase
from monitor.core.welfare.cooling import Forecast
from monitor.core.welfare.meals import zone_by_wall
from monitor.core.welfare.weather import seasonal
from monitor.core.words import clock, spell

HYSTERESIS_KELVIN = 1.0
SETPOINT_KELVIN = 0.5
NOT_HEATING = ("off", "cool")
NEARER_HOURS = (1, 2)
"""A forecast that has come as near as this is told anew."""
HOUR_SECONDS = 3600.0


def tell_frost(case: RoomCase, celsius: float) -> list[Decision]:
    """What a room that is seen shows."""
    found, freeze = case.care.forecast, case.numbers.freeze_celsius
    decisions = case.clear("FreezeRiskBlind", "it is heard again")
    decisions += case.put(
        "FreezeRiskCritical",
        showing=celsius < freeze or (None if celsius < freeze + HYSTERESIS_KELVIN else False),
        say=lambda: Words(
            f"{celsius:.1f} °C at {case.called}: pipes may freeze", f"The limit is {freeze:g} °C. {trend(found)}"
        ),
        over=f"{celsius:.1f} °C again",
        hold=case.numbers.freeze_hold_seconds,
    )
    return decisions + _frost_ahead(case, celsius)


def _frost_ahead(case: RoomCase, celsius: float) -> list[Decision]:
    """A cold room that will be colder; one that is meant to be so, or has a window open, is no reason to cry wolf.

    Where there is no forecast, all stays as it is until the room warms or is really steady: a sensor that shows whole
    degrees shows nothing for hours while the room goes on cooling.
    """
    numbers, care = case.numbers, case.care
    found, freeze = care.forecast, numbers.freeze_celsius
    reach = found.reaches(freeze) if found is not None else None
    excused = bool(care.window_at) and case.at - care.window_at < numbers.window_seconds
    risky = celsius < numbers.cold_celsius and reach is not None and reach.seconds <= numbers.forecast_seconds
    worse = care.signs.get("FreezeRiskCritical")
    taken_over = celsius < freeze and worse is not None and worse.firing
    unchanged = case.at - care.changed[0] if care.changed is not None else 0.0
    harmless = reach is None and (found is not None or meant(case, celsius) or care.trail.recovers(case.at, unchanged))
    over = excused or taken_over or celsius >= numbers.cold_celsius + HYSTERESIS_KELVIN or harmless
    return case.put(
        "FreezeRisk",
        showing=(risky and not over) or (False if over else None),
        say=lambda: _words_ahead(case, celsius),
        over=f"below {freeze:g} °C now" if taken_over else f"{celsius:.1f} °C, and not on the way to frost",
        hold=numbers.cold_hold_seconds,
    )


def _words_ahead(case: RoomCase, celsius: float) -> Words:
    found, freeze = case.care.forecast, case.numbers.freeze_celsius
    heating = "on" if case.readings.get("running_state") == "heat" else "off"
    return Words(
        f"{celsius:.1f} °C at {case.called} and falling: {freeze:g} °C {in_about(found, freeze, case)}",
        f"{trend(found)} Heating is {heating}.",
        news=_nearer(case),
    )


def _nearer(case: RoomCase) -> str:
    """Within how many hours the frost is, once that is few; a forecast that goes up and down again is no news."""
    found, before = case.care.forecast, case.care.signs.get("FreezeRisk")
    reach = found.reaches(case.numbers.freeze_celsius) if found is not None else None
    left = found.at + reach.seconds - case.at if found is not None and reach is not None else inf
    known = before.words.news if before is not None else ""
    near = next((f"{hours} h" for hours in NEARER_HOURS if left <= hours * HOUR_SECONDS), "")
    return min((each for each in (near, known) if each), default="")


def meant(case: RoomCase, celsius: float) -> bool:
    """Whether the room is meant to be as cold as it is."""
    setpoint = heated_at(case, celsius)
    return setpoint is not None and setpoint > case.numbers.freeze_celsius


def heated_at(case: RoomCase, celsius: float) -> float | None:
    """The setpoint at which heating will set in for a room that cools as planned; None if it should heat, or is off."""
    setpoint = case.number("heating_setpoint_c")
    if setpoint is None or celsius <= setpoint - SETPOINT_KELVIN or case.readings.get("system_mode") in NOT_HEATING:
        return None
    return setpoint


def assumed(case: RoomCase, celsius: float) -> float:
    """What to assume outdoors where nobody tells; a room that is colder than its season refutes the season."""
    coldest = case.numbers.assumed_outdoor_celsius
    likely = seasonal(coldest, zone_by_wall(case.device), case.at)
    return likely if celsius > likely else coldest


def in_about(found: Forecast | None, celsius: float, case: RoomCase) -> str:
    """In about 3 h (05:20, between 04:50 and 06:30, Europe/Vienna), as seen now."""
    reach = found.reaches(celsius) if found is not None else None
    if found is None or reach is None:
        return "not in sight"
    now, where = case.at, zone_by_wall(case.device)
    due, earliest, latest = (found.at + seconds for seconds in reach)
    if due <= now:
        return "may be reached already"
    begin = clock(max(now, earliest), now, where)
    span = f"not before {begin}" if latest == inf else f"between {begin} and {clock(latest, now, where)}"
    return f"in about {spell(due - now)} ({clock(due, now, where)}, {span}, {where})"


def trend(found: Forecast | None) -> str:
    """How a room cools, in words."""
    if found is None:
        return "The room is not cooling now."
    return f"It cools by {-found.rate:.1f} K an hour towards {outside(found)}, by {found.points} readings."


def outside(found: Forecast) -> str:
    """The temperature outdoors that a forecast reckons with."""
    return f"{found.outdoor:.0f} °C outdoors{'' if found.outdoor_known else ', which is assumed'}"
