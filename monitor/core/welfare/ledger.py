"""The meal ledger of one feeder: what was planned, what is known of it, and how each planned meal ended.

A meal's outcome is worked out anew from the set of known facts, never from the order in which they came. So an event
that arrives hours late, twice, or before its neighbours leaves the same ledger as one that arrives in time.
"""

from bisect import insort
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from monitor.devices.events import FeedOutcome, FeedSource

Outcome = Literal["dispensed", "partial", "failed", "missed", "late", "skipped", "duplicate", "unconfirmed"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
FED: frozenset[str] = frozenset({"dispensed", "partial", "late", "duplicate"})
"""Outcomes in which food came."""

EXACT_SECONDS = 60.0
SAME_FOOD_SECONDS = 180.0
BY_NAME_SECONDS = 43_200.0
TWICE = 2
TOO_MUCH = 1.25
FACTS_KEPT = 96
SLOTS_KEPT = 64


class Fact(NamedTuple):
    """One feeding as it was told, or as a counter shows it (`weak`); facts sort by moment, then by key.

    `commanded` is one from afar that may carry out a plan which the cloud holds.
    """

    at: float
    key: str
    outcome: FeedOutcome = "completed"
    source: FeedSource = "schedule"
    plan_id: str = ""
    planned_at: float | None = None
    portions: float | None = None
    expected: float | None = None
    grams: float | None = None
    reason: str = ""
    weak: bool = False
    commanded: bool = False

    @property
    def by_plan(self) -> bool:
        """Whether it carries out a planned meal, rather than a wish of the moment."""
        return self.named or self.source == "schedule" or self.commanded

    @property
    def named(self) -> bool:
        """Whether it says which meal it was."""
        return bool(self.plan_id) or self.planned_at is not None

    @property
    def vague(self) -> bool:
        """Whether only its moment speaks for a meal, though it may just as well be a wish of the moment."""
        return not self.named and (self.weak or self.commanded)

    @property
    def food(self) -> bool:
        """Whether food came out."""
        return self.outcome in ("completed", "partial") and self.portions != 0 and self.grams != 0


class Ending(NamedTuple):
    """How a planned meal ended; `at` is when food came, None if none did."""

    outcome: Outcome | Literal[""] = ""
    at: float | None = None
    source: FeedSource = "schedule"
    reason: str = ""
    weak: bool = False


class Slot:
    """One planned meal on one day. `silent` is how it ends if nothing is ever told of it, empty before its deadline."""

    __slots__ = ("ending", "expected", "plan_id", "planned_at", "silent")

    def __init__(self, planned_at: float, plan_id: str, expected: float | None = None) -> None:
        self.planned_at = planned_at
        self.plan_id = plan_id
        self.expected = expected
        self.silent: Literal["", "missed", "unconfirmed", "skipped"] = ""
        self.ending = Ending()

    @property
    def outcome(self) -> Outcome | Literal[""]:
        """How it ended; empty while it is open."""
        return self.ending.outcome

    @property
    def delay(self) -> float | None:
        """How much later than planned food came, in seconds; None if it did not, or only a counter shows it."""
        at = self.ending.at
        return None if at is None or self.ending.weak else at - self.planned_at


class Change(NamedTuple):
    """A planned meal ended, or turns out to have ended otherwise than was believed."""

    slot: Slot
    before: Ending


class Ledger:
    """Slots by moment and plan id, and the facts about them. Both are bounded."""

    __slots__ = ("facts", "slots")

    def __init__(self) -> None:
        self.slots: list[Slot] = []
        self.facts: list[Fact] = []

    def plan(self, planned_at: float, plan_id: str, expected: float | None) -> Slot:
        """The slot of this meal, opened if it is new."""
        for slot in self.slots:
            if slot.planned_at == planned_at and slot.plan_id == plan_id:
                return slot
        slot = Slot(planned_at, plan_id, expected)
        insort(self.slots, slot, key=lambda each: (each.planned_at, each.plan_id))
        return slot

    def learn(self, fact: Fact) -> bool:
        """Take in a fact; False if it is known already or too old to matter."""
        if any(known.key == fact.key for known in self.facts):
            return False
        insort(self.facts, fact, key=lambda each: (each.at, each.key))
        if len(self.facts) <= FACTS_KEPT:
            return True
        return self.facts.pop(0) is not fact

    def settle(self, late_after: float, match_seconds: float) -> list[Change]:
        """Work out every slot anew; what changed."""
        shares = assign(self.slots, self.facts, late_after, match_seconds)
        changes: list[Change] = []
        for slot, facts in zip(self.slots, shares, strict=True):
            ending = judge(slot, facts, late_after)
            if ending != slot.ending:
                changes.append(Change(slot, slot.ending))
                slot.ending = ending
        return changes

    def prune(self, settled_before: float, all_before: float) -> None:
        """Forget what is long settled; what nobody knows yet is kept for longer, in case it becomes known."""
        kept = [
            slot
            for slot in self.slots[-SLOTS_KEPT:]
            if slot.planned_at >= settled_before
            or (slot.planned_at >= all_before and slot.outcome in ("", "unconfirmed", "missed"))
        ]
        if len(kept) == len(self.slots):
            return
        self.slots = kept
        oldest = min(settled_before, kept[0].planned_at) if kept else settled_before
        self.facts = [
            fact for fact in self.facts if (fact.at if fact.planned_at is None else fact.planned_at) >= oldest
        ]

    def save(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "slots": [
                [slot.planned_at, slot.plan_id, slot.expected, slot.silent, list(slot.ending)] for slot in self.slots
            ],
            "facts": [list(fact) for fact in self.facts],
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> "Ledger":
        """From plain data."""
        ledger = cls()
        for planned_at, plan_id, expected, silent, ending in data.get("slots", ()):
            slot = Slot(planned_at, plan_id, expected)
            slot.silent = silent
            slot.ending = Ending(*ending)
            ledger.slots.append(slot)
        ledger.facts = [Fact(*fact) for fact in data.get("facts", ())]
        return ledger


def assign(slots: Sequence[Slot], facts: Sequence[Fact], late_after: float, match_seconds: float) -> list[list[Fact]]:
    """The facts of each slot. Facts are taken in their own order, so the order of arrival cannot matter.

    A vague one belongs to a meal only if it is neither early nor late. A counter that shows food at a moment at which
    somebody fed by hand shows no planned meal.
    """
    shares: list[list[Fact]] = [[] for _ in slots]
    by_hand = [fact.at for fact in facts if fact.food and not fact.by_plan and not fact.weak]
    for fact in facts:
        if not fact.by_plan or (fact.weak and any(abs(fact.at - at) <= SAME_FOOD_SECONDS for at in by_hand)):
            continue
        best = min(
            (
                candidate
                for index, slot in enumerate(slots)
                if (candidate := _fit(slot, index, fact, shares, late_after if fact.vague else match_seconds))
            ),
            default=None,
        )
        if best is not None:
            shares[best[-1]].append(fact)
    return shares


def _fit(
    slot: Slot, index: int, fact: Fact, shares: Sequence[list[Fact]], match_seconds: float
) -> tuple[float, int, int] | None:
    """How well a fact fits a slot, less is better; None if it does not. A fact without name prefers an empty slot."""
    if fact.plan_id and fact.plan_id != slot.plan_id:
        return None
    if fact.planned_at is not None:
        distance = abs(fact.planned_at - slot.planned_at)
        limit = match_seconds
    else:
        distance = abs(fact.at - slot.planned_at)
        limit = BY_NAME_SECONDS if fact.plan_id and fact.at >= slot.planned_at else match_seconds
    if distance > limit:
        return None
    distance = 0.0 if distance <= EXACT_SECONDS else distance
    taken = 0 if fact.plan_id else sum(other.weak == fact.weak for other in shares[index])
    return distance, taken, index


def judge(slot: Slot, facts: Sequence[Fact], late_after: float) -> Ending:
    """How a slot ended, by its facts: what a device tells outweighs what its counters show."""
    told = [fact for fact in facts if not fact.weak] or facts[:1]
    food = [fact for fact in told if fact.food]
    if food:
        return _fed(slot, food, late_after)
    failed = [fact for fact in told if fact.outcome != "skipped"]
    if failed:
        return Ending("failed", None, failed[0].source, failed[0].reason)
    if told:
        return Ending("skipped", None, told[0].source, told[0].reason)
    return Ending(slot.silent)


def _fed(slot: Slot, food: Sequence[Fact], late_after: float) -> Ending:
    first = food[0]
    expected = max((fact.expected or 0.0 for fact in food), default=0.0) or slot.expected or 0.0
    served = sum(fact.portions if fact.portions is not None else _whole(fact, expected) for fact in food)
    whole = any(fact.outcome == "completed" and _enough(fact, expected) for fact in food) or 0 < expected <= served
    reason = next((fact.reason for fact in food if fact.reason), "")
    if _twice(food, served, expected):
        return Ending("duplicate", first.at, first.source, reason, first.weak)
    if not whole:
        return Ending("partial", first.at, first.source, reason, first.weak)
    late = first.at - slot.planned_at > late_after and not first.weak
    return Ending("late" if late else "dispensed", first.at, first.source, reason, first.weak)


def _whole(fact: Fact, expected: float) -> float:
    return (expected or 1.0) if fact.outcome == "completed" else 0.0


def _enough(fact: Fact, expected: float) -> bool:
    return fact.portions is None or fact.portions >= expected


def _twice(food: Sequence[Fact], served: float, expected: float) -> bool:
    """Whether the meal came more than once; a second try that only makes up for the first is none."""
    if not expected:
        return sum(fact.outcome == "completed" for fact in food) >= TWICE
    return served >= TWICE * expected or (len(food) >= TWICE and served > TOO_MUCH * expected)
