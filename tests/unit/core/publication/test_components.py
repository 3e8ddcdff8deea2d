"""What the page is divided into, how each line is, and what of it happens by itself."""

from collections.abc import Mapping

import pytest

from monitor.core.alerts import AlertBook
from monitor.core.decisions import Incident
from monitor.core.publication.bulletins import Condition, ConditionChanged
from monitor.core.publication.components import Component, everybodys, found_in, in_order, touched
from monitor.core.publication.conditions import merged, of_alerts, of_meals, of_outage
from monitor.core.welfare.harm import Toll
from tests.provider_outage import Outage, fleet_of, incident_of

EAST = [Component(each, "aurora", "us-east") for each in ("feeding", "remote_control", "telemetry")]
WEST = [Component(each, "aurora", "us-west") for each in ("remote_control", "telemetry")]
REST = [Component(each, "aurora", "") for each in ("remote_control", "telemetry")]
OTHER = [Component("telemetry", "borealis", "us-east")]
ALL = [*EAST, *WEST, *REST, *OTHER, *everybodys()]


def test_a_provider_or_region_with_few_devices_is_not_named() -> None:
    fleet = fleet_of(
        ("aurora", "us-east", "feeder", 20),
        ("aurora", "us-west", "thermostat", 5),
        ("tiny", "us-east", "feeder", 19),
        ("other", "us-east", "feeder", 50),
        ("", "us-east", "feeder", 50),
        ("boreal", "other", "thermostat", 30),
    )
    named = {(each.capability, each.place) for each in found_in(fleet.counts, 20)}
    assert named == {
        ("feeding", "aurora, us-east"),
        ("remote_control", "aurora, us-east"),
        ("telemetry", "aurora, us-east"),
        ("remote_control", "aurora"),
        ("telemetry", "aurora"),
        ("remote_control", "boreal"),
        ("telemetry", "boreal"),
    }


def test_what_animals_need_comes_first_and_what_is_everybodys_last() -> None:
    names = [(each.place, each.name) for each in in_order(ALL)]
    assert names[0] == ("aurora", "Remote control")
    assert names[2] == ("aurora, us-east", "Scheduled feeding")
    assert [name for _, name in names[-2:]] == ["Alert delivery", "Support channels"]
    assert all(each.description for each in ALL)
    assert len({each.id for each in ALL}) == len(ALL)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({}, [*EAST, *WEST, *REST, *OTHER]),
        ({"provider": "aurora"}, [*EAST, *WEST, *REST]),
        ({"provider": "aurora", "region": "us-west"}, WEST),
        ({"provider": "aurora", "region": "mars"}, REST),
        ({"region": "us-east"}, [*EAST, *OTHER]),
        ({"provider": "nobody"}, []),
    ],
)
def test_an_outage_touches_the_lines_of_its_place(scope: dict[str, str], expected: list[Component]) -> None:
    assert touched(ALL, scope) == expected


def conditions(incident: Incident, toll: Toll | None = None) -> Mapping[str, Condition]:
    return {each.capability: condition for each, condition in of_outage(incident, toll, EAST).items()}


@pytest.mark.parametrize(
    ("silent", "expected"), [(95, "major_outage"), (40, "partial_outage"), (10, "degraded_performance")]
)
def test_the_share_of_silent_devices_decides_how_bad_it_is(silent: int, expected: Condition) -> None:
    found = conditions(incident_of({"provider": "aurora"}, silent=silent))
    assert (found["telemetry"], found["remote_control"]) == (expected, expected)


def test_an_outage_without_devices_is_no_more_than_an_impairment() -> None:
    assert conditions(incident_of({"provider": "aurora"}, devices=0, silent=0))["telemetry"] == "degraded_performance"


def test_devices_that_reach_us_but_not_their_cloud_still_report() -> None:
    found = conditions(incident_of({"provider": "aurora"}, form="degraded"), Toll(feeders=10, fed=10, confirmed=10))
    assert found == {"feeding": "operational", "remote_control": "major_outage", "telemetry": "operational"}


def test_one_model_of_a_provider_is_never_all_of_it() -> None:
    found = conditions(incident_of({"provider": "aurora", "model": "fp-100"}))
    assert found["telemetry"] == "partial_outage"
    few = conditions(incident_of({"provider": "aurora", "model": "fp-100"}, silent=10))
    assert few["telemetry"] == "degraded_performance"


@pytest.mark.parametrize("scope", [{"network": "isp-7"}, {"model": "fp-100"}, {"site": "home", "tenant": "acme"}])
def test_what_is_no_place_of_the_page_colours_nothing(scope: dict[str, str]) -> None:
    assert conditions(incident_of(scope)) == {}


@pytest.mark.parametrize(
    ("toll", "expected"),
    [
        (None, "degraded_performance"),
        (Toll(), "operational"),
        (Toll(feeders=10), "degraded_performance"),
        (Toll(feeders=10, fed=10, confirmed=10), "operational"),
        (Toll(feeders=10, fed=10, confirmed=10, unconfirmed=1), "degraded_performance"),
        (Toll(feeders=10, confirmed=9, missed=1), "partial_outage"),
        (Toll(feeders=10, held_by_cloud=1), "partial_outage"),
        (Toll(feeders=10, held_by_cloud=5), "major_outage"),
        (Toll(feeders=10, confirmed=2, missed=3), "major_outage"),
    ],
)
def test_a_meal_that_nobody_can_confirm_is_not_a_meal_that_failed(toll: Toll | None, expected: Condition) -> None:
    assert of_meals(toll) == expected


def test_what_fires_about_ourselves_and_our_channels_shows_too() -> None:
    book = AlertBook("")
    for name, labels in (
        ("MonitorBlind", {"cause": "link"}),
        ("SupportChannelDown", {"channel": "mail"}),
        ("ControlPlaneDown", {"provider": "borealis"}),
        ("DeviceOffline", {"provider": "aurora"}),
    ):
        book.fire(name, name, 0.0, since=0.0, summary="", description="", labels=labels)
    control = Component("remote_control", "borealis", "us-east")
    found = of_alerts(book.firing.values(), [*ALL, control])
    assert found == {
        Component("alert_delivery"): "partial_outage",
        Component("support"): "partial_outage",
        control: "major_outage",
    }


def test_of_several_causes_the_worst_counts() -> None:
    line = EAST[0]
    assert merged({line: "partial_outage"}, {line: "degraded_performance"}) == {line: "partial_outage"}


def test_a_confirmed_outage_shows_by_itself_until_a_person_says_how_it_is() -> None:
    outage = Outage().opened()
    telemetry, board = outage.line("telemetry"), outage.desk.board
    assert board.conditions[telemetry] == "major_outage"
    assert telemetry not in board.by_people
    said = {**outage.draft().conditions, telemetry: "partial_outage"}
    outage.publish(draft=outage.draft().__class__("Title", "identified", "Text.", said, ("3fa2c9",)))
    assert board.conditions[telemetry] == "partial_outage"
    assert telemetry in board.by_people
    changes = [each for each in outage.decisions if isinstance(each, ConditionChanged) and each.component == telemetry]
    assert [(each.previous, each.condition) for each in changes[-1:]] == [("major_outage", "partial_outage")]


def test_where_nothing_may_show_by_itself_the_page_says_only_what_was_published() -> None:
    outage = Outage(automatic_components=False).opened()
    assert outage.desk.board.conditions == {}
    outage.publish()
    assert outage.desk.board.conditions[outage.line("telemetry")] == "major_outage"


def test_lines_follow_the_counts_once_a_minute_at_most() -> None:
    outage = Outage().opened()
    telemetry, board = outage.line("telemetry"), outage.desk.board
    outage.becomes(silent=20)
    assert board.conditions[telemetry] == "major_outage"
    outage.at("13m")
    assert board.conditions[telemetry] == "degraded_performance"
    outage.ended()
    assert telemetry not in board.conditions


def test_a_line_stays_until_its_place_has_lost_half_of_its_devices() -> None:
    outage = Outage(minimum_devices=20)
    telemetry = outage.line("telemetry")
    devices = [each for each in outage.fleet if each.profile.provider == "aurora"]
    for device in devices[:15]:
        outage.fleet.remove(device)
    outage.at("2m")
    assert outage.line("telemetry") == telemetry
    for device in devices[15:21]:
        outage.fleet.remove(device)
    outage.at("4m")
    assert telemetry not in {each.id for each in outage.desk.board.components}
    assert telemetry not in outage.desk.board.history.current


def test_a_draft_that_names_a_line_that_does_not_exist_is_refused() -> None:
    outage = Outage().opened()
    draft = outage.draft()
    wrong = draft.__class__(draft.title, draft.stage, draft.body, {"nowhere": "major_outage"})
    (objection,) = outage.desk.objections(wrong)
    assert objection.startswith("there is no component nowhere")
