"""What operators do is written into traces and judged again, without names and remarks."""

from dataclasses import replace

import pytest

from monitor.core.operations.acts import (
    Act,
    IncidentAcknowledged,
    IncidentNoted,
    IncidentResolvedByHand,
    SilenceEnded,
    SilenceSet,
    WindowEnded,
    WindowSet,
)
from monitor.core.operations.silences import Silence, parse_matcher
from monitor.core.operations.windows import Recurrence, Window
from monitor.trace.lines import LineError, read_line, write_line

SILENCE = Silence("s1", (parse_matcher("site=s1"), parse_matcher("alertname=~Feeder.*")), 1.0, 9.0, "", "")
WINDOW = Window("w1", {"provider": "aurora"}, 1.0, 9.0, "", "")
NIGHTLY = replace(WINDOW, ends_at=None, recurrence=Recurrence(120, 3600.0, "Europe/Berlin", ("sat", "sun")))


@pytest.mark.parametrize(
    "act",
    [
        IncidentAcknowledged("i1", 5.0, ""),
        IncidentNoted("i1", 5.0, "", ""),
        IncidentResolvedByHand("i1", 5.0, ""),
        SilenceSet(SILENCE, 5.0),
        SilenceEnded("s1", 5.0, ""),
        WindowSet(WINDOW, 5.0),
        WindowSet(NIGHTLY, 5.0),
        WindowEnded("w1", 5.0, ""),
    ],
)
def test_what_is_written_is_read_again(act: Act) -> None:
    text = write_line(act)
    assert text is not None
    assert read_line(text) == act


@pytest.mark.parametrize(
    "act",
    [
        IncidentAcknowledged("i1", 5.0, "ada lovelace"),
        IncidentNoted("i1", 5.0, "ada lovelace", "ada lovelace called"),
        IncidentResolvedByHand("i1", 5.0, "ada lovelace", "ada lovelace said so"),
        SilenceSet(replace(SILENCE, author="ada lovelace", comment="ada lovelace asked"), 5.0),
        SilenceEnded("s1", 5.0, "ada lovelace"),
        WindowSet(replace(WINDOW, author="ada lovelace", comment="for ada lovelace"), 5.0),
        WindowEnded("w1", 5.0, "ada lovelace"),
    ],
)
def test_names_and_remarks_stay_out_of_traces(act: Act) -> None:
    assert "lovelace" not in str(write_line(act))


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"at": 1, "acknowledged": 5}', '"acknowledged" must be an id'),
        ('{"at": 1, "window_ended": ""}', '"window_ended" must be an id'),
        ('{"at": 1, "silence": "s", "matchers": []}', '"matchers" must be a list of texts'),
        ('{"at": 1, "silence": "s", "matchers": [5]}', '"matchers" must be a list of texts'),
        ('{"at": 1, "silence": "s", "matchers": ["site"]}', "\"matchers\": 'site' is no matcher"),
        ('{"at": 1, "silence": "s", "matchers": ["site=x"]}', '"starts_at" must be a number'),
        ('{"at": 1, "silence": "s", "matchers": ["site=x"], "starts_at": true}', '"starts_at" must be a number'),
        ('{"at": 1, "window": "w", "scope": []}', '"scope" must be an object of texts'),
        ('{"at": 1, "window": "w", "scope": {"a": 5}}', '"scope" must be an object of texts'),
        ('{"at": 1, "window": "w", "scope": {}, "starts_at": 1, "recurrence": 5}', '"recurrence" must hold minute'),
        (
            '{"at": 1, "window": "w", "scope": {}, "starts_at": 1, "recurrence": {"minute": 5, "timezone": "X/Y"}}',
            '"recurrence" must hold minute',
        ),
        (
            '{"at": 1, "window": "w", "scope": {}, "recurrence": {"minute": 5, "timezone": "UTC", "days": ["x"]}}',
            '"recurrence" must hold minute',
        ),
        (
            '{"at": 1, "window": "w", "scope": {}, "recurrence": {"minute": 5, "timezone": "UTC"}}',
            '"duration_seconds" must be a number',
        ),
    ],
)
def test_a_line_that_cannot_be_used_says_what_it_must_be(line: str, wrong: str) -> None:
    with pytest.raises(LineError) as refused:
        read_line(line)
    assert str(refused.value).startswith(wrong)
