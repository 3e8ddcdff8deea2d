"""A pet feeder: meals by plan, a hopper that empties and is refilled, now and then a jam."""

from dataclasses import dataclass
from random import Random

from monitor.core.observations import Value
from monitor.devices.events import Feeding, FeedOutcome
from monitor.devices.schedule import Meal, Schedule

DAY_SECONDS = 86_400.0
PORTION_GRAMS = 10.0
HOPPER_GRAMS = 2_000.0
LOW_SHARE = 0.15
_JAM_CHANCE = 0.0004
_REFILL_CHANCE = 0.35
"""Chance, per meal with a low hopper, that somebody has filled it up before."""
_MEAL_TIMES = ((7 * 60, 3), (12 * 60 + 30, 2), (18 * 60, 4))


@dataclass(slots=True)
class Feeder:
    """The state of one feeder. Moments are Unix seconds, food in grams, `minute` counts from midnight UTC."""

    schedule: Schedule
    hopper_grams: float
    portions_today: int = 0
    grams_today: float = 0.0
    day: int = 0
    last_fed_at: float | None = None
    blocked: bool = False

    @classmethod
    def draw(cls, rng: Random) -> "Feeder":
        """A feeder as found in some home: its own meal times and a hopper somewhere between full and low."""
        shift = rng.randrange(-60, 61, 5)
        meals = tuple(
            Meal(plan_id=f"meal-{number}", minute=minute + shift, portions=portions, grams=portions * PORTION_GRAMS)
            for number, (minute, portions) in enumerate(_MEAL_TIMES, start=1)
        )
        schedule = Schedule(revision=1, enabled=True, basis="utc", timezone="Etc/UTC", meals=meals)
        return cls(schedule=schedule, hopper_grams=rng.uniform(0.25, 1.0) * HOPPER_GRAMS)

    def next_meal(self, after: float) -> tuple[float, Meal]:
        """The first planned meal later than `after`, and when it is due."""
        midnight = after - after % DAY_SECONDS
        due = [
            (midnight + day * DAY_SECONDS + meal.minute * 60.0, meal) for day in (0, 1) for meal in self.schedule.meals
        ]
        return min(((at, meal) for at, meal in due if at > after), key=lambda pair: pair[0])

    def feed(self, meal: Meal, planned_at: float, rng: Random) -> Feeding:
        """Serve a planned meal as far as hopper and mechanics allow."""
        self._begin_day(planned_at)
        self._maybe_refill(rng)
        wanted = meal.portions or 0
        if self.hopper_grams < PORTION_GRAMS:
            return self._fed(meal, planned_at, "failed", 0, "hopper_empty")
        if rng.random() < _JAM_CHANCE:
            self.blocked = True
            return self._fed(meal, planned_at, "partial", 1, "jam")
        self.blocked = False
        portions = min(wanted, int(self.hopper_grams // PORTION_GRAMS))
        if portions < wanted:
            return self._fed(meal, planned_at, "partial", portions, "hopper_empty")
        return self._fed(meal, planned_at, "completed", portions, "")

    def reading(self, now: float) -> dict[str, Value]:
        """Telemetry by contract field name; moments in Unix seconds, as in every observation."""
        self._begin_day(now)
        next_at, _ = self.next_meal(now)
        return {
            "hopper_state": self.hopper_state,
            "hopper_pct": round(100 * self.hopper_grams / HOPPER_GRAMS),
            "portions_today": self.portions_today,
            "dispensed_today_g": round(self.grams_today, 1),
            "last_dispense_ts": self.last_fed_at,
            "next_meal_ts": next_at,
            "schedule_rev": self.schedule.revision,
            "outlet_blocked": self.blocked,
            "motor_state": "stalled" if self.blocked else "idle",
        }

    @property
    def hopper_state(self) -> str:
        """What its own sensor says: ok, low or empty."""
        if self.hopper_grams < PORTION_GRAMS:
            return "empty"
        return "low" if self.hopper_grams < LOW_SHARE * HOPPER_GRAMS else "ok"

    def _begin_day(self, now: float) -> None:
        day = int(now // DAY_SECONDS)
        if day != self.day:
            self.day, self.portions_today, self.grams_today = day, 0, 0.0

    def _maybe_refill(self, rng: Random) -> None:
        if self.hopper_state != "ok" and rng.random() < _REFILL_CHANCE:
            self.hopper_grams = HOPPER_GRAMS

    def _fed(self, meal: Meal, planned_at: float, outcome: FeedOutcome, portions: int, reason: str) -> Feeding:
        grams = portions * PORTION_GRAMS
        self.hopper_grams -= grams
        self.grams_today += grams
        self.portions_today += portions
        if portions:
            self.last_fed_at = planned_at
        return Feeding(
            outcome=outcome,
            source="schedule",
            plan_id=meal.plan_id,
            planned_at=planned_at,
            portions_expected=meal.portions,
            portions_actual=portions,
            grams_expected=meal.grams,
            grams_actual=grams,
            reason=reason,
        )
