"""Simulated providers, asked over real HTTP by the probes that ask real ones."""

from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio

from monitor.clock import VirtualClock
from monitor.config import Config
from simulators.cloud import (
    CloudServer,
    SimulatedProvider,
    Spell,
    answers,
    demo_probes,
    demo_providers,
    spells_of,
    usual_questions,
)
from simulators.scenario import load_scenario
from simulators.truth import Truth
from simulators.world import World
from tests.unit.probes.asking import ask

HOUR = 3600.0
OUTAGE = Spell(HOUR, 3 * HOUR)
MOMENTS = {"before": 0.5 * HOUR, "early": 1.1 * HOUR, "late": 2 * HOUR, "after": 4 * HOUR}


def provider(**keys: object) -> SimulatedProvider:
    return SimulatedProvider("aurora", (OUTAGE,), **keys)  # type: ignore[arg-type]


@pytest_asyncio.fixture
async def cloud() -> AsyncIterator[CloudServer]:
    async with CloudServer(VirtualClock()) as cloud:
        yield cloud


@pytest.mark.parametrize(
    ("keys", "api", "page"),
    [
        ({}, "healthy failing failing healthy", "healthy healthy failing healthy"),
        ({"page": "green"}, "healthy failing failing healthy", "healthy healthy healthy healthy"),
        ({"page": "broken"}, "healthy failing failing healthy", "unknown unknown unknown unknown"),
        ({"page": "absent"}, "healthy failing failing healthy", "unknown unknown unknown unknown"),
        (
            {"page_lag_seconds": 0.0, "api_dead": (Spell(0.0, HOUR),)},
            "failing failing failing healthy",
            "healthy failing failing healthy",
        ),
    ],
)
async def test_a_provider_looks_as_it_was_told_to(keys: dict[str, object], api: str, page: str) -> None:
    clock = VirtualClock()
    async with CloudServer(clock, [provider(**keys)]) as cloud:
        seen: dict[str, list[str]] = {"api": [], "page": []}
        for at in MOMENTS.values():
            await clock.advance_to(at)
            seen["api"].append((await ask("http", f"{cloud.url}/aurora/v1/ping", contains='"ok": true')).verdict)
            seen["page"].append((await ask("statuspage", f"{cloud.url}/aurora/api/v2/summary.json")).verdict)
    assert (" ".join(seen["api"]), " ".join(seen["page"])) == (api, page)


async def test_the_control_answers_and_strangers_are_not_found(cloud: CloudServer) -> None:
    assert (await ask("http", f"{cloud.url}/control")).verdict == "healthy"
    assert (await ask("http", f"{cloud.url}/borealis/v1/ping", status=[404])).verdict == "healthy"
    assert cloud.asked == ["/control", "/borealis/v1/ping"]


async def test_asked_in_virtual_time_a_provider_looks_the_same() -> None:
    questions = usual_questions([provider(), SimulatedProvider("borealis", api_dead=(OUTAGE,), page="broken")])
    found = list(answers(questions, 0.0, 5 * HOUR, Random(3)))
    assert [each.at for each in found] == sorted(each.at for each in found)
    verdicts = {
        name: [next(each.verdict for each in found if each.probe == name and each.at >= at) for at in MOMENTS.values()]
        for name in {each.probe for each in found}
    }
    assert verdicts == {
        "control": ["healthy"] * 4,
        "aurora-api": ["healthy", "failing", "failing", "healthy"],
        "aurora-page": ["healthy", "healthy", "failing", "healthy"],
        "borealis-api": ["healthy", "failing", "failing", "healthy"],
        "borealis-page": ["unknown"] * 4,
    }


def test_what_a_scenario_does_to_a_whole_provider_is_an_outage_of_its_cloud() -> None:
    def truth(scope: dict[str, str], end: float | None) -> Truth:
        return Truth("x", "outage", "provider", scope, 5.0, end, frozenset())

    truths = [truth({"provider": "aurora"}, 9.0), truth({"provider": "aurora", "region": "x"}, 9.0), truth({}, None)]
    assert spells_of([*truths, truth({"provider": "aurora"}, None)], "aurora") == (
        Spell(5.0, 9.0),
        Spell(5.0, float("inf")),
    )


def test_the_demo_asks_a_provider_that_fails_late_on_its_page_and_one_whose_api_dies() -> None:
    world = World(load_scenario("demo").resized(80))
    aurora, cirrus = demo_providers(world)
    outage, dead = aurora.outages[0], cirrus.api_dead[0]
    assert (outage.start - world.start, dead.end - dead.start) == (1200, 600)
    assert aurora.status_page(outage.start + 899).body != aurora.status_page(outage.start + 901).body
    probes = Config.model_validate({"probes": demo_probes("http://127.0.0.1:1")}).probes
    assert {probe.name: probe.about.provider for probe in probes} == {
        "aurora-api": "aurora",
        "aurora-page": "aurora",
        "cirrus-api": "cirrus",
        "control": "",
    }
