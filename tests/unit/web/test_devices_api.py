"""The list of devices, one device, and maintenance."""

from __future__ import annotations

from typing import NoReturn

import pytest

from monitor.core.decisions import StatusChanged
from monitor.core.fleet import Device
from monitor.core.observations import Heartbeat, MaintenanceSet
from monitor.store.memory import MemoryStore
from monitor.store.protocol import Step, StoreError
from tests.asking import TOKEN, Told, ask, web_state, with_token
from tests.small_fleet import NOW, ShownEngine, device

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def mixed_fleet() -> ShownEngine:
    engine = ShownEngine()
    device(engine.fleet, "acme/f2", "offline", last_seen=NOW - 500, reason="silent for 8 min 20 s")
    device(engine.fleet, "acme/f1", provider="borealis")
    device(engine.fleet, "acme/t1", "late", kind="thermostat", region="eu-west", site="s2", parent="gw1")
    device(engine.fleet, "zoo/f1", "sleeping", maintenance=True)
    return engine


async def listed(engine: ShownEngine, query: str = "") -> list[str]:
    response = await ask(web_state(engine), f"/api/v1/devices{query}")
    assert response.status_code == 200
    return [item["id"] for item in response.json()["items"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["acme/f1", "acme/f2", "acme/t1", "zoo/f1"]),
        ("?tenant=acme", ["acme/f1", "acme/f2", "acme/t1"]),
        ("?tenant=acm", []),
        ("?status=offline&status=late", ["acme/f2", "acme/t1"]),
        ("?kind=thermostat", ["acme/t1"]),
        ("?provider=borealis", ["acme/f1"]),
        ("?region=eu-west", ["acme/t1"]),
        ("?site=s2", ["acme/t1"]),
        ("?parent=gw1", ["acme/t1"]),
        ("?maintenance=true", ["zoo/f1"]),
        ("?maintenance=false&tenant=zoo", []),
        ("?q=F1", ["acme/f1", "zoo/f1"]),
        ("?tenant=acme&status=online&provider=aurora", []),
    ],
)
async def test_devices_are_listed_by_id_and_filtered(query: str, expected: list[str]) -> None:
    assert await listed(mixed_fleet(), query) == expected


async def test_pages_follow_each_other_without_gap_or_repeat_while_devices_come_and_go() -> None:
    engine = mixed_fleet()
    state = web_state(engine)
    first = (await ask(state, "/api/v1/devices?limit=2")).json()
    engine.fleet.remove(engine.fleet.devices["acme/f2"])
    device(engine.fleet, "acme/f0")
    device(engine.fleet, "acme/t2")
    second = (await ask(state, f"/api/v1/devices?limit=9&cursor={first['next']}")).json()
    assert [item["id"] for item in first["items"]] == ["acme/f1", "acme/f2"]
    assert [item["id"] for item in second["items"]] == ["acme/t1", "acme/t2", "zoo/f1"]
    assert second["next"] is None


async def test_a_page_that_ends_with_the_last_device_has_no_next() -> None:
    assert (await ask(web_state(mixed_fleet()), "/api/v1/devices?limit=4")).json()["next"] is None


@pytest.mark.parametrize("cursor", ["rubbish!", "aW5jaWRlbnRzOng", "/w", "ZGV2aWNlczo"])
async def test_a_cursor_that_is_not_ours_is_refused_with_advice(cursor: str) -> None:
    response = await ask(web_state(), f"/api/v1/devices?cursor={cursor}")
    assert response.status_code == 422
    assert "leave it out" in response.json()["detail"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("status=dead", "query status"),
        ("statu=online", "query statu: there is no such parameter"),
        ("limit=0", "query limit"),
        ("maintenance=perhaps", "query maintenance"),
        ("q=" + "x" * 201, "query q"),
    ],
)
async def test_a_filter_with_an_impossible_value_is_named(query: str, named: str) -> None:
    response = await ask(web_state(), f"/api/v1/devices?{query}")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert named in response.json()["errors"][0]


async def test_a_device_is_shown_with_what_is_expected_of_it_and_why() -> None:
    engine = mixed_fleet()
    shown = engine.fleet.devices["acme/f2"]
    shown.reading, shown.reading_at = {"hopper_pct": 40.0}, NOW - 30
    shown.beat = Heartbeat("acme/f2", NOW - 500, "b1", 7, 60.0, sent_at=NOW - 497, faults=("jam",))
    state = web_state(engine, cover=lambda _: ("incident", "a1b2c3"), silence_limit=lambda _: NOW - 350)
    told = (await ask(state, "/api/v1/devices/acme/f2")).json()
    assert told["status"] == "offline"
    assert told["reason"] == "silent for 8 min 20 s"
    assert told["expectation"] == {
        "text": "A heartbeat every 1 min, as its heartbeats state. A silence of 2 min 30 s makes it offline.",
        "interval_seconds": 60.0,
        "timeout_seconds": 150.0,
        "silent_at": NOW - 350,
    }
    assert told["vital_signs"]["faults"] == ["jam"]
    assert told["vital_signs"]["clock_offset_seconds"] == 3.0
    assert told["reading"] == {"at": NOW - 30, "values": {"hopper_pct": 40.0}}
    assert told["explained_by"] == "a1b2c3"
    assert told["suspected"] is False


async def test_a_device_never_heard_shows_nothing_it_did_not_say() -> None:
    engine = ShownEngine()
    engine.fleet.add(Device("acme/new", NOW))
    told = (await ask(web_state(engine, cover=lambda _: ("suspicion", "")), "/api/v1/devices/acme/new")).json()
    assert (told["last_seen"], told["vital_signs"], told["reading"], told["recent"]) == (None, None, None, [])
    assert told["suspected"] is True
    assert told["explained_by"] is None


async def test_recent_status_changes_come_from_the_store() -> None:
    store = MemoryStore()
    await store.open()
    changes = [StatusChanged("acme/f2", NOW - 600 + at, "offline", "late", f"reason {at}") for at in (1, 2)]
    await store.commit(Step(NOW, changes))
    told = (await ask(web_state(mixed_fleet(), archive=store), "/api/v1/devices/acme/f2")).json()
    assert [line["reason"] for line in told["recent"]] == ["reason 2", "reason 1"]


class BrokenArchive(MemoryStore):
    """A store that cannot be read."""

    async def history(self, device: str, *, limit: int) -> NoReturn:
        raise StoreError(f"no history of {device} up to {limit}: the database is locked")


async def test_a_store_that_cannot_be_read_is_said_so() -> None:
    state = web_state(mixed_fleet(), archive=BrokenArchive(), unavailable=(StoreError,))
    response = await ask(state, "/api/v1/devices/acme/f2")
    assert response.status_code == 503
    assert "the database is locked" in response.json()["detail"]


async def test_what_should_not_happen_is_a_problem_too_and_gives_nothing_away() -> None:
    state = web_state(mixed_fleet(), archive=BrokenArchive())
    response = await ask(state, "/api/v1/devices/acme/f2")
    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert "locked" not in response.text


async def test_an_unknown_device_is_not_found() -> None:
    response = await ask(web_state(), "/api/v1/devices/acme/nobody")
    assert response.status_code == 404
    assert "no device acme/nobody is known" in response.json()["detail"]


async def test_maintenance_is_handed_on_as_an_observation_and_changes_nothing_by_itself() -> None:
    engine, told = mixed_fleet(), Told()
    state = web_state(engine, settings=with_token(), observe=told)
    path = "/api/v1/devices/acme/f1/maintenance"
    response = await ask(state, path, method="POST", headers=BEARER, body={"on": True, "author": "kim"})
    assert (response.status_code, response.json()) == (202, {"device": "acme/f1", "on": True})
    assert told.observations == [MaintenanceSet("acme/f1", NOW, on=True, author="kim")]
    assert engine.fleet.devices["acme/f1"].maintenance is False


@pytest.mark.parametrize("body", [{}, {"on": "perhaps"}, {"on": True, "until": 5}, {"on": True, "author": "x" * 101}])
async def test_a_wish_that_says_too_little_or_too_much_is_refused(body: dict[str, object]) -> None:
    told = Told()
    state = web_state(mixed_fleet(), settings=with_token(), observe=told)
    response = await ask(state, "/api/v1/devices/acme/f1/maintenance", method="POST", headers=BEARER, body=body)
    assert response.status_code == 422
    assert told.observations == []


async def test_a_monitor_that_takes_no_changes_says_so() -> None:
    state = web_state(mixed_fleet(), settings=with_token())
    response = await ask(state, "/api/v1/devices/acme/f1/maintenance", method="POST", headers=BEARER, body={"on": True})
    assert response.status_code == 503
