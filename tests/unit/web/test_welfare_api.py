"""Who is at risk, over the API."""

from __future__ import annotations

from dataclasses import replace

from monitor.web.state import WebState
from tests.asking import ask, web_state
from tests.unit.core.welfare.household import Household, meal


def shown() -> tuple[WebState, Household]:
    """Three feeders: one jammed, one hungry, one well."""
    house = Household("2026-01-12 06:00")
    for name in ("f1", "f2", "f3"):
        house.feeder(name, meal("07:00"), site="s1")
    house.until("2026-01-12 07:00").reads("f2", outlet_blocked=True)
    for name in ("f2", "f3"):
        house.tell(house.fed(name, "07:00", planned="2026-01-12 07:00"))
    house.until("2026-01-12 07:15").reads("f2", outlet_blocked=True)
    state = replace(web_state(), engine=house.engine, now=lambda: house.now, welfare=house.engine.welfare)
    return state, house


async def test_devices_at_risk_are_listed_with_the_least_time_first() -> None:
    state, _ = shown()
    body = (await ask(state, "/api/v1/welfare")).json()
    assert [(item["device"], item["sign"]) for item in body["items"]] == [
        ("acme/f2", "FeederJammed"),
        ("acme/f1", "FeederMealMissed"),
    ]
    assert body["next"] is None
    assert body["items"][1]["severity"] == "critical"
    assert body["items"][1]["signs"] == ["FeederMealMissed"]


async def test_pages_follow_each_other() -> None:
    state, _ = shown()
    first = (await ask(state, "/api/v1/welfare?limit=1")).json()
    second = (await ask(state, f"/api/v1/welfare?limit=1&cursor={first['next']}")).json()
    assert [first["items"][0]["device"], second["items"][0]["device"]] == ["acme/f2", "acme/f1"]
    assert second["next"] is None


async def test_filters_and_their_mistakes() -> None:
    state, _ = shown()
    assert (await ask(state, "/api/v1/welfare?kind=thermostat")).json()["items"] == []
    assert (await ask(state, "/api/v1/welfare?tenant=zoo")).json()["items"] == []
    assert (await ask(state, "/api/v1/welfare?incident=a1b2c3")).json()["items"] == []
    assert (await ask(state, "/api/v1/welfare?cursor=nonsense")).status_code == 422
    assert (await ask(web_state(), "/api/v1/welfare")).json() == {"items": [], "next": None}
