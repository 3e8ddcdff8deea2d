"""What a feeder shows besides its meals: jams, power, a lost plan; and what its events and counters tell."""

from collections.abc import Sequence

from monitor.core.decisions import Decision
from monitor.core.observations import DeviceEvent, Telemetry
from monitor.core.welfare.care import Words
from monitor.core.welfare.case import FeederCase
from monitor.core.welfare.hopper import ran_out, tell_hopper, whole_meal
from monitor.core.welfare.ledger import SAME_FOOD_SECONDS, Fact, Slot
from monitor.core.welfare.meals import Meals
from monitor.core.welfare.portions import tell_feedings, tell_portions, today_of
from monitor.core.welfare.symptoms import JAM_CODES, keep_stated
from monitor.core.words import spell
from monitor.devices.events import Booted, FaultChanged, Feeding, PowerChanged, ScheduleLost

OLDEST_FACT_SECONDS = 30 * 86_400.0
JAM_REASONS = frozenset({"jam", "motor_stall"})
EVIDENCE_OF_A_JAM = ("fault", "meal", "motor", "outlet")
"""What shows a jam, and has to show it no longer before the jam is over."""
TREND_AFTER_SECONDS = 1800.0
SMALLEST_FALL = 0.01


def fact_of(case: FeederCase, seen: DeviceEvent, feeding: Feeding, clock_offset: float | None, *, live: bool) -> Fact:
    """A feeding event as a fact.

    Its moment is its own, put right by how wrong the device's clock is known to be; or that of receipt, if nothing is
    known of the clock and the event was not kept back on the way.
    """
    at, own, schedule = seen.at, seen.sent_at, case.device.schedule
    true = None if own is None or (live and clock_offset is None) else own - (clock_offset or 0.0)
    if true is not None and at - OLDEST_FACT_SECONDS < true <= at:
        at = true
    elif not live and feeding.planned_at is not None:
        at = min(at, feeding.planned_at)
    by_weight = feeding.portions_actual is None and feeding.grams_expected is not None
    return Fact(
        at=at,
        key=seen.event_id,
        outcome=feeding.outcome,
        source=feeding.source,
        plan_id=feeding.plan_id,
        planned_at=feeding.planned_at,
        portions=feeding.grams_actual if by_weight else feeding.portions_actual,
        expected=feeding.grams_expected if by_weight else feeding.portions_expected,
        grams=feeding.grams_actual,
        reason=feeding.reason,
        commanded=feeding.source == "remote" and schedule is not None and schedule.held_by == "cloud",
    )


def count_food(case: FeederCase, said: Telemetry, meals: Meals, clock_offset: float | None) -> bool:
    """What the feeder's counters say about meals of which no event came; True if that is news.

    Their moments are put right by how wrong the device's clock is known to be.
    """
    care, last, portions = case.care, said.values.get("last_dispense_ts"), said.values.get("portions_today")
    known, wrong = len(care.ledger.facts), clock_offset or 0.0
    read_at = said.at if said.sent_at is None else min(said.at, said.sent_at - wrong)
    if isinstance(last, int | float) and said.at - OLDEST_FACT_SECONDS < last - wrong <= said.at + SAME_FOOD_SECONDS:
        moved_at = float(last) - wrong
        care.quiet = (moved_at, read_at)
        new = all(abs(fact.at - moved_at) > SAME_FOOD_SECONDS for fact in care.ledger.facts)
        if new and (moved_at >= care.plan_since or _is_awaited(case, moved_at)):
            meals.learn(case, Fact(at=moved_at, key=f"~{last:.0f}", weak=True))
    denied = isinstance(portions, int | float) and _count_portions(case, portions, read_at, wrong, meals)
    return denied or len(care.ledger.facts) != known


def _is_awaited(case: FeederCase, moved_at: float) -> bool:
    """Whether a meal is known for that moment, though its plan is another by now."""
    grace = case.numbers.meal_grace_seconds
    return any(abs(slot.planned_at - moved_at) <= grace for slot in case.care.ledger.slots)


def _count_portions(case: FeederCase, portions: float, read_at: float, wrong: float, meals: Meals) -> bool:
    """Whether a counter of the day denies meals; one that holds all portions planned so far shows that they came."""
    ledger, today = case.care.ledger, today_of(case)
    if today is None or not today.begin <= read_at + wrong < today.end:
        return False
    slots = [slot for slot in ledger.slots if today.first_at <= slot.planned_at <= read_at]
    unknown = [slot for slot in slots if slot.outcome in ("missed", "unconfirmed")]
    if not unknown or any(slot.expected is None for slot in slots):
        return False
    told = [fact for fact in ledger.facts if fact.at >= today.begin and fact.food and not fact.weak]
    grace = case.numbers.meal_grace_seconds
    besides = sum(fact.portions or 0.0 for fact in told if _of_no_meal(fact, slots, grace))
    if 0 < portions >= sum(slot.expected or 0.0 for slot in slots) + besides:
        for slot in unknown:
            key = f"~{slot.planned_at:.0f}/{slot.plan_id}"
            meals.learn(case, Fact(slot.planned_at, key, plan_id=slot.plan_id, planned_at=slot.planned_at, weak=True))
        return False
    counted = sum(slot.expected or 0.0 for slot in slots if slot.ending.weak)
    if any(fact.portions is None for fact in told) or portions != counted + sum(fact.portions or 0.0 for fact in told):
        return False
    return _deny(case, unknown, read_at)


def _of_no_meal(fact: Fact, slots: Sequence[Slot], grace: float) -> bool:
    return not fact.by_plan or (fact.vague and all(abs(fact.at - slot.planned_at) > grace for slot in slots))


def _deny(case: FeederCase, slots: Sequence[Slot], read_at: float) -> bool:
    """The counter holds nothing for these meals; one that began anew since, with the feeder, is no witness."""
    counting_since = max(case.care.boots, default=0.0)
    denied = [
        slot
        for slot in slots
        if slot.silent == "unconfirmed" and counting_since < slot.planned_at <= read_at - case.numbers.match_seconds
    ]
    for slot in denied:
        slot.silent = "missed"
    return bool(denied)


def tell_event(case: FeederCase, seen: DeviceEvent) -> list[Decision]:
    """What an event shows that happened just now."""
    match seen.happening:
        case Feeding() as fed:
            return _fed(case, fed)
        case FaultChanged(code=code, raised=raised) if code in JAM_CODES:
            how = f"it raised the fault {code}"
            return jammed(case, "fault", how) if raised else freed(case, "fault", over="it cleared the fault")
        case PowerChanged(mains=mains):
            case.care.supply = (case.at, "mains" if mains else "battery")
            return tell_power(case)
        case ScheduleLost():
            return lost(case, "it says that it no longer knows its plan")
        case Booted():
            return tell_boot(case)
    return []


def tell_faults(case: FeederCase, before: Sequence[str], now: Sequence[str]) -> list[Decision]:
    """What a feeder's heartbeats say about its outlet, if that changed."""
    was, jams = JAM_CODES.intersection(before), sorted(JAM_CODES.intersection(now))
    if bool(was) == bool(jams):
        return []
    if jams:
        return jammed(case, "fault", f"it reports {', '.join(jams)}")
    return freed(case, "fault", over="it no longer reports a fault of its outlet")


def tell_boot(case: FeederCase) -> list[Decision]:
    """A feeder that started without a clock, and whose plan does not survive that, has none."""
    beat, schedule = case.device.beat, case.device.schedule
    if beat is None or beat.clock != "none" or case.device.profile.schedule_survives_reboot:
        return []
    if schedule is None or not schedule.meals:
        return []
    return lost(case, "it started anew without a clock, and its plan does not survive that")


def tell_readings(case: FeederCase, said: Telemetry) -> list[Decision]:
    """What the feeder's readings show."""
    return [*_outlet(case, said), *tell_hopper(case), *tell_portions(case), *_revision(case, said)]


def tell_power(case: FeederCase) -> list[Decision]:
    """Whether a feeder that should have mains power lives on its battery."""
    keep_stated(case.care, case.device.beat)
    supply, battery = case.care.supply, case.care.battery
    if supply is None or case.device.profile.power == "battery":
        return []
    on_battery = supply[1] == "battery"
    if not on_battery:
        case.care.charge = None
    elif case.care.charge is None and battery is not None:
        case.care.charge = (case.at, battery)
    return case.put(
        "FeederOnBackupPower",
        showing=on_battery,
        say=lambda: Words(
            f"{case.called} runs on its battery{_lasts(case)}",
            "Its mains power is gone. When the battery is empty it feeds no longer, and its plan may be lost.",
            news=_hours_band(case),
        ),
        over="mains power is back",
        hold=case.numbers.backup_hold_seconds,
    )


def jammed(case: FeederCase, evidence: str, how: str) -> list[Decision]:
    """Food does not come out though there is some."""
    case.care.stuck = tuple(sorted({*case.care.stuck, evidence}))
    return case.put(
        "FeederJammed",
        showing=True,
        say=lambda: Words(f"{case.called} is jammed: {how}", "Nothing comes out until the outlet is cleared."),
        over="",
    )


def freed(case: FeederCase, *evidence: str, over: str) -> list[Decision]:
    """What showed a jam shows it no longer; it is over when nothing else shows it."""
    case.care.stuck = tuple(each for each in case.care.stuck if each not in evidence)
    return [] if case.care.stuck else case.clear("FeederJammed", over)


def lost(case: FeederCase, how: str) -> list[Decision]:
    """The feeder has no plan any more."""
    return case.put(
        "FeederScheduleLost",
        showing=True,
        say=lambda: Words(
            f"{case.called} has lost its plan: {how}",
            "It will not feed by itself until the plan is written to it again.",
        ),
        over="",
    )


def _fed(case: FeederCase, fed: Feeding) -> list[Decision]:
    decisions: list[Decision] = []
    if fed.reason in JAM_REASONS:
        some = f"{fed.portions_actual} of {fed.portions_expected} portions came"
        decisions += jammed(case, "meal", some if fed.portions_actual else "the meal did not come out")
    elif fed.outcome == "completed":
        decisions += freed(case, *EVIDENCE_OF_A_JAM, over="a whole meal came out")
        decisions += whole_meal(case)
    if fed.reason == "hopper_empty":
        decisions += ran_out(case)
    if fed.outcome == "completed" and fed.source == "schedule":
        decisions += case.clear("FeederScheduleLost", "it feeds by its plan again")
    return [*decisions, *tell_feedings(case)]


def _outlet(case: FeederCase, said: Telemetry) -> list[Decision]:
    """A reading ends what a reading began; that of the outlet itself ends what a meal or a fault told of it, too."""
    if "outlet_blocked" not in said.values and "motor_state" not in said.values:
        return []
    motor = case.readings.get("motor_state")
    decisions: list[Decision] = []
    if case.readings.get("outlet_blocked") is True:
        decisions += jammed(case, "outlet", "its outlet is blocked")
    if motor == "stalled":
        decisions += jammed(case, "motor", "its motor stalled")
    elif motor is not None:
        decisions += freed(case, "motor", over="its motor is not stalled any longer")
    if said.values.get("outlet_blocked") is False:
        decisions += freed(case, "outlet", "meal", "fault", over="its outlet is free")
    return decisions


def _revision(case: FeederCase, said: Telemetry) -> list[Decision]:
    """Whether the plan in the feeder is the one that was declared for it."""
    schedule = case.device.schedule
    if "schedule_rev" not in said.values or schedule is None or not schedule.meals:
        return []
    revision = said.values["schedule_rev"]
    if revision == schedule.revision:
        return case.clear("FeederScheduleLost", "its readings name its plan again")
    gone = schedule.held_by == "device" and not revision and schedule.revision > 0
    return lost(case, "its readings name no plan any more") if gone else []


def _left(case: FeederCase) -> float | None:
    """How long the battery lasts, from its fall since the mains were lost; None while that is too early to say."""
    battery, mark = case.care.battery, case.care.charge
    if battery is None or mark is None:
        return None
    passed, fall = case.at - mark[0], mark[1] - battery
    return battery / fall * passed if passed >= TREND_AFTER_SECONDS and fall >= SMALLEST_FALL else None


def _lasts(case: FeederCase) -> str:
    battery, left = case.care.battery, _left(case)
    level = f" at {battery:.0%}" if battery is not None else ""
    return level if left is None else f"{level}, which lasts about {spell(left)} more"


def _hours_band(case: FeederCase) -> str:
    """What makes it worth saying again: that the time left is known at last, or is short."""
    left = _left(case)
    return "" if left is None else "short" if left < 4 * 3600.0 else "known"
