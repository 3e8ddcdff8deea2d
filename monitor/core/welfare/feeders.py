"""What a feeder shows besides its meals: jams, power, a lost plan; and what its events and counters tell."""

from collections.abc import Sequence

from monitor.core.decisions import Decision
from monitor.core.observations import DeviceEvent, Telemetry
from monitor.core.welfare.care import Words
from monitor.core.welfare.case import FeederCase
from monitor.core.welfare.hopper import empty, tell_hopper
from monitor.core.welfare.ledger import SAME_FOOD_SECONDS, Fact
from monitor.core.welfare.meals import Meals
from monitor.core.welfare.portions import tell_feedings, tell_portions, today_of
from monitor.core.welfare.symptoms import JAM_CODES
from monitor.core.words import spell
from monitor.devices.events import Booted, FaultChanged, Feeding, PowerChanged, ScheduleLost

OLDEST_FACT_SECONDS = 30 * 86_400.0
JAM_REASONS = frozenset({"jam", "motor_stall"})
TREND_AFTER_SECONDS = 1800.0
SMALLEST_FALL = 0.01


def fact_of(seen: DeviceEvent, feeding: Feeding, clock_offset: float | None, *, live: bool) -> Fact:
    """A feeding event as a fact.

    Its moment is its own, put right by how wrong the device's clock is known to be; or that of receipt, if nothing is
    known of the clock and the event was not kept back on the way.
    """
    at, own = seen.at, seen.sent_at
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
    )


def count_food(case: FeederCase, said: Telemetry, meals: Meals) -> bool:
    """What the feeder's counters say about meals of which no event came; True if that is news."""
    known = len(case.care.ledger.facts)
    care, last = case.care, said.values.get("last_dispense_ts")
    if isinstance(last, int | float) and said.at - OLDEST_FACT_SECONDS < last <= said.at + SAME_FOOD_SECONDS:
        care.quiet = (float(last), said.at)
        if last >= care.plan_since and all(abs(fact.at - last) > SAME_FOOD_SECONDS for fact in care.ledger.facts):
            meals.learn(case, Fact(at=float(last), key=f"~{last:.0f}", weak=True))
    portions = said.values.get("portions_today")
    if isinstance(portions, int | float) and portions > 0:
        _count_portions(case, portions, meals)
    return len(care.ledger.facts) != known


def _count_portions(case: FeederCase, portions: float, meals: Meals) -> None:
    """A counter of the day that holds all portions planned so far shows that every one of them came."""
    ledger, today = case.care.ledger, today_of(case)
    if today is None:
        return
    slots = [slot for slot in ledger.slots if today.first_at <= slot.planned_at <= case.at]
    unknown = [slot for slot in slots if slot.outcome in ("missed", "unconfirmed")]
    if not unknown or any(slot.expected is None for slot in slots):
        return
    besides = sum(fact.portions or 0.0 for fact in ledger.facts if fact.at >= today.begin and not fact.by_plan)
    if portions >= sum(slot.expected or 0.0 for slot in slots) + besides:
        for slot in unknown:
            key = f"~{slot.planned_at:.0f}/{slot.plan_id}"
            meals.learn(case, Fact(slot.planned_at, key, plan_id=slot.plan_id, planned_at=slot.planned_at, weak=True))


def tell_event(case: FeederCase, seen: DeviceEvent) -> list[Decision]:
    """What an event shows that happened just now."""
    match seen.happening:
        case Feeding() as fed:
            return _fed(case, fed)
        case FaultChanged(code=code, raised=raised) if code in JAM_CODES:
            return jam(case, showing=raised, how=f"it raised the fault {code}")
        case PowerChanged(mains=True):
            return case.clear("FeederOnBackupPower", "mains power is back")
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
    return jam(case, showing=bool(jams), how=f"it reports {', '.join(jams)}")


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
    blocked = case.readings.get("outlet_blocked") is True
    stalled = case.readings.get("motor_state") == "stalled"
    decisions: list[Decision] = []
    if "outlet_blocked" in said.values or "motor_state" in said.values:
        how = "its outlet is blocked" if blocked else "its motor stalled"
        decisions += jam(case, showing=blocked or stalled, how=how)
    return [*decisions, *tell_hopper(case), *tell_portions(case), *_revision(case, said)]


def tell_power(case: FeederCase) -> list[Decision]:
    """Whether a feeder that should have mains power lives on its battery."""
    beat = case.device.beat
    if beat is None or beat.power_source is None or case.device.profile.power == "battery":
        return []
    on_battery = beat.power_source == "battery"
    if not on_battery:
        case.care.charge = None
    elif case.care.charge is None and beat.battery_ratio is not None:
        case.care.charge = (case.at, beat.battery_ratio)
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


def jam(case: FeederCase, *, showing: bool, how: str) -> list[Decision]:
    """Food does not come out though there is some."""
    return case.put(
        "FeederJammed",
        showing=showing,
        say=lambda: Words(f"{case.called} is jammed: {how}", "Nothing comes out until the outlet is cleared."),
        over="food comes out again",
    )


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
        decisions += jam(case, showing=True, how=some if fed.portions_actual else "the meal did not come out")
    elif fed.outcome == "completed":
        decisions += jam(case, showing=False, how="")
        decisions += case.clear("FeederHopperEmpty", "food comes out again")
    if fed.reason == "hopper_empty":
        decisions += empty(case, showing=True)
    if fed.outcome == "completed" and fed.source == "schedule":
        decisions += case.clear("FeederScheduleLost", "it feeds by its plan again")
    case.care.served += fed.portions_actual or 0.0
    return [*decisions, *tell_feedings(case)]


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
    beat, mark = case.device.beat, case.care.charge
    if beat is None or beat.battery_ratio is None or mark is None:
        return None
    passed, fall = case.at - mark[0], mark[1] - beat.battery_ratio
    return beat.battery_ratio / fall * passed if passed >= TREND_AFTER_SECONDS and fall >= SMALLEST_FALL else None


def _lasts(case: FeederCase) -> str:
    beat, left = case.device.beat, _left(case)
    level = f" at {beat.battery_ratio:.0%}" if beat is not None and beat.battery_ratio is not None else ""
    return level if left is None else f"{level}, which lasts about {spell(left)} more"


def _hours_band(case: FeederCase) -> str:
    """What makes it worth saying again: that the time left is known at last, or is short."""
    left = _left(case)
    return "" if left is None else "short" if left < 4 * 3600.0 else "known"
