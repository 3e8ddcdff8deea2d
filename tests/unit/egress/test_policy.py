"""What a third party may know of an alert."""

from __future__ import annotations

from monitor.core.decisions import Alert
from monitor.egress import Policy, Pseudonyms
from tests.alerts import an_alert

KEY = Pseudonyms(b"a key that only this test knows")
INCIDENT = {"incident": "3f9a", "provider": "aurora", "region": "us-east"}


def to_third_party(alert: Alert) -> Alert:
    return Policy("third_party", KEY).admit(alert)[0]


def test_our_own_receivers_see_the_alert_as_it_is() -> None:
    alert = an_alert()
    assert Policy("own", KEY).admit(alert) == (alert, 0)


def test_a_third_party_sees_no_device_no_tenant_no_site_and_no_words_of_ours() -> None:
    seen = repr(to_third_party(an_alert("feeder-garfield", annotations={"summary": "feeder-garfield 4.2 °C"})))
    assert "garfield" not in seen
    assert "home" not in seen
    assert "4.2" not in seen
    assert KEY.of("home/feeder-garfield") in seen


def test_a_third_party_sees_what_is_always_allowed() -> None:
    notes = {
        "summary": "aurora is silent in us-east, 12 of 40",
        "description": "feeder-1, feeder-2, feeder-3",
        "action": "confirm with the provider",
        "runbook_url": "https://hearth.example/runbooks/ProviderOutage",
        "devices": "40",
        "silent": "12",
    }
    seen, withheld = Policy("third_party", KEY).admit(
        an_alert(name="ProviderOutage", labels=INCIDENT, annotations=notes)
    )
    assert seen.labels == INCIDENT
    assert "description" not in seen.annotations
    assert {seen.annotations[note] for note in ("action", "runbook_url", "devices", "silent")} <= set(notes.values())
    assert seen.summary == "ProviderOutage: provider aurora, region us-east, 40 devices, 12 silent"
    assert withheld == 2


def test_a_count_that_is_no_plain_number_does_not_pass() -> None:
    seen = to_third_party(an_alert(labels=INCIDENT, annotations={"devices": "40, among them Garfield's"}))
    assert "devices" not in seen.annotations


def test_a_link_that_names_the_device_does_not_pass() -> None:
    link = "https://hearth.example/devices/home/feeder-1"
    seen = to_third_party(an_alert("feeder-1", annotations={"link": link}))
    assert "link" not in seen.annotations


def test_the_gateway_in_a_scope_becomes_a_pseudonym_and_an_unknown_one_stays_unknown() -> None:
    seen = to_third_party(an_alert(labels={"tenant": "home", "parent": "gw-1"}))
    assert seen.labels == {"tenant": "home", "parent": KEY.of("home/gw-1")}
    assert to_third_party(an_alert(labels={"parent": "none"})).labels == {"parent": "none"}


def test_an_alert_keeps_its_pseudonymous_key_over_its_life() -> None:
    firing = to_third_party(an_alert())
    resolved = to_third_party(an_alert(state="resolved"))
    assert firing.key == resolved.key
    assert firing.labels == resolved.labels
