"""What all dashboards are made of: queries, filters, and panels that look and read alike.

Every panel has a title, a description and a unit, says something when there is nothing to show, and names states in
words and signs, so that colour is never the only cue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from grafana_foundation_sdk.builders import common as look
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders import prometheus, stat, statetimeline, statushistory, table, timeseries
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

DATASOURCE = dashboard.DataSourceRef(type_val="prometheus", uid="${datasource}")
MONITOR = 'instance="$monitor"'
"""One monitor at a time, so that two that watch the same fleet are never added up."""
COHORT = f'{MONITOR},tenant=~"$tenant",provider=~"$provider",region=~"$region",kind=~"$kind"'
QUIET = "–"
WIDTH = 24

Panel = TypeVar("Panel", stat.Panel, statetimeline.Panel, statushistory.Panel, table.Panel, timeseries.Panel)
AnyPanel = stat.Panel | statetimeline.Panel | statushistory.Panel | table.Panel | timeseries.Panel


@dataclass(frozen=True, slots=True)
class Words:
    """What a panel says about itself: `empty` is shown where there is nothing to show."""

    title: str
    description: str
    empty: str = QUIET


@dataclass(frozen=True, slots=True)
class State:
    """A state as it is shown: a word, a sign and a colour for a number."""

    number: int
    text: str
    color: str


YES_NO = (State(0, "✗ no", "red"), State(1, "✓ yes", "green"))
SIGHT = (State(0, "✓ sees", "green"), State(1, "✗ blind", "red"))
OUTAGE = (State(0, "✓ none", "green"), State(1, "? suspected", "yellow"), State(2, "✗ confirmed", "red"))
STATUSES = ("online", "late", "sleeping", "new", "offline")
STATUS = (
    State(1, "✓ online", "green"),
    State(2, "~ late", "yellow"),
    State(3, "☾ sleeping", "blue"),
    State(4, "+ new", "purple"),
    State(5, "✗ offline", "red"),
)


def states_of(metric: str, filters: str, states: Sequence[str], by: str) -> str:
    """One number for each member of a state set: 1 for the first of `states`, 2 for the second, and so on."""
    numbered = (f'{number} * {metric}{{{filters},state="{state}"}}' for number, state in enumerate(states, 1))
    return f"max by ({by}) ({' or '.join(numbered)})"


def query(expr: str, legend: str = "", *, instant: bool = False, ref: str = "A") -> prometheus.Dataquery:
    """A query over time; `instant` asks for the present only, as a table."""
    made = prometheus.Dataquery().expr(expr).ref_id(ref).legend_format(legend or "__auto").datasource(DATASOURCE)
    return made.instant().format(PromQueryFormat.TABLE) if instant else made.range()


def number(
    words: Words,
    expr: str,
    *,
    unit: str = "short",
    states: Sequence[State] = (),
    limits: Mapping[float, str] | None = None,
    legend: str = "",
    width: int = 4,
) -> stat.Panel:
    """One figure with its recent course. `limits` maps the values from which a colour holds to that colour."""
    panel = stat.Panel().with_target(query(expr, legend)).graph_mode(common.BigValueGraphMode.AREA)
    panel = panel.reduce_options(look.ReduceDataOptions().calcs(["lastNotNull"])).span(width).height(4)
    if states:
        panel = panel.graph_mode(common.BigValueGraphMode.NONE).mappings([_mapping(states)])
    if legend:
        panel = panel.text_mode(common.BigValueTextMode.VALUE_AND_NAME)
    steps = limits or {state.number: state.color for state in states}
    if steps:
        panel = panel.thresholds(_thresholds(steps))
        panel = panel.color_scheme(build.FieldColor().mode(dashboard.FieldColorModeId.THRESHOLDS))
    return _dressed(panel, words, unit)


def lines(
    words: Words,
    *queries: tuple[str, str],
    unit: str = "short",
    width: int = 12,
    stacked: bool = False,
    low: float | None = 0,
    dashed: str = "",
) -> timeseries.Panel:
    """Courses over time, each query with its legend. Those whose name matches `dashed` are drawn in dashes."""
    panel = timeseries.Panel().span(width).height(8).line_width(1.5).fill_opacity(40 if stacked else 8)
    for letter, (expr, legend) in zip("ABCDEFGH", queries, strict=False):
        panel = panel.with_target(query(expr, legend, ref=letter))
    panel = panel.legend(
        look.VizLegendOptions()
        .show_legend(True)  # noqa: FBT003 -- the builder takes it like this
        .display_mode(common.LegendDisplayMode.TABLE)
        .placement(common.LegendPlacement.RIGHT)
        .calcs(["lastNotNull", "max"])
    ).tooltip(look.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI).sort(common.SortOrder.DESCENDING))
    if stacked:
        panel = panel.stacking(look.StackingConfig().mode(common.StackingMode.NORMAL).group("A"))
    if low is not None:
        panel = panel.min(low)
    if dashed:
        style = dashboard.DynamicConfigValue(id_val="custom.lineStyle", value={"fill": "dash", "dash": [8, 6]})
        panel = panel.override_by_regexp(dashed, [style])
    return _dressed(panel, words, unit)


def timeline(
    words: Words, expr: str, legend: str, states: Sequence[State], *, width: int = WIDTH, height: int = 8
) -> statetimeline.Panel:
    """States as bars along time, one row for each series, each bar with its state's name on it."""
    panel = statetimeline.Panel().with_target(query(expr, legend)).mappings([_mapping(states)])
    panel = panel.show_value(common.VisibilityMode.AUTO).merge_values(True).fill_opacity(70)  # noqa: FBT003
    panel = panel.color_scheme(build.FieldColor().mode(dashboard.FieldColorModeId.THRESHOLDS))
    panel = panel.thresholds(_thresholds({state.number: state.color for state in states}))
    return _dressed(panel.span(width).height(height), words, "short")


def history(
    words: Words,
    expr: str,
    legend: str,
    *,
    unit: str = "short",
    states: Sequence[State] = (),
    limits: Mapping[float, str] | None = None,
    width: int = WIDTH,
) -> statushistory.Panel:
    """A value or state at regular moments, one row for each series, written into each cell."""
    panel = statushistory.Panel().with_target(query(expr, legend)).show_value(common.VisibilityMode.ALWAYS)
    panel = panel.max_data_points(40).span(width).height(8).fill_opacity(70)
    panel = panel.color_scheme(build.FieldColor().mode(dashboard.FieldColorModeId.THRESHOLDS))
    panel = panel.thresholds(_thresholds(limits or {state.number: state.color for state in states}))
    return _dressed(panel.mappings([_mapping(states)]) if states else panel, words, unit)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that a query fills: `states` name its numbers, `link` leads somewhere from each cell."""

    name: str
    expr: str
    unit: str = "short"
    states: Sequence[State] = ()


def rows(
    words: Words,
    columns: Sequence[Column],
    keys: Mapping[str, str | None],
    *,
    sort: str = "",
    width: int = WIDTH,
) -> table.Panel:
    """A table: `keys` are the labels that make a row, each with the link its cells lead to; one column per query."""
    panel = table.Panel().span(width).height(9).filterable(True)  # noqa: FBT003
    renamed = {}
    for letter, column in zip("ABCDEFGH", columns, strict=False):
        panel = panel.with_target(query(column.expr, instant=True, ref=letter))
        renamed[f"Value #{letter}" if len(columns) > 1 else "Value"] = column.name
        shown = [dashboard.DynamicConfigValue(id_val="unit", value=column.unit)]
        if column.states:
            shown.append(dashboard.DynamicConfigValue(id_val="mappings", value=[_mapping(column.states)]))
        panel = panel.override_by_name(column.name, shown)
    for key, link in keys.items():
        if link:
            title = link.partition("|")[0]
            links = [{"title": title, "url": link.partition("|")[2], "targetBlank": False}]
            panel = panel.override_by_name(key, [dashboard.DynamicConfigValue(id_val="links", value=links)])
    if len(columns) > 1:
        panel = panel.with_transformation(dashboard.DataTransformerConfig(id_val="merge", options={}))
    order = {name: place for place, name in enumerate([*keys, *renamed])}
    hidden = dict.fromkeys(("Time", "__name__", "instance", "job"), True)
    tidy = {"excludeByName": hidden, "indexByName": order, "renameByName": renamed}
    panel = panel.with_transformation(dashboard.DataTransformerConfig(id_val="organize", options=tidy))
    if sort:
        panel = panel.sort_by([look.TableSortByFieldState().display_name(sort).desc(True)])  # noqa: FBT003
    return _dressed(panel, words, "short")


def _dressed(panel: Panel, words: Words, unit: str) -> Panel:
    return (
        panel.title(words.title).description(words.description).datasource(DATASOURCE).unit(unit).no_value(words.empty)
    )


def _mapping(states: Sequence[State]) -> dashboard.ValueMapping:
    return dashboard.ValueMap(
        {
            str(state.number): dashboard.ValueMappingResult(text=state.text, color=state.color, index=place)
            for place, state in enumerate(states)
        }
    )


def _thresholds(limits: Mapping[float, str]) -> build.ThresholdsConfig:
    ordered = sorted(limits.items())
    steps = [dashboard.Threshold(value=None, color=ordered[0][1])]
    steps += [dashboard.Threshold(value=limit, color=color) for limit, color in ordered[1:]]
    return build.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(steps)
