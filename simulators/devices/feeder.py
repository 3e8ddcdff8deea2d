"""A pet feeder: meals by plan, a hopper that empties and is refilled, now and then a jam."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from random import Random
from zoneinfo import ZoneInfo

from monitor.core.observations import Value
from monitor.devices.events import Feeding, FeedOutcome, FeedSource
from monitor.devices.schedule import Meal, Schedule

DAY_SECONDS = 86_400.0
PORTION_GRAMS = 10.0
HOPPER_GRAMS = 2_000.0
LOW_SHARE = 0.15
_JAM_CHANCE = 0.0004
_REFILL_CHANCE = 0.35
"""Chance, per meal with a low hopper, that somebody has filled it up before."""
_UTC = "Etc/UTC"
_KEPT_FULL_SHARE = 0.5
_MEAL_TIMES = ((7 * 60, 3), (12 * 60 + 30, 2), (18 * 60, 4))


@dataclass(slots=True)
class Feeder:
    """The state of one feeder. Moments are Unix seconds, food in grams, `minute` counts from midnight in its zone.

    `tended` feeders never jam by chance and are filled long before they are low. `fixed_offset` is how far ahead of UTC
    a feeder believes its zone to be when it does not follow the clocks. `off` is by how much its meals miss their time.
    One that `tells` nothing of its feedings only counts them.
    """

    schedule: Schedule
    hopper_grams: float
    portions_today: int = 0
    grams_today: float = 0.0
    day: int = 0
    last_fed_at: float | None = None
    blocked: bool = False
    tended: bool = False
    jams: bool = False
    refills: bool = True
    plan_lost: bool = False
    fixed_offset: float | None = None
    off: float = 0.0
    tells: bool = True
    rewritten_at: float = 0.0
    """When its plan was last changed."""

    @classmethod
    def draw(cls, rng: Random, *, zone: str = _UTC, cloud_held: float = 0.0, tended: bool = False) -> "Feeder":
        """A feeder as found in some home: its own meal times and a hopper somewhere between full and low."""
        shift = rng.randrange(-60, 61, 5)
        meals = tuple(
            Meal(plan_id=f"meal-{number}", minute=minute + shift, portions=portions, grams=portions * PORTION_GRAMS)
            for number, (minute, portions) in enumerate(_MEAL_TIMES, start=1)
        )
        schedule = Schedule(
            revision=1,
            enabled=True,
            held_by="cloud" if cloud_held and rng.random() < cloud_held else "device",
            basis="utc" if zone == _UTC else "local",
            timezone=zone,
            meals=meals,
        )
        return cls(schedule=schedule, hopper_grams=rng.uniform(0.25, 1.0) * HOPPER_GRAMS, tended=tended)

    @property
    def zone(self) -> tzinfo:
        """The zone in which its meals count."""
        return ZoneInfo(self.schedule.timezone)

    def next_meal(self, after: float) -> tuple[float, Meal]:
        """The first planned meal later than `after`, and when it is due."""
        due = [(self._moment(after, day, meal.minute), meal) for day in (-1, 0, 1) for meal in self.schedule.meals]
        return min(((at, meal) for at, meal in due if at > after), key=lambda pair: pair[0])

    def _moment(self, near: float, days: int, minute: int) -> float:
        """When its clock on the wall shows this minute, so many days after the day of `near`."""
        day = datetime.fromtimestamp(near, self.zone).date() + timedelta(days=days)
        wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=self.zone)
        if self.fixed_offset is None:
            return wall.timestamp()
        ahead = wall.utcoffset()
        return wall.timestamp() + (ahead.total_seconds() if ahead else 0.0) - self.fixed_offset

    def keep_offset(self, now: float) -> None:
        """From now on it follows no change of the clocks."""
        ahead = datetime.fromtimestamp(now, self.zone).utcoffset()
        self.fixed_offset = ahead.total_seconds() if ahead else 0.0

    def feed(self, meal: Meal, planned_at: float, rng: Random) -> Feeding:
        """Serve a planned meal as far as hopper and mechanics allow."""
        self._begin_day(planned_at)
        self._maybe_refill(rng)
        wanted = meal.portions or 0
        if self.hopper_grams < PORTION_GRAMS:
            return self._fed(meal, planned_at, "failed", 0, "hopper_empty")
        if self.jams or (rng.random() < _JAM_CHANCE and not self.tended):
            self.blocked = True
            return self._fed(meal, planned_at, "partial", 1, "jam")
        self.blocked = False
        portions = min(wanted, int(self.hopper_grams // PORTION_GRAMS))
        if portions < wanted:
            return self._fed(meal, planned_at, "partial", portions, "hopper_empty")
        return self._fed(meal, planned_at, "completed", portions, "")

    def feed_by_hand(self, now: float) -> Feeding | None:
        """Somebody presses its button for one portion; None if there is none left."""
        self._begin_day(now)
        if self.hopper_grams < PORTION_GRAMS:
            return None
        return self._fed(Meal(plan_id="", minute=0, portions=1), now, "completed", 1, "", source="manual")

    def rewrite(self, schedule: Schedule, now: float) -> None:
        """Follow another plan from now on."""
        self.schedule, self.rewritten_at = schedule, now

    def reading(self, now: float) -> dict[str, Value]:
        """Telemetry by contract field name; moments in Unix seconds, as in every observation."""
        self._begin_day(now)
        next_at = self.next_meal(now)[0] if self.schedule.enabled else None
        return {
            "hopper_state": self.hopper_state,
            "hopper_pct": round(100 * self.hopper_grams / HOPPER_GRAMS),
            "portions_today": self.portions_today,
            "dispensed_today_g": round(self.grams_today, 1),
            "last_dispense_ts": self.last_fed_at,
            "next_meal_ts": next_at,
            "schedule_rev": None if self.plan_lost else self.schedule.revision,
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
        day = datetime.fromtimestamp(now, self.zone).toordinal()
        if day != self.day:
            self.day, self.portions_today, self.grams_today = day, 0, 0.0

    def _maybe_refill(self, rng: Random) -> None:
        if self.hopper_state != "ok" and rng.random() < _REFILL_CHANCE and self.refills:
            self.hopper_grams = HOPPER_GRAMS
        if self.tended and self.refills and self.hopper_grams < _KEPT_FULL_SHARE * HOPPER_GRAMS:
            self.hopper_grams = HOPPER_GRAMS

    def _fed(
        self,
        meal: Meal,
        at: float,
        outcome: FeedOutcome,
        portions: int,
        reason: str,
        source: FeedSource = "schedule",
    ) -> Feeding:
        grams = portions * PORTION_GRAMS
        self.hopper_grams -= grams
        self.grams_today += grams
        self.portions_today += portions
        if portions:
            self.last_fed_at = at
        return Feeding(
            outcome=outcome,
            source=source,
            plan_id=meal.plan_id,
            planned_at=at if meal.plan_id else None,
            portions_expected=meal.portions,
            portions_actual=portions,
            grams_expected=meal.grams,
            grams_actual=grams,
            reason=reason,
        )
