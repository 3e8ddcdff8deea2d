"""Going through the whole fleet: harm, risk and meals to come."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.decisions import Status
from monitor.core.welfare.care import FeederCare
from monitor.web.devices import SLICE
from monitor.web.rounds import Rounds
from tests.asking import web_state
from tests.small_fleet import NOW, ShownEngine, device, outage
from tests.struck import struck
from tests.unit.web.test_welfare_api import shown


async def test_the_harm_of_an_outage_is_counted_by_kind() -> None:
    hit = await struck()
    found = await Rounds(hit.state()).latest()
    harm = found.harm[hit.incident.id]
    assert dict(harm.unreachable) == {"feeder": 12}
    assert (harm.fed, harm.unconfirmed, harm.missed) == (0, 0, 0)


async def test_meals_to_come_are_counted_by_the_hour_with_those_nobody_can_reach() -> None:
    engine = ShownEngine()
    hour = NOW // 3600 * 3600
    meals: list[tuple[Status, float]] = [
        ("online", NOW + 60),
        ("offline", hour + 3700),
        ("late", hour + 3800),
        ("online", NOW + 9 * 3600),
    ]
    for number, (status, at) in enumerate(meals):
        care = FeederCare()
        care.next_at = at
        device(engine.fleet, f"acme/f{number}", status).welfare = care
    found = await Rounds(web_state(engine)).latest()
    assert [(each.feeders, each.unreachable) for each in found.meals] == [(1, 0), (2, 2)] + [(0, 0)] * 6
    assert found.meals[0].at == hour


async def test_animals_at_risk_are_counted_and_the_worst_are_named() -> None:
    state, _ = shown()
    found = await Rounds(state).latest()
    assert [risk.device for risk in found.animals] == ["acme/f2", "acme/f1"]
    assert (found.number_of_animals, found.number_of_rooms) == (2, 0)
    assert found.at_risk.animals == 2


async def test_a_large_fleet_is_gone_through_in_the_background() -> None:
    engine = ShownEngine(incidents={"i": outage("i")})
    for number in range(SLICE + 1):
        device(engine.fleet, f"acme/f{number}", "offline")
    rounds = Rounds(replace(web_state(engine), cover=lambda _: ("incident", "i")))
    assert (await rounds.latest()).harm == {}, "nobody waits for it"
    found = await rounds.finished()
    assert found.harm["i"].unreachable["feeder"] == SLICE + 1
    assert await rounds.latest() is found
    assert await rounds.finished() is found
