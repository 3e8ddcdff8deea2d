"""The committed dashboards are what their source says, and say what they show."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dashboards.grafana.source.boards import BOARDS, files
from dashboards.grafana.source.parts import states_of
from monitor.metrics.catalogue import CATALOGUE
from tests.boards import FILES, FOLDER, boards, panels, queries, variables

ALL = boards()
LABELS = {"le", "job", "instance", "alertname", "alertstate"} | {name for m in CATALOGUE.values() for name in m.labels}
EXPECTED = {
    "Fleet now",
    "Providers and outages",
    "Feeders",
    "Thermostats",
    "One device",
    "The monitor itself",
    "Privacy and egress",
}
NAMED_STATES = {"state-timeline"}
every_board = pytest.mark.parametrize("board", ALL, ids=lambda board: board["uid"])


def test_the_committed_dashboards_are_what_the_source_writes() -> None:
    written = {path: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert written == files(), "run `make dashboards`"


def test_writing_twice_gives_the_same() -> None:
    assert files() == files()


def test_there_is_one_dashboard_for_each_question() -> None:
    assert {board["title"] for board in ALL} == EXPECTED
    assert all(board["description"].endswith("?") for board in ALL)
    assert {board["uid"] for board in ALL} == {path.stem for path in FILES}
    assert len({board.uid for board in BOARDS}) == len(BOARDS)


@every_board
def test_a_dashboard_can_be_provisioned_anywhere(board: dict[str, Any]) -> None:
    assert board.get("id") is None
    assert board["schemaVersion"] >= 36
    assert board["editable"] is False
    assert variables(board)[0]["name"] == "datasource"
    for panel in panels(board):
        assert panel["datasource"]["uid"] == "${datasource}"
        assert all(target["datasource"]["uid"] == "${datasource}" for target in panel["targets"])


@every_board
def test_every_panel_says_what_it_shows_in_which_unit_and_what_it_means_when_empty(board: dict[str, Any]) -> None:
    for panel in panels(board):
        defaults = panel["fieldConfig"]["defaults"]
        assert panel["title"]
        assert panel["description"].endswith((".", "?")), panel["title"]
        assert defaults["unit"], panel["title"]
        assert defaults["noValue"], panel["title"]


@every_board
def test_panels_neither_overlap_nor_leave_the_grid(board: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24, panel["title"]
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


@every_board
def test_colour_is_never_the_only_cue(board: dict[str, Any]) -> None:
    for panel in panels(board):
        mapped = [
            each
            for mapping in panel["fieldConfig"]["defaults"].get("mappings", [])
            for each in mapping["options"].values()
        ]
        assert all(re.match(r"[^\w\s] \w", each["text"]) for each in mapped), "a state is shown by a sign and a word"
        assert mapped or panel["type"] not in NAMED_STATES, panel["title"]
        if panel["type"] == "timeseries":
            assert panel["options"]["legend"]["showLegend"], panel["title"]
        if panel["type"] == "status-history":
            assert panel["options"]["showValue"] == "always", panel["title"]


@every_board
def test_every_link_leads_to_a_dashboard_or_a_page_that_exists(board: dict[str, Any]) -> None:
    text = str(board)
    uids = {other["uid"] for other in ALL}
    assert set(re.findall(r"/d/([\w-]+)", text)) <= uids
    for path in re.findall(r"\$\{hearthbeat\}(/[a-z]*)", text):
        assert path in {"/", "/runbooks", "/devices"}


@every_board
def test_every_metric_and_label_exists(board: dict[str, Any]) -> None:
    for asked in queries(board):
        for name in re.findall(r"\b(?:fleet|hearthbeat)_[a-z0-9_]+\b", asked.expr):
            assert name in CATALOGUE or re.sub(r"_(bucket|count|sum)$", "", name) in CATALOGUE, asked.where
        for label in re.findall(r"(\w+)\s*(?:=~|!=|!~|=)\s*\"", asked.expr):
            assert label in LABELS, f"{asked.where}: {label}"


@every_board
def test_every_variable_that_a_query_uses_is_offered_before_it(board: dict[str, Any]) -> None:
    built_in = {"__rate_interval", "__range", "__interval", "__url_time_range", "__value", "__data"}
    offered = {"datasource"}
    for variable in variables(board):
        assert set(re.findall(r"\$\{?(\w+)", str(variable.get("query", "")))) <= offered | built_in, variable["name"]
        offered.add(variable["name"])
    for asked in queries(board):
        assert set(re.findall(r"\$\{?(\w+)", asked.expr)) <= offered | built_in, asked.where


@every_board
def test_incidents_and_blindness_are_marked_on_every_dashboard(board: dict[str, Any]) -> None:
    assert [each["name"] for each in board["annotations"]["list"]] == ["Outages", "Blind"]


def test_a_state_set_becomes_one_number_for_each_device() -> None:
    assert states_of("fleet_device_state", 'job="x"', ("online", "late"), "device") == (
        "max by (device) ("
        '1 * fleet_device_state{job="x",state="online"} or 2 * fleet_device_state{job="x",state="late"})'
    )
