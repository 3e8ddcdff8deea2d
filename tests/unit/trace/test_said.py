"""What was said in public, in a trace: when and at which stage, and none of the words."""

from dataclasses import replace

import pytest

from monitor.core.publication.bulletins import Draft, DraftDropped, Plan, UpdateDrafted, UpdatePublished
from monitor.trace.lines import LineError, read_line, write_line
from monitor.trace.said import UNRECORDED

SECRET = "Words that an operator chose"


def published(**fields: object) -> UpdatePublished:
    draft = Draft(SECRET, "investigating", SECRET, {"x": "major_outage"}, ("i-1",))
    return UpdatePublished("b", 2.0, "kim", replace(draft, **fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "act",
    [published(), published(audience="acme"), published(stage="scheduled", plan=Plan(5.0, 9.0), incidents=())],
)
def test_a_public_word_comes_back_without_its_text_and_author(act: UpdatePublished) -> None:
    line = write_line(act)
    assert line is not None
    assert SECRET not in line
    assert "kim" not in line
    said = read_line(line)
    draft = Draft(UNRECORDED, act.draft.stage, UNRECORDED, {}, act.draft.incidents, act.draft.audience, act.draft.plan)
    assert said == UpdatePublished("b", 2.0, "", draft)


def test_drafts_are_not_recorded() -> None:
    assert write_line(UpdateDrafted("b", 2.0, "kim", published().draft)) is None
    assert write_line(DraftDropped("b", 2.0, "kim")) is None


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ('"said": 3, "stage": "resolved"', '"said" must be an id'),
        ('"said": "b"', '"stage" must be one of investigating'),
        ('"said": "b", "stage": "exploded"', '"stage" must be one of investigating'),
        ('"said": "b", "stage": "resolved", "incidents": "i"', '"incidents" must be a list of ids'),
        ('"said": "b", "stage": "resolved", "audience": 3', '"audience" must be a tenant'),
        ('"said": "b", "stage": "scheduled", "planned": [5]', '"planned" must be two moments'),
        ('"said": "b", "stage": "scheduled", "planned": [9, 5]', '"planned" must be two moments'),
        ('"said": "b", "stage": "scheduled", "planned": [true, 5]', '"planned" must be two moments'),
    ],
)
def test_a_line_that_cannot_be_used_says_what_it_must_be(fields: str, wrong: str) -> None:
    with pytest.raises(LineError) as error:
        read_line(f'{{"at": 2.0, {fields}}}')
    assert wrong in str(error.value)
