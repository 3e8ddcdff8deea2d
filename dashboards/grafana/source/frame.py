"""The frame around the panels: variables, annotations, links, and the dashboard as Grafana's classic JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard

from dashboards.grafana.source.parts import DATASOURCE, MONITOR, AnyPanel

TAG = "hearthbeat"


@dataclass(frozen=True, slots=True)
class Section:
    """A row of the dashboard with its panels; without a title there is no heading."""

    panels: Sequence[AnyPanel]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A variable that is filled by asking for the values that a label has; `many` offers several and all."""

    name: str
    ask: str
    many: bool = True


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard. `uid` is fixed, for links lead to it."""

    uid: str
    title: str
    question: str
    sections: Sequence[Section]
    choices: Sequence[Choice] = field(default_factory=tuple)
    since: str = "now-6h"
    refresh: str = "30s"

    def to_json(self) -> str:
        """The dashboard as it is committed."""
        board = (
            build.Dashboard(self.title)
            .uid(self.uid)
            .description(self.question)
            .tags([TAG])
            .time(self.since, "now")
            .refresh(self.refresh)
            .timezone("browser")
            .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
            .readonly()
            .link(_siblings())
        )
        board = board.with_variable(_datasource()).with_variable(_page())
        for choice in (Choice("monitor", "label_values(hearthbeat_build_info, instance)", many=False), *self.choices):
            board = board.with_variable(_variable(choice))
        for section in self.sections:
            if section.title:
                board = board.with_row(build.Row(section.title))
            for panel in section.panels:
                board = board.with_panel(panel)
        made: dict[str, Any] = json.loads(json.dumps(board.build(), cls=JSONEncoder))
        for place, panel in enumerate(made["panels"], 1):
            panel["id"] = place
        made["annotations"] = {"list": _ANNOTATIONS}
        return json.dumps(made, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


FLEET = (
    Choice("tenant", f"label_values(fleet_devices{{{MONITOR}}}, tenant)"),
    Choice("provider", f'label_values(fleet_devices{{{MONITOR},tenant=~"$tenant"}}, provider)'),
    Choice("region", f'label_values(fleet_devices{{{MONITOR},tenant=~"$tenant",provider=~"$provider"}}, region)'),
    Choice(
        "kind",
        f'label_values(fleet_devices{{{MONITOR},tenant=~"$tenant",provider=~"$provider",region=~"$region"}}, kind)',
    ),
)
"""What the sums can be narrowed to."""


def places(kind: str = "", *, one_device: bool = False) -> tuple[Choice, ...]:
    """What the series of single devices can be narrowed to, from tenant to device."""
    of_kind = f',kind="{kind}"' if kind else ""
    info = f"fleet_device_info{{{MONITOR}{of_kind}"
    in_tenant = f'{info},tenant=~"$tenant"'
    on_provider = f'{in_tenant},provider=~"$provider"'
    choices = [
        Choice("tenant", f"label_values({info}}}, tenant)", many=not one_device),
        Choice("provider", f"label_values({in_tenant}}}, provider)"),
        Choice("site", f"label_values({on_provider}}}, site)"),
    ]
    in_site = f'{on_provider},site=~"$site"'
    if not kind:
        choices.append(Choice("kind", f"label_values({in_site}}}, kind)"))
        in_site += ',kind=~"$kind"'
    if one_device:
        choices.append(Choice("device", f"label_values({in_site}}}, device)", many=False))
    return tuple(choices)


def _datasource() -> build.DatasourceVariable:
    return build.DatasourceVariable("datasource").label("Prometheus").type("prometheus")


def _page() -> build.TextBoxVariable:
    """Where Hearthbeat's own page is, for links to incidents and runbooks."""
    address = dashboard.VariableOption(text="http://127.0.0.1:8080", value="http://127.0.0.1:8080", selected=True)
    return (
        build.TextBoxVariable("hearthbeat")
        .label("Hearthbeat's page")
        .description("Where links to runbooks and devices lead")
        .default_value("http://127.0.0.1:8080")
        .current(address)
        .options([address])
    )


def _variable(choice: Choice) -> build.QueryVariable:
    made = (
        build.QueryVariable(choice.name)
        .label(choice.name)
        .datasource(DATASOURCE)
        .query({"query": choice.ask, "refId": "A", "qryType": 1})
        .refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(dashboard.VariableSort.ALPHABETICAL_ASC)
    )
    if not choice.many:
        return made
    everything = dashboard.VariableOption(text="All", value="$__all", selected=True)
    return made.multi(True).include_all(True).all_value(".*").current(everything)  # noqa: FBT003


def _siblings() -> build.DashboardLink:
    return (
        build.DashboardLink("Hearthbeat")
        .type(dashboard.DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(True)  # noqa: FBT003
        .keep_time(True)  # noqa: FBT003
        .include_vars(True)  # noqa: FBT003
        .tooltip("The other dashboards, for the same time")
    )


def _annotation(name: str, expr: str, color: str, title: str) -> dict[str, object]:
    return {
        "name": name,
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "enable": True,
        "expr": expr,
        "iconColor": color,
        "step": "30s",
        "titleFormat": title,
        "type": "dashboard",
    }


_ANNOTATIONS = [
    _annotation(
        "Outages",
        f'max by (layer, scope) (fleet_outage_state{{{MONITOR},state="confirmed"}}) == 1',
        "red",
        "{{layer}} outage: {{scope}}",
    ),
    _annotation("Blind", f"max by (cause) (hearthbeat_blind{{{MONITOR}}}) == 1", "purple", "Blind: {{cause}}"),
]
"""Shown on every panel over time; the SDK's builder knows no title for them."""
