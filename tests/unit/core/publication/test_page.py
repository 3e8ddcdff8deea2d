"""What reaches a reader: only what is public, by construction; and 90 days of it."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

import pytest

from monitor.core.observations import SightChanged
from monitor.core.publication.bulletins import Condition, Draft, Plan
from monitor.core.publication.components import Component
from monitor.core.publication.history import DAY_SECONDS, History, uptime
from monitor.core.publication.page import Page, PublicComponent, feeding_note, indicated
from monitor.core.publication.reading import page_of
from tests.provider_outage import Outage
from tests.timeline import START

TELLING = ("device", "site", "tenant", "author", "parent", "gateway", "audience", "edited_by", "scope", "address")
DAY = DAY_SECONDS


def fields_of(kind: Any) -> Iterator[str]:  # noqa: ANN401 -- any annotation
    """The names of all fields that can be reached from a type."""
    for inner in get_args(kind):
        yield from fields_of(inner)
    if dataclasses.is_dataclass(kind):
        for name, hint in get_type_hints(kind).items():
            yield name
            yield from fields_of(hint)


def test_no_type_that_reaches_the_page_has_a_place_for_a_customer_or_a_device() -> None:
    names = set(fields_of(Page))
    assert {"body", "provider", "title"} <= names
    assert [name for name in names if any(word in name for word in TELLING)] == []


def test_the_page_shows_what_is_open_past_and_planned_and_no_tenants_own_words() -> None:
    outage = Outage().opened().publish()
    outage.publish("old", Draft("Over long ago", "resolved", "It is over."))
    outage.publish("work", Draft("New servers", "scheduled", "Meals go on.", plan=Plan(START + DAY, START + 2 * DAY)))
    outage.publish("hidden", Draft("Only for acme's", "investigating", "Marker.", audience="acme"))
    page = page_of(outage.desk, outage.now)
    assert [[each.id for each in each_list] for each_list in (page.incidents, page.past, page.planned)] == [
        ["3fa2c9"],
        ["old"],
        ["work"],
    ]
    assert "Marker" not in str(page)
    assert page.next_update_due_at == page.incidents[0].next_update_due_at == outage.now + 1800
    assert page.changed_at == outage.now
    assert page.headline == (
        "Some things do not work. Scheduled meals cannot be confirmed; feeding from the app does not work."
    )
    assert page.blind_since is None
    assert outage.desk.next_update_due_at(outage.desk.bulletins["old"]) is None
    assert page.planned[0].planned_from == START + DAY


def test_planned_work_that_is_done_is_shown_for_another_day() -> None:
    outage = Outage()
    plan = Plan(START + 60, START + 120)
    outage.publish("work", Draft("New servers", "scheduled", "Text.", plan=plan)).at("2m")
    outage.publish("work", Draft("New servers", "completed", "Done.", plan=plan))
    assert page_of(outage.desk, outage.now + 3600).planned
    assert page_of(outage.desk, outage.now + 2 * DAY).planned == ()
    assert page_of(outage.desk, outage.now).past == ()


def test_the_page_says_since_when_our_own_monitoring_cannot_see() -> None:
    outage = Outage()
    outage.sight.vouch(SightChanged(START + 30, blind=True, cause="store"))
    assert page_of(outage.desk, START + 40).blind_since == START


LINES = [Component("telemetry", name) for name in ("a", "b", "c", "d")]


@pytest.mark.parametrize(
    ("conditions", "indicator"),
    [
        ([], "none"),
        (["under_maintenance"], "maintenance"),
        (["degraded_performance", "under_maintenance"], "minor"),
        (["partial_outage"], "major"),
        (["major_outage"], "major"),
        (["major_outage", "major_outage"], "critical"),
    ],
)
def test_the_whole_is_critical_only_if_half_of_it_is_out(conditions: list[Condition], indicator: str) -> None:
    given: Mapping[str, Condition] = {line.id: each for line, each in zip(LINES, conditions, strict=False)}
    assert indicated(LINES, given) == indicator


@pytest.mark.parametrize(
    ("feeding", "control", "words"),
    [
        (None, "major_outage", ""),
        ("operational", "operational", ""),
        ("operational", "major_outage", "Scheduled meals go on; feeding from the app does not work."),
        ("degraded_performance", "partial_outage", "Scheduled meals cannot be confirmed;"),
        ("major_outage", "major_outage", "Scheduled meals are affected"),
    ],
)
def test_owners_read_first_whether_scheduled_meals_go_on(
    feeding: Condition | None, control: Condition, words: str
) -> None:
    def line(capability: Any, condition: Condition) -> PublicComponent:  # noqa: ANN401 -- a literal
        return PublicComponent("x", capability, "", "", "", "", condition, True, 0.0, (), 1.0)  # noqa: FBT003

    lines = [line("remote_control", control), *([line("feeding", feeding)] if feeding else [])]
    assert feeding_note(lines).startswith(words)
    assert bool(feeding_note(lines)) == bool(words)


def test_each_day_keeps_its_worst_condition_and_for_how_long() -> None:
    history, noon = History(), 20_000 * DAY + DAY / 2
    history.watch("x", noon)
    history.turn("x", "partial_outage", noon + 3600)
    history.turn("x", "major_outage", noon + 2 * 3600)
    history.turn("x", "operational", noon + DAY)
    first, second = history.days("x", noon + DAY)[-2:]
    assert (first.worst, first.seconds["partial_outage"]) == ("major_outage", 3600)
    assert first.seconds["major_outage"] == DAY / 2 - 2 * 3600
    assert (second.worst, second.seconds) == ("major_outage", {"major_outage": DAY / 2})
    assert [day.worst for day in history.days("x", noon + DAY)[:-2]] == [None] * 88
    assert history.days("x", noon + 2 * DAY)[-1].worst == "operational"


def test_a_trouble_that_goes_on_counts_until_now_and_the_oldest_days_are_forgotten() -> None:
    history = History()
    history.watch("x", 0.0)
    history.turn("x", "major_outage", 100.0)
    assert history.days("x", 200.0)[-1].seconds == {"major_outage": 100.0}
    later = 200 * DAY + 50.0
    assert all(day.worst == "major_outage" for day in history.days("x", later))
    history.turn("x", "operational", later)
    assert len(history.save()["days"]["x"]) <= 91
    history.turn("x", "major_outage", later - 10)
    assert history.current["x"] == ("major_outage", later)


def test_a_trouble_shorter_than_a_moment_still_marks_its_day() -> None:
    history = History()
    history.watch("x", 0.0)
    history.turn("x", "major_outage", 50.0)
    history.turn("x", "operational", 50.0)
    history.turn("x", "major_outage", DAY - 10.0)
    history.turn("x", "operational", float(DAY))
    assert history.days("x", DAY + 60.0)[-1].worst == "operational"
    assert history.days("x", 60.0)[-1].worst == "major_outage"


def test_the_share_without_trouble_leaves_planned_work_out() -> None:
    history = History()
    assert uptime([], 0.0) == 1.0
    history.watch("x", 0.0)
    history.turn("x", "under_maintenance", 0.0)
    history.turn("x", "major_outage", DAY / 2)
    history.turn("x", "operational", DAY * 0.75)
    assert uptime(history.days("x", float(DAY)), float(DAY)) == 0.75


def test_the_history_survives_a_restart_and_unknown_words_are_left_out() -> None:
    history = History()
    history.watch("x", 0.0)
    history.turn("x", "major_outage", 50.0)
    saved = history.save()
    again = History()
    again.restore({**saved, "current": {**saved["current"], "y": ("exploded", 3.0)}})
    assert again.days("x", 500.0) == history.days("x", 500.0)
    assert "y" not in again.current
    assert again.days("never-seen", 500.0)[-1].worst == "operational"
