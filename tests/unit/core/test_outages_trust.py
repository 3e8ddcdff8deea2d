"""What outage detection may be trusted with: blindness, restarts, shards, any order, cohorts that have no part."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.decisions import Evidence, Incident
from monitor.core.observations import Witness
from monitor.core.outages import Confirmed, Finding, OutageDetector, Resolved, SuspicionCleared
from tests.unit.core.leafsim import START, LeafWorld, fleet_like, small_world, story, told

AURORA = {"provider": "aurora"}
Found = list[tuple[float, str, Finding]]


def of_kind(found: Found, kind: type[Finding]) -> list[Finding]:
    return [finding for _, _, finding in found if isinstance(finding, kind)]


def blind(world: LeafWorld, seconds: float) -> None:
    """Time passes without a tick; every device is owed the time that was lost, and an interval to be heard again."""
    world.now += seconds
    world.due += seconds
    world.due[:] = np.maximum(world.due, world.now + world.rng.random(world.size) * world.intervals + world.margin)
    world.detector.sighted(world.now, seconds)


def restart(
    world: LeafWorld,
    *,
    seconds: float = 0.0,
    incidents: tuple[Incident, ...] = (),
    saved: dict[str, Any] | None = None,
) -> None:
    """The monitor is killed and comes back after a while; leaves are counted anew from what is known of devices.

    It remembers what it `saved` earlier, or else just now.
    """
    remembered = json.loads(json.dumps(world.detector.save() if saved is None else saved))
    world.detector = OutageDetector(world.settings)
    for leaf in dict.fromkeys(world.leaf_of):
        leaf.moved = True
        world.leaves._touch(leaf)
    world.detector.restore(remembered, world.now, incidents)
    blind(world, seconds)


def as_incident(outage: Finding) -> Incident:
    return Incident(
        id=outage.id,
        kind="outage",
        layer=outage.layer,
        scope=outage.scope,
        started_at=outage.onset,
        opened_at=outage.onset + 66,
        resolved_at=None,
        devices=outage.devices,
        silent=outage.silent,
        confidence=outage.confidence,
        evidence=outage.evidence,
        equivalents=outage.equivalents,
    )


def test_blindness_opens_and_resolves_nothing() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora"), 300, 900)
    told(world, 400)
    blind(world, 2000)
    assert story(told(world, world.now - START + 15)) == []


def test_a_suspicion_waits_after_blindness_until_all_had_a_chance_to_speak() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora"), 300, 400)
    told(world, 330)
    blind(world, 120)
    found = told(world, 800)
    assert of_kind(found, Confirmed) == []
    assert isinstance(found[-1][2], SuspicionCleared)


def test_an_outage_that_lasts_over_blindness_is_confirmed_afterwards() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora"), 300)
    told(world, 330)
    blind(world, 600)
    found = told(world, world.now - START + 120)
    (outage,) = of_kind(found, Confirmed)
    assert dict(outage.scope) == AURORA
    assert abs(outage.onset - START - 300) <= 30


def test_a_slow_suspicion_waits_after_blindness_too() -> None:
    world = small_world(720)
    world.ramp(world.some(world.where(provider="cirrus"), 0.25), 1200, 1800)
    while not world.detector._slow[0].open:
        told(world, world.now - START + 10)
    blind(world, 600)
    (watch,) = world.detector._slow[0].open
    assert watch.not_before >= world.now + 60
    assert of_kind(told(world, world.now - START + 600), Confirmed)


def test_recovery_is_not_declared_by_time_in_which_nothing_was_seen() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora"), 300, 900)
    told(world, 960)
    blind(world, 5000)
    resolved = [at for at, _, finding in told(world, world.now - START + 600) if isinstance(finding, Resolved)]
    assert resolved[0] >= 900 + 5000 + 290


def test_a_restart_continues_an_open_outage() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora"), 300, 900)
    (outage,) = of_kind(told(world, 400), Confirmed)
    restart(world, seconds=120, incidents=(as_incident(outage),))
    aurora = world.leaf_of[0]
    found = told(world, 401 + 120)
    assert world.detector.incident_of(aurora) == outage.id
    found += told(world, 1600)
    assert of_kind(found, Confirmed) == []
    (ended,) = of_kind(found, Resolved)
    assert ended.id == outage.id
    assert ended.onset == outage.onset
    assert ended.evidence == outage.evidence


def test_a_restart_in_the_middle_of_a_suspicion_still_leads_to_the_outage() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora"), 300)
    told(world, 340)
    restart(world, seconds=60)
    (outage,) = of_kind(told(world, 700), Confirmed)
    assert dict(outage.scope) == AURORA
    assert abs(outage.onset - START - 300) <= 30


def test_an_outage_opened_after_the_last_save_is_taken_from_the_store() -> None:
    world = small_world()
    world.fail(world.where(model="m1", firmware="2.0"), 300, 900)
    told(world, 290)
    saved = world.detector.save()
    (outage,) = of_kind(told(world, 400), Confirmed)
    device = Incident(
        id="other", kind="device", layer="device", scope={}, started_at=0, opened_at=0, resolved_at=None,
        devices=1, silent=1, confidence=1.0,
    )  # fmt: skip
    stored = as_incident(outage)
    shuffled = replace(stored, scope={"firmware": "2.0", "model": "m1"})
    restart(world, incidents=(shuffled, device), saved=saved)
    found = told(world, 1500)
    assert of_kind(found, Confirmed) == []
    assert [each.id for each in of_kind(found, Resolved)] == [outage.id]


def test_an_outage_that_the_store_knows_to_be_over_stays_over() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora"), 300)
    told(world, 400)
    restart(world, incidents=())
    assert told(world, 420) == []
    assert world.detector.incident_of(world.leaf_of[0]) is None


def test_what_was_learned_and_what_witnesses_said_survives_a_restart() -> None:
    world = small_world(loss=0.05)
    world.detector.witness(Witness(START, "probe:north", {"provider": "boreal"}, "It fails.", 3.9))
    told(world, 3600)
    before = world.detector._members.fleet.normal
    restart(world, incidents=())
    assert world.detector._members.fleet.normal.miss == pytest.approx(before.miss, rel=0.05)
    assert world.detector._witnesses.about({"provider": "boreal"}, START + 60) == (
        Evidence("probe:north", "It fails.", 3.9),
    )


def test_a_slow_outage_and_a_slow_suspicion_survive_a_restart() -> None:
    world = small_world(720)
    world.ramp(world.some(world.where(provider="cirrus"), 0.5), 1200, 3600)
    while not world.detector._slow[0].open:
        told(world, world.now - START + 10)
    restart(world)
    (outage,) = of_kind(told(world, world.now - START + 900), Confirmed)
    restart(world, incidents=(as_incident(outage),))
    cirrus = world.leaf_of[int(np.flatnonzero(world.where(provider="cirrus"))[0])]
    told(world, world.now - START + 1)
    assert world.detector.incident_of(cirrus) == outage.id


def test_a_detector_without_a_past_begins_with_nothing() -> None:
    world = small_world()
    world.detector.restore({}, START)
    assert told(world, 60) == []


def incidents(found: Found) -> list[tuple[str, float, dict[str, str], str, int, int]]:
    return [
        (name, at, dict(finding.scope), finding.id, finding.silent, finding.devices)
        for at, name, finding in found
        if name != "Updated"
    ]


Fault = Callable[[LeafWorld], None]
FAULTS: dict[str, Fault] = {
    "provider": lambda world: world.fail(world.where(provider="boreal"), 200, 500),
    "pair": lambda world: world.fail(world.where(provider="acme", region="r0"), 200, 500),
    "brownout": lambda world: world.fail(world.some(world.where(provider="acme"), 0.3), 200, 500),
    "everything": lambda world: world.fail(world.where(), 200, 500),
    "stall": lambda world: world.stall(200, 240),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_eight_shards_find_what_one_finds(fault: str) -> None:
    def find(shards: int) -> Found:
        values, intervals = fleet_like(500, 3)
        world = LeafWorld(values, intervals, seed=3, shards=shards)
        FAULTS[fault](world)
        return told(world, 620)

    assert incidents(find(8)) == incidents(find(1))


@pytest.mark.slow
@given(st.randoms(use_true_random=False), st.sampled_from(sorted(FAULTS)))
@settings(max_examples=4, deadline=None)
def test_the_order_inside_a_second_changes_nothing(random: "np.random.Generator", fault: str) -> None:
    def find(*, shuffled: bool) -> Found:
        values, intervals = fleet_like(300, 4)
        world = LeafWorld(values, intervals, seed=4)
        FAULTS[fault](world)
        if shuffled:
            world.mix = random.shuffle
        return told(world, 420)

    assert incidents(find(shuffled=True)) == incidents(find(shuffled=False))


@pytest.mark.parametrize(
    "where", [{"provider": "aurora"}, {"region": "east"}, {"provider": "boreal", "region": "west"}, {"model": "m1"}]
)
def test_a_cohort_that_has_no_part_in_it_changes_no_confirmed_scope(where: dict[str, str]) -> None:
    def find(extra: int) -> Finding:
        cohort = {"provider": "dorado", "region": "south", "model": "m3"}
        world = small_world(360, more=cohort, number=extra)
        world.fail(world.where(**where), 200)
        (outage,) = of_kind(told(world, 300), Confirmed)
        return outage

    alone = find(0)
    for extra in (1, 40, 700):
        beside = find(extra)
        assert dict(alone.scope) == dict(beside.scope) == where
        assert abs(alone.onset - beside.onset) <= 2
