"""What is remembered of one device for the sake of those who depend on it. Bounded, and only where it is needed.

Moments are Unix seconds, 0.0 for never; a mark is a moment and the value that a counter had then.
"""

from collections.abc import Mapping
from math import inf
from typing import Any, NamedTuple

from monitor.core.decisions import Severity
from monitor.core.fleet import Cohort
from monitor.core.welfare.cooling import Forecast, Trail, load_forecast, save_forecast
from monitor.core.welfare.ledger import Ledger
from monitor.devices.schedule import Schedule

Mark = tuple[float, float]
COARSEST_KELVIN = 1.0
"""Until it shows a smaller step, a sensor is supposed to show whole degrees only."""

_OF_FEEDERS = (
    "back_at",
    "bare",
    "delays",
    "first_at",
    "food_at",
    "gap",
    "hopper",
    "hungry_from",
    "per_portion",
    "plan_since",
    "planned_to",
    "quiet",
    "rush",
    "served",
    "stuck",
)
_OF_ROOMS = (
    "changed",
    "grain",
    "heated",
    "heated_then",
    "kept_at",
    "measured_at",
    "read_at",
    "run",
    "starts",
    "tau",
    "warmth",
    "window_at",
)
"""What is saved as it is: numbers and marks."""


class Words(NamedTuple):
    """What an alert says. It is told again only when `news` differs; `since` 0.0 means since it was noticed."""

    summary: str
    description: str
    since: float = 0.0
    news: str = ""
    severity: Severity | None = None


class Today(NamedTuple):
    """What a plan gives on one calendar day; None where it does not say."""

    begin: float
    end: float
    first_at: float
    grams: float | None
    portions: float | None


class Shown:
    """Something that a device shows: since when, whether it has lasted long enough to count, and how it is told."""

    __slots__ = ("begun", "cohort", "fires_at", "firing", "group", "words")

    def __init__(self, begun: float, fires_at: float, words: Words) -> None:
        self.begun = begun
        self.fires_at = fires_at
        self.words = words
        self.firing = False
        self.group = ""
        self.cohort: Cohort | None = None


class Care:
    """What any device is watched for. `due` is when to look at it again.

    `boots` are its latest starts, `air` marks since when its lost heartbeats are counted, `skew` how wrong the clock
    was by the last heartbeat, `charge` how full the battery was at first, `gauge` the smallest step that its gauge made
    and what it showed last. `faults` are the codes that it reports. `battery`, `rssi` and `supply` (when, and whether
    mains or battery) are what it stated last, however long ago.
    """

    __slots__ = ("air", "battery", "boots", "charge", "due", "faults", "gauge", "rssi", "signs", "skew", "supply")
    kind = "generic"
    plain: tuple[str, ...] = ("air", "battery", "boots", "charge", "faults", "gauge", "rssi", "skew", "supply")

    def __init__(self) -> None:
        self.due = 0.0
        self.signs: dict[str, Shown] = {}
        self.boots: tuple[float, ...] = ()
        self.air: Mark | None = None
        self.faults: tuple[str, ...] = ()
        self.skew: Mark | None = None
        self.charge: Mark | None = None
        self.battery: float | None = None
        self.rssi: float | None = None
        self.supply: tuple[float, str] | None = None
        self.gauge: Mark | None = None

    def inherit(self, other: "Care") -> None:
        """Take over what is remembered of any device, when its kind becomes known."""
        self.signs = other.signs
        for name in Care.plain:
            setattr(self, name, getattr(other, name))

    def save(self) -> dict[str, Any]:
        """As plain data."""
        data: dict[str, Any] = {name: getattr(self, name) for name in self.plain}
        data["kind"] = self.kind
        data["signs"] = {
            name: [shown.begun, shown.fires_at, shown.firing, shown.group, *shown.words]
            for name, shown in self.signs.items()
        }
        return data

    def fill(self, data: Mapping[str, Any]) -> None:
        """From plain data; what is missing there stays as it is."""
        for name in self.plain:
            value = data.get(name, getattr(self, name))
            setattr(self, name, tuple(value) if isinstance(value, list) else value)
        for name, (begun, fires_at, firing, group, *words) in data.get("signs", {}).items():
            shown = Shown(begun, fires_at, Words(*words))
            shown.firing, shown.group = firing, group
            self.signs[name] = shown


class FeederCare(Care):
    """The meals of one feeder.

    `plan_since` is when its plan became known, `former` the plan before. Slots are in the ledger up to `planned_to`,
    the next one is at `next_at`; `first_at` was the first one of this plan. `gap` is the longest planned time without
    food, `food_at` when food last came for sure, `hungry_from` since when meals are planned without a break, `back_at`
    when it last returned from silence, `delays` how far off the plan its last meals were. `quiet` is when its counters
    last moved, and when we read that. `rush` marks a counter of food by its unit, `hopper` the level. `stuck` is what
    shows a jam: a meal, the outlet, the motor, a fault. `bare` is how full the hopper was at most since a meal failed
    for want of food, None if none did.
    """

    __slots__ = (*_OF_FEEDERS, "former", "ledger", "next_at", "today")
    kind = "feeder"
    plain = (*Care.plain, *_OF_FEEDERS)

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.former: Schedule | None = None
        self.plan_since = 0.0
        self.planned_to = 0.0
        self.next_at = inf
        self.first_at = 0.0
        self.gap = 0.0
        self.food_at = 0.0
        self.hungry_from = 0.0
        self.back_at = 0.0
        self.delays: tuple[Mark, ...] = ()
        self.quiet: Mark | None = None
        self.rush: tuple[float, float, str] | None = None
        self.served = 0.0
        self.stuck: tuple[str, ...] = ()
        self.bare: float | None = None
        self.hopper: Mark | None = None
        self.per_portion = 0.0
        self.today: Today | None = None

    @property
    def delay(self) -> float:
        """How far off the plan its last meal was, in seconds."""
        return self.delays[-1][1] if self.delays else 0.0

    def save(self) -> dict[str, Any]:
        """As plain data."""
        return {**super().save(), "ledger": self.ledger.save(), "today": self.today}

    def fill(self, data: Mapping[str, Any]) -> None:
        """From plain data."""
        super().fill(data)
        self.ledger = Ledger.load(data.get("ledger", {}))
        self.today = Today(*data["today"]) if data.get("today") else None


class ThermostatCare(Care):
    """The room of one thermostat.

    `forecast` is made from `trail` while the room cools, `tau` is what earlier cooling taught about the house, and
    `counted` is where `outlook` counts the room. `changed` marks the last change of the reading, `kept_at` is when its
    setpoint last explained it, `heated_then` the seconds heated until the later of both of all the `heated` ones;
    `grain` is the smallest step of the sensor that was seen; `warmth` is the reading that heating must beat; `run` and
    `starts` are marks of its counters; `window_at` is when a window was opened. `measured_at` is when it last told a
    temperature, `read_at` when it last told anything of its room.
    """

    __slots__ = (*_OF_ROOMS, "counted", "forecast", "trail")
    kind = "thermostat"
    plain = (*Care.plain, *_OF_ROOMS)

    def __init__(self) -> None:
        super().__init__()
        self.trail = Trail()
        self.forecast: Forecast | None = None
        self.counted: tuple[tuple[Cohort, str, str], ...] = ()
        self.tau = 0.0
        self.measured_at = 0.0
        self.read_at = 0.0
        self.heated = 0.0
        self.heated_then = 0.0
        self.kept_at = 0.0
        self.changed: Mark | None = None
        self.grain = COARSEST_KELVIN
        self.warmth: Mark | None = None
        self.run: Mark | None = None
        self.starts: Mark | None = None
        self.window_at = 0.0

    def save(self) -> dict[str, Any]:
        """As plain data."""
        return {**super().save(), "trail": self.trail.save(), "forecast": save_forecast(self.forecast)}

    def fill(self, data: Mapping[str, Any]) -> None:
        """From plain data."""
        super().fill(data)
        self.measured_at = data.get("measured_at", self.read_at)
        self.trail = Trail.load(data.get("trail"))
        self.forecast = load_forecast(data.get("forecast"))


CARES: dict[str, type[Care]] = {care.kind: care for care in (Care, FeederCare, ThermostatCare)}


def care_for(kind: str) -> Care:
    """An empty memory for a device of this kind."""
    return CARES.get(kind, Care)()


def load_care(data: Mapping[str, Any]) -> Care:
    """The memory that `save` wrote."""
    care = care_for(data.get("kind", ""))
    care.fill(data)
    return care
