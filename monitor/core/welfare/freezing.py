"""Frost in a home: now, soon by forecast, or unseen behind a thermostat that is silent."""

from math import inf

from monitor.core.decisions import Decision
from monitor.core.welfare.care import Words
from monitor.core.welfare.case import RoomCase
from monitor.core.welfare.cooling import Forecast, supposed
from monitor.core.words import spell

HYSTERESIS_KELVIN = 1.0
SETPOINT_KELVIN = 0.5
COOLING_UNSEEN_SECONDS = 900.0


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
    """A cold room that will be colder; one that is meant to be so, or has a window open, is no reason to cry wolf."""
    numbers, care = case.numbers, case.care
    found, freeze = care.forecast, numbers.freeze_celsius
    reach = found.reaches(freeze) if found is not None else None
    setpoint = case.number("heating_setpoint_c")
    meant = setpoint is not None and setpoint > freeze and celsius > setpoint - SETPOINT_KELVIN
    excused = bool(care.window_at) and case.at - care.window_at < numbers.window_seconds
    risky = celsius < numbers.cold_celsius and reach is not None and reach.seconds <= numbers.forecast_seconds
    worse = care.signs.get("FreezeRiskCritical")
    taken_over = celsius < freeze and worse is not None and worse.firing
    over = meant or excused or taken_over or celsius >= numbers.cold_celsius + HYSTERESIS_KELVIN or reach is None
    heating = "on" if case.readings.get("running_state") == "heat" else "off"
    return case.put(
        "FreezeRisk",
        showing=(risky and not over) or (False if over else None),
        say=lambda: Words(
            f"{celsius:.1f} °C at {case.called} and falling: {freeze:g} °C {in_about(found, freeze)}",
            f"{trend(found)} Heating is {heating}.",
        ),
        over=f"below {freeze:g} °C now" if taken_over else f"{celsius:.1f} °C, and not on the way to frost",
        hold=numbers.cold_hold_seconds,
    )


def blind_forecast(case: RoomCase, outdoor: float | None) -> Forecast | None:
    """How a room that cannot be seen may cool, going on from its last reading; None if nothing can be said."""
    if case.care.forecast is not None:
        return case.care.forecast
    celsius = case.number("temperature_c")
    if celsius is None or outdoor is None or outdoor >= min(celsius, case.numbers.cold_celsius):
        return None
    return supposed(case.care.read_at, celsius, outdoor, case.care.tau)


def blind_at(case: RoomCase, outdoor: float | None) -> float | None:
    """When a room that cannot be seen becomes a risk; None if it does not."""
    device, numbers, cooling = case.device, case.numbers, case.care.forecast
    if device.status != "offline" or not case.care.read_at:
        return None
    moments: list[float] = []
    if outdoor is not None and outdoor < numbers.frost_celsius:
        moments.append(device.last_seen + numbers.blind_hold_seconds)
    reach = cooling.reaches(numbers.freeze_celsius) if cooling is not None else None
    if cooling is not None and reach is not None:
        cold = cooling.reaches(numbers.cold_celsius)
        sooner = cooling.at + max(reach.seconds - numbers.forecast_seconds, cold.seconds if cold is not None else 0.0)
        moments.append(max(sooner, device.since + COOLING_UNSEEN_SECONDS))
    return min(moments, default=None)


def tell_blind(case: RoomCase, outdoor: float | None) -> list[Decision]:
    """A thermostat that cannot be seen, in a house that may freeze."""
    due = blind_at(case, outdoor)
    return case.put(
        "FreezeRiskBlind",
        showing=due is not None and case.at >= due,
        say=lambda: _blind_words(case, outdoor),
        over="it is not freezing there any more",
    )


def _blind_words(case: RoomCase, outdoor: float | None) -> Words:
    last, found, freeze = case.number("temperature_c"), blind_forecast(case, outdoor), case.numbers.freeze_celsius
    outside = f", {outdoor:.0f} °C outdoors" if outdoor is not None else ""
    seen = f"It showed {last:.1f} °C {spell(case.at - case.care.read_at)} ago." if last is not None else ""
    ahead = news = ""
    if found is not None:
        likely = "as it cooled then" if case.care.forecast is not None else "if its heating stopped then"
        now, cold = found.celsius_at(case.at), case.numbers.cold_celsius
        limits = (cold, freeze) if now > cold else (freeze,)
        reached = ", ".join(f"{celsius:g} °C {in_about(found, celsius, case.at)}" for celsius in limits)
        ahead = f" By forecast, not by reading, {likely}: about {now:.0f} °C now, {reached}."
        news = "reached" if now <= freeze else ""
    return Words(
        f"{case.called} cannot be seen{outside}: its home may be freezing",
        seen + ahead,
        since=case.device.last_seen,
        news=news,
    )


def in_about(found: Forecast | None, celsius: float, at: float | None = None) -> str:
    """In about 3 h (2 h to 5 h), seen from `at` or from the last reading."""
    reach = found.reaches(celsius) if found is not None else None
    if found is None or reach is None:
        return "not in sight"
    gone = max(0.0, at - found.at) if at is not None else 0.0
    if reach.seconds <= gone:
        return "may be reached already"
    earliest = spell(max(0.0, reach.earliest - gone))
    latest = "much later" if reach.latest == inf else spell(reach.latest - gone)
    return f"in about {spell(reach.seconds - gone)} ({earliest} to {latest})"


def trend(found: Forecast | None) -> str:
    """How a room cools, in words."""
    if found is None:
        return "The room is not cooling now."
    towards = f"{found.outdoor:.0f} °C outdoors" if found.outdoor_known else "frost outdoors, which is assumed"
    return f"It cools by {-found.rate:.1f} K an hour towards {towards}, by {found.points} readings."
