"""The meals of a feeder: which were due, how each ended, and since when the animal has had nothing for sure."""

from collections import Counter
from collections.abc import Sequence
from datetime import tzinfo
from math import inf
from typing import Literal

from monitor.core.decisions import Decision, MealSettled
from monitor.core.fleet import Cohort, Device
from monitor.core.sight import Sight
from monitor.core.welfare.appetite import HABIT_MEALS, hungry_at, patience
from monitor.core.welfare.care import FeederCare, Today
from monitor.core.welfare.case import FeederCase
from monitor.core.welfare.ledger import Change, Fact, Slot
from monitor.core.welfare.rations import Plan, ration, replanned
from monitor.core.welfare.servings import Servings
from monitor.core.welfare.settings import FeederWelfare, WelfareSettings
from monitor.core.welfare.slots import (
    DAY_SECONDS,
    Planned,
    clocks_moved,
    longest_gap,
    next_planned,
    planned,
    zone_named,
    zone_of,
)
from monitor.devices.schedule import Schedule

ALIVE_AFTER_SECONDS = 120.0
LOOK_AGAIN_SECONDS = 60.0
EDIT_SECONDS = 600.0
EXACT_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 7200.0
COUNTERS = ("last_dispense_ts", "portions_today")
CLOCKS_MOVED_WITHIN_SECONDS = 50 * 3600.0

Silent = Literal["", "missed", "unconfirmed", "skipped"]


class Meals:
    """Keeps the ledger of each feeder. `tally` and `corrections` count outcomes for the whole fleet."""

    def __init__(self, sight: Sight, settings: WelfareSettings) -> None:
        self.tally: Counter[tuple[Cohort, str, str]] = Counter()
        self.corrections: Counter[tuple[Cohort, str, str]] = Counter()
        self.servings = Servings()
        self._sight = sight
        self._settings = settings

    def replan(self, device: Device, care: FeederCare, at: float, former: Plan | None) -> None:
        """The plan, or the zone in which it counts, is another from now on; what fell due before stays due."""
        schedule = device.schedule
        if former is not None:
            self._open(care, planned(*former, care.planned_to, at))
            care.ledger.slots = [slot for slot in care.ledger.slots if slot.planned_at <= at or slot.outcome]
            care.former = former[0]
        care.today = None if former is None else _ration(device, care, at, former)
        if not care.gap:
            care.hungry_from = at
        care.plan_since = at
        care.planned_to = max(care.planned_to, at)
        care.gap = (longest_gap(schedule) if schedule is not None else None) or 0.0
        self.look_ahead(device, care)
        care.first_at = care.next_at if care.next_at < inf else 0.0

    def look_ahead(self, device: Device, care: FeederCare) -> None:
        """Find the next planned meal."""
        schedule = device.schedule
        found = next_planned(schedule, zone(device), care.planned_to) if schedule is not None and care.gap else None
        care.next_at = inf if found is None else found

    def learn(self, case: FeederCase, fact: Fact) -> bool:
        """Take in what is known of a feeding; False if it is known already."""
        care = case.care
        if not care.ledger.learn(fact):
            return False
        if fact.food:
            care.food_at = max(care.food_at, fact.at)
        if fact.by_plan:
            meant = self._meant(case.device, care, fact, case.numbers.match_seconds)
            self._open(care, [each for each in meant if not self._forgotten(case, each.at)])
        return True

    def _forgotten(self, case: FeederCase, planned_at: float) -> bool:
        """Whether a meal was settled so long ago that the ledger has let go of it: nobody counts it again."""
        return planned_at < min(case.care.planned_to, case.at - self._settings.ledger_seconds)

    def settle(self, case: FeederCase) -> list[Change]:
        """Judge what is due by now, and work out the ledger; what changed."""
        care, numbers = case.care, case.numbers
        self._fall_due(case)
        for slot in care.ledger.slots:
            if not slot.silent:
                slot.silent = self._silent(case, slot)
            if slot.silent == "unconfirmed" and denied(care, slot, numbers):
                slot.silent = "missed"
        changes = care.ledger.settle(numbers.meal_grace_seconds, numbers.match_seconds)
        late = {change.slot.planned_at: change.slot.delay for change in changes if change.slot.delay is not None}
        if late:
            care.delays = tuple(sorted({**dict(care.delays), **late}.items())[-HABIT_MEALS:])
        care.ledger.prune(case.at - self._settings.ledger_seconds, case.at - self._settings.unsettled_seconds)
        return changes

    def record(self, device: Device, changes: Sequence[Change], at: float) -> list[Decision]:
        """Count what changed, and say so."""
        decisions: list[Decision] = []
        for slot, before in changes:
            outcome = slot.outcome
            if before.outcome == outcome or not outcome:
                continue
            self.servings.note(device.cohort, slot.planned_at, before.outcome, outcome)
            if before.outcome:
                self.corrections[device.cohort, before.outcome, outcome] += 1
            else:
                self.tally[device.cohort, outcome, slot.ending.source] += 1
            decisions.append(
                MealSettled(
                    device.id,
                    at,
                    slot.plan_id,
                    slot.planned_at,
                    outcome,
                    before.outcome,
                    slot.ending.at,
                    slot.ending.reason,
                )
            )
        return decisions

    def next_visit(self, case: FeederCase) -> float:
        """When something may fall due next; infinite if nothing will."""
        care, now = case.care, case.at
        waiting = [slot.planned_at for slot in care.ledger.slots if not slot.silent]
        moments = [max(at + _slack(case, at), now + LOOK_AGAIN_SECONDS) for at in waiting]
        if care.next_at < inf:
            moments.append(care.next_at + _slack(case, care.next_at))
        if (hungry := hungry_at(care, case.numbers)) is not None and hungry > now:
            moments.append(hungry)
        moments += [moment for moment in _ends(case) if moment > now]
        return min(moments, default=inf)

    def _fall_due(self, case: FeederCase) -> None:
        device, care, now = case.device, case.care, case.at
        schedule = device.schedule
        if schedule is None or care.next_at == inf or care.next_at + _slack(case, care.next_at) > now:
            return
        begin = max(care.planned_to, now - self._settings.unsettled_seconds) if device.ever_heard else now
        self._open(care, planned(schedule, zone(device), begin, now))
        care.planned_to = now
        self.look_ahead(device, care)

    def _open(self, care: FeederCare, meals: Sequence[Planned]) -> None:
        for at, meal in meals:
            care.ledger.plan(at, meal.plan_id, meal.portions)

    def _meant(self, device: Device, care: FeederCare, fact: Fact, match: float) -> list[Planned]:
        """The planned meals that a feeding may belong to: those nearest to it, by the plan of its time."""
        near = fact.at if fact.planned_at is None else fact.planned_at
        reach = match if fact.planned_at is not None or not fact.plan_id else DAY_SECONDS / 2
        found = self._named(device.schedule, device, fact, near - reach, near + match)
        best = min((abs(each.at - near) for each in found), default=inf)
        if care.former is not None and best > EXACT_SECONDS and near <= care.plan_since + match:
            earlier = self._named(care.former, device, fact, near - EXACT_SECONDS, near + EXACT_SECONDS)
            if earlier:
                return earlier
        return [each for each in found if abs(each.at - near) == best]

    def _named(
        self, schedule: Schedule | None, device: Device, fact: Fact, after: float, until: float
    ) -> list[Planned]:
        if schedule is None:
            return []
        found = planned(schedule, zone_of(schedule, device.profile.timezone), after - 1, until)
        return [each for each in found if fact.plan_id in ("", each.meal.plan_id)]

    def _silent(self, case: FeederCase, slot: Slot) -> Silent:
        """How a meal ends of which nothing was told; empty while that is too early to say."""
        if case.at < slot.planned_at + case.numbers.meal_grace_seconds:
            return ""
        due = slot.planned_at + _slack(case, slot.planned_at)
        if case.at < due:
            return ""
        if _edited_away(case, slot):
            return "skipped"
        waits_until = self._told_by(case, slot, due)
        if waits_until is None:
            return "missed"
        return "" if case.at < waits_until else "unconfirmed"

    def _told_by(self, case: FeederCase, slot: Slot, due: float) -> float | None:
        """Until when a feeder that was out of sight may still tell of this meal; None if it never was."""
        device, care, numbers, sight = case.device, case.care, case.numbers, self._sight
        if sight.blind_seconds_after(slot.planned_at - EXACT_SECONDS) > 0:
            return sight.returned_at + numbers.report_seconds
        if device.status in ("offline", "new"):
            return due
        if device.status == "sleeping":
            return device.resting_until or due
        if care.back_at > slot.planned_at:
            return care.back_at + numbers.report_seconds
        if _only_counts(device, care):
            heard = device.reading_at >= due
        else:
            heard = device.profile.liveness == "session" or device.last_seen >= slot.planned_at + ALIVE_AFTER_SECONDS
        return None if heard else due + max(LONGEST_WAIT_SECONDS, device.timeout)


def _only_counts(device: Device, care: FeederCare) -> bool:
    """Whether it tells of meals by counters and never by events: then a heartbeat says nothing of a meal."""
    counts = device.reading is not None and any(name in device.reading for name in COUNTERS)
    return counts and all(fact.weak for fact in care.ledger.facts)


def _slack(case: FeederCase, at: float) -> float:
    """How long after its time a meal is waited for."""
    moved = abs(clocks_moved(zone_by_wall(case.device), at - CLOCKS_MOVED_WITHIN_SECONDS, at))
    return patience(case.care, case.numbers, moved)


def _ration(device: Device, care: FeederCare, at: float, former: Plan) -> Today | None:
    """What is planned for today, now that the plan is another; None if there is none any more."""
    known = care.today if care.today is not None and care.today.begin <= at < care.today.end else ration(*former, at)
    return replanned(known, at, former, (device.schedule, zone(device))) if device.schedule is not None else None


def _ends(case: FeederCase) -> list[float]:
    """When something that the feeder shows may be over though nothing is told of it."""
    care = case.care
    ends = {
        "FeederMealsUnconfirmedRepeated": care.back_at + case.numbers.report_seconds,
        "FeederOverDispensed": care.today.end if care.today is not None else 0.0,
    }
    ends |= {name: shown.begun + DAY_SECONDS for name, shown in care.signs.items() if name == "FeederDoubleDispense"}
    return [moment for name, moment in ends.items() if name in care.signs]


def _edited_away(case: FeederCase, slot: Slot) -> bool:
    """Whether the meal was written into the plan only minutes before, so that the feeder may not have had it yet."""
    former, since = case.care.former, case.care.plan_since
    if former is None or not since - EXACT_SECONDS <= slot.planned_at <= since + EDIT_SECONDS:
        return False
    before = planned(former, zone_of(former, case.device.profile.timezone), slot.planned_at - 1, slot.planned_at)
    return all(each.meal.plan_id != slot.plan_id for each in before)


def zone(device: Device) -> tzinfo:
    """The zone in which the plan of a device counts."""
    schedule = device.schedule
    return zone_of(schedule, device.profile.timezone) if schedule is not None else zone_by_wall(device)


def zone_by_wall(device: Device) -> tzinfo:
    """The zone of the clock on the wall beside the device, whatever its plan counts in."""
    schedule = device.schedule
    named = (schedule.timezone if schedule is not None else "") or device.profile.timezone
    return zone_named(named)


def denied(care: FeederCare, slot: Slot, numbers: FeederWelfare) -> bool:
    """Whether the feeder's own counter shows that nothing came: read after the meal, it had last moved long before."""
    if care.quiet is None:
        return False
    moved_at, read_at = care.quiet
    return moved_at < slot.planned_at - numbers.match_seconds and read_at >= slot.planned_at + numbers.match_seconds
