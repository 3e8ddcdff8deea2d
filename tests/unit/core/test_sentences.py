"""The sentences that sum up the fleet."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from monitor.core.decisions import Layer, Status
from monitor.core.fleet import Device, Fleet
from monitor.core.incidents import description_of, summary_of
from monitor.core.observations import BlindCause
from monitor.core.sentences import AtRisk, Harm, expectation, headline, scope_name, time_of_day
from monitor.devices.profile import Profile
from tests.small_fleet import NOW, device, outage


def text(counts: dict[Status, int]) -> str:
    return headline(counts, [], {}, NOW).text


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, "No device has been heard yet."),
        ({"online": 1}, "The one device is accounted for."),
        ({"online": 3100, "sleeping": 20}, "All 3,120 devices are accounted for."),
        ({"online": 298, "offline": 2}, "2 of 300 devices are offline; no outage."),
        ({"online": 1, "offline": 1}, "1 of 2 devices is offline; no outage."),
        ({"online": 9, "late": 1}, "No outage, and none of 10 devices is offline."),
    ],
)
def test_a_fleet_without_an_outage_is_summed_up(counts: dict[Status, int], expected: str) -> None:
    assert text(counts) == expected


def test_what_is_late_or_not_heard_yet_is_said_beside() -> None:
    assert (
        headline({"online": 9, "late": 1, "new": 2}, [], {}, NOW).detail == "1 device late and 2 devices not heard yet."
    )


def test_blindness_comes_before_everything_and_says_that_nothing_is_current() -> None:
    told = headline({"online": 3, "offline": 200}, [outage()], {"link": NOW - 200}, NOW)
    assert told.tone == "blind"
    assert told.text == "Blind since 14:10 UTC: there is no connection to the broker."
    assert told.detail.startswith("Nothing below about devices is current")


def test_several_causes_of_blindness_are_all_named_since_the_first() -> None:
    blind: dict[BlindCause, float] = {"echo": NOW - 10, "store": NOW - 70}
    told = headline({}, [], blind, NOW)
    assert told.text.startswith("Blind since 14:12 UTC: our own messages")
    assert told.text.endswith("and the store takes no writes.")


def test_one_outage_is_named_with_its_share() -> None:
    told = headline({"online": 3}, [outage(opened_at=NOW - 60)], {}, NOW)
    assert told.tone == "outage"
    assert told.text == "Provider aurora is down since 14:10 UTC: 117 of 120 devices silent (98 %)."
    assert told.detail == "It began 2 min 30 s ago."


def test_several_outages_are_listed_and_the_rest_counted() -> None:
    outages = [outage(str(number), {"provider": f"p{number}"}) for number in range(5)]
    assert headline({}, outages[:2], {}, NOW).text == "2 outages since 14:07 UTC: provider p0 and provider p1."
    many = headline({}, outages, {}, NOW)
    assert many.text == "5 outages since 14:07 UTC: provider p0, provider p1, provider p2 and 2 more."
    assert many.detail == "585 of 600 devices silent in all."


def test_an_outage_is_told_by_what_it_does_once_that_is_counted() -> None:
    aurora = replace(outage("a"), devices=3200, silent=3150)
    harm = {"a": Harm(Counter(feeder=3120, thermostat=30), fed=2871, unconfirmed=249, missed=1, rooms_at_risk=2)}
    told = headline({}, [aurora], {}, NOW, harm=harm)
    assert told.text == (
        "Provider aurora is down since 14:07 UTC: 3,120 feeders and 30 thermostats unreachable, 2,871 fed on schedule,"
        " 249 meals unconfirmed, 1 meal missed, 2 rooms at risk of frost."
    )
    assert told.detail == "It began 5 min 30 s ago; 3,150 of 3,200 devices silent."


def test_several_outages_are_told_by_what_they_do_together() -> None:
    outages = [outage("a"), outage("b", {"provider": "borealis"})]
    harm = {"a": Harm(Counter(feeder=100)), "b": Harm(Counter(feeder=17, gateway=1, generic=2), fed=3)}
    told = headline({}, outages, {}, NOW, harm=harm)
    assert told.detail == (
        "234 of 240 devices silent: 117 feeders, 2 other devices and 1 gateway unreachable, 3 fed on schedule."
    )
    assert headline({}, outages, {}, NOW, harm={"a": harm["a"]}).detail == "234 of 240 devices silent in all."
    assert headline({}, outages[:1], {}, NOW, harm={"a": Harm()}).text.endswith("117 of 120 devices silent (98 %).")


def test_devices_that_are_heard_are_not_called_silent() -> None:
    degraded = replace(outage(), form="degraded")
    assert headline({}, [degraded], {}, NOW).text.endswith("117 of 120 devices without their cloud (98 %).")
    assert "117 of 120 devices without their cloud (98 %)" in summary_of(degraded)
    assert "234 of 240 devices affected" in headline({}, [degraded, outage("b")], {}, NOW).detail


def test_a_fleet_that_fell_silent_says_why_it_is_not_us() -> None:
    assert "its own messages came back" in description_of(outage(scope={}, layer="fleet"))
    assert "its own messages came back" not in description_of(outage())


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({"form": "degraded"}, "Provider aurora cannot reach its cloud since"),
        ({"form": "creeping"}, "Provider aurora is failing little by little since"),
        ({"silent": 12}, "Provider aurora is partly down since"),
    ],
)
def test_an_outage_is_called_what_it_is(shape: dict[str, Any], expected: str) -> None:
    assert headline({}, [replace(outage(), **shape)], {}, NOW).text.startswith(expected)


@pytest.mark.parametrize(
    ("counts", "at_risk", "expected", "detail"),
    [
        ({"online": 9}, AtRisk(animals=1), "1 animal needs somebody soon.", ""),
        (
            {"online": 9, "late": 1},
            AtRisk(animals=2, rooms=1),
            "2 animals and 1 room need somebody soon.",
            "1 device late.",
        ),
        (
            {"online": 9, "offline": 1},
            AtRisk(rooms=3),
            "3 rooms need somebody soon.",
            "1 of 10 devices is offline; no outage.",
        ),
    ],
)
def test_harm_without_an_outage_makes_the_headline_too(
    counts: dict[Status, int], at_risk: AtRisk, expected: str, detail: str
) -> None:
    told = headline(counts, [], {}, NOW, at_risk=at_risk)
    assert (told.tone, told.text, told.detail) == ("notice", expected, detail)


def test_a_moment_long_ago_is_told_with_its_day() -> None:
    assert time_of_day(NOW - 3600, NOW) == "13:13 UTC"
    assert time_of_day(NOW - 3 * 86_400, NOW) == "14:13 UTC on 18 September"


def test_an_incident_that_is_no_outage_does_not_make_the_headline() -> None:
    assert headline({"online": 3}, [replace(outage(), kind="device")], {}, NOW).tone == "well"


@pytest.mark.parametrize(
    ("layer", "scope", "expected"),
    [
        ("fleet", {}, "the whole fleet"),
        ("fleet", {"tenant": "acme"}, "the fleet of acme"),
        ("provider", {"provider": "aurora", "region": "us-east"}, "provider aurora in region us-east"),
        ("region", {"provider": "aurora", "region": "us-east"}, "region us-east of provider aurora"),
        ("site", {"tenant": "acme", "site": "s1"}, "site s1 of acme"),
        ("gateway", {"tenant": "acme", "parent": "gw-1"}, "gateway gw-1 of acme"),
        ("release", {"model": "Bowl 2", "firmware": "1.4"}, "model Bowl 2 with firmware 1.4"),
        ("network", {"network": "fibre", "site": "s1"}, "network fibre with site s1"),
    ],
)
def test_a_scope_is_named_in_words(layer: Layer, scope: dict[str, str], expected: str) -> None:
    assert scope_name(layer, scope) == expected


def test_what_is_expected_of_a_device_says_where_it_comes_from() -> None:
    stated = device(Fleet(), "acme/f1")
    assert expectation(stated) == (
        "A heartbeat every 1 min, as its heartbeats state. A silence of 2 min 30 s makes it offline."
    )
    stated.beat = None
    assert "as it states about itself" in expectation(stated)
    stated.profile = Profile()
    assert "learned from its own rhythm" in expectation(stated)


def test_what_is_expected_of_a_device_depends_on_how_it_lives() -> None:
    watched = Device("acme/f1", NOW)
    assert expectation(watched) == "Its rhythm is not known yet."
    watched.profile = Profile(liveness="session")
    assert "until the broker says" in expectation(watched)
    watched.profile = Profile(liveness="sleepy")
    assert "it said it would wake" in expectation(watched)
