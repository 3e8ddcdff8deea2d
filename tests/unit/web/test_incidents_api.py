"""Incidents and alerts, those of now from the engine and those of the past from the store."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from monitor.core.decisions import AlertOwed, Evidence, IncidentChanged
from monitor.store.memory import MemoryStore
from monitor.store.protocol import Step
from tests.asking import ask, web_state
from tests.small_fleet import NOW, ShownEngine, alert, outage


async def store_of(*, past: int = 3) -> tuple[ShownEngine, MemoryStore]:
    """An engine with one open incident and one alert, and a store that also remembers the past."""
    engine = ShownEngine(incidents={"now": outage("now")}, alerts={"now": alert("now")})
    store = MemoryStore()
    await store.open()
    decisions: list[IncidentChanged | AlertOwed] = [
        IncidentChanged(NOW, "opened", outage("now")),
        AlertOwed(NOW, alert("now")),
    ]
    for number in range(past):
        over = replace(outage(f"past{number}", opened_at=NOW - 9000 - number), resolved_at=NOW - 8000)
        decisions.append(IncidentChanged(NOW, "resolved", over))
        begun = replace(alert(f"past{number}"), starts_at=NOW - 9000 - number)
        decisions.append(AlertOwed(NOW - 8500, begun))
        decisions.append(AlertOwed(NOW - 8000, replace(begun, state="resolved", ends_at=NOW - 8000)))
    await store.commit(Step(NOW, decisions))
    return engine, store


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["now", "past0", "past1", "past2"]),
        ("?state=open", ["now"]),
        ("?state=resolved", ["past0", "past1", "past2"]),
        ("?tenant=acme", ["now", "past0", "past1", "past2"]),
    ],
)
async def test_incidents_are_listed_newest_first(query: str, expected: list[str]) -> None:
    engine, store = await store_of()
    body = (await ask(web_state(engine, archive=store), f"/api/v1/incidents{query}")).json()
    assert [item["id"] for item in body["items"]] == expected
    assert body["next"] is None


async def test_incidents_of_another_tenant_are_left_out() -> None:
    scopes = {"a": {"tenant": "acme", "site": "s1"}, "b": {"tenant": "zoo", "site": "s1"}, "c": {"provider": "aurora"}}
    engine = ShownEngine(incidents={name: outage(name, scope) for name, scope in scopes.items()})
    body = (await ask(web_state(engine), "/api/v1/incidents?state=open&tenant=acme")).json()
    assert {item["id"] for item in body["items"]} == {"a", "c"}


async def test_pages_of_the_past_follow_each_other() -> None:
    engine, store = await store_of(past=5)
    state, seen = web_state(engine, archive=store), []
    cursor: str | None = ""
    while cursor is not None:
        body = (await ask(state, f"/api/v1/incidents?limit=2&cursor={cursor}")).json()
        seen += [item["id"] for item in body["items"]]
        cursor = body["next"]
    assert seen == ["now", "past0", "past1", "past2", "past3", "past4"]


async def test_a_search_goes_through_more_of_the_past_than_one_page() -> None:
    engine, store = await store_of(past=450)
    state = web_state(engine, archive=store)
    found = await ask(state, "/api/v1/incidents/past449")
    assert found.json()["id"] == "past449"


async def test_an_incident_is_shown_with_its_evidence() -> None:
    engine, store = await store_of()
    told = (await ask(web_state(engine, archive=store), "/api/v1/incidents/now")).json()
    assert told["state"] == "open"
    assert (told["phase"], told["scope"]) == ("ongoing", {"provider": "aurora"})
    assert told["evidence"][0]["weight_nats"] == 9.2
    assert (await ask(web_state(engine, archive=store), "/api/v1/incidents/past1")).json()["state"] == "resolved"


async def test_each_piece_of_evidence_says_which_way_it_weighs() -> None:
    engine, store = await store_of()
    pieces = Evidence("probes", "They fail.", 3.0), Evidence("wills", "None.", 0.0), Evidence("echo", "It flows.", -2.0)
    engine.incidents["now"] = replace(engine.incidents["now"], evidence=pieces)
    page = (await ask(web_state(engine, archive=store), "/incidents/now")).text
    seen = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "probes They fail. +3.0 for it wills None. says nothing either way echo It flows. -2.0 against it" in seen


async def test_an_outage_that_recovers_says_so_until_it_is_over() -> None:
    engine, store = await store_of()
    engine.incidents["now"] = replace(engine.incidents["now"], phase="recovering")
    state = web_state(engine, archive=store)
    assert (await ask(state, "/api/v1/incidents/now")).json()["phase"] == "recovering"
    assert (await ask(state, "/api/v1/incidents/past1")).json()["phase"] is None
    assert "<strong>open</strong>, recovering" in (await ask(state, "/incidents/now")).text


@pytest.mark.parametrize("remembers", [True, False])
async def test_an_unknown_incident_is_not_found(*, remembers: bool) -> None:
    engine, store = await store_of()
    state = web_state(engine, archive=store if remembers else None)
    response = await ask(state, "/api/v1/incidents/nope")
    assert response.status_code == 404
    assert "no incident nope" in response.json()["detail"]


async def test_without_a_store_only_what_is_open_is_known() -> None:
    engine, _ = await store_of()
    state = web_state(engine)
    assert [item["id"] for item in (await ask(state, "/api/v1/incidents")).json()["items"]] == ["now"]
    assert (await ask(state, "/api/v1/incidents?state=resolved")).json()["items"] == []
    assert (await ask(state, "/api/v1/alerts?state=resolved")).json()["items"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["now"]),
        ("?state=all", ["now", "past0", "past1", "past2"]),
        ("?state=resolved", ["past0", "past1", "past2"]),
        ("?severity=critical", ["now"]),
        ("?severity=info", []),
        ("?name=ProviderOutage", ["now"]),
        ("?name=DeviceOffline&state=all", []),
        ("?tenant=acme", []),
    ],
)
async def test_alerts_are_listed_and_filtered(query: str, expected: list[str]) -> None:
    engine, store = await store_of()
    body = (await ask(web_state(engine, archive=store), f"/api/v1/alerts{query}")).json()
    assert [item["key"] for item in body["items"]] == expected


async def test_pages_of_firing_alerts_follow_each_other() -> None:
    firing = {f"a{number}": replace(alert(f"a{number}"), starts_at=NOW - number) for number in range(5)}
    state, seen = web_state(ShownEngine(alerts=firing)), []
    cursor: str | None = ""
    while cursor is not None:
        body = (await ask(state, f"/api/v1/alerts?limit=2&cursor={cursor}")).json()
        seen += [item["key"] for item in body["items"]]
        cursor = body["next"]
    assert seen == ["a0", "a1", "a2", "a3", "a4"]


async def test_a_page_goes_on_where_it_ended_even_if_that_alert_is_over() -> None:
    engine = ShownEngine(
        alerts={f"a{number}": replace(alert(f"a{number}"), starts_at=NOW - number) for number in range(4)}
    )
    first = (await ask(web_state(engine), "/api/v1/alerts?limit=2")).json()
    del engine.alerts["a1"]
    rest = (await ask(web_state(engine), f"/api/v1/alerts?cursor={first['next']}")).json()
    assert [item["key"] for item in rest["items"]] == ["a2", "a3"]


@pytest.mark.parametrize("cursor", ["aW5jaWRlbnRzOm5vIG1vbWVudA", "ZGV2aWNlczphY21lL2Yx"])
async def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    assert (await ask(web_state(), f"/api/v1/incidents?cursor={cursor}")).status_code == 422
