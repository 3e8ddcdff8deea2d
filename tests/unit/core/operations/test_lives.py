"""The life of an incident leads through its table only."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.decisions import Incident
from monitor.core.operations.lives import LIFE, TURNS, Turn, stage_of, turned
from tests.house.sources import ROOT
from tools.state_diagram import DEVICE, INCIDENT

CASE = Incident("i1", "device", "device", {"tenant": "acme", "device": "f1"}, 100.0, 110.0, None, 1, 1, 1.0)
turns = st.lists(st.sampled_from(sorted(TURNS)), max_size=12)


@given(turns)
def test_any_order_of_turns_leads_through_the_table_only(happenings: list[Turn]) -> None:
    incident, at = CASE, 200.0
    for turn in happenings:
        before, at = stage_of(incident), at + 1
        after = turned(incident, turn, at, "ada")
        assert (after is None) == ((before, turn) not in LIFE)
        if after is not None:
            assert stage_of(after) == LIFE[before, turn]
            assert (after.id, after.started_at, after.opened_at) == ("i1", 100.0, 110.0)
            incident = after


def test_who_did_what_and_when_is_kept() -> None:
    taken = turned(CASE, "acknowledged", 120.0, "ada")
    assert taken == replace(CASE, acknowledged_at=120.0, acknowledged_by="ada")
    closed = turned(taken, "closed", 130.0, "bob")
    assert closed is not None
    assert (closed.resolved_at, closed.resolved_by, closed.acknowledged_by) == (130.0, "bob", "ada")


def test_a_relapse_begins_as_a_new_one_that_nobody_has_taken_yet() -> None:
    over = replace(
        CASE,
        resolved_at=130.0,
        resolved_by="bob",
        acknowledged_at=120.0,
        acknowledged_by="ada",
        stragglers=("acme/f1",),
        reopened=1,
    )
    assert turned(over, "relapsed", 140.0) == replace(CASE, reopened=2)


@pytest.mark.parametrize(("page", "diagram"), [("architecture.md", DEVICE), ("incidents.md", INCIDENT)])
def test_the_documents_show_the_tables_as_they_are(page: str, diagram: str) -> None:
    assert f"```mermaid\n{diagram}\n```" in (ROOT / "docs" / page).read_text(encoding="utf-8")


def test_every_turn_is_explained_and_every_explanation_is_of_a_turn() -> None:
    assert {turn for _, turn in LIFE} == set(TURNS)
    page = (ROOT / "docs" / "incidents.md").read_text(encoding="utf-8")
    assert all(f"| {turn} | {meaning} |" in page for turn, meaning in TURNS.items())
