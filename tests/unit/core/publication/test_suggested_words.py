"""Suggestions say what happens, what to do and what not to do, for each kind of outage and model of harm."""

from dataclasses import replace

import pytest

from monitor.core.publication.bulletins import Bulletin, Draft, UpdatePublished, spoken
from monitor.core.publication.components import Component
from monitor.core.publication.drafts import Occasion, suggest
from monitor.core.publication.objections import objections
from monitor.core.welfare.harm import Toll
from tests.provider_outage import fleet_of, incident_of
from tests.timeline import START

LINES = [Component(each, "aurora", "us-east") for each in ("feeding", "remote_control", "telemetry")]
AURORA = {"provider": "aurora", "region": "us-east"}
FED = Toll(feeders=10, fed=10, confirmed=10)


def words(toll: Toll | None = None, known: Bulletin | None = None, *, over: bool = False, **fields: object) -> Draft:
    scope = fields.pop("scope", AURORA)
    assert isinstance(scope, dict)
    return suggest(Occasion(replace(incident_of(scope), **fields), toll, known, over), LINES)  # type: ignore[arg-type]


def told(*drafts: Draft) -> Bulletin:
    known: Bulletin | None = None
    for draft in drafts:
        known = spoken(known, UpdatePublished("3fa2c9", START, "kim", draft))
    assert known is not None
    return known


@pytest.mark.parametrize(
    ("scope", "title"),
    [
        (AURORA, "Devices connected through aurora in us-east cannot be reached"),
        ({"region": "us-east"}, "Devices in us-east cannot be reached"),
        ({"network": "isp-7"}, "Devices on the network of isp-7 cannot be reached"),
        ({"model": "fp-100", "firmware": "2.1"}, "Devices of the model fp-100 with firmware 2.1 cannot be reached"),
        ({}, "Devices of all providers cannot be reached"),
    ],
)
def test_the_title_says_where(scope: dict[str, str], title: str) -> None:
    assert words(scope=scope).title == title


@pytest.mark.parametrize(
    ("form", "title"),
    [("creeping", "More and more devices"), ("degraded", "cannot be controlled from the app")],
)
def test_the_title_says_what_kind_of_trouble_it_is(form: str, title: str) -> None:
    assert title in words(form=form).title


@pytest.mark.parametrize(
    ("silent", "share"), [(95, "nearly all devices"), (60, "most devices"), (30, "many devices"), (5, "some devices")]
)
def test_how_many_are_concerned_is_said_in_words(silent: int, share: str) -> None:
    assert share in words(silent=silent).body


@pytest.mark.parametrize(
    ("toll", "said", "unsaid"),
    [
        (None, "We cannot see yet whether planned meals come out", "Heating"),
        (Toll(feeders=9), "keep their meal plan themselves go on feeding by it", "do not come"),
        (Toll(feeders=9, held_by_cloud=9), "expect that planned meals do not come", "Some planned meals"),
        (Toll(feeders=9, held_by_cloud=1), "others need their provider", "Some planned meals"),
        (Toll(feeders=9, missed=1), "Some planned meals did not come out", "expect that"),
        (Toll(rooms=4), "Heating goes on as it was last set", "feeder"),
        (Toll(rooms=4, rooms_at_risk=1), "may become too cold", "feeder"),
        (Toll(), "Please do not reset your device", "bowl"),
    ],
)
def test_the_text_follows_from_who_is_harmed(toll: Toll | None, said: str, unsaid: str) -> None:
    body = words(toll).body
    assert said in body
    assert unsaid not in body


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("provider", "with the provider, not with your device"),
        ("region", "Other regions are not concerned"),
        ("network", "that network and not your device"),
        ("release", "do not install an update by hand"),
        ("fleet", "most likely with us"),
    ],
)
def test_each_kind_of_outage_says_where_the_fault_is_so_that_nobody_looks_for_it_at_home(layer: str, said: str) -> None:
    assert said in words(layer=layer).body
    assert said in words(None, told(words()), layer=layer).body


def test_whoever_has_a_feeder_is_told_what_to_do_and_what_not_to_do() -> None:
    body = words(Toll(feeders=9)).body
    assert "feed by hand today" in body
    assert "do not switch the feeder off" in body
    assert "feed by hand until we say here that it is over" in words(Toll(feeders=9, missed=3)).body


def test_where_only_the_app_is_out_owners_hear_that_meals_go_on() -> None:
    draft = words(FED, form="degraded")
    assert "Planned meals go on" in draft.body
    assert draft.conditions == {LINES[1].id: "major_outage"}
    assert "whether they do" in words(Toll(feeders=9, unconfirmed=1), form="degraded").body


def test_the_first_word_is_followed_by_that_it_goes_on_that_devices_return_and_that_it_is_over() -> None:
    first = words()
    still = words(None, told(first))
    returning = words(None, told(first, still), silent=10)
    over = words(FED, told(first, still, returning), over=True)
    assert [each.stage for each in (first, still, returning, over)] == [
        "investigating",
        "investigating",
        "monitoring",
        "resolved",
    ]
    assert "goes on" in still.body
    assert "are coming back" in returning.body
    assert "whether the next planned meal comes out" in over.body
    assert set(over.conditions.values()) == {"operational"}
    assert over.conditions.keys() == first.conditions.keys()
    assert len({each.title for each in (first, still, returning, over)}) == 1


def test_a_stage_that_an_operator_chose_is_kept() -> None:
    chosen = replace(words(), stage="identified")
    assert words(None, told(chosen)).stage == "identified"


def test_a_component_that_got_better_is_said_to_be_better() -> None:
    first = words(None)
    better = words(FED, told(first))
    assert first.conditions[LINES[0].id] == "degraded_performance"
    assert better.conditions[LINES[0].id] == "operational"


def test_the_last_word_on_thermostats_speaks_of_no_meal() -> None:
    body = words(Toll(rooms=3), told(words()), over=True).body
    assert "meal" not in body
    assert "ask us before you restart it" in body


def test_every_suggestion_may_be_published_even_where_a_device_is_called_feeder() -> None:
    fleet = fleet_of(("aurora", "us-east", "feeder", 3))
    for name in ("feeder", "devices", "working", "bowl", "today"):
        device = next(iter(fleet))
        device.id = f"plan/{name}"
    for toll in (None, FED, Toll(feeders=2, missed=1, rooms=1, rooms_at_risk=1, held_by_cloud=1)):
        for form in ("sudden", "creeping", "degraded"):
            assert objections(words(toll, form=form), fleet) == []
            assert objections(words(toll, told(words()), over=True, form=form), fleet) == []


def test_an_incident_without_devices_can_be_spoken_of() -> None:
    assert "some devices" in words(devices=0, silent=0).body
