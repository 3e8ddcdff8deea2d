"""What names a customer or a device is refused, with a clear reason; what only looks like it is let through."""

import pytest

from monitor.core.publication.bulletins import Draft, Plan
from monitor.core.publication.objections import objections
from monitor.devices.profile import Profile
from tests.provider_outage import fleet_of

FLEET = fleet_of(("aurora", "us-east", "feeder", 2))
for _number, _device in enumerate(FLEET):
    _device.id = ("acme/feeder-7", "münchen~1/90210")[_number]
    _device.profile = Profile(
        kind="feeder",
        provider="aurora",
        site=("north-house", "ab")[_number],
        parent=("gw.1", "")[_number],
        model="acme-fp",
    )


def refused(body: str, title: str = "Feeders are out", **options: object) -> list[str]:
    return objections(Draft(title, "investigating", body), FLEET, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("The feeder-7 is out.", "'feeder-7', the id of a device"),
        ("FEEDER-7 is out", "'feeder-7', the id of a device"),
        ("(acme/feeder-7)", "'acme', the id of a tenant"),
        ("At north-house nothing works.", "'north-house', the id of a site"),
        ("Ask Acme about it.", "'acme', the id of a tenant"),
        ("number 90210 is silent", "'90210', the id of a device"),
        ("behind gw.1 all is quiet", "'gw.1', the id of a gateway"),
        ("customers of münchen~1 wait", "'münchen~1', the id of a tenant"),
        ("write to joe@example.org", "an e-mail address"),
        ("its address is 192.168.7.12.", "a network address"),
        ("its address is 2001:db8::17", "a network address"),
        ("its address is 00:1B:44:11:3A:B7", "a hardware address"),
    ],
)
def test_whatever_points_to_a_customer_or_a_device_is_refused(body: str, what: str) -> None:
    assert any(what in objection for objection in refused(body))


def test_a_title_is_looked_at_like_a_text() -> None:
    assert refused("All is well.", title="north-house is out")


@pytest.mark.parametrize(
    "body",
    [
        "Since 14:05:10 UTC devices of aurora are out; version 1.2.3 of the app helps.",
        "At ab 3 of 4 feeders are out, 10.5 degrees, at 12:30.",
        "The model acme-fp is not concerned.",
        "See https://status.example.org/help for what to do.",
        "Ratio 1:2:3:4:5:6:7:8:9 and 300.300.300.300 are no addresses.",
    ],
)
def test_what_only_looks_like_it_is_let_through(body: str) -> None:
    assert refused(body) == []


def test_words_that_the_operator_allows_and_the_way_to_reach_them_may_be_said() -> None:
    assert refused("Ask Acme.", allowed=["ACME"]) == []
    assert refused("Write to help@example.org.", contact="help@example.org") == []


@pytest.mark.parametrize(
    ("draft", "objection"),
    [
        (Draft(" ", "investigating", "Text."), "the title is empty"),
        (Draft("x" * 151, "investigating", "Text."), "at most 150 characters; it has 151"),
        (Draft("one\ntwo", "investigating", "Text."), "must be one line"),
        (Draft("Title", "investigating", "\n"), "the text is empty"),
        (Draft("Title", "investigating", "x" * 5001), "the text has 5001 characters"),
        (Draft("Title", "investigating", "bell\x07"), "control characters"),
        (Draft("Title", "scheduled", "Text.", plan=Plan(20.0, 10.0)), "ends before it begins"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused(draft: Draft, objection: str) -> None:
    assert any(objection in each for each in objections(draft, FLEET))
