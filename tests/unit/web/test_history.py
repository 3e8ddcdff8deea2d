"""The plots of the fleet over time: honest about scale and about what was not seen."""

from __future__ import annotations

import re

from monitor.core.census import Count
from monitor.web.history import history
from monitor.web.plots import Band, Mark, column, curve, stacked
from tests.small_fleet import NOW


def counted(minutes_ago: float, *, online: int = 90, late: int = 0, offline: int = 0, blind: bool = False) -> Count:
    return Count(NOW - 60 * minutes_ago, (0, online, late, offline, 0), blind)


def test_a_plot_tells_its_extremes_and_when_they_were() -> None:
    drawn = history([counted(40), counted(30, online=60, late=10, offline=20), counted(1, online=80, offline=10)], NOW)
    assert drawn is not None
    assert drawn.title == "the last hour"
    assert drawn.told == "At most 30 devices silent, at 13:43 UTC; 10 at last."
    assert drawn.sparks["online"].scale == "fewest 60 at 13:43 UTC"
    assert drawn.sparks["offline"].scale == "most 20 at 13:43 UTC"
    assert drawn.sparks["sleeping"].scale == "0 all along"
    assert drawn.ticks == ("13:13", "13:28", "13:43", "13:58", "now (UTC)")
    assert ">30</text>" in drawn.silent, "the scale is the most that were silent at one time"


def test_what_was_not_seen_is_left_open_instead_of_drawn_as_zero() -> None:
    counts = [counted(minute, blind=20 <= minute < 40) for minute in range(59, -1, -1)]
    drawn = history(counts, NOW)
    assert drawn is not None
    assert drawn.told == "No device was late or offline."
    holes = re.findall(r'class="unseen" x="([\d.]+)" y="0" width="([\d.]+)"', drawn.silent)
    assert holes[-1] == ("350.0", "333.3"), "a third of an hour is a third of the width"


def test_the_span_is_the_shortest_that_holds_all() -> None:
    for minutes, title in ((50, "the last hour"), (130, "the last 3 hours"), (1430, "the last 24 hours")):
        drawn = history([counted(minutes), counted(0)], NOW)
        assert drawn is not None
        assert drawn.title == title


def test_one_count_is_no_plot_yet() -> None:
    assert history([counted(0)], NOW) is None
    assert history([counted(1, blind=True), counted(0)], NOW) is None


def test_areas_stand_upon_each_other_and_are_closed() -> None:
    bands = [Band("low", [1, 1, None]), Band("high", [1, 3, None])]
    drawn = stacked(bands, 4, "told", [Mark(1.0, "4"), Mark(0.0, "0")])
    low, high = re.findall(r'<path class="area \w+" d="([^"]*)"', drawn)
    assert low == "M0.0,75.0 333.3,75.0 333.3,75.0 666.7,75.0 666.7,100.0 333.3,100.0 333.3,100.0 0.0,100.0Z"
    assert high.startswith("M0.0,50.0 333.3,50.0 333.3,0.0 666.7,0.0 666.7,75.0")
    assert 'aria-label="told"' in drawn
    assert 'class="unseen" x="666.7" y="0" width="333.3"' in drawn


def test_words_in_plots_are_escaped() -> None:
    hostile = '"><script>'
    for drawn in (stacked([Band("a", [1])], 0, hostile, [Mark(0.5, hostile)]), curve([(0, 0)], hostile)):
        assert "<script>" not in drawn


def test_a_column_shows_the_part_in_danger_from_the_ground() -> None:
    drawn = column(50, 25, 100)
    assert 'class="whole" x="0" y="50.00%" width="100%" height="50.00%"' in drawn
    assert 'class="danger" x="0" y="75.00%" width="100%" height="25.00%"' in drawn
    assert 'height="0.00%"' in column(0, 0, 0)
