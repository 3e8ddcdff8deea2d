"""What is owed to one receiver, sorted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from monitor.core.routing import Delivery, Reason
from monitor.core.routing.queue import Present, settle
from tests.unit.core.routing.alerts import NOON, alert, over

Row = Delivery


def row(
    number: int,
    device: str = "a",
    *,
    resolved: bool = False,
    due: float = 0,
    owed: float = 0,
    attempts: int = 0,
    bundle: str = "",
    reason: Reason = "alert",
    told: bool = False,
    incident: str = "",
) -> Delivery:
    """One owed alert; moments are seconds after noon."""
    about = alert(device=device, incident=incident)
    return Delivery(
        id=number,
        receiver="phone",
        alert=over(about) if resolved else about,
        owed_at=NOON + owed,
        due_at=NOON + due,
        attempts=attempts,
        idempotency_key=str(number),
        wanted_at=NOON + due,
        reason=reason,
        bundle=bundle,
        told=told,
    )


def sorted_at(
    rows: Sequence[Delivery],
    seconds: float = 0,
    *,
    began: float = -3600,
    again: bool = False,
    tried: frozenset[int] = frozenset(),
    unwanted: Callable[[Delivery], str] = lambda _: "",
) -> tuple[list[list[int]], dict[int, str]]:
    """The ids of the parcels, and what is called off."""
    present = Present(NOON + seconds, NOON + began, again, tried, unwanted)
    parcels, ended = settle(rows, present)
    return [[each.id for each in parcel] for parcel in parcels], ended


def test_what_one_step_owes_travels_together() -> None:
    assert sorted_at([row(1), row(2, "b"), row(3, "c", owed=-1)]) == ([[1, 2], [3]], {})


def test_a_bundle_is_one_parcel_whenever_it_was_owed() -> None:
    rows = [row(1, due=30, bundle="g"), row(2, "b", owed=10, due=30, bundle="g")]
    assert sorted_at(rows, 10) == ([], {})
    assert sorted_at(rows, 30) == ([[1, 2]], {})


def test_of_one_alert_one_piece_of_news_leaves_at_a_time() -> None:
    assert sorted_at([row(1), row(2, resolved=True)]) == ([[1]], {})


def test_what_is_refused_holds_up_its_incident_and_no_other() -> None:
    rows = [row(1, incident="i", due=60, attempts=1), row(2, "b", incident="i"), row(3, "c")]
    assert sorted_at(rows) == ([[3]], {})
    assert sorted_at(rows, again=True) == ([[1, 2, 3]], {})


def test_what_waits_by_its_route_holds_up_nothing() -> None:
    rows = [row(1, incident="i", due=60, bundle="g"), row(2, "b", incident="i")]
    assert sorted_at(rows) == ([[2]], {})


def test_nothing_overtakes_another_of_its_incident_because_of_a_bundle() -> None:
    rows = [row(1, bundle="g"), row(2, "b", incident="i"), row(3, "c", incident="i", bundle="g")]
    assert sorted_at(rows) == ([[1], [2], [3]], {})


def test_what_was_owed_in_the_future_leaves_now_because_the_clock_was_set_back() -> None:
    assert sorted_at([row(1, owed=3600, due=7200, bundle="g")]) == ([[1]], {})


class TestOver:
    """What is over before anybody was told needs no word."""

    ROWS = (row(1, due=30, bundle="g"), row(2, owed=10, due=30, bundle="g", resolved=True))
    GONE = {1: "over before it was due", 2: "nobody was told that it fired"}  # noqa: RUF012 -- read only

    def test_both_are_called_off_while_they_wait_and_when_they_are_due(self) -> None:
        assert sorted_at(self.ROWS, 10) == ([], self.GONE)
        assert sorted_at(self.ROWS, 30) == ([], self.GONE)

    def test_not_if_it_may_have_been_sent(self) -> None:
        assert sorted_at(self.ROWS, 30, tried=frozenset({1})) == ([[1]], {})
        assert sorted_at([replace(self.ROWS[0], attempts=1), self.ROWS[1]], 30) == ([[1]], {})
        assert sorted_at(self.ROWS, 60, began=40) == ([[1]], {}), "a life before this one may have sent it"

    def test_not_if_it_was_due_before_it_was_over(self) -> None:
        assert sorted_at([self.ROWS[0], row(2, owed=40, due=70, bundle="g", resolved=True)], 50) == ([[1]], {})

    def test_the_end_goes_out_if_something_was_told_before(self) -> None:
        told = replace(self.ROWS[1], told=True)
        assert sorted_at([self.ROWS[0], told], 30) == ([[2]], {1: "over before it was due"})
        tried = sorted_at(self.ROWS, 30, tried=frozenset({2}))
        assert tried == ([[2]], {1: "over before it was due"})

    def test_an_end_that_is_still_to_be_told_is_not_told_twice(self) -> None:
        rows = [row(1, attempts=3), row(2, resolved=True), row(3, owed=9, due=30, bundle="g")]
        end = row(4, owed=20, due=20, resolved=True)
        assert sorted_at([*rows, end], 20) == ([[1]], {3: "over before it was due", 4: "nobody was told that it fired"})

    def test_an_end_alone_goes_out(self) -> None:
        assert sorted_at([row(2, resolved=True, told=True)]) == ([[2]], {})

    def test_what_fires_again_afterwards_waits_for_its_own_time(self) -> None:
        assert sorted_at([*self.ROWS, row(3, owed=20, due=60, bundle="g")], 30) == ([], self.GONE)


class TestNewerWords:
    """Of what waits, only the latest words leave."""

    def test_older_words_are_called_off(self) -> None:
        rows = [row(1, due=30, bundle="g"), row(2, owed=10, due=30, bundle="g")]
        assert sorted_at(rows, 30) == ([[2]], {1: "newer words leave with it"})

    def test_not_if_the_newer_ones_leave_later(self) -> None:
        rows = [row(1, due=30, bundle="g"), row(2, owed=10, due=300, bundle="h")]
        assert sorted_at(rows, 30) == ([[1]], {})

    def test_words_without_a_route_all_leave(self) -> None:
        assert sorted_at([row(1), row(2)]) == ([[1]], {})

    def test_an_end_that_waits_is_told_before_the_alert_fires_again(self) -> None:
        rows = [row(1, due=600, bundle="q", resolved=True, told=True), row(2, owed=10, due=40, bundle="g")]
        assert sorted_at(rows, 40) == ([[1]], {})


class TestLater:
    """Reminders and escalations leave only if they are still wanted."""

    REMINDER = row(1, due=600, bundle="reminder", reason="reminder", told=True)

    def test_it_leaves_when_its_time_has_come(self) -> None:
        assert sorted_at([self.REMINDER], 600) == ([[1]], {})

    def test_it_is_called_off_when_somebody_acknowledged(self) -> None:
        assert sorted_at([self.REMINDER], 600, unwanted=lambda _: "acknowledged") == ([], {1: "acknowledged"})

    def test_it_leaves_all_the_same_if_it_may_have_been_sent(self) -> None:
        assert sorted_at([self.REMINDER], 700, began=650, unwanted=lambda _: "acknowledged") == ([[1]], {})

    def test_who_would_only_have_been_told_later_hears_of_no_end_either(self) -> None:
        rows = [replace(self.REMINDER, reason="escalation", told=False), row(2, owed=100, due=100, resolved=True)]
        ended = {1: "over", 2: "nobody was told that it fired"}
        assert sorted_at(rows, 100, unwanted=lambda _: "over") == ([], ended)

    def test_the_end_of_the_alert_does_not_wait_for_it(self) -> None:
        end = row(2, owed=100, due=100, resolved=True, told=True)
        assert sorted_at([self.REMINDER, end], 100) == ([[2]], {1: "over before it was due"})
