"""The committed dashboards, as tests read them: panels, queries and variables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "dashboards" / "grafana" / "dashboards"
FILES = sorted(FOLDER.glob("*.json"))


@dataclass(frozen=True, slots=True)
class Asked:
    """One query and where it stands; `label` is set where a variable asks for the values of a label."""

    where: str
    expr: str
    label: str = ""


def boards() -> list[dict[str, Any]]:
    """Every dashboard."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in FILES]


def panels(board: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The panels of a dashboard that show something."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def variables(board: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The variables of a dashboard, in order."""
    listed: list[dict[str, Any]] = board["templating"]["list"]
    return listed


def queries(board: Mapping[str, Any]) -> Iterator[Asked]:
    """Every query of a dashboard: panels, variables and annotations."""
    for panel in panels(board):
        for target in panel["targets"]:
            yield Asked(f"{board['uid']} / {panel['title']} / {target['refId']}", target["expr"])
    for variable in variables(board):
        if variable["type"] == "query":
            found = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"], re.DOTALL)
            assert found, f"{board['uid']}: {variable['name']} asks for something else than the values of a label"
            yield Asked(f"{board['uid']} / ${variable['name']}", found[1], found[2])
    for annotation in board["annotations"]["list"]:
        yield Asked(f"annotation {annotation['name']}", annotation["expr"])
