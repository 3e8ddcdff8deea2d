"""The home behind a thermostat that is silent, or tells no temperature any more: what a forecast makes of it."""

from math import inf

from monitor.core.decisions import Decision
from monitor.core.welfare.care import Words
from monitor.core.welfare.case import RoomCase
from monitor.core.welfare.cooling import Forecast, forecast, supposed
from monitor.core.welfare.freezing import assumed, in_about, meant, outside
from monitor.core.welfare.meals import zone_by_wall
from monitor.core.welfare.weather import Outdoor, seasonal
from monitor.core.words import clock, spell

COOLING_UNSEEN_SECONDS = 900.0
UNREAD_SECONDS = 3600.0
UNREAD_PAUSES = 4
"""A thermostat that is heard is missed by its readings only after so many of its usual pauses, and an hour at least."""
LOOK_AGAIN_SECONDS = 3600.0
FALLING_KELVIN = 0.5
"""A warm room that fell by less within two hours was only between two runs of its heating."""


def unseen_from(case: RoomCase, seeing_since: float = 0.0) -> float:
    """From when on its room counts as unseen; infinite if it does not, or need not be seen.

    A thermostat that is heard may tell only what changes: without a reading, a room that was not falling is steady, and
    one that is above its setpoint is held there.
    """
    device, care = case.device, case.care
    if not care.measured_at:
        return inf
    if device.status == "offline":
        return device.since + COOLING_UNSEEN_SECONDS
    celsius = _last(case)
    if device.status not in ("online", "late") or celsius is None or meant(case, celsius) or not _fell(case, celsius):
        return inf
    pause = max(UNREAD_SECONDS, UNREAD_PAUSES * max(device.interval, care.trail.usual_pause()))
    return max(care.measured_at, seeing_since) + pause


def onwards(case: RoomCase, told: Outdoor | None) -> Forecast | None:
    """How a room that cannot be seen may cool, going on from its last readings; None if nothing can be said."""
    care, celsius = case.care, _last(case)
    offline = case.device.status == "offline"
    if celsius is None:
        return None
    outdoor = told.celsius if told is not None and told.holds(care.measured_at) else None
    found = care.forecast
    if found is None and _fell(case, celsius):
        found = forecast(care.trail, care.measured_at, outdoor, assumed(case, celsius))
    if found is not None:
        return found._replace(floor=None) if offline else found
    if not offline or outdoor is None or outdoor >= min(celsius, case.numbers.cold_celsius):
        return None
    return supposed(care.measured_at, celsius, outdoor, care.tau)


def blind_at(case: RoomCase, told: Outdoor | None, seeing_since: float = 0.0) -> float | None:
    """When a room that cannot be seen becomes a risk; None if it does not."""
    device, numbers, care = case.device, case.numbers, case.care
    unseen = unseen_from(case, seeing_since)
    if unseen == inf or _season_turned(case, told):
        return None
    moments: list[float] = []
    frost = told is not None and told.holds(care.measured_at) and told.celsius < numbers.frost_celsius
    if frost and device.status == "offline":
        moments.append(device.last_seen + numbers.blind_hold_seconds)
    found = onwards(case, told)
    reach = found.reaches(numbers.freeze_celsius) if found is not None else None
    if found is not None and reach is not None:
        cold = found.reaches(numbers.cold_celsius)
        sooner = found.at + max(reach.seconds - numbers.forecast_seconds, cold.seconds if cold is not None else 0.0)
        moments.append(max(sooner, unseen))
    return min(moments, default=None)


def look_at(case: RoomCase, told: Outdoor | None, seeing_since: float) -> float:
    """When to look at the room again, though nothing is told of it; infinite if there is no need."""
    unseen = unseen_from(case, seeing_since)
    if unseen == inf or (case.device.status != "offline" and unseen > case.at):
        return unseen
    due, again = blind_at(case, told, seeing_since), case.at + LOOK_AGAIN_SECONDS
    return again if due is None or "FreezeRiskBlind" in case.care.signs else max(case.at, min(due, again))


def tell_blind(case: RoomCase, told: Outdoor | None, seeing_since: float) -> list[Decision]:
    """A thermostat that cannot be seen, in a house that may freeze. One that is heard must tell a temperature first."""
    due = blind_at(case, told, seeing_since)
    return case.put(
        "FreezeRiskBlind",
        showing=(due is not None and case.at >= due) or (False if case.device.status == "offline" else None),
        say=lambda: _words(case, told),
        over="it is not freezing there any more",
    )


def _words(case: RoomCase, told: Outdoor | None) -> Words:
    device, measured = case.device, case.care.measured_at
    last, found, freeze = _last(case), onwards(case, told), case.numbers.freeze_celsius
    where = zone_by_wall(device)
    offline = device.status == "offline"
    state = "cannot be seen" if offline else f"has told no temperature since {clock(measured, case.at, where)} {where}"
    seen = f"It showed {last:.1f} °C {spell(case.at - measured)} ago." if last is not None else ""
    ahead = news = ""
    if found is not None:
        likely = "if its heating stopped then" if found.points == 1 else "as it cooled then"
        now, cold = found.celsius_at(case.at), case.numbers.cold_celsius
        limits = (cold, freeze) if now > cold else (freeze,)
        reached = ", ".join(f"{celsius:g} °C {in_about(found, celsius, case)}" for celsius in limits)
        ahead = f" By forecast, not by reading, {likely}, towards {outside(found)}: about {now:.0f} °C now, {reached}."
        news = "reached" if now <= freeze else ""
    return Words(
        f"{case.called} {state}{_weather(case, told)}: its home may be freezing",
        seen + ahead,
        since=device.last_seen if offline else measured,
        news=news,
    )


def _weather(case: RoomCase, told: Outdoor | None) -> str:
    """What was told of outdoors, and when, if that is long ago."""
    if told is None or not told.holds(case.care.measured_at):
        return ""
    where = zone_by_wall(case.device)
    when = "" if told.holds(case.at) else f" at {clock(told.told_at, case.at, where)} {where}"
    return f", {told.celsius:.0f} °C outdoors{when}"


def _last(case: RoomCase) -> float | None:
    """What the room was like when it was last read; None if it never was."""
    known, kept = case.number("temperature_c"), case.care.trail.celsius
    return kept[-1] if known is None and kept else known


def _fell(case: RoomCase, celsius: float) -> bool:
    """Whether the room was clearly falling when it was last read."""
    care = case.care
    if care.forecast is not None:
        return True
    points = care.trail.recent(care.measured_at)
    return bool(points) and points[0][1] - celsius >= FALLING_KELVIN


def _season_turned(case: RoomCase, told: Outdoor | None) -> bool:
    """Whether it has probably grown too mild for frost since anybody told something."""
    if told is not None and told.holds(case.at):
        return False
    zone, coldest = zone_by_wall(case.device), case.numbers.assumed_outdoor_celsius
    then, now = (seasonal(coldest, zone, moment) for moment in (case.care.measured_at, case.at))
    return now > then and now >= case.numbers.freeze_celsius
