"""Times of day as plans write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.devices.schedule import minute_of_day, time_of_day


@pytest.mark.parametrize(("time", "minute"), [("00:00", 0), ("07:30", 450), ("19:05", 1145), ("23:59", 1439)])
def test_a_time_of_day_is_counted_in_minutes_from_midnight(time: str, minute: int) -> None:
    assert minute_of_day(time) == minute


@pytest.mark.parametrize(
    "text", ["24:00", "7:30", "07:60", "", "07:30\n", "\u0660\u0667:\u0663\u0660", "-1:30", "07:30:00"]
)
def test_what_is_not_a_time_of_day_has_no_minute(text: str) -> None:
    assert minute_of_day(text) is None


@given(st.integers(0, 24 * 60 - 1))
def test_a_minute_written_as_time_reads_back_the_same(minute: int) -> None:
    assert minute_of_day(time_of_day(minute)) == minute


@given(st.text(max_size=8))
def test_no_text_at_all_upsets_it(text: str) -> None:
    minute = minute_of_day(text)
    assert minute is None or time_of_day(minute) == text
