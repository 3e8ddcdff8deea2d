"""Marked secrets in every alert, sent to every kind of receiver: none of them leaves to a third party."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from monitor.cli.egress import rehearse
from monitor.core.alert_kinds import ALERTS
from monitor.core.decisions import Alert
from monitor.egress import Policy, Pseudonyms
from monitor.egress.fields import ALL, HIDDEN
from monitor.notifiers import NotifierSettings
from tests.alerts import an_alert

KEY = Pseudonyms(b"a key that only this test knows")
WEB = {"url": "http://127.0.0.1:9"}
MEMBERS: dict[str, dict[str, Any]] = {
    "alertmanager": WEB,
    "apprise": {},
    "console": {},
    "opsgenie": WEB,
    "pagerduty": WEB,
    "webhook": WEB,
}
"""Every kind of receiver, and what it cannot do without."""
MARKS = {label: f"marked-{label}" for label in (*HIDDEN, "tenant", "owner")}


def marked(name: str, state: str) -> Alert:
    """An alert that names tenant, home, device and an exact reading wherever anything can be written."""
    words = " ".join([*MARKS.values(), "6.43 °C"])
    notes = dict.fromkeys(ALL - {"reading", "tenant"}, words) | {"link": f"http://x/{words}", "pets": words}
    alert = an_alert(name=name, labels=MARKS | {"provider": "aurora"}, annotations=notes)
    alert = replace(alert, key=f"welfare/{words}", readings={"temperature_c": 6.43})
    return replace(alert, state="resolved", ends_at=alert.starts_at + 60) if state == "resolved" else alert


def test_every_kind_of_receiver_is_tried_here() -> None:
    union, _ = get_args(NotifierSettings)
    types = {get_args(member.model_fields["type"].annotation)[0] for member in get_args(union)}
    assert types == MEMBERS.keys()


@pytest.mark.parametrize("state", ["firing", "resolved"])
@pytest.mark.parametrize("member", MEMBERS)
async def test_no_third_party_is_sent_a_device_a_site_a_tenant_or_a_reading(
    member: str, state: str, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("json://127.0.0.1:9/opensesame")
    keyed = {} if member == "console" else {"secret_file": str(tmp_path / "secret")}
    entry: NotifierSettings = TypeAdapter(NotifierSettings).validate_python(
        {"type": member, "trust": "third_party", **keyed, **MEMBERS[member]}
    )
    policy = Policy(entry.trust, KEY, entry.fields)
    told = "\n".join(await rehearse(entry, policy, [policy.admit(marked(name, state))[0] for name in sorted(ALERTS)]))
    assert KEY.of("marked-tenant", "marked-device") in told or state == "resolved" or member == "console"
    assert "marked-" not in told
    assert "6.43" not in told
    assert "opensesame" not in told


@pytest.mark.parametrize("member", ["opsgenie", "pagerduty", "apprise"])
async def test_what_belongs_to_somebody_else_is_a_third_party_unless_told_otherwise(member: str) -> None:
    entry: NotifierSettings = TypeAdapter(NotifierSettings).validate_python(
        {"type": member, "secret_env": "X", **MEMBERS[member]}
    )
    assert entry.trust == "third_party"
