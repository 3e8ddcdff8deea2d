"""Heating that fails: too hot, in vain, without rest, in short bursts, by a dead sensor, or not by its plan."""

from monitor.core.decisions import Decision
from monitor.core.welfare.care import Words
from monitor.core.welfare.case import RoomCase
from monitor.core.welfare.cooling import SAME_KELVIN, TYPICAL_SECONDS
from monitor.core.welfare.meals import zone
from monitor.core.welfare.slots import planned_setpoint
from monitor.core.words import spell

HOUR_SECONDS = 3600.0
READING_BREAK_SECONDS = 5400.0
"""After a longer pause between readings, which may be hourly, what was measured before says nothing of what lasted."""
HYSTERESIS_KELVIN = 1.0
RISE_KELVIN = 0.3
SETPOINT_KELVIN = 0.5
STUCK_IN_VAIN_SECONDS = 3 * HOUR_SECONDS
LEAST_HEAT_SECONDS = 1800.0
REST_SHARE = 0.05
FEWER_STARTS = 0.75
"""A symptom ends only clearly below what began it: so much more rest, so many fewer starts."""
UNHEATED_SHARE = 1 / 3
"""A room that cools by less than this share of what it would without heat is heated with effect, if not enough."""

# A sensor of coarse steps shows two rooms that hardly differ as one step apart, and a slow rise only after a while.


def tell_heating(case: RoomCase, celsius: float, outdoor: float | None, *, measured: bool) -> list[Decision]:
    """Everything that the readings of one room show of its heating.

    `celsius` may have been told before: a number that is not told any more is neither too hot nor stuck.
    """
    if case.at - case.care.read_at > READING_BREAK_SECONDS:
        case.care.warmth = case.care.run = case.care.starts = None
    moved = _note_change(case, celsius)
    _note_warmth(case, celsius)
    return [
        *(_overheating(case, celsius) if measured else []),
        *(_stuck(case, celsius, moved=moved) if measured else []),
        *_in_vain(case, celsius, outdoor),
        *_nonstop(case, celsius, outdoor),
        *_cycling(case),
        *_plan(case),
    ]


def _note_change(case: RoomCase, celsius: float) -> bool:
    """Since when the reading is what it is, and when it was last what it should be; whether it has just changed.

    A coarse sensor shows one and the same number of a room that is kept within a step of its setpoint.
    """
    care = case.care
    step = abs(celsius - care.changed[1]) if care.changed is not None else 0.0
    moved = step > SAME_KELVIN
    if moved:
        care.grain = min(care.grain, step)
    kept = care.grain > RISE_KELVIN and abs(_gap(case, celsius)) <= care.grain + SAME_KELVIN
    if care.changed is None or moved or case.at - care.read_at > READING_BREAK_SECONDS:
        care.changed, care.heated_then = (case.at, celsius), care.heated
    if kept:
        care.kept_at, care.heated_then = case.at, care.heated
    care.heated_then = min(care.heated_then, care.heated)
    return moved


def _note_warmth(case: RoomCase, celsius: float) -> None:
    """Since when heating has not lifted the reading."""
    care = case.care
    heating = case.readings.get("running_state") == "heat" and case.readings.get("window_open") is not True
    if not heating or _gap(case, celsius) <= case.numbers.ineffective_kelvin:
        care.warmth = None
    elif care.warmth is None or celsius >= care.warmth[1] + RISE_KELVIN:
        care.warmth = (case.at, celsius)


def _gap(case: RoomCase, celsius: float) -> float:
    setpoint = case.number("heating_setpoint_c")
    return setpoint - celsius if setpoint is not None else 0.0


def _lifted(celsius: float, outdoor: float | None, kelvin: float) -> bool:
    """Whether the room is so much warmer than outdoors that the weather explains why heating hardly suffices."""
    return outdoor is not None and celsius - outdoor >= kelvin


def _unheated(case: RoomCase, celsius: float, outdoor: float | None, seconds: float) -> float:
    """By how much a room like this would cool in that time without any heat, in kelvin; nothing if nobody can say."""
    tau = case.care.tau or TYPICAL_SECONDS
    return max(0.0, celsius - outdoor) * seconds / tau if outdoor is not None else 0.0


def _same_for(case: RoomCase) -> float:
    return case.at - case.care.changed[0] if case.care.changed is not None else 0.0


def _in_vain_for(case: RoomCase) -> float:
    return case.at - case.care.warmth[0] if case.care.warmth is not None else 0.0


def _overheating(case: RoomCase, celsius: float) -> list[Decision]:
    numbers = case.numbers
    above = -_gap(case, celsius)
    heating = case.readings.get("running_state") == "heat"
    recent = case.care.trail.recent(case.at)
    risen = celsius - recent[0][1] if recent else 0.0
    rising = risen >= RISE_KELVIN and risen > case.care.grain + SAME_KELVIN
    unchecked = heating and rising and above > numbers.overshoot_kelvin
    hot = celsius > numbers.overheat_celsius
    between = celsius > numbers.overheat_celsius - HYSTERESIS_KELVIN
    between = between or (heating and above > numbers.overshoot_kelvin / 2)
    higher = f", {above:.1f} K above its setpoint" if above > 0 else ""
    return case.put(
        "OverheatRisk",
        showing=hot or unchecked or (None if between else False),
        say=lambda: Words(
            f"{celsius:.1f} °C at {case.called}{higher}",
            "It heats and the room keeps warming." if unchecked else f"The limit is {numbers.overheat_celsius:g} °C.",
        ),
        over=f"{celsius:.1f} °C again",
        hold=numbers.overheat_hold_seconds if hot else numbers.overshoot_seconds,
    )


def _stuck(case: RoomCase, celsius: float, *, moved: bool) -> list[Decision]:
    same_for, ran = _same_for(case), case.care.heated - case.care.heated_then
    long = min(same_for, case.at - case.care.kept_at) >= case.numbers.stuck_seconds and ran >= LEAST_HEAT_SECONDS
    fine = case.care.grain <= RISE_KELVIN
    in_vain = fine and min(same_for, _in_vain_for(case)) >= STUCK_IN_VAIN_SECONDS
    return case.put(
        "TemperatureSensorStuck",
        showing=long or in_vain or (False if moved else None),
        say=lambda: Words(
            f"the sensor of {case.called} has shown {celsius:.1f} °C without any change for {spell(same_for)}",
            f"Meanwhile the heating ran for {spell(ran)}. What the room is really like is not known.",
            since=case.at - same_for,
        ),
        over=f"it changed to {celsius:.1f} °C",
    )


def _in_vain(case: RoomCase, celsius: float, outdoor: float | None) -> list[Decision]:
    """A reading that never moves is a matter of the sensor, not of the heating; a single low one is no fall."""
    lasted, base = _in_vain_for(case), case.care.warmth
    moves = _same_for(case) < lasted / 2
    lately = max((each for _, each in case.care.trail.recent(case.at)[-2:]), default=celsius)
    fallen = base[1] - lately if base is not None else 0.0
    falls = fallen > max(
        RISE_KELVIN, case.care.grain + SAME_KELVIN, UNHEATED_SHARE * _unheated(case, lately, outdoor, lasted)
    )
    held = _lifted(lately, outdoor, case.numbers.held_kelvin)
    enough = case.numbers.ineffective_seconds * max(1.0, case.care.grain / RISE_KELVIN)
    futile = lasted >= enough and moves and (falls or not held)
    return case.put(
        "HeatingNotEffective",
        showing=futile or (None if lasted else False),
        say=lambda: Words(
            f"heating at {case.called} has no effect: {celsius:.1f} °C, {_gap(case, celsius):.1f} K below its setpoint",
            f"It has been heating for {spell(lasted)} and the room has not warmed by {RISE_KELVIN:g} K.",
            since=case.at - lasted,
        ),
        over="the room warms, or is warm enough",
    )


def _nonstop(case: RoomCase, celsius: float, outdoor: float | None) -> list[Decision]:
    """Counted over whole spells without a window open; a room that steady gentle heat keeps at its setpoint is fine."""
    care, window = case.care, case.numbers.nonstop_seconds
    mark = care.run
    if mark is None or care.heated < mark[1] or case.readings.get("window_open") is True:
        care.run = (case.at, care.heated)
        return []
    passed = case.at - mark[0]
    if passed < window:
        return []
    care.run = (case.at, care.heated)
    part, share = min(1.0, (care.heated - mark[1]) / passed), case.numbers.nonstop_share
    cold = _gap(case, celsius) > max(SETPOINT_KELVIN, care.grain + SAME_KELVIN) and not _lifted(
        celsius, outdoor, case.numbers.effort_kelvin
    )
    runs = cold and _same_for(case) < passed / 2
    return case.put(
        "HvacRunsNonstop",
        showing=(runs and part > share) or (None if runs and part > share - REST_SHARE else False),
        say=lambda: Words(
            f"heating at {case.called} has run for {part:.0%} of {spell(passed)}",
            f"It is {celsius:.1f} °C, still {_gap(case, celsius):.1f} K below its setpoint.",
            since=mark[0],
        ),
        over="it rests between its runs again",
    )


def _cycling(case: RoomCase) -> list[Decision]:
    cycles, mark, most = case.number("heating_cycles"), case.care.starts, case.numbers.starts_per_hour
    if cycles is None:
        return []
    if mark is None or cycles < mark[1]:
        case.care.starts = (case.at, cycles)
        return []
    number, passed = cycles - mark[1], case.at - mark[0]
    if number <= most and passed < HOUR_SECONDS:
        return []
    case.care.starts = (case.at, cycles)
    hourly = number / max(passed, HOUR_SECONDS) * HOUR_SECONDS
    return case.put(
        "HvacShortCycling",
        showing=hourly > most or (None if hourly > most * FEWER_STARTS else False),
        say=lambda: Words(
            f"heating at {case.called} started {number:.0f} times in {spell(passed)}",
            f"More than {most} starts an hour wear it out.",
            since=mark[0],
        ),
        over="it starts as often as it should",
    )


def _plan(case: RoomCase) -> list[Decision]:
    setpoint, wanted = case.number("heating_setpoint_c"), case.number("scheduled_heating_setpoint_c")
    if wanted is None and case.device.schedule is not None:
        wanted = planned_setpoint(case.device.schedule, zone(case.device), case.at)
    if setpoint is None or wanted is None:
        return []
    free = case.readings.get("system_mode") in (None, "heat", "auto") and case.readings.get("hold") in (None, "none")
    off, limit = abs(setpoint - wanted) if free else 0.0, case.numbers.schedule_kelvin
    return case.put(
        "ThermostatScheduleNotApplied",
        showing=off > limit or (None if off > limit / 2 else False),
        say=lambda: Words(
            f"{case.called} aims at {setpoint:.1f} °C though its plan says {wanted:.1f} °C",
            "Nobody holds it there: no override is active.",
        ),
        over="it follows its plan, or is held on purpose",
        hold=case.numbers.schedule_seconds,
    )
