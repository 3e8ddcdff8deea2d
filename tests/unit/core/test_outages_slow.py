"""Outages that come slowly, or without silence, and what others say about them."""

import numpy as np
import pytest

from monitor.core.leaf import NOTHING, Gauges
from monitor.core.leaves import Leaves
from monitor.core.observations import Witness
from monitor.core.outages import Confirmed, Finding, OutageDetector, Resolved, Suspected, SuspicionCleared, Updated
from monitor.core.outages.usual import Usual
from monitor.core.outages.witnesses import MOST_KEPT, Witnesses
from monitor.core.settings import OutageSettings
from tests.unit.core.leafsim import START, report_cloud, small_world, story, told

HOUR, DAY = 3600.0, 86_400.0
CIRRUS = {"provider": "cirrus"}


def of_kind(found: list[tuple[float, str, Finding]], kind: type[Finding]) -> list[Finding]:
    return [finding for _, _, finding in found if isinstance(finding, kind)]


def test_a_ramp_that_no_second_shows_is_found_by_its_level() -> None:
    world = small_world(720)
    world.ramp(world.some(world.where(firmware="2.0"), 0.6), HOUR, 2 * HOUR)
    found = told(world, HOUR + HOUR)
    (outage,) = of_kind(found, Confirmed)
    assert dict(outage.scope) == {"firmware": "2.0"}
    assert (outage.layer, outage.form) == ("release", "creeping")
    reached = HOUR + 0.05 / 0.3 * HOUR
    assert next(at for at, name, _ in found if name == "Confirmed") <= reached + 900
    assert abs(outage.onset - START - HOUR) <= max(300, outage.onset_uncertainty)
    assert (
        "have been silent for three heartbeats or more; usual there at this hour is 0" in outage.evidence[1].statement
    )


class Levels:
    """A fleet of which only the number of silent devices in each provider and region is told, minute by minute."""

    def __init__(self, devices: int = 100) -> None:
        settings = OutageSettings(dimensions=("provider", "region"), pairs=(("provider", "region"),))
        self.leaves = Leaves(settings)
        self.detector = OutageDetector(settings)
        self.now = START - START % DAY
        self.begin = self.now
        self.silent = {(provider, region): 0 for provider in ("aurora", "cirrus") for region in ("east", "west")}
        for values in self.silent:
            self._move(values, NOTHING._replace(size=devices, intervals=((900, devices),)))

    def set_silent(self, silent: int, **values: str) -> None:
        for provider, region in self.silent:
            if values.get("provider", provider) == provider and values.get("region", region) == region:
                change = silent - self.silent[provider, region]
                self.silent[provider, region] = silent
                self._move((provider, region), NOTHING._replace(missing=change, silent=change))

    def let_go(self, devices: int, **values: str) -> None:
        """So many devices of each leaf that are silent count as gone from now on; fewer than none return."""
        for provider, region in self.silent:
            if values.get("provider", provider) == provider and values.get("region", region) == region:
                self.silent[provider, region] -= devices
                lost = ((900, -devices),)
                gauges = NOTHING._replace(
                    size=-devices, missing=-devices, silent=-devices, gone=devices, intervals=lost
                )
                self._move((provider, region), gauges)

    def _move(self, values: tuple[str, str], change: Gauges) -> None:
        leaf = self.leaves.leaf_of(values, 0)
        leaf.move(change)
        self.leaves._touch(leaf)

    def run(self, hours: float) -> list[Finding]:
        found: list[Finding] = []
        for _ in range(round(hours * HOUR)):
            self.now += 1
            found += self.detector.tick(self.now, self.leaves)
        return found


def test_a_slow_outage_is_a_ticket_until_it_is_large() -> None:
    levels = Levels()
    found = levels.run(1)
    for silent in range(1, 41):
        levels.set_silent(silent, provider="cirrus")
        found += levels.run(0.3)
    outage = next(finding for finding in found if isinstance(finding, Confirmed))
    assert (dict(outage.scope), outage.form, outage.paging) == (CIRRUS, "creeping", False)
    assert 5 <= outage.silent / 2 <= 20
    last = found[-1]
    assert isinstance(last, Updated)
    assert last.paging
    covered = levels.leaves.leaf_of(("cirrus", "east"), 0)
    assert levels.detector.incident_of(covered) == outage.id
    spared = levels.leaves.leaf_of(("aurora", "east"), 0)
    assert levels.detector.incident_of(spared) is None


def test_devices_that_go_one_by_one_are_found_though_each_day_is_like_the_one_before() -> None:
    levels = Levels()
    found = levels.run(1)
    for _ in range(12):
        levels.set_silent(3, provider="cirrus")
        found += levels.run(0.1)
        levels.let_go(1, provider="cirrus")
        found += levels.run(0.4)
    (outage,) = (finding for finding in found if isinstance(finding, Confirmed))
    assert (dict(outage.scope), outage.form, outage.paging) == (CIRRUS, "creeping", False)
    assert "fell silent one by one and count as gone; usual there is 0" in outage.evidence[1].statement
    assert outage.onset < levels.begin, "who counts as gone fell silent long before"


def test_those_whom_an_outage_left_behind_are_no_news_when_they_count_as_gone() -> None:
    levels = Levels()
    levels.run(1)
    levels.set_silent(40, provider="cirrus")
    levels.run(0.5)
    levels.set_silent(9, provider="cirrus")
    found = levels.run(1.5)
    assert isinstance(found[-1], Resolved)
    levels.let_go(9, provider="cirrus")
    assert levels.run(1) == []
    levels.let_go(-9, provider="cirrus")
    levels.set_silent(0)
    assert levels.run(1) == []
    levels.set_silent(9, provider="cirrus")
    levels.let_go(9, provider="cirrus")
    assert isinstance(levels.run(0.1)[0], Suspected), "those who returned in between are news"


def test_a_level_that_falls_again_clears_the_suspicion() -> None:
    levels = Levels()
    levels.run(1)
    levels.set_silent(20, provider="cirrus")
    (raised,) = levels.run(0.05)
    assert isinstance(raised, Suspected)
    assert levels.detector.covers(levels.leaves.leaf_of(("cirrus", "east"), 0))
    levels.set_silent(0)
    (cleared,) = levels.run(0.5)
    assert isinstance(cleared, SuspicionCleared)
    assert cleared.reason == "the share went back to what is usual"


def test_after_blindness_a_slow_suspicion_is_cleared_only_when_it_was_looked_at_again() -> None:
    levels = Levels()
    levels.run(1)
    levels.set_silent(20, provider="cirrus")
    levels.run(0.05)
    levels.now += 600
    levels.detector.sighted(levels.now, 600)
    levels.set_silent(0)
    assert levels.run(0.05) == []
    assert [type(finding) for finding in levels.run(1)] == [SuspicionCleared]


def test_the_search_may_come_to_know_better_while_a_level_fails() -> None:
    levels = Levels()
    levels.run(1)
    levels.set_silent(20, provider="cirrus", region="east")
    found = levels.run(0.05)
    levels.set_silent(20, provider="cirrus")
    found += levels.run(0.1)
    assert [(type(finding), dict(finding.scope)) for finding in found] == [
        (Suspected, {"provider": "cirrus", "region": "east"}),
        (Suspected, CIRRUS),
        (SuspicionCleared, {"provider": "cirrus", "region": "east"}),
        (Confirmed, CIRRUS),
    ]


def test_a_slow_outage_that_ends_resolves() -> None:
    levels = Levels()
    levels.run(1)
    levels.set_silent(20, provider="cirrus")
    found = levels.run(0.5)
    levels.set_silent(0)
    found += levels.run(1)
    assert isinstance(found[-1], Resolved)
    assert found[-1].reason == "all are back"


@pytest.mark.slow
def test_homes_that_switch_off_for_the_night_are_not_an_outage() -> None:
    levels = Levels()
    found: list[Finding] = []
    for _ in range(2):
        found += levels.run(8)
        for dark in (5, 10, 15, 20):
            levels.set_silent(dark, region="east")
            found += levels.run(0.25)
        for dark in (5, 10, 15, 20):
            levels.set_silent(dark, region="west")
            found += levels.run(0.25)
        found += levels.run(4)
        levels.set_silent(0)
        found += levels.run(10)
    assert found == []


def test_a_whole_region_that_creeps_is_found_although_the_hour_is_new() -> None:
    levels = Levels()
    found = levels.run(2)
    for silent in range(1, 46):
        levels.set_silent(silent, region="east")
        found += levels.run(0.1)
    outage = next(finding for finding in found if isinstance(finding, Confirmed))
    assert dict(outage.scope) == {"region": "east"}
    assert outage.silent >= 50


def test_a_cliff_inside_a_slow_outage_is_an_outage_of_its_own() -> None:
    world = small_world(720)
    world.ramp(world.some(world.where(provider="cirrus"), 0.25), 1200, 1800)
    (slow,) = of_kind(told(world, 3600), Confirmed)
    assert slow.form == "creeping"
    world.fail(world.where(provider="cirrus"), 3600)
    found = told(world, 3720)
    (sudden,) = of_kind(found, Confirmed)
    assert (sudden.form, dict(sudden.scope)) == ("sudden", CIRRUS)
    assert [(each.id, each.reason) for each in of_kind(found, Resolved)] == [
        (slow.id, f"it is part of outage {sudden.id}")
    ]


def test_a_cloud_that_answers_nobody_is_an_outage_without_silence() -> None:
    world = small_world(720)
    told(world, 60)
    report_cloud(world, world.where(), down=False)
    told(world, 1200)
    report_cloud(world, world.where(provider="cirrus"), down=True)
    found = told(world, 1500)
    (outage,) = of_kind(found, Confirmed)
    assert (dict(outage.scope), outage.form, outage.layer, outage.paging) == (CIRRUS, "degraded", "provider", True)
    assert "120 of 120 devices that can tell said last that their cloud does not answer" in outage.evidence[1].statement
    assert not world.detector.covers(world.leaf_of[int(np.flatnonzero(world.where(provider="cirrus"))[0])])
    report_cloud(world, world.where(provider="cirrus"), down=False)
    assert story(told(world, 2100))[-1] == ("Resolved", CIRRUS)


def test_devices_that_never_reach_their_cloud_are_usual() -> None:
    world = small_world(720)
    report_cloud(world, world.where(provider="cirrus"), down=True)
    report_cloud(world, ~world.where(provider="cirrus"), down=False)
    assert told(world, 3600) == []


def test_what_devices_say_of_their_cloud_adds_to_the_evidence_of_silence() -> None:
    world = small_world(720)
    told(world, 10)
    report_cloud(world, world.where(), down=False)
    told(world, 280)
    report_cloud(world, world.where(provider="aurora"), down=True)
    world.fail(world.where(provider="aurora"), 300)
    outage = next(each for each in of_kind(told(world, 420), Confirmed) if each.form == "sudden")
    cloud = next(piece for piece in outage.evidence if piece.source == "cloud")
    assert cloud.weight_nats == 20.0
    assert "elsewhere 0 %" in cloud.statement


def test_wills_add_to_the_evidence() -> None:
    world = small_world(720)
    aurora = world.where(provider="aurora")
    world.fail(aurora, 300)
    told(world, 310)
    for index in np.flatnonzero(aurora)[:40].tolist():
        world.leaf_of[index].departed += 1
        world.touch(index)
    (outage,) = of_kind(told(world, 420), Confirmed)
    wills = next(piece for piece in outage.evidence if piece.source == "wills")
    assert wills.weight_nats == 15.0
    assert wills.statement.startswith("The broker announced 40 broken connections there;")


def test_a_few_wills_say_nothing_and_as_many_as_usual_weigh_nothing() -> None:
    world = small_world(720)
    aurora = np.flatnonzero(world.where(provider="aurora"))
    for at in range(60, 3600, 60):
        for index in aurora[:60].tolist():
            world.leaf_of[index].departed += 1
            world.touch(index)
        told(world, at)
    world.fail(world.where(provider="aurora"), 3600)
    told(world, 3610)
    for index in aurora[:3].tolist():
        world.leaf_of[index].departed += 1
        world.touch(index)
    (outage,) = of_kind(told(world, 3720), Confirmed)
    wills = [piece for piece in outage.evidence if piece.source == "wills"]
    assert all(piece.weight_nats == 0.0 for piece in wills)


def test_witnesses_are_shown_and_change_how_sure_we_are() -> None:
    world = small_world()
    detector = world.detector
    told(world, 290)
    detector.witness(Witness(START + 290, "probe:north", CIRRUS, "The probe from north fails.", 3.9))
    detector.witness(Witness(START + 290, "page", {"provider": "aurora"}, "Another provider's page.", 4.0))
    world.fail(world.where(provider="cirrus"), 300)
    (outage,) = of_kind(told(world, 420), Confirmed)
    assert outage.evidence[-1].statement == "The probe from north fails."
    detector.witness(Witness(START + 500, "probe:north", CIRRUS, "The probe from north answers.", -3.0))
    updated = of_kind(told(world, 600), Updated)
    assert updated[-1].evidence[-1].weight_nats == -3.0
    assert updated[-1].confidence <= outage.confidence


def test_witnesses_alone_never_open_an_outage() -> None:
    world = small_world()
    world.detector.witness(Witness(START, "page", CIRRUS, "The page is red.", 4.0))
    assert told(world, 1200) == []


def test_witnesses_of_one_kind_share_a_limit() -> None:
    witnesses = Witnesses()
    for name in ("a", "b", "c"):
        witnesses.hear(Witness(100.0, f"probe:{name}", CIRRUS, f"{name} fails", 3.9))
    witnesses.hear(Witness(100.0, "neighbour", CIRRUS, "somebody said so", 2.0))
    witnesses.hear(Witness(100.0, "probe:old", {}, "about nothing", 3.9))
    said = witnesses.about(CIRRUS, 200.0)
    assert [piece.source for piece in said] == ["neighbour", "probe:a", "probe:b", "probe:c"]
    assert round(sum(piece.weight_nats for piece in said[1:]), 6) == 8.0
    assert witnesses.about(CIRRUS, 100_000.0) == ()
    assert witnesses.about({"provider": "boreal"}, 200.0) == ()


def test_only_so_many_witnesses_are_remembered() -> None:
    witnesses = Witnesses()
    for number in range(MOST_KEPT + 5):
        witnesses.hear(Witness(100.0, f"probe:{number}", CIRRUS, "fails", 1.0))
    assert len(witnesses.save()) == MOST_KEPT


def test_what_is_usual_follows_the_hours_and_the_kind_of_day() -> None:
    usual = Usual()
    monday = 4 * DAY
    for minute in range(3 * 1440):
        at = monday + minute * 60
        usual.learn(at, 0.2 if at % DAY >= 22 * HOUR else 0.0, 100)
    night, noon = monday + 3 * DAY + 23 * HOUR, monday + 3 * DAY + 12 * HOUR
    assert usual.expect(night).known
    assert round(usual.expect(night).share, 2) == 0.2
    assert usual.expect(noon).share < 0.01
    # The half-hour before the switch is allowed what the next one has.
    assert round(usual.expect(monday + 3 * DAY + 21.6 * HOUR).share, 2) == 0.2
    saturday = monday + 5 * DAY + 23 * HOUR
    assert round(usual.expect(saturday).share, 2) == 0.2


def test_one_strange_day_moves_what_is_usual_only_a_little() -> None:
    usual = Usual()
    monday = 4 * DAY
    for day in range(4):
        for minute in range(30):
            usual.learn(monday + day * DAY + minute * 60, 0.0, 100)
    before = usual.expect(monday + 4 * DAY).share
    for minute in range(30):
        usual.learn(monday + 4 * DAY + minute * 60, 1.0, 100)
    assert usual.expect(monday + 7 * DAY).share <= before + 0.02


def test_a_small_slice_has_no_hours_of_its_own() -> None:
    usual = Usual()
    for minute in range(100):
        usual.learn(4 * DAY + minute * 60, 0.1, 10)
    expected = usual.expect(5 * DAY)
    assert (round(expected.share, 2), expected.known) == (0.1, False)


def test_an_hour_seen_for_the_first_time_today_is_not_known_yet() -> None:
    usual = Usual()
    usual.learn(4 * DAY, 0.1, 100)
    assert not usual.expect(4 * DAY + 60).known
    assert usual.expect(5 * DAY + 60).known


def test_what_is_usual_survives_as_plain_data() -> None:
    usual = Usual()
    for minute in range(100):
        usual.learn(4 * DAY + minute * 60, 0.1, 100)
    again = Usual()
    again.restore(usual.save())
    assert again.expect(5 * DAY).known
    assert round(again.expect(5 * DAY).share, 3) == 0.1
    small = Usual()
    small.learn(0.0, 0.3, 5)
    again = Usual()
    again.restore(small.save())
    assert round(again.expect(0.0).share, 3) == 0.3
