"""Small plots as inline SVG, drawn here and not in the browser.

Places are per cent of the width and height, so that a plot fits any screen while its text and lines stay as they are.
Colours come from the style sheet by class, and every plot says in words what it shows. What was not seen is left open,
never drawn as if it were zero.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

WIDTH, HEIGHT = 1000.0, 100.0
"""The units of the part of a plot that is stretched."""
UPPER_HALF = 0.5
"""Labels of lines above this hang under them, so that they stay inside."""

Value = float | None


@dataclass(frozen=True, slots=True)
class Band:
    """One series of a stacked plot: a class for its colour, and a value for each column; None was not seen."""

    name: str
    values: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Something that lasted: from and to as shares of the width, a class for its colour, and what it was."""

    begin: float
    end: float
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A line at a height with its label, as a limit; `height` is a share from the bottom."""

    height: float
    label: str
    name: str = "grid"


def stacked(bands: Sequence[Band], top: float, told: str, marks: Sequence[Mark] = ()) -> Markup:
    """Areas upon each other, from the ground up to `top`."""
    floor = [0.0] * len(bands[0].values)
    shapes = []
    for band in bands:
        ceiling = [None if value is None else low + value for low, value in zip(floor, band.values, strict=True)]
        shapes.append(Markup('<path class="area {}" d="{}"/>').format(band.name, " ".join(_areas(floor, ceiling, top))))
        floor = [low if high is None else high for low, high in zip(floor, ceiling, strict=True)]
    unseen = Markup("").join(
        Markup('<rect class="unseen" x="{:.1f}" y="0" width="{:.1f}" height="{:g}"/>').format(first, width, HEIGHT)
        for first, width in _holes(bands[0].values)
    )
    return _plot(unseen + Markup("").join(shapes), told, marks)


def spark(name: str, values: Sequence[Value], top: float, told: str) -> Markup:
    """One small area without any scale beside it."""
    return stacked([Band(name, values)], top, told)


def strip(stretches: Sequence[Stretch], told: str) -> Markup:
    """What lasted from when to when, side by side on one line."""
    rects = Markup("").join(
        Markup('<rect class="area {}" x="{:.2f}%" y="0" width="{:.2f}%" height="100%"><title>{}</title></rect>').format(
            each.name, 100 * each.begin, 100 * (each.end - each.begin), each.title
        )
        for each in stretches
    )
    return Markup('<svg class="strip" role="img" aria-label="{}">{}</svg>').format(told, rects)


def curve(
    points: Sequence[tuple[float, float]],
    told: str,
    *,
    ahead: Sequence[tuple[float, float]] = (),
    marks: Sequence[Mark] = (),
) -> Markup:
    """A line through points and a dashed one for what is expected, both in shares from the left and the ground."""
    seen = Markup('<path class="line seen" d="{}"/>').format(_line(points))
    expected = Markup('<path class="line ahead" d="{}"/>').format(_line(ahead)) if ahead else Markup("")
    return _plot(seen + expected, told, marks)


def column(number: float, danger: float, top: float) -> Markup:
    """One upright bar, and the part of it that is in danger from the ground up; the words stand beside it."""
    rects = Markup("").join(
        Markup('<rect class="{}" x="0" y="{:.2f}%" width="100%" height="{:.2f}%"/>').format(name, 100 - high, high)
        for name, high in (("whole", _share(number, top)), ("danger", _share(danger, top)))
    )
    return Markup('<svg class="column" aria-hidden="true">{}</svg>').format(rects)


def _plot(shapes: Markup, told: str, marks: Sequence[Mark]) -> Markup:
    lines = Markup("").join(
        Markup(
            '<line class="{name}" x1="0" x2="100%" y1="{y:.2f}%" y2="{y:.2f}%"/>'
            '<text class="label" x="0" y="{y:.2f}%" dy="{shift}">{label}</text>'
        ).format(
            name=mark.name,
            y=100 * (1 - mark.height),
            shift="1.1em" if mark.height > UPPER_HALF else "-0.35em",
            label=mark.label,
        )
        for mark in marks
    )
    return Markup(
        '<svg class="plot" role="img" aria-label="{told}"><svg viewBox="0 0 {width:g} {height:g}" '
        'preserveAspectRatio="none" width="100%" height="100%">{shapes}</svg>{lines}</svg>'
    ).format(told=told, width=WIDTH, height=HEIGHT, shapes=shapes, lines=lines)


def _areas(floor: Sequence[float], ceiling: Sequence[Value], top: float) -> Iterator[str]:
    """One closed path for each run of columns that were seen, with a step at each column."""
    step = WIDTH / max(len(ceiling), 1)
    columns = enumerate(zip(floor, ceiling, strict=True))
    for seen, run in groupby(columns, key=lambda column: column[1][1] is not None):
        if not seen:
            continue
        there, back = [], []
        for index, (low, high) in run:
            left, right = f"{index * step:.1f}", f"{(index + 1) * step:.1f}"
            there += [f"{left},{_y(high or 0.0, top)}", f"{right},{_y(high or 0.0, top)}"]
            back += [f"{left},{_y(low, top)}", f"{right},{_y(low, top)}"]
        yield f"M{' '.join(there + back[::-1])}Z"


def _holes(values: Sequence[Value]) -> Iterator[tuple[float, float]]:
    step = WIDTH / max(len(values), 1)
    for missing, run in groupby(range(len(values)), key=lambda index: values[index] is None):
        columns = list(run)
        if missing:
            yield columns[0] * step, len(columns) * step


def _line(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " ".join(f"{WIDTH * x:.1f},{HEIGHT * (1 - y):.1f}" for x, y in points)


def _y(value: float, top: float) -> str:
    return f"{HEIGHT - _share(value, top) * HEIGHT / 100:.1f}"


def _share(value: float, top: float) -> float:
    """Per cent of the height."""
    return 100 * min(value / top, 1.0) if top else 0.0
