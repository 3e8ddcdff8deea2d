"""What on-call is told about meals: missed, unconfirmed, too many, off the plan, and an animal long without food."""

from collections.abc import Sequence
from datetime import tzinfo

from monitor.core.decisions import Decision
from monitor.core.fleet import Device
from monitor.core.welfare.appetite import hungry_at, hungry_since
from monitor.core.welfare.care import Words
from monitor.core.welfare.case import FeederCase
from monitor.core.welfare.ledger import FED, Change, Slot
from monitor.core.welfare.meals import zone_by_wall
from monitor.core.welfare.slots import clock_time, clocks_moved, day_of
from monitor.core.words import count, spell

FAULTS = frozenset({"jam", "motor_stall", "hopper_empty"})
"""Reasons that have an alert of their own."""
GIVEN = {"duplicate": "given twice", "late": "dispensed late", "partial": "dispensed in part"}
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
        say=lambda: _missed_words(device, missed or short, wall),
        over=over,
    )
    decisions += case.put(
        "FeederMealUnconfirmed",
        showing=len(unknown) == 1,
        say=lambda: _unconfirmed_words(device, unknown, wall),
        over=f"{len(unknown)} in a row now" if unknown else over,
    )
    decisions += case.put(
        "FeederMealsUnconfirmedRepeated",
        showing=len(unknown) >= REPEATED,
        say=lambda: _unconfirmed_words(device, unknown, wall),
        over=over,
    )
    return [*decisions, *_hunger(case, over), *_double(case, wall), *_drift(case, wall)]


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


def _double(case: FeederCase, wall: tzinfo) -> list[Decision]:
    settled = [slot for slot in case.care.ledger.slots if slot.outcome and slot.outcome != "skipped"]
    last = settled[-1:] if settled and settled[-1].outcome == "duplicate" else []
    return case.put(
        "FeederDoubleDispense",
        showing=bool(last),
        say=lambda: Words(
            f"{case.called} gave {_meals(last, wall)} more than once",
            "The same planned meal was dispensed again, as happens when commands queued during an outage are replayed.",
            since=last[0].ending.at or last[0].planned_at,
            news=str(last[0].planned_at),
        ),
        over="the next meal came once",
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
        over=f"{_meals([slot], wall)} came on time" if case.care.signs else "",
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


def _missed_words(device: Device, slots: Sequence[Slot], wall: tzinfo) -> Words:
    last = slots[-1]
    how = {"failed": "failed", "partial": "came only in part"}.get(last.outcome, "did not come")
    why = f": {last.ending.reason.replace('_', ' ')}" if last.ending.reason else ""
    told = (
        "The feeder was in touch before and after and told of no food."
        if last.outcome == "missed"
        else "The feeder itself told so."
    )
    return Words(
        f"{_meals(slots, wall)} of feeder {device.id} {how}{why}",
        told,
        since=slots[0].planned_at,
        news=_news(slots),
        severity="warning" if last.outcome == "partial" else None,
    )


def _unconfirmed_words(device: Device, slots: Sequence[Slot], wall: tzinfo) -> Words:
    schedule = device.schedule
    held = (
        "Its plan is held by its cloud: if that is unreachable too, nothing came."
        if schedule is not None and schedule.held_by == "cloud"
        else "Its plan is held by the feeder, which goes on alone while it has power."
    )
    volatile = "" if device.profile.schedule_survives_reboot else " Its plan may not survive a restart."
    return Words(
        f"nobody knows whether {_meals(slots, wall)} of feeder {device.id} came",
        f"It could not be reached. {held}{volatile}",
        since=slots[0].planned_at,
        news=_news(slots),
    )


def _over(case: FeederCase, changes: Sequence[Change], wall: tzinfo) -> str:
    """Why what was told about meals is over."""
    food_at = case.care.food_at
    return _correction(changes, case.at, wall) or (f"fed at {clock_time(food_at, wall)}" if food_at else "settled")


def _correction(changes: Sequence[Change], now: float, wall: tzinfo) -> str:
    """What turned out otherwise than was believed: confirmed at 19:40: the 07:00 meal was dispensed."""
    found = [
        f"the {clock_time(slot.planned_at, wall)} meal was {GIVEN.get(slot.outcome, slot.outcome)}"
        for slot, before in changes
        if before.outcome in ("missed", "unconfirmed") and slot.outcome in FED
    ]
    return f"confirmed at {clock_time(now, wall)}: {', '.join(found)}" if found else ""


def _failed_alone(case: FeederCase, slot: Slot) -> bool:
    """Whether a meal failed and no other alert says why."""
    if slot.outcome != "failed":
        return False
    told = "FeederJammed" in case.care.signs or "FeederHopperEmpty" in case.care.signs
    return slot.ending.reason not in FAULTS or not told


def _meals(slots: Sequence[Slot], wall: tzinfo) -> str:
    """The 07:00 meal; 2 meals (07:00, 12:30)."""
    today = day_of(slots[-1].planned_at, wall)
    times = [
        clock_time(slot.planned_at, wall)
        + ("" if day_of(slot.planned_at, wall) == today else f" on {day_of(slot.planned_at, wall)}")
        for slot in slots
    ]
    return f"the {times[0]} meal" if len(slots) == 1 else f"{count(len(slots), 'meal')} ({', '.join(times)})"


def _news(slots: Sequence[Slot]) -> str:
    return " ".join(f"{slot.planned_at:.0f}/{slot.plan_id}" for slot in slots)


def _seen(device: Device, now: float) -> str:
    if device.status != "offline":
        return "It is in touch, so this is the feeder, not the connection."
    return f"It was last heard {spell(now - device.last_seen)} ago."
