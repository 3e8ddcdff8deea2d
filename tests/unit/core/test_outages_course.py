"""The course of an outage after it is confirmed: growth, recovery, relapse, stragglers, and the end."""

import re

import numpy as np

from monitor.core.leaf import NOTHING
from monitor.core.outages import Confirmed, Finding, Recovering, Resolved, Updated
from tests.unit.core.leafsim import small_world, story, told

AURORA = {"provider": "aurora"}
CIRRUS = {"provider": "cirrus"}


def of_kind(found: list[tuple[float, str, Finding]], kind: type[Finding]) -> list[Finding]:
    return [finding for _, _, finding in found if isinstance(finding, kind)]


def when(found: list[tuple[float, str, Finding]], name: str) -> float:
    return next(at for at, each, _ in found if each == name)


def test_a_relapse_is_the_same_outage() -> None:
    world = small_world()
    world.fail(world.where(provider="cirrus"), 300, 600)
    world.fail(world.where(provider="cirrus"), 1500, 1700)
    found = told(world, 2400)
    first, second = of_kind(found, Confirmed)
    assert first.id == second.id
    assert first.onset == second.onset
    assert second.reason == "it began again"
    assert len({finding.id for finding in of_kind(found, Resolved)}) == 1


def test_a_relapse_counts_from_its_suspicion_not_from_when_we_were_sure_of_it() -> None:
    world = small_world()
    world.fail(world.where(provider="cirrus"), 300, 600)
    found = told(world, 1200)
    over = int(when(found, "Resolved"))
    world.fail(world.where(provider="cirrus"), over + 1750)
    found += told(world, over + 1950)
    suspected, confirmed = (max(at for at, name, _ in found if name == kind) for kind in ("Suspected", "Confirmed"))
    assert suspected < over + 1800 < confirmed
    first, second = of_kind(found, Confirmed)
    assert first.id == second.id


def test_what_comes_and_goes_is_over_when_it_has_been_steady_and_a_dip_in_between_is_no_news() -> None:
    world = small_world()
    for start in (300, 1200, 2100, 3600):
        world.fail(world.where(provider="cirrus"), start, start + 300)
    found = told(world, 6000)
    assert [name for name, _ in story(found) if name in ("Confirmed", "Relapsed", "Resolved")] == [
        "Confirmed",
        "Resolved",
        "Confirmed",
        "Resolved",
        "Confirmed",
        "Relapsed",
        "Resolved",
    ]
    assert 3900 + 1800 <= when(list(reversed(found)), "Resolved") <= 3900 + 1900


def test_what_has_come_and_gone_ten_times_must_be_steady_for_twice_as_long() -> None:
    world = small_world()
    starts = [*range(300, 300 + 12 * 900, 900), 300 + 11 * 900 + 300 + 2700]
    for start in starts:
        world.fail(world.where(provider="cirrus"), start, start + 300)
    ends = [at for at, name, _ in told(world, starts[-1] + 4500) if name == "Resolved"]
    assert len(ends) == 3
    assert starts[-1] + 300 + 3600 <= ends[-1] <= starts[-1] + 300 + 3700


def test_a_failure_of_something_else_is_another_outage() -> None:
    world = small_world()
    world.fail(world.where(provider="cirrus"), 300, 600)
    world.fail(world.where(region="north"), 1500)
    first, second = of_kind(told(world, 1600), Confirmed)
    assert first.id != second.id


def test_a_failure_long_after_the_last_is_another_outage() -> None:
    world = small_world()
    world.fail(world.where(provider="cirrus"), 300, 600)
    world.fail(world.where(provider="cirrus"), 3600, 3900)
    first, second = of_kind(told(world, 4300), Confirmed)
    assert first.id != second.id


def test_an_outage_that_returns_while_it_recovers_is_said_to_be_back() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora"), 300, 600)
    world.fail(world.where(provider="aurora"), 660, 900)
    found = told(world, 1400)
    assert [name for name, _ in story(found)] == ["Suspected", "Confirmed", "Recovering", "Recovering", "Resolved"]
    between = [finding for at, _, finding in found if 660 < at < 760 and isinstance(finding, Updated)]
    assert between[-1].silent > 0.7 * 180


def test_an_outage_is_over_five_minutes_after_its_last_return_not_after_its_first() -> None:
    world = small_world()
    aurora = world.where(provider="aurora")
    world.fail(aurora, 300, 900)
    world.fail(world.some(aurora, 0.8), 1020, 1620)
    found = told(world, 2400)
    assert [name for name, _ in story(found)].count("Confirmed") == 1
    assert 1900 <= when(found, "Resolved") <= 2000


def test_three_phases_are_one_outage() -> None:
    world = small_world()
    for start, share in ((300, 1.0), (900, 0.5), (1500, 0.9)):
        world.fail(world.some(world.where(provider="aurora"), share), start, start + 420)
    found = told(world, 3000)
    assert len({finding.id for finding in of_kind(found, Confirmed)}) == 1
    assert isinstance(found[-1][2], Resolved)


def test_an_outage_that_grows_is_updated_not_repeated() -> None:
    world = small_world(720)
    world.fail(world.some(world.where(provider="aurora"), 0.3), 300)
    world.fail(world.where(provider="aurora"), 800)
    found = told(world, 1200)
    assert [name for name, _ in story(found)] == ["Suspected", "Confirmed"]
    assert of_kind(found, Updated)[-1].silent > 350


def test_a_wider_outage_takes_in_the_narrower_one() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora", region="east"), 300, 1600)
    world.fail(world.where(provider="aurora"), 700, 1600)
    found = told(world, 2200)
    east, aurora = of_kind(found, Confirmed)
    assert dict(aurora.scope) == AURORA
    ended = of_kind(found, Resolved)
    assert [(each.id, each.reason) for each in ended] == [
        (east.id, f"it is part of outage {aurora.id}"),
        (aurora.id, "all are back"),
    ]


def test_of_two_outages_that_overlap_each_ends_on_its_own() -> None:
    world = small_world(720)
    world.fail(world.where(provider="cirrus"), 300, 1500)
    world.fail(world.where(region="west"), 300, 900)
    found = told(world, 600)
    outside = np.flatnonzero(world.where(provider="aurora", region="east"))[0]
    assert not world.detector.covers(world.leaf_of[int(outside)])
    found += told(world, 2000)
    assert [name for name, _ in story(found) if name == "Confirmed"] == ["Confirmed", "Confirmed"]
    ended = [(at, dict(finding.scope)) for at, _, finding in found if isinstance(finding, Resolved)]
    assert [scope for _, scope in ended] == [{"region": "west"}, CIRRUS]


def test_stragglers_are_named_with_what_they_share() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora"), 300, 900)
    world.fail(world.where(provider="aurora", model="m1", firmware="1.0"), 300)
    found = told(world, 4000)
    (ended,) = of_kind(found, Resolved)
    assert ended.reason == "45 devices of 180 did not return (25 %); all of them are model m1 in firmware 1.0"
    # They are known: their silence is not news for the slow path.
    assert told(world, 6000) == []


def test_stragglers_without_a_common_trait_are_only_counted() -> None:
    world = small_world()
    aurora = world.where(provider="aurora")
    world.fail(aurora, 300, 900)
    world.fail(world.some(aurora, 0.08), 300)
    (ended,) = of_kind(told(world, 3000), Resolved)
    assert re.fullmatch(r"\d+ devices of 180 did not return \(\d %\)", ended.reason)


def test_an_outage_is_not_over_while_a_third_is_away() -> None:
    world = small_world()
    aurora = world.where(provider="aurora")
    world.fail(aurora, 300, 900)
    world.fail(world.some(aurora, 0.4), 300)
    assert [name for name, _ in story(told(world, 9000))] == ["Suspected", "Confirmed", "Recovering"]


def test_new_devices_inside_a_failed_scope_are_covered_by_it() -> None:
    world = small_world()
    world.fail(world.where(provider="cirrus"), 300)
    (outage,) = of_kind(told(world, 400), Confirmed)
    stranger = world.leaves.leaf_of(("cirrus", "south", "", "", "", "m9", ""), 0)
    stranger.move(NOTHING._replace(size=5, intervals=((30, 5),)))
    world.leaves._touch(stranger)
    told(world, 401)
    assert world.detector.incident_of(stranger) == outage.id


def test_an_outage_ends_when_its_devices_are_gone() -> None:
    world = small_world()
    cirrus = world.where(provider="cirrus")
    world.fail(cirrus, 300)
    told(world, 400)
    for index in np.flatnonzero(cirrus).tolist():
        leaf = world.leaf_of[index]
        leaf.move(
            NOTHING._replace(
                size=-1,
                missing=-1,
                silent=-int(world.misses[index] >= 3),
                intervals=((int(world.intervals[index]), -1),),
            )
        )
        world.touch(index)
        world.due[index] = np.inf
    found = told(world, 900)
    assert isinstance(found[-1][2], Resolved)
    assert found[-1][2].devices == 0


def test_devices_that_were_silent_before_are_not_counted_among_the_affected() -> None:
    world = small_world()
    old = world.where(provider="aurora") & (np.arange(world.size) < 3)
    world.fail(old, 0)
    told(world, 600)
    world.fail(world.where(provider="aurora"), 600, 900)
    found = told(world, 1500)
    (outage,) = of_kind(found, Confirmed)
    assert outage.before == int(old.sum())
    assert isinstance(found[-1][2], Resolved)
    assert found[-1][2].reason == "all are back"


def test_recovery_is_said_when_half_are_back() -> None:
    world = small_world()
    world.fail(world.where(provider="aurora"), 300, 900)
    (recovering,) = of_kind(told(world, 1000), Recovering)
    assert recovering.silent <= 90
