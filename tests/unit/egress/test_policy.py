"""What a receiver may know of an alert."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.alert_kinds import ALERTS
from monitor.core.decisions import Alert
from monitor.egress import Admitted, Policy, Pseudonyms, content_of
from monitor.egress.bands import bands
from monitor.egress.fields import ALL, HIDDEN
from tests.alerts import an_alert

KEY = Pseudonyms(b"a key that only this test knows")
INCIDENT = {"incident": "3f9a", "provider": "aurora", "region": "us-east"}
SECRETS = {label: f"marked-{label}" for label in (*HIDDEN, "tenant", "owner")}


def to_third_party(alert: Alert, fields: tuple[str, ...] | None = None) -> Admitted:
    return Policy("third_party", KEY, fields).admit(alert)[0]


def revealing(name: str = "FreezeRisk", labels: dict[str, str] | None = None) -> Alert:
    """An alert that names home, tenant, device and readings wherever it can."""
    words = " ".join([*SECRETS.values(), "4.27 °C"])
    notes = dict.fromkeys(ALL - {"reading"}, words) | {"pets": words, "resolution": words, "link": f"http://x/{words}"}
    about = SECRETS | {"provider": "aurora", "region": "us-east"} if labels is None else labels
    alert = an_alert(name=name, labels=about, annotations=notes)
    return replace(alert, key=f"welfare/{words}/{name}", readings={"temperature_c": 4.27})


def test_our_own_receivers_see_the_alert_as_it_is() -> None:
    alert = an_alert()
    seen, withheld = Policy("own", KEY).admit(alert)
    assert (seen.key, seen.labels, seen.annotations, withheld) == (alert.key, alert.labels, alert.annotations, 0)
    assert seen.tenant == "home"


def test_our_own_receivers_can_be_granted_less() -> None:
    seen, withheld = Policy("own", KEY, ("device", "summary")).admit(an_alert("feeder-1"))
    assert seen.labels == {"device": "feeder-1"}
    assert seen.annotations == {"summary": "feeder-1 is silent"}
    assert withheld == 5


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_no_alert_tells_a_third_party_a_device_a_site_a_tenant_or_a_reading(name: str) -> None:
    seen = repr(replace(to_third_party(revealing(name)), tenant=""))
    assert "marked-" not in seen
    assert "4.27" not in seen
    assert KEY.of("marked-tenant", "marked-device") in seen
    assert "temperature below 5 °C" in seen


@pytest.mark.parametrize("field", sorted(ALL))
def test_no_choice_of_fields_gives_a_third_party_what_it_must_not_know(field: str) -> None:
    for labels in (None, SECRETS.copy() | {"device": "none"}):
        seen = to_third_party(revealing(labels=labels), (field,))
        told = repr(replace(seen, tenant=""))
        asked_for = {"tenant"} if field == "tenant" else set()
        assert {name for name, secret in SECRETS.items() if secret in told} == asked_for
        assert "4.27" not in told


def test_a_third_party_sees_what_is_always_allowed() -> None:
    notes = {
        "summary": "aurora is silent in us-east, 12 of 40",
        "description": "feeder-1, feeder-2, feeder-3",
        "action": ALERTS["ProviderOutage"].action,
        "caution": "ask the owner of feeder-1",
        "runbook_url": "https://hearth.example/runbooks/ProviderOutage",
        "devices": "40",
        "silent": "12",
    }
    seen, withheld = Policy("third_party", KEY).admit(
        an_alert(name="ProviderOutage", labels=INCIDENT, annotations=notes)
    )
    assert seen.labels == INCIDENT
    assert seen.annotations.keys() == {"summary", "action", "runbook_url", "devices", "silent"}
    assert {seen.annotations[note] for note in ("action", "runbook_url", "devices", "silent")} <= set(notes.values())
    assert seen.summary == "ProviderOutage: provider aurora, region us-east, 40 devices, 12 silent"
    assert withheld == 2


def test_a_third_party_is_told_which_of_our_own_channels_is_down() -> None:
    seen = to_third_party(an_alert(name="SupportChannelDown", labels={"channel": "mail", "probe": "mailbox"}))
    assert seen.summary == "SupportChannelDown: channel mail, probe mailbox"


def test_a_count_that_is_no_plain_number_does_not_pass() -> None:
    seen = to_third_party(an_alert(labels=INCIDENT, annotations={"devices": "40, among them Garfield's"}))
    assert "devices" not in seen.annotations


@pytest.mark.parametrize("path", ["devices/home/feeder-1", "?device=feeder-1", "#feeder-1", "sites/cabin"])
def test_a_link_that_names_the_device_or_its_home_does_not_pass(path: str) -> None:
    labels = {"tenant": "home", "site": "cabin", "device": "feeder-1"}
    seen = to_third_party(an_alert(labels=labels, annotations={"link": f"https://hearth.example/{path}"}))
    assert "link" not in seen.annotations


def test_a_site_and_a_gateway_in_a_scope_become_pseudonyms_and_unknown_ones_stay_unknown() -> None:
    scope = {"tenant": "home", "parent": "gw-1", "site": "cabin"}
    seen = to_third_party(an_alert(name="SiteOffline", labels=scope))
    assert seen.labels == {"parent": KEY.of("home", "gw-1"), "site": KEY.of("home", "cabin")}
    assert to_third_party(an_alert(labels={"parent": "none"})).labels == {"parent": "none"}


def test_the_tenant_goes_to_a_third_party_only_if_asked_for() -> None:
    assert "tenant" not in to_third_party(an_alert()).labels
    assert to_third_party(an_alert(), ("tenant",)).labels == {"tenant": "home"}


def test_an_alert_keeps_its_pseudonymous_key_over_its_life() -> None:
    firing = to_third_party(an_alert())
    resolved = to_third_party(an_alert(state="resolved"))
    assert firing.key == resolved.key
    assert firing.labels == resolved.labels


def test_the_ledger_is_told_whose_and_which_fields_but_no_value() -> None:
    content = content_of([to_third_party(an_alert("feeder-garfield")), an_alert(labels={"tenant": "acme"})])
    assert content.tenants == ("acme", "home")
    assert {"device", "summary", "severity"} <= set(content.fields)
    assert "garfield" not in repr(content)


@pytest.mark.parametrize(
    ("readings", "words"),
    [
        ({"temperature_c": -3.0}, "temperature below 0 °C"),
        ({"temperature_c": 5.0}, "temperature below 7 °C"),
        ({"temperature_c": 6.94}, "temperature below 7 °C"),
        ({"temperature_c": 15.0}, "temperature between 15 and 25 °C"),
        ({"temperature_c": 25.0}, "temperature above 25 °C"),
        ({"temperature_c": 36.1}, "temperature above 35 °C"),
        ({"hopper_pct": 0.0}, "hopper below 5 %"),
        ({"hopper_pct": 49.9}, "hopper below 50 %"),
        ({"hopper_pct": 80.0, "temperature_c": 20.0}, "hopper above 50 %, temperature between 15 and 25 °C"),
        ({"weight_g": 4100.0}, ""),
        ({}, ""),
    ],
)
def test_exact_values_become_bands(readings: dict[str, float], words: str) -> None:
    assert bands(readings) == words
