"""A provider fails in the simulated world while its cloud is asked: what the engine makes of both together."""

from __future__ import annotations

import heapq
from random import Random

import pytest

from monitor.core.decisions import AlertOwed, Decision, IncidentChanged, IncidentLogged
from monitor.core.observations import Observation
from simulators.cloud import SimulatedProvider, answers, spells_of, usual_questions
from simulators.cloud.provider import Page, Spell
from tests.simulation.driving import FLEET, driven, world_of
from tests.unit.simulators.worlds import fault, scenario

pytestmark = pytest.mark.slow

OUTAGE = fault("cut", name="fails", at="12m", duration="40m", scope={"provider": "aurora"})


def played(*, page: Page, api_dead: tuple[float, float] | None = None, outage: bool = True) -> list[Decision]:
    """Seventy minutes of a small fleet whose providers are probed once a minute."""
    world, told = world_of(scenario(*([OUTAGE] if outage else []), duration="70m", fleet=FLEET), 5)
    dead = () if api_dead is None else (Spell(world.start + api_dead[0], world.start + api_dead[1]),)
    providers = [
        SimulatedProvider("aurora", spells_of(world.truth(), "aurora"), dead, page),
        SimulatedProvider("borealis"),
    ]
    found = answers(usual_questions(providers), world.start, world.end, Random(5))
    both: list[Observation] = list(heapq.merge(told, found, key=lambda each: each.at))
    return driven(world, both)


def alerts(decisions: list[Decision]) -> list[tuple[str, str]]:
    owed = [each.alert for each in decisions if isinstance(each, AlertOwed)]
    return [(each.name, each.state) for each in owed if not each.name.startswith("Device")]


def test_a_provider_that_is_down_with_a_page_that_stays_green() -> None:
    decisions = played(page="green")
    told = alerts(decisions)
    assert told.count(("ProviderOutage", "firing")) == 1
    assert told.count(("ProviderPageDisagrees", "firing")) == told.count(("ProviderPageDisagrees", "resolved")) == 1
    assert not any(name in ("ControlPlaneDown", "ProviderProbeFailing") for name, _ in told)
    opened = next(each.incident for each in decisions if isinstance(each, IncidentChanged) and each.state == "opened")
    weights = {piece.source: piece.weight_nats for piece in opened.evidence}
    assert weights["probe:aurora-api"] >= 0 >= weights["page:aurora-page"]
    updated = [each.incident for each in decisions if isinstance(each, IncidentChanged) and each.state == "updated"]
    assert ("probe:aurora-api", 3.9) in [(piece.source, piece.weight_nats) for piece in updated[0].evidence]
    seen = [each.text for each in decisions if isinstance(each, IncidentLogged) and each.kind == "seen"]
    assert any(text.startswith("aurora-api (provider aurora) is healthy") for text in seen)


def test_a_provider_that_is_down_with_a_page_that_says_so() -> None:
    told = alerts(played(page="honest"))
    assert ("ProviderOutage", "firing") in told
    assert ("ProviderPageDisagrees", "firing") not in told


def test_only_the_control_plane_of_a_provider_is_down() -> None:
    told = alerts(played(page="green", api_dead=(900.0, 2700.0), outage=False))
    assert told == [("ControlPlaneDown", "firing"), ("ControlPlaneDown", "resolved")]


def test_probing_changes_no_verdict_about_devices_or_outages() -> None:
    world, told = world_of(scenario(OUTAGE, duration="70m", fleet=FLEET), 5)
    unprobed, probed = driven(world, told), played(page="green")

    def outline(decisions: list[Decision]) -> list[tuple[float, str, str]]:
        changes = [each for each in decisions if isinstance(each, IncidentChanged) and each.state != "updated"]
        return [(each.at, each.state, each.incident.id) for each in changes]

    assert outline(probed) == outline(unprobed)
