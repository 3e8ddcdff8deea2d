"""Plots of one device: its states over the last day, the meals of a feeder, the temperature of a room."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from markupsafe import Markup

from monitor.core.census import MINUTE_SECONDS, Count
from monitor.core.explain.device import PastChange
from monitor.core.fleet import Device
from monitor.core.sentences import time_of_day
from monitor.core.welfare.care import FeederCare, ThermostatCare
from monitor.core.welfare.meals import zone
from monitor.core.words import spell
from monitor.web.plots import Mark, Stretch, curve, strip

DAY_SECONDS = 86_400.0
HOUR_SECONDS = 3600.0
TICKS = 5
DAYS_OF_MEALS = 4
MEALS_LISTED = 8
AHEAD_SECONDS = 6 * HOUR_SECONDS
AHEAD_STEPS = 24
HOLE_SECONDS = 2.5 * MINUTE_SECONDS
"""Counts further apart than this have a time between them in which the monitor did not run."""
LEAST_RANGE_CELSIUS = 4.0

SIGNS: dict[str, tuple[str, str]] = {
    "dispensed": ("●", "fed"),
    "late": ("●", "fed late"),
    "partial": ("◐", "fed in part"),
    "duplicate": ("◉", "fed twice"),
    "missed": ("✕", "missed"),
    "failed": ("✕", "failed"),
    "unconfirmed": ("?", "unconfirmed"),
    "skipped": ("–", "skipped as told"),
    "": ("○", "still open"),
    "planned": ("○", "planned"),
}
"""How a meal's outcome is drawn and called."""


@dataclass(frozen=True, slots=True)
class Days:
    """The states of a device: the strip, what it shows in words, and the moments under it."""

    plot: Markup
    told: str
    ticks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meal:
    """One planned meal as it is listed."""

    planned_at: float
    local: str
    sign: str
    called: str
    outcome: str
    fed_at: float | None = None


@dataclass(frozen=True, slots=True)
class DayOfMeals:
    """One day of a feeder, from midnight to midnight where it stands."""

    name: str
    plot: Markup


@dataclass(frozen=True, slots=True)
class Meals:
    """The meals of a feeder: days as plots, the latest as a list, newest first."""

    days: tuple[DayOfMeals, ...]
    listed: tuple[Meal, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class Room:
    """The temperature of a room with its forecast."""

    plot: Markup
    told: str
    ticks: tuple[str, ...]


def states(device: Device, past: Sequence[PastChange], counts: Sequence[Count], now: float) -> Days:
    """The last day of a device; `past` are its changes, newest first."""
    begin = now - DAY_SECONDS
    lasted = list(_lasted(device, past, begin, now))
    lengths: Counter[str] = Counter()
    for status, first, last in lasted:
        lengths[status] += round(last - first)
    stretches = [
        Stretch(
            (first - begin) / DAY_SECONDS,
            (last - begin) / DAY_SECONDS,
            status,
            f"{status} {time_of_day(first, now)} to {time_of_day(last, now)}",
        )
        for status, first, last in lasted
    ]
    stretches += [
        Stretch((first - begin) / DAY_SECONDS, (last - begin) / DAY_SECONDS, "unseen", "not seen by the monitor")
        for first, last in _unseen(counts, begin, now)
    ]
    said = ", ".join(f"{status} for {spell(seconds)}" for status, seconds in lengths.most_common())
    told = f"In the last 24 hours: {said}." if said else "It was not known in the last 24 hours."
    ticks = tuple(time_of_day(begin + index * DAY_SECONDS / (TICKS - 1) + 1, now)[:5] for index in range(TICKS - 1))
    return Days(strip(stretches, told), told, (*ticks, "now (UTC)"))


def meals(device: Device, now: float) -> Meals | None:
    """The meals of the last days and the next one; None if it is no feeder or no plan of it is known."""
    care = device.welfare
    if not isinstance(care, FeederCare) or not (care.ledger.slots or care.next_at < now + DAY_SECONDS):
        return None
    where = zone(device)
    known = [
        Meal(
            slot.planned_at,
            _local(slot.planned_at, where),
            *SIGNS[slot.outcome],
            slot.outcome or "open",
            slot.ending.at,
        )
        for slot in care.ledger.slots
    ]
    if now - DAY_SECONDS < care.next_at < now + DAY_SECONDS:
        known.append(Meal(care.next_at, _local(care.next_at, where), *SIGNS["planned"], "planned"))
    days: dict[str, list[Meal]] = {}
    for meal in known:
        days.setdefault(datetime.fromtimestamp(meal.planned_at, where).strftime("%a %d %b"), []).append(meal)
    shown = list(days.items())[-DAYS_OF_MEALS:]
    return Meals(
        tuple(DayOfMeals(name, _day(of_day, where)) for name, of_day in shown),
        tuple(reversed(known[-MEALS_LISTED:])),
        str(where),
    )


def room(device: Device, now: float) -> Room | None:
    """The temperatures that are kept of a room, and what is foretold; None if nothing is kept."""
    care = device.welfare
    if not isinstance(care, ThermostatCare) or len(care.trail.moments) < 2:  # noqa: PLR2004 -- two make a line
        return None
    seen = list(zip(care.trail.moments, care.trail.celsius, strict=True))
    found = care.forecast
    ahead: list[tuple[float, float]] = []
    if found is not None:
        step = AHEAD_SECONDS / AHEAD_STEPS
        ahead = [
            (found.at + index * step, found.celsius_at(found.at + index * step)) for index in range(AHEAD_STEPS + 1)
        ]
    wished = (device.reading or {}).get("heating_setpoint_c")
    wish = float(wished) if isinstance(wished, int | float) else None
    begin, end = seen[0][0], max(ahead[-1][0] if ahead else now, now)
    values = [value for _, value in seen + ahead] + ([] if wish is None else [wish])
    low, high = min(values), max(values)
    spare = max(LEAST_RANGE_CELSIUS - (high - low), 1.0) / 2
    low, high = low - spare, high + spare
    marks = [Mark((level - low) / (high - low), f"{level:g} °C", "limit") for level in (5, 10) if low < level < high]
    if wish is not None:
        marks.append(Mark((wish - low) / (high - low), f"set to {wish:g} °C", "wish"))

    def placed(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        return [((at - begin) / (end - begin), (value - low) / (high - low)) for at, value in points]

    told = f"From {seen[0][1]:.1f} °C to {seen[-1][1]:.1f} °C within {spell(seen[-1][0] - begin)}"
    told += f"; {ahead[-1][1]:.1f} °C expected by {time_of_day(ahead[-1][0], now)} if nobody heats." if ahead else "."
    ticks = tuple(time_of_day(begin + index * (end - begin) / (TICKS - 1), now)[:5] for index in range(TICKS))
    return Room(curve(placed(seen), told, ahead=placed(ahead), marks=marks), told, ticks)


def _lasted(device: Device, past: Sequence[PastChange], begin: float, now: float) -> Iterator[tuple[str, float, float]]:
    """Which state lasted from when to when, oldest first, as far back as is known."""
    until, status = now, str(device.status)
    found: list[tuple[str, float, float]] = []
    for change in past:
        if change.at < begin:
            break
        found.append((status, change.at, until))
        until, status = change.at, change.previous
    else:
        begin = max(begin, device.first_seen)
    if until > begin:
        found.append((status, begin, until))
    yield from reversed(found)


def _unseen(counts: Sequence[Count], begin: float, now: float) -> Iterator[tuple[float, float]]:
    """When the monitor was blind or not running, as its counts show."""
    last = begin
    seen = [count.at for count in counts if not count.blind]
    if not counts:
        return
    for at in [*seen, now]:
        if at - last > HOLE_SECONDS:
            yield max(last, begin), at
        last = at


def _local(at: float, where: tzinfo) -> str:
    return datetime.fromtimestamp(at, where).strftime("%a %H:%M")


def _day(of_day: Sequence[Meal], where: tzinfo) -> Markup:
    signs = []
    for meal in of_day:
        local = datetime.fromtimestamp(meal.planned_at, where)
        place = (local.hour * 60 + local.minute) / 14.4
        signs.append(
            Markup('<text class="meal {}" x="{:.2f}%" y="70%">{}<title>{:%H:%M} {}</title></text>').format(
                meal.outcome, place, meal.sign, local, meal.called
            )
        )
    lines = Markup("").join(
        Markup('<line class="grid" x1="{0}%" x2="{0}%" y1="0" y2="100%"/>').format(place)
        for place in (0, 25, 50, 75, 100)
    )
    told = ", ".join(f"{datetime.fromtimestamp(meal.planned_at, where):%H:%M} {meal.called}" for meal in of_day)
    return Markup('<svg class="meals" role="img" aria-label="{}">{}{}</svg>').format(
        told, lines, Markup("").join(signs)
    )
