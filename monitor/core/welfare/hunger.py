"""What on-call is told about meals: missed, unconfirmed, too many, off the plan, and an animal long without food."""

from collections.abc import Sequence
from datetime import tzinfo

from monitor.core.decisions import Decision
from monitor.core.fleet import Device
from monitor.core.welfare.appetite import hungry_at, hungry_since
from monitor.core.welfare.care import Words
from monitor.core.welfare.case import FeederCase
from monitor.core.welfare.ledger import FED, Change, Slot
from monitor.core.welfare.meals import denied, zone_by_wall
from monitor.core.welfare.slots import DAY_SECONDS, clock_time, clocks_moved, day_of
from monitor.core.words import count, spell

FAULTS = frozenset({"jam", "motor_stall", "hopper_empty"})
"""Reasons that have an alert of their own."""
ENDED = {
    "dispensed": "was dispensed",
    "duplicate": "was given twice",
    "failed": "failed",
    "late": "was dispensed late",
    "missed": "did not come",
    "partial": "was dispensed in part",
    "skipped": "was left out on purpose",
}
REPEATED = 2
SAME_SHIFT_SECONDS = 240.0
DRIFT_OVER = 0.5
CLOCKS_MOVED_WITHIN_SECONDS = 8 * 86_400.0


def tell_meals(case: FeederCase, changes: Sequence[Change]) -> list[Decision]:
    """Everything that the ledger says as it stands now."""
    device, care = case.device, case.care
    wall = zone_by_wall(device)
    over = _over(case, changes, wall) if care.signs else ""
    hungry_since = [slot for slot in care.ledger.slots if slot.planned_at > care.food_at]
    missed = [slot for slot in hungry_since if slot.outcome == "missed" or _failed_alone(case, slot)]
    unknown = [slot for slot in hungry_since if slot.outcome == "unconfirmed"]
    short = [slot for slot in care.ledger.slots[-1:] if slot.outcome == "partial" and slot.ending.reason not in FAULTS]
    decisions = case.put(
        "FeederMealMissed",
        showing=bool(missed or short),
        say=lambda: _missed_words(case, missed or short, wall),
        over=over,
    )
    decisions += _unknown(case, unknown, over, wall)
    return [*decisions, *_hunger(case, over), *_double(case, changes, wall), *_drift(case, wall)]


def _unknown(case: FeederCase, slots: Sequence[Slot], over: str, wall: tzinfo) -> list[Decision]:
    """Meals of which nobody knows. A feeder that returned may tell of them first, before the last one is told anew."""
    repeated = "FeederMealsUnconfirmedRepeated"
    telling = repeated in case.care.signs and case.at < case.care.back_at + case.numbers.report_seconds
    fewer = 0 < len(slots) < REPEATED
    return [
        *case.put(
            "FeederMealUnconfirmed",
            showing=fewer and not telling,
            say=lambda: _unconfirmed_words(case, "FeederMealUnconfirmed", slots, wall),
            over=f"{len(slots)} in a row now" if slots else over,
        ),
        *case.put(
            repeated,
            showing=None if fewer and telling else len(slots) >= REPEATED,
            say=lambda: _unconfirmed_words(case, repeated, slots, wall),
            over=over,
        ),
    ]


def _hunger(case: FeederCase, over: str) -> list[Decision]:
    """An animal that has had nothing for sure for too long. Only food ends that, or that no meals are planned."""
    device, care, now = case.device, case.care, case.at
    due, since = hungry_at(care, case.numbers), hungry_since(care)
    shown = care.signs.get("FeederNoFoodDispensed")
    still = None if shown is not None and since <= shown.words.since else False
    known = "no food is confirmed" if device.status == "offline" else "no food came"
    return case.put(
        "FeederNoFoodDispensed",
        showing=due is not None and (now >= due or still),
        say=lambda: Words(
            f"{case.called}: {known} for {spell(now - since)}",
            f"Its plan leaves at most {spell(care.gap)} between two meals. {_seen(device, now)}",
            since=since,
        ),
        over=over if due is not None else "its plan has no meals any more",
    )


def _double(case: FeederCase, changes: Sequence[Change], wall: tzinfo) -> list[Decision]:
    """Meals of the last day that turn out to have come twice, until one that is due later comes once."""
    slots, shown = case.care.ledger.slots, case.care.signs.get("FeederDoubleDispense")
    begun = shown.begun if shown is not None else case.at
    twice = [slot for slot in slots if slot.outcome == "duplicate" and slot.planned_at > case.at - DAY_SECONDS]
    news = any(change.slot in twice and change.before.outcome != "duplicate" for change in changes)
    once = any(slot.outcome in FED and slot.outcome != "duplicate" and slot.planned_at > begun for slot in slots)
    return case.put(
        "FeederDoubleDispense",
        showing=news or (False if once or not twice else None),
        say=lambda: Words(
            f"{case.called} gave {_meals(twice, wall, case.at)} more than once",
            "The same planned meal was dispensed again, as happens when commands queued during an outage are replayed.",
            since=twice[0].ending.at or twice[0].planned_at,
            news=_news(case, "FeederDoubleDispense", twice),
        ),
        over="the next meal came once" if once else "a day has passed since",
    )


def _drift(case: FeederCase, wall: tzinfo) -> list[Decision]:
    """Meals that come at another time than the owner wants, by the clock on the wall."""
    timed = [slot for slot in case.care.ledger.slots if slot.delay is not None]
    if not timed:
        return []
    slot, schedule, limit = timed[-1], case.device.schedule, case.numbers.drift_seconds
    shift = 0.0
    if schedule is not None and schedule.basis == "utc":
        shift = clocks_moved(wall, case.care.plan_since, slot.planned_at)
    off = (slot.delay or 0.0) + shift
    return case.put(
        "FeederScheduleDrift",
        showing=abs(off) > limit or (None if abs(off) > limit * DRIFT_OVER else False),
        say=lambda: _drift_words(case, slot, off, wall, in_utc=bool(shift)),
        over=f"{_meals([slot], wall, case.at)} came on time" if case.care.signs else "",
    )


def _drift_words(case: FeederCase, slot: Slot, off: float, wall: tzinfo, *, in_utc: bool) -> Words:
    way = "late" if off > 0 else "early"
    moved = off if in_utc else clocks_moved(wall, slot.planned_at - CLOCKS_MOVED_WITHIN_SECONDS, slot.planned_at)
    cause = "Its clock or its plan is wrong."
    if moved and abs(abs(off) - abs(moved)) <= SAME_SHIFT_SECONDS:
        cause = f"That is exactly the {spell(abs(moved))} by which the clocks were changed: its plan did not follow."
    held = " Its plan is held in UTC." if in_utc else ""
    return Words(
        f"meals of {case.called} come {spell(round(abs(off) / 60) * 60)} {way}",
        f"The last one was planned for {clock_time(slot.planned_at, wall)}. {cause}{held}",
        since=slot.planned_at,
        news=f"{way} {round(off / 900)}",
    )


def _missed_words(case: FeederCase, slots: Sequence[Slot], wall: tzinfo) -> Words:
    last = slots[-1]
    how = {"failed": "failed", "partial": "came only in part"}.get(last.outcome, "did not come")
    why = f": {last.ending.reason.replace('_', ' ')}" if last.ending.reason else ""
    return Words(
        f"{_meals(slots, wall, case.at)} of {case.called} {how}{why}",
        _evidence(case, last, wall),
        since=slots[0].planned_at,
        news=_news(case, "FeederMealMissed", slots),
        severity="warning" if last.outcome == "partial" else None,
    )


def _evidence(case: FeederCase, slot: Slot, wall: tzinfo) -> str:
    """How we know that a meal did not come, or not whole."""
    if slot.outcome != "missed":
        return "The feeder itself told so."
    if case.care.quiet is not None and denied(case.care, slot, case.numbers):
        return f"Its counter shows that nothing came since {_when(case.care.quiet[0], wall, case.at)}."
    return "The feeder was in touch before and after and told of no food."


def _unconfirmed_words(case: FeederCase, name: str, slots: Sequence[Slot], wall: tzinfo) -> Words:
    schedule = case.device.schedule
    held = (
        "Its plan is held by its cloud: if that is unreachable too, nothing came."
        if schedule is not None and schedule.held_by == "cloud"
        else "Its plan is held by the feeder, which goes on alone while it has power."
    )
    volatile = "" if case.device.profile.schedule_survives_reboot else " Its plan may not survive a restart."
    return Words(
        f"nobody knows whether {_meals(slots, wall, case.at)} of {case.called} came",
        f"It could not be reached. {held}{volatile}",
        since=slots[0].planned_at,
        news=_news(case, name, slots),
    )


def _over(case: FeederCase, changes: Sequence[Change], wall: tzinfo) -> str:
    """Why what was told about meals is over: by what turned out, or by food that came later."""
    now, food_at = case.at, case.care.food_at
    turned = [slot for slot, before in changes if before.outcome in ("missed", "unconfirmed")]
    came = [slot for slot in turned if slot.outcome in FED]
    if came:
        return f"confirmed at {clock_time(now, wall)}: {_endings(came, wall, now)}"
    gone = [slot for slot in turned if slot.planned_at > food_at]
    if gone:
        return f"known now: {_endings(gone, wall, now)}"
    return f"fed at {_when(food_at, wall, now)}" if food_at else "settled"


def _endings(slots: Sequence[Slot], wall: tzinfo, now: float) -> str:
    """The 07:00 meal was dispensed, the 12:30 meal did not come."""
    return ", ".join(f"{_meals([slot], wall, now)} {ENDED.get(slot.outcome, slot.outcome)}" for slot in slots)


def _failed_alone(case: FeederCase, slot: Slot) -> bool:
    """Whether a meal failed and no other alert says why."""
    if slot.outcome != "failed":
        return False
    told = "FeederJammed" in case.care.signs or "FeederHopperEmpty" in case.care.signs
    return slot.ending.reason not in FAULTS or not told


def _meals(slots: Sequence[Slot], wall: tzinfo, now: float) -> str:
    """The 07:00 meal; the meal of 07:00 on 2026-01-12; 2 meals (07:00, 12:30)."""
    times = [_when(slot.planned_at, wall, now) for slot in slots]
    if len(slots) > 1:
        return f"{count(len(slots), 'meal')} ({', '.join(times)})"
    return f"the meal of {times[0]}" if " " in times[0] else f"the {times[0]} meal"


def _when(at: float, wall: tzinfo, now: float) -> str:
    """The time of day on the wall; with its date if that is not today's."""
    day = day_of(at, wall)
    return clock_time(at, wall) + ("" if day == day_of(now, wall) else f" on {day}")


def _news(case: FeederCase, name: str, slots: Sequence[Slot]) -> str:
    """Which meals an alert tells of. That some of them turned out well is no reason to tell of the others again."""
    meals = [f"{slot.planned_at:.0f}/{slot.plan_id.replace(' ', '_')}" for slot in slots]
    shown = case.care.signs.get(name)
    told = shown.words.news if shown is not None else ""
    return told if set(meals) <= set(told.split(" ")) else " ".join(meals)


def _seen(device: Device, now: float) -> str:
    if device.status != "offline":
        return "It is in touch, so this is the feeder, not the connection."
    return f"It was last heard {spell(now - device.last_seen)} ago."
