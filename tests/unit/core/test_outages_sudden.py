"""Sudden outages: what is suspected, what is confirmed, and under which name."""

import numpy as np
import pytest

from monitor.core.leaf import Leaf
from monitor.core.outages import Confirmed, Finding, Resolved, Suspected, SuspicionCleared
from monitor.core.settings import OutageSettings
from tests.unit.core.leafsim import START, LeafWorld, small_world, story, told

BEGINS = 300.0
AURORA = {"provider": "aurora"}


def confirmed(found: list[tuple[float, str, Finding]]) -> list[Confirmed]:
    return [finding for _, _, finding in found if isinstance(finding, Confirmed)]


def when(found: list[tuple[float, str, Finding]], name: str) -> float:
    return next(at for at, each, _ in found if each == name)


def test_a_provider_that_falls_silent_is_suspected_confirmed_and_resolved() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora"), BEGINS, 900)
    found = told(world, 1500)
    assert story(found) == [
        ("Suspected", AURORA),
        ("Confirmed", AURORA),
        ("Recovering", AURORA),
        ("Resolved", AURORA),
    ]
    assert when(found, "Suspected") <= BEGINS + 15
    assert when(found, "Confirmed") <= BEGINS + 75
    assert 900 + 300 <= when(found, "Resolved") <= 900 + 315
    (outage,) = confirmed(found)
    assert (outage.layer, outage.form, outage.paging) == ("provider", "sudden", True)
    assert (outage.devices, outage.silent, outage.before) == (180, 180, 0)
    assert outage.confidence > 0.99
    assert abs(outage.onset - START - BEGINS) <= outage.onset_uncertainty
    assert {finding.id for _, _, finding in found if not isinstance(finding, Suspected)} == {outage.id}


def test_the_evidence_says_what_was_seen_what_is_normal_and_who_is_spared() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora"), BEGINS)
    (outage,) = confirmed(told(world, 400))
    prior, silence = outage.evidence
    assert prior.weight_nats == -6.0
    assert silence.statement == (
        "180 of 180 devices fell silent within 1 min 7 s; normally 0.2 % of due heartbeats are missed there, "
        "and 70 % of those are made good by the next."
    )
    assert silence.weight_nats == 30.0
    assert (
        outage.unaffected == "180 of 180 other devices are no more silent than usual; other providers: boreal, cirrus"
    )
    assert outage.alternatives[0].startswith("the whole fleet (score ")


@pytest.mark.parametrize(
    ("where", "layer"),
    [
        ({"region": "west"}, "region"),
        ({"firmware": "2.0"}, "release"),
        ({"model": "m1"}, "release"),
        ({"provider": "boreal", "region": "north"}, "provider"),
        ({"model": "m2", "firmware": "1.0"}, "release"),
        ({}, "fleet"),
    ],
)
def test_the_most_concise_scope_is_named(where: dict[str, str], layer: str) -> None:
    world = small_world()
    world.fail(world.where(**where), BEGINS)
    (outage,) = confirmed(told(world, 420))
    assert dict(outage.scope) == where
    assert outage.layer == layer
    assert outage.silent == int(world.where(**where).sum())


def test_a_pair_says_how_its_members_do_elsewhere() -> None:
    world = small_world()
    world.fail(world.where(provider="boreal", region="north"), BEGINS)
    (outage,) = confirmed(told(world, 420))
    assert outage.unaffected == (
        "320 of 320 other devices are no more silent than usual; provider boreal elsewhere has 0 % silent, "
        "region north elsewhere has 0 % silent"
    )


def test_a_brownout_is_found_by_its_share() -> None:
    world = small_world(1200)
    world.fail(world.some(world.where(provider="aurora"), 0.2), BEGINS)
    (outage,) = confirmed(told(world, 420))
    assert dict(outage.scope) == AURORA
    assert 0.15 < outage.silent / outage.devices < 0.25


def test_a_small_brownout_is_confirmed_although_its_first_misses_are_long_counted() -> None:
    world = small_world(2400, loss=0.01)
    world.fail(world.some(world.where(provider="aurora"), 0.07), BEGINS)
    (outage,) = confirmed(told(world, 420))
    assert dict(outage.scope) == AURORA
    assert abs(outage.onset - START - BEGINS) <= 15


def test_a_whole_that_fails_takes_in_a_part_that_fails_more() -> None:
    world = small_world(720)
    world.fail(world.where(provider="aurora", region="east"), BEGINS)
    world.fail(world.some(world.where(provider="aurora"), 0.15), BEGINS)
    found = told(world, 420)
    (outage,) = confirmed(found)
    assert dict(outage.scope) == AURORA
    assert [finding.reason for _, _, finding in found if isinstance(finding, SuspicionCleared)][-1] == (
        f"it is part of outage {outage.id}"
    )


def test_two_outages_at_once_are_both_named() -> None:
    world = small_world(720)
    world.fail(world.where(provider="cirrus"), BEGINS)
    world.fail(world.where(region="west"), BEGINS + 30)
    found = confirmed(told(world, 480))
    assert [dict(outage.scope) for outage in found] == [{"provider": "cirrus"}, {"region": "west"}]


def test_slices_of_the_same_devices_are_named_together() -> None:
    world = small_world()
    world.columns["model"] = np.where(world.where(provider="cirrus"), "odd", "plain")
    world = LeafWorld(
        {name: column.tolist() for name, column in world.columns.items()}, world.intervals, seed=5, loss=0.0
    )
    world.fail(world.where(model="odd"), BEGINS)
    (outage,) = confirmed(told(world, 420))
    assert dict(outage.scope) == {"provider": "cirrus"}
    assert {"model": "odd"} in outage.equivalents


def test_a_network_that_is_nothing_but_one_house_is_named_as_the_house() -> None:
    columns = {
        "provider": ["aurora", "boreal"] * 150,
        "region": ["east"] * 150 + ["west"] * 150,
        "network": [f"isp{each % 3}" for each in range(290)] + ["village"] * 10,
        "site": [f"t/home-{each // 4}" for each in range(290)] + ["t/kennel"] * 10,
    }
    world = LeafWorld(columns, [60.0] * 300, seed=3)
    world.fail(world.where(network="village"), BEGINS)
    (outage,) = confirmed(told(world, 700))
    assert dict(outage.scope) == {"tenant": "t", "site": "kennel"}
    assert {"network": "village"} in outage.equivalents


def test_a_site_waits_longer_because_routers_restart() -> None:
    world = small_world()
    world.fail(world.where(site="acme/home-7"), BEGINS, BEGINS + 120)
    found = told(world, 1500)
    assert story(found) == [
        ("Suspected", {"tenant": "acme", "site": "home-7"}),
        ("SuspicionCleared", {"tenant": "acme", "site": "home-7"}),
    ]
    assert found[-1][2].reason == "the heartbeats came after all"


def test_a_site_that_stays_dark_is_an_outage_of_the_site() -> None:
    world = small_world()
    world.fail(world.where(site="acme/home-7"), BEGINS, 900)
    found = told(world, 1500)
    (outage,) = confirmed(found)
    assert (outage.layer, dict(outage.scope)) == ("site", {"tenant": "acme", "site": "home-7"})
    assert when(found, "Confirmed") <= BEGINS + 180
    assert outage.unaffected == "354 of 354 other devices are no more silent than usual"
    assert isinstance(found[-1][2], Resolved)
    assert found[-1][2].reason == "all are back"


@pytest.mark.parametrize("devices", [1, 2, 3])
def test_a_few_devices_are_never_an_outage(devices: int) -> None:
    world = small_world()
    world.fail(np.arange(world.size) < devices, BEGINS)
    assert told(world, 1200) == []


def test_a_smaller_share_than_the_minimum_is_never_an_outage() -> None:
    world = small_world(1800)
    aurora = np.flatnonzero(world.where(provider="aurora"))
    chosen = np.zeros(world.size, dtype=bool)
    chosen[aurora[:: round(1 / 0.04)]] = True
    world.fail(chosen, BEGINS)
    assert confirmed(told(world, 1500)) == []


@pytest.mark.parametrize("seconds", [5, 20, 45, 60])
def test_a_stall_of_the_broker_is_never_an_outage(seconds: int) -> None:
    world = small_world()
    world.stall(BEGINS, BEGINS + seconds)
    assert confirmed(told(world, 900)) == []


def test_a_storm_of_loss_is_not_an_outage() -> None:
    world = small_world(1800, loss=0.01)
    world.storm(world.where(region="west"), 4, BEGINS, BEGINS + 600)
    assert confirmed(told(world, 1200)) == []


def slow_world() -> LeafWorld:
    """Devices of one provider that report every quarter of an hour among others that do so every minute.

    All the slow ones fall due in the same minute.
    """
    slow = 250
    columns = {"provider": ["aurora"] * slow + ["boreal"] * 500}
    world = LeafWorld(columns, [900.0] * slow + [60.0] * 500, seed=7, loss=0.01)
    world.due[:slow] = START + BEGINS + 10 + world.rng.random(slow) * 60
    return world


def test_a_small_share_of_slow_devices_that_missed_one_heartbeat_each_is_only_suspected() -> None:
    world = slow_world()
    world.storm(world.where(provider="aurora"), 12, BEGINS, BEGINS + 120)
    assert [name for _, name, _ in told(world, 2400)] == ["Suspected", "SuspicionCleared"]


def test_a_small_share_of_slow_devices_is_an_outage_when_they_miss_the_next_heartbeat_too() -> None:
    world = slow_world()
    world.fail(world.some(world.where(provider="aurora"), 0.15), 200.0)
    found = told(world, 2400)
    assert [dict(outage.scope) for outage in confirmed(found)] == [AURORA]
    assert 900 < when(found, "Confirmed") - BEGINS < 1080


def test_most_of_the_slow_devices_at_once_are_an_outage_by_one_heartbeat() -> None:
    world = slow_world()
    world.fail(world.where(provider="aurora"), 200.0)
    found = told(world, 900)
    assert [dict(outage.scope) for outage in confirmed(found)] == [AURORA]
    assert when(found, "Confirmed") - BEGINS < 180


def test_of_slow_devices_it_is_said_how_many_could_have_shown_it_by_now() -> None:
    world = LeafWorld({"provider": ["aurora"] * 250 + ["boreal"] * 500}, [900.0] * 250 + [60.0] * 500, seed=7)
    world.fail(world.where(provider="aurora"), 1800.0)
    (outage,) = confirmed(told(world, 3600))
    assert outage.evidence[1].statement.startswith(
        "24 of 250 devices fell silent within 1 min 47 s, in which about 30 were due to report; normally "
    )


def test_a_scope_that_explains_better_takes_the_place_of_a_part_of_it() -> None:
    world = small_world(720)
    east = world.where(provider="aurora", region="east")
    world.fail(east, BEGINS)
    world.fail(world.where(provider="aurora"), BEGINS + 12)
    found = told(world, 420)
    assert story(found)[0] == ("Suspected", {"provider": "aurora", "region": "east"})
    cleared = next(finding for _, _, finding in found if isinstance(finding, SuspicionCleared))
    assert cleared.reason == "another scope explains it better"
    assert [dict(outage.scope) for outage in confirmed(found)] == [AURORA]
    # The time that the suspicion has lasted goes on.
    assert when(found, "Confirmed") <= BEGINS + 75


def test_a_tiny_cohort_with_much_loss_is_named_although_its_name_costs_more_than_it_explains() -> None:
    world = small_world(120, loss=0.0)
    world.loss = np.where(world.where(site="acme/home-7"), 0.04, 0.03)
    told(world, 7200)
    world.fail(world.where(site="acme/home-7"), 7200)
    assert [dict(outage.scope) for outage in confirmed(told(world, 7900))] == [{"tenant": "acme", "site": "home-7"}]


def test_leaves_in_a_suspected_or_failed_scope_are_covered_and_others_are_not() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora"), BEGINS)
    inside = world.leaf_of[int(np.flatnonzero(world.where(provider="aurora"))[0])]
    outside = world.leaf_of[int(np.flatnonzero(world.where(provider="boreal"))[0])]
    detector = world.detector
    told(world, BEGINS)
    assert not detector.covers(inside)
    told(world, BEGINS + 20)
    assert detector.covers(inside)
    assert detector.incident_of(inside) is None
    assert not detector.covers(outside)
    (outage,) = confirmed(told(world, 400))
    assert detector.covers(inside)
    assert detector.incident_of(inside) == outage.id
    assert detector.incident_of(outside) is None


def test_a_leaf_that_was_never_seen_is_not_covered() -> None:
    world = small_world()
    stranger = Leaf(("",) * 7, 0)
    assert not world.detector.covers(stranger)
    assert world.detector.incident_of(stranger) is None


def test_the_budget_for_false_alarms_moves_the_bar() -> None:
    def suspected_at(budget: float) -> float:
        settings = OutageSettings(false_alarms_per_week=budget)
        world = small_world(720, settings=settings, loss=0.02)
        world.fail(world.some(world.where(provider="aurora"), 0.12), BEGINS)
        return when(told(world, 420), "Suspected")

    assert suspected_at(10) < suspected_at(1e-9)
