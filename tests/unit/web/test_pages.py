"""The pages as HTML: what they say, and that nothing in them can do harm."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from monitor.core.decisions import StatusChanged
from monitor.core.fleet import Device
from monitor.core.observations import Heartbeat
from monitor.store.memory import MemoryStore
from monitor.store.protocol import Step
from monitor.web.settings import LinksSettings
from monitor.web.state import Vitals
from tests.asking import ask, web_state
from tests.small_fleet import NOW, ShownEngine, alert, device, outage

HOSTILE = "<script>alert(1)</script>\"'&"
PATHS = ("/", "/devices", "/devices/acme/f1", "/incidents/i", "/runbooks", "/api")


def busy_engine() -> ShownEngine:
    engine = ShownEngine(incidents={"i": outage("i")}, alerts={"a": alert()})
    fed = device(engine.fleet, "acme/f1", "offline", last_seen=NOW - 500, reason="silent for 8 min 20 s")
    fed.reading, fed.reading_at = {"hopper_pct": 40.0}, NOW - 30
    fed.beat = Heartbeat(
        "acme/f1",
        NOW - 500,
        "b1",
        7,
        60.0,
        sent_at=NOW - 503,
        rssi_dbm=-61,
        power_source="mains",
        battery_ratio=0.9,
        cloud_connected=False,
        uptime_seconds=3600,
    )
    device(engine.fleet, "acme/f2")
    return engine


def words(html: str) -> str:
    """What a reader reads."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def page(engine: ShownEngine, path: str = "/") -> str:
    response = await ask(web_state(engine), path, headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    return response.text


async def test_the_first_page_says_in_plain_words_how_everything_is() -> None:
    seen = words(await page(busy_engine()))
    assert "Provider aurora is down since 14:07 UTC: 117 of 120 devices silent (98 %)." in seen
    assert "117 of 120 devices went silent within 40 s" in seen
    assert "Not affected: 180 devices of other providers are heard as usual" in seen
    assert "critical ProviderOutage" in seen
    assert "acme/f1 feeder · Bowl 2 · aurora offline silent for 8 min 20 s" in seen


async def test_a_fleet_that_is_well_shows_that_nothing_is_the_matter() -> None:
    engine = ShownEngine()
    device(engine.fleet, "acme/f1")
    seen = words(await page(engine))
    assert "The one device is accounted for." in seen
    assert "No incident is open." in seen
    assert "No alert is firing." in seen


async def test_a_blind_monitor_says_so_before_anything_else_and_marks_the_page() -> None:
    engine = busy_engine()
    engine.blind["link"] = NOW - 200
    html = await page(engine)
    assert 'data-tone="blind"' in html
    assert words(html).index("Blind since 14:10 UTC") < words(html).index("Devices by state")
    assert "Nothing below about devices is current" in html


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/devices", "/devices/acme/f1", "/incidents/i"])
async def test_the_other_pages_about_the_fleet_admit_blindness_too(path: str) -> None:
    engine = busy_engine()
    assert "Blind" not in await page(engine, path)
    engine.blind["echo"] = NOW - 30
    assert "Blind since 14:12 UTC: our own messages do not come back" in await page(engine, path)


async def test_devices_that_an_incident_explains_are_counted_but_not_listed() -> None:
    engine = busy_engine()
    device(engine.fleet, "acme/f3", "late", provider="borealis")
    cover = ("incident", "i")
    state = web_state(engine, cover=lambda each: cover if each.profile.provider == "aurora" else ("", ""))
    section = words((await ask(state, "/")).text).partition("Devices that need attention")[2]
    assert "acme/f3" in section
    assert "acme/f1" not in section
    assert "1 more device offline or late" in section


async def test_the_monitors_own_health_is_shown() -> None:
    vitals = Vitals("127.0.0.1:1883", connected=True, messages=1234567, inbox_length=3, store_writable=False)
    state = web_state(vitals=lambda: replace(vitals, oldest_owed_at={"team": NOW - 60}))
    seen = words((await ask(state, "/")).text)
    assert "connected 127.0.0.1:1883" in seen
    assert "1,234,567 3 waiting" in seen
    assert "takes no writes" in seen
    assert "team since" in seen


async def test_long_lists_are_cut_and_say_how_much_is_left_out() -> None:
    engine = ShownEngine(
        incidents={str(n): outage(str(n), {"provider": f"p{n}"}) for n in range(25)},
        alerts={str(n): alert(str(n)) for n in range(23)},
    )
    for number in range(27):
        device(engine.fleet, f"acme/f{number}", "offline")
    seen = words(await page(engine))
    assert "and 5 more incidents" in seen
    assert "and 3 more alerts" in seen
    assert "7 more devices offline or late" in seen


async def test_what_is_urgent_comes_before_what_is_new() -> None:
    new = replace(alert("new", name="DeviceOffline"), severity="warning", starts_at=NOW)
    engine = ShownEngine(alerts={"new": new, "old": alert("old")})
    seen = words(await page(engine))
    assert seen.index("ProviderOutage") < seen.index("DeviceOffline")


@pytest.mark.parametrize("path", PATHS)
async def test_no_page_asks_another_host_or_needs_what_its_own_policy_forbids(path: str) -> None:
    html = await page(busy_engine(), path)
    assert not re.findall(r"""(?:src|href|action)=["']?(?:https?:)?//""", html)
    assert not re.findall(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|<style", html)


async def test_names_from_the_fleet_are_shown_and_never_obeyed() -> None:
    engine = ShownEngine(
        incidents={"i": replace(outage("i", {"provider": HOSTILE}), unaffected=HOSTILE, summary=HOSTILE)},
        alerts={"a": replace(alert("a", name=HOSTILE), annotations={"summary": HOSTILE})},
    )
    device(engine.fleet, "acme/f1", "offline", provider=HOSTILE, site=HOSTILE, reason=HOSTILE)
    for path in ("/", "/devices", f"/devices?q={HOSTILE}", "/devices/acme/f1", "/incidents/i"):
        html = await page(engine, path)
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)" in html


async def test_a_device_has_a_page_with_everything_known_about_it() -> None:
    store = MemoryStore()
    await store.open()
    await store.commit(Step(NOW, [StatusChanged("acme/f1", NOW - 350, "offline", "late", "silent for 2 min 30 s")]))
    state = web_state(busy_engine(), archive=store, cover=lambda _: ("incident", "i"), silence_limit=lambda _: NOW)
    seen = words((await ask(state, "/devices/acme/f1")).text)
    for expected in (
        "f1 offline",
        "Explained by incident i",
        "A heartbeat every 1 min, as its heartbeats state.",
        "Signal -61 dBm",
        "Battery 90 %",
        "Provider's cloud not reached",
        "Running for 1 h",
        "Its clock 3 s behind",
        "Schedule survives a reboot not that it said: do not ask for a restart",
        "Hopper 40 %",
        "offline silent for 2 min 30 s",
    ):
        assert expected in seen.replace("&#39;", "'")


async def test_a_restart_is_asked_for_only_where_the_plan_outlives_it() -> None:
    engine = ShownEngine()
    lasting = device(engine.fleet, "acme/lasting")
    engine.fleet.set_profile(lasting, replace(lasting.profile, schedule_survives_reboot=True))
    device(engine.fleet, "acme/bridge", kind="gateway")
    assert "Schedule survives a reboot yes" in words(await page(engine, "/devices/acme/lasting"))
    assert "reboot" not in words(await page(engine, "/devices/acme/bridge"))


async def test_a_device_that_said_nothing_yet_has_a_page_too() -> None:
    engine = ShownEngine()
    engine.fleet.add(Device("acme/new", NOW))
    state = web_state(engine, cover=lambda _: ("suspicion", ""), silence_limit=lambda _: NOW + 90)
    seen = words((await ask(state, "/devices/acme/new")).text)
    assert "It never sent a heartbeat." in seen
    assert "Something it belongs to is suspected of an outage." in seen
    assert "Offline if silent until" in seen


async def test_the_list_of_devices_can_be_narrowed_and_goes_on_with_the_same_filters() -> None:
    engine = ShownEngine()
    for number in range(130):
        device(engine.fleet, f"acme/f{number:03}", "offline", provider="a&b")
    device(engine.fleet, "acme/t1", kind="thermostat")
    html = await page(engine, "/devices?status=offline,late&provider=a%26b")
    assert "acme/f099" in html
    assert "acme/f100" not in html
    link = re.search(r'href="(/devices\?[^"]+cursor=[^"]+)"', html)
    assert link is not None
    following = await page(engine, link[1].replace("&amp;", "&"))
    assert "acme/f129" in following
    assert "acme/t1" not in following
    assert "Next page" not in following
    assert "No device matches." in await page(engine, "/devices?kind=gateway")


async def test_an_incident_of_the_past_has_a_page_with_what_else_was_considered() -> None:
    over = replace(
        outage("i"),
        resolved_at=NOW - 5,
        equivalents=({"region": "us-east"},),
        alternatives=("a local network: not all sites share one",),
        stragglers=("acme/f9",),
    )
    seen = words(await page(ShownEngine(incidents={"i": over}), "/incidents/i"))
    assert "State over" in seen
    assert "Region us-east, equally well" in seen or "region us-east" in seen.lower()
    assert "A local network: not all sites share one" in seen
    assert "Did not come back acme/f9" in seen


async def test_people_get_a_page_for_what_is_not_there_and_scripts_get_json() -> None:
    page_for_people = await ask(web_state(), "/nothing", headers={"Accept": "text/html,*/*"})
    assert page_for_people.status_code == 404
    assert "There is nothing at /nothing" in page_for_people.text
    for path in ("/nothing", "/api/v1/nothing"):
        assert (await ask(web_state(), path)).json()["status"] == 404
    assert (await ask(web_state(), "/api/v1/nothing", headers={"Accept": "text/html"})).json()["status"] == 404


async def test_the_dashboards_are_linked_if_there_are_any() -> None:
    state = web_state(links=LinksSettings(grafana_url="https://graphs.example"))
    assert '<a href="https://graphs.example">Dashboards</a>' in (await ask(state, "/")).text


async def test_the_page_about_the_api_lists_every_operation() -> None:
    html = await page(ShownEngine(), "/api")
    description = (await ask(web_state(), "/api/openapi.json")).json()
    for path in description["paths"]:
        assert f"<code>{path}</code>" in html


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/v1/fleet"), ("DELETE", "/api/v1/devices/acme/f1")])
async def test_a_method_that_is_not_possible_names_the_one_that_is(method: str, path: str) -> None:
    response = await ask(web_state(), path, method=method)
    assert response.status_code == 405
    assert "use GET" in response.json()["detail"]
    assert response.headers["allow"] == "GET"
