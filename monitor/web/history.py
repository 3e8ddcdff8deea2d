"""The last day of the fleet as plots: each state for itself, and what was silent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from monitor.core.census import Count
from monitor.core.decisions import STATUSES, Status
from monitor.core.sentences import time_of_day
from monitor.web.plots import Band, Mark, Value, spark, stacked

HOUR_SECONDS = 3600.0
SPANS_HOURS = (1, 3, 6, 12, 24)
COLUMNS = 120
"""The most columns of a plot; each shows the worst of its minutes."""
TICKS = 5


@dataclass(frozen=True, slots=True)
class Spark:
    """The small plot of one state: its picture, and the scale that it is drawn to in words."""

    plot: Markup
    scale: str


@dataclass(frozen=True, slots=True)
class History:
    """The plots of the shortest span that holds all counts: `title` names it, `ticks` stand under the wide plot."""

    title: str
    sparks: dict[Status, Spark]
    silent: Markup
    told: str
    ticks: tuple[str, ...]


def history(counts: Sequence[Count], now: float) -> History | None:
    """Draw the counts; None as long as there are too few of them for a plot."""
    seen = [count for count in counts if not count.blind]
    if len(seen) < 2:  # noqa: PLR2004 -- two make a line
        return None
    hours = next((hours for hours in SPANS_HOURS if counts[0].at >= now - hours * HOUR_SECONDS), SPANS_HOURS[-1])
    begin = now - hours * HOUR_SECONDS
    title = "the last hour" if hours == 1 else f"the last {hours} hours"
    columns = _columns(seen, begin, now, min(COLUMNS, hours * 60))
    sparks = {status: _spark(status, columns, seen, now, title) for status in STATUSES}
    worst = [max(column, key=_silent) if column else None for column in columns]
    late, offline = ([None if one is None else float(one.of(each)) for one in worst] for each in ("late", "offline"))
    top = float(max((_silent(one) for one in worst if one is not None), default=0))
    told = _told(seen, now)
    marks = [Mark(1.0, f"{top:,.0f}")] if top else []
    silent = stacked([Band("offline", offline), Band("late", late)], top or 1.0, told, [*marks, Mark(0.0, "0")])
    step = hours * HOUR_SECONDS / (TICKS - 1)
    ticks = tuple(time_of_day(begin + index * step, now).removesuffix(" UTC") for index in range(TICKS - 1))
    return History(title, sparks, silent, told, (*ticks, "now (UTC)"))


def _columns(seen: Sequence[Count], begin: float, end: float, number: int) -> list[list[Count]]:
    columns: list[list[Count]] = [[] for _ in range(number)]
    for count in seen:
        place = int((count.at - begin) / (end - begin) * number)
        if 0 <= place <= number:
            columns[min(place, number - 1)].append(count)
    return columns


def _worst(columns: Sequence[Sequence[Count]], status: Status) -> list[Value]:
    """The worst of each column: the fewest online, the most of anything else; None where nothing was seen."""
    worst: Callable[..., int] = min if status == "online" else max
    return [float(worst(count.of(status) for count in column)) if column else None for column in columns]


def _spark(status: Status, columns: Sequence[Sequence[Count]], seen: Sequence[Count], now: float, title: str) -> Spark:
    values = _worst(columns, status)
    pick = min if status == "online" else max
    extreme = pick(seen, key=lambda count: count.of(status))
    number, word = extreme.of(status), "fewest" if status == "online" else "most"
    steady = all(count.of(status) == number for count in seen)
    scale = f"{number:,} all along" if steady else f"{word} {number:,} at {time_of_day(extreme.at, now)}"
    top = max((value for value in values if value is not None), default=0.0)
    told = f"Devices {status} over {title}: {scale}, {seen[-1].of(status):,} at last."
    return Spark(spark(status, values, top, told), scale)


def _told(seen: Sequence[Count], now: float) -> str:
    worst = max(seen, key=_silent)
    if not (number := _silent(worst)):
        return "No device was late or offline."
    return f"At most {number:,} devices silent, at {time_of_day(worst.at, now)}; {_silent(seen[-1]):,} at last."


def _silent(count: Count) -> int:
    return count.of("offline") + count.of("late")
