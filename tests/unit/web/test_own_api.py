"""How the monitor itself is: alive, seeing, its metrics, and the fleet in numbers."""

from __future__ import annotations

from monitor.core.observations import Scraped
from monitor.web.settings import WebSettings
from tests.asking import Told, ask, web_state
from tests.small_fleet import NOW, ShownEngine, alert, device, outage


async def test_alive_means_that_it_answers_even_while_blind() -> None:
    response = await ask(web_state(ShownEngine(blind={"link": NOW})), "/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive", "version": "1.2.3"})


async def test_ready_means_that_it_sees() -> None:
    response = await ask(web_state(), "/readyz")
    assert (response.status_code, response.json()) == (200, {"ready": True, "horizon": NOW - 2, "blind": []})


async def test_a_blind_monitor_names_every_cause_and_since_when() -> None:
    response = await ask(web_state(ShownEngine(blind={"echo": NOW - 60, "store": NOW - 9})), "/readyz")
    assert response.status_code == 503
    assert response.json()["ready"] is False
    assert [(each["cause"], each["since"]) for each in response.json()["blind"]] == [
        ("echo", NOW - 60),
        ("store", NOW - 9),
    ]
    assert response.json()["blind"][1]["meaning"] == "the store takes no writes"


async def test_metrics_are_served_in_the_format_that_is_asked_for() -> None:
    plain = await ask(web_state(), "/metrics")
    assert plain.headers["content-type"].startswith("text/plain")
    assert 'hearthbeat_build_info{revision="unknown",version="1.2.3"} 1.0' in plain.text
    asked = await ask(web_state(), "/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert asked.headers["content-type"].startswith("application/openmetrics-text")


async def test_the_engine_is_told_that_metrics_were_read_but_not_of_a_tenants_view() -> None:
    told = Told()
    await ask(web_state(observe=told), "/metrics?tenant=acme")
    assert told.observations == []
    await ask(web_state(observe=told), "/metrics")
    assert told.observations == [Scraped(NOW)]


async def test_metrics_can_be_narrowed_to_one_tenant() -> None:
    engine = ShownEngine()
    device(engine.fleet, "acme/f1")
    device(engine.fleet, "zoo/f1")
    text = (await ask(web_state(engine), "/metrics?tenant=acme")).text
    assert 'tenant="acme"' in text
    assert "zoo" not in text


async def test_series_per_device_are_off_unless_asked_for() -> None:
    engine = ShownEngine()
    device(engine.fleet, "acme/f1")
    refused = await ask(web_state(engine), "/metrics/devices")
    assert refused.status_code == 404
    assert "device_series = true" in refused.json()["detail"]
    state = web_state(engine, settings=WebSettings(device_series=True))
    text = (await ask(state, "/metrics/devices")).text
    assert 'fleet_device_up{device="f1",kind="feeder",site="s1",tenant="acme"} 1.0' in text


async def test_the_fleet_is_summed_up_in_numbers_and_in_a_sentence() -> None:
    engine = ShownEngine(incidents={"i": outage()}, alerts={"a": alert()})
    device(engine.fleet, "acme/f1")
    device(engine.fleet, "acme/f2", "offline", maintenance=True)
    device(engine.fleet, "zoo/f1", provider="borealis")
    told = (await ask(web_state(engine), "/api/v1/fleet")).json()
    assert told["sentence"].startswith("Provider aurora is down")
    assert told["current"] is True
    assert (told["devices"], told["in_maintenance"], told["incidents_open"], told["alerts_firing"]) == (3, 1, 1, 1)
    assert told["statuses"] == {"new": 0, "online": 2, "late": 0, "offline": 1, "sleeping": 0}
    assert [(each["tenant"], each["statuses"]) for each in told["cohorts"]] == [
        ("acme", {"online": 1, "offline": 1}),
        ("zoo", {"online": 1}),
    ]


async def test_the_fleet_of_one_tenant_is_summed_up_alone() -> None:
    private = outage("i", {"tenant": "zoo", "site": "s1"}, layer="site")
    engine = ShownEngine(incidents={"i": private}, alerts={"a": alert("a", tenant="zoo")}, blind={"link": NOW - 5})
    device(engine.fleet, "acme/f1")
    device(engine.fleet, "zoo/f1")
    told = (await ask(web_state(engine), "/api/v1/fleet?tenant=acme")).json()
    assert (told["devices"], told["incidents_open"], told["alerts_firing"]) == (1, 0, 0)
    assert told["current"] is False
