"""What a person reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.decisions import Alert
from monitor.core.routing import Reason
from monitor.notifiers.message import body, shortened, title, worst
from tests.alerts import an_alert

JAM = an_alert(
    name="FeederJammed",
    severity="critical",
    annotations={
        "summary": "feeder-1 is jammed",
        "action": "Clear it.",
        "caution": "Do not force it.",
        "link": "http://h/i",
    },
)
OVER = replace(an_alert("feeder-2", state="resolved"), annotations={"summary": "silent", "resolution": "it is back"})


@pytest.mark.parametrize(
    ("alerts", "reason", "expected"),
    [
        ([JAM], "alert", "CRITICAL FeederJammed"),
        ([OVER], "alert", "RESOLVED DeviceOffline"),
        ([OVER, JAM, an_alert()], "grouped", "2 firing and 1 over, first FeederJammed"),
        ([an_alert(), JAM], "reminder", "Still firing: 2 firing, first FeederJammed"),
        ([OVER, OVER], "digest", "Digest: 2 over, first DeviceOffline"),
    ],
)
def test_the_title_says_why_it_comes_and_what_is_worst(alerts: list[Alert], reason: Reason, expected: str) -> None:
    assert title(alerts, reason) == expected


def test_the_worst_comes_first_with_what_to_do_and_what_is_over_last() -> None:
    text = body([OVER, an_alert(), JAM])
    first = "CRITICAL FeederJammed: feeder-1 is jammed\nDo: Clear it.\nDo not force it.\nhttp://h/i"
    assert text.startswith(f"{first}\n\nWARNING DeviceOffline")
    assert text.endswith("RESOLVED DeviceOffline: silent\nWhy: it is back")
    assert (worst([OVER, JAM]), worst([OVER])) == ("critical", "over")


def test_what_third_parties_get_does_not_say_the_name_twice_nor_link_to_nowhere() -> None:
    plain = replace(an_alert(), annotations={"summary": "DeviceOffline", "runbook_url": "/runbooks/DeviceOffline"})
    facts = replace(plain, annotations={"summary": "DeviceOffline: provider aurora"})
    assert (body([plain]), body([facts])) == ("WARNING DeviceOffline", "WARNING DeviceOffline: provider aurora")


def test_a_storm_is_counted_where_it_cannot_be_listed() -> None:
    assert body([an_alert(f"feeder-{number}") for number in range(30)]).endswith("and 10 more")


def test_what_does_not_fit_is_cut_visibly() -> None:
    assert shortened("one\n two", 7) == "one two"
    assert shortened("one two three", 7) == "one tw…"
