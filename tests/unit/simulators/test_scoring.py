import math
from collections.abc import Sequence

import pytest

from simulators.faults.center import CENTER
from simulators.scoring import OutageVerdict, Spell, Suspicion, Verdicts, examine, score_devices, score_outages
from simulators.scoring.verdicts import ONLY_DEVICES, Page, SignShown
from simulators.truth import Absence, Truth, TruthKind
from simulators.world import World
from tests.unit.simulators.worlds import Fields, fault, run, scenario

DAY = 86_400.0
AURORA = {"provider": "aurora"}
POPULATION = World(scenario(fleet={"devices": 300})).population


def members(scope: dict[str, str]) -> frozenset[str]:
    return frozenset(device.id for device in POPULATION.inside(scope))


def truth(
    scope: dict[str, str],
    start: float = 1000.0,
    end: float | None = 2000.0,
    *,
    kind: TruthKind = "outage",
    minor: bool = False,
) -> Truth:
    return Truth("it", kind, "provider", scope, start, end, members(scope), minor=minor)


def said(scope: dict[str, str], opened: float = 1070.0, **more: object) -> OutageVerdict:
    return OutageVerdict("1", "provider", scope, 1002.0, opened, **more)  # type: ignore[arg-type]


def verdicts(*outages: OutageVerdict, suspicions: tuple[Suspicion, ...] = ()) -> Verdicts:
    return Verdicts("d", outages=list(outages), suspicions=list(suspicions))


def device_verdicts(**spells: Sequence[tuple[float, float | None]]) -> Verdicts:
    made = Verdicts("d")
    for device, each in spells.items():
        made.offline[device] = [Spell(*pair) for pair in each]
    return made


def test_a_crash_is_detected_when_the_device_is_called_offline() -> None:
    score = score_devices(device_verdicts(a=[(1100.0, None)]), [Absence("a", 1000.0, None, "x")], ["a"], 0.0, DAY)
    assert (score.crashes, score.detected, score.detection_time, score.mistakes) == (1, 1, 100.0, 0)


def test_calling_a_living_device_offline_is_a_mistake_that_lasts_until_it_is_corrected() -> None:
    score = score_devices(device_verdicts(a=[(1000.0, 1030.0)]), [], ["a", "b"], 0.0, DAY)
    assert (score.mistakes, score.mistake_rate, score.mistake_duration) == (1, 0.5, 30.0)
    assert score.query_accuracy == pytest.approx(1 - 30 / (2 * DAY))
    assert score.devices_with_mistakes == 1


def test_a_mistake_ends_where_a_true_absence_begins() -> None:
    absences = [Absence("a", 1020.0, 9000.0, "x")]
    score = score_devices(device_verdicts(a=[(1000.0, 9000.0)]), absences, ["a"], 0.0, DAY)
    assert (score.mistakes, score.mistake_seconds) == (1, 20.0)
    assert score.detection_seconds == (0.0,)


def test_what_the_centre_does_is_no_absence_of_the_device() -> None:
    absences = [Absence("a", 1000.0, 9000.0, CENTER)]
    score = score_devices(device_verdicts(a=[(1100.0, 9000.0)]), absences, ["a"], 0.0, DAY)
    assert (score.mistakes, score.crashes) == (1, 0)


def test_short_absences_may_be_noticed_or_not() -> None:
    absences = [Absence("a", 1000.0, 1200.0, "x")]
    noticed = score_devices(device_verdicts(a=[(1100.0, 1200.0)]), absences, ["a"], 0.0, DAY)
    unnoticed = score_devices(device_verdicts(), absences, ["a"], 0.0, DAY)
    assert (noticed.mistakes, noticed.crashes) == (unnoticed.mistakes, unnoticed.crashes) == (0, 0)


def test_absences_that_touch_are_one() -> None:
    absences = [Absence("a", 1000.0, 3000.0, "x"), Absence("a", 2000.0, 9000.0, "y")]
    score = score_devices(device_verdicts(a=[(1100.0, 9000.0)]), absences, ["a"], 0.0, DAY)
    assert (score.crashes, score.detection_seconds) == (1, (100.0,))
    assert score.device_days == pytest.approx((DAY - 8000) / DAY)


def test_a_crash_that_nobody_finds_counts_against_detection() -> None:
    score = score_devices(device_verdicts(), [Absence("a", 1000.0, None, "x")], ["a"], 0.0, DAY)
    assert (score.crashes, score.detected) == (1, 0)
    assert math.isinf(score.detection_time)
    assert math.isinf(score.detection_quantile(0.5))


def test_calibration_is_mistakes_made_over_mistakes_promised() -> None:
    made = device_verdicts(a=[(1000.0, 1030.0)])
    made.promise = 0.5
    assert score_devices(made, [], ["a"], 0.0, DAY).calibration == 2.0
    assert score_devices(device_verdicts(), [], ["a"], 0.0, DAY).calibration is None


def test_an_outage_with_the_true_scope_is_an_exact_hit() -> None:
    suspicion = Suspicion(1010.0, "provider", AURORA)
    score = score_outages(
        verdicts(said(AURORA, resolved_at=2300.0), suspicions=(suspicion,)), [truth(AURORA)], POPULATION, DAY
    )
    (found,) = score.truths
    assert (found.suspected_after, found.confirmed_after, found.resolved_after) == (10.0, 70.0, 300.0)
    assert (found.exact, found.jaccard, found.onset_error, found.duplicates) == (True, 1.0, 2.0, 0)
    assert (score.recall, score.exact_share, score.false, score.misnamed) == (1.0, 1.0, (), ())


def test_a_verdict_on_another_scope_that_shares_devices_is_misnamed_and_a_miss() -> None:
    score = score_outages(verdicts(said({"region": "us-east"})), [truth(AURORA)], POPULATION, DAY)
    assert score.recall == 0.0
    assert len(score.misnamed) == 1


def test_a_verdict_that_names_the_true_scope_as_equivalent_is_a_hit() -> None:
    score = score_outages(
        verdicts(said({"region": "us-east"}, equivalents=(AURORA,))), [truth(AURORA)], POPULATION, DAY
    )
    assert score.recall == 1.0
    assert score.truths[0].exact


def test_a_verdict_without_any_truth_is_false() -> None:
    score = score_outages(verdicts(said(AURORA)), [], POPULATION, 30 * DAY)
    assert len(score.false) == 1
    assert score.false_per_month == 1.0
    assert score.recall == 1.0


def test_a_verdict_before_the_truth_is_false() -> None:
    score = score_outages(verdicts(said(AURORA, opened=900.0)), [truth(AURORA)], POPULATION, DAY)
    assert (len(score.false), score.recall) == (1, 0.0)


def test_everyday_trouble_explains_a_verdict_but_needs_none() -> None:
    everyday = truth(AURORA, minor=True)
    explained = score_outages(verdicts(said(AURORA)), [everyday], POPULATION, DAY)
    assert (len(explained.minor), explained.false, explained.truths) == (1, (), ())


def test_a_lost_cloud_may_be_called_an_outage_or_not() -> None:
    degraded = truth(AURORA, kind="degraded")
    said_so = score_outages(verdicts(said(AURORA)), [degraded], POPULATION, DAY)
    assert (len(said_so.minor), said_so.false, said_so.truths) == (1, (), ())


def test_phases_of_one_scope_are_one_story_and_extra_incidents_duplicates() -> None:
    phases = [truth(AURORA, 1000.0, 2000.0), truth(AURORA, 3000.0, 4000.0)]
    score = score_outages(verdicts(said(AURORA), said(AURORA, opened=3070.0)), phases, POPULATION, DAY)
    (story,) = score.truths
    assert (story.truth.start, story.truth.end, story.duplicates) == (1000.0, 4000.0, 1)


CUT = fault("cut", name="cut", at="10m", duration="20m", scope=AURORA)


def findings(made: Verdicts, *, detect: Sequence[Fields], forbid: Sequence[Fields]) -> list[bool]:
    played = scenario(CUT, must_detect=detect, must_not=forbid)
    world = World(played)
    for outage in made.outages:
        outage.opened_at += world.start
    for spells in made.offline.values():
        for spell in spells:
            spell.start += world.start
    return [finding.met for finding in examine(played, made, world.truth(), world.population)]


def test_what_must_be_detected_must_come_in_time_and_not_too_often() -> None:
    wanted = {"verdict": "outage", "scope": AURORA, "fault": "cut", "within": "3m", "at_most": 1}
    assert findings(verdicts(said(AURORA, opened=700.0)), detect=[wanted], forbid=[]) == [True]
    assert findings(verdicts(said(AURORA, opened=800.0)), detect=[wanted], forbid=[]) == [False]
    twice = verdicts(said(AURORA, opened=700.0), said(AURORA, opened=2000.0))
    assert findings(twice, detect=[wanted], forbid=[]) == [False]
    assert findings(verdicts(), detect=[wanted], forbid=[]) == [False]


def test_one_incident_may_not_page_more_often_than_the_scenario_allows() -> None:
    wanted = {"verdict": "outage", "scope": AURORA, "fault": "cut", "alerts_at_most": {"ProviderOutage": 2}}
    made = verdicts(said(AURORA, opened=700.0))
    made.alerts |= {"ProviderOutage firing": 2, "ProviderOutage resolved": 3}
    assert findings(made, detect=[wanted], forbid=[]) == [True]
    made.alerts["ProviderOutage firing"] = 3
    assert findings(made, detect=[wanted], forbid=[]) == [False]


def test_a_page_is_any_critical_alert() -> None:
    made = verdicts()
    made.pages = [Page(700.0, "SiteOffline"), Page(800.0, "FleetDown")]
    quiet = {"verdict": "page"}
    assert findings(verdicts(), detect=[], forbid=[quiet]) == [True]
    assert findings(made, detect=[quiet], forbid=[quiet]) == [True, False]


def test_a_common_cause_that_must_be_seen_needs_as_many_links() -> None:
    wanted = {"verdict": "outage", "scope": AURORA, "fault": "cut", "linked": 2}
    assert findings(verdicts(said(AURORA, opened=700.0, linked=2)), detect=[wanted], forbid=[]) == [True]
    assert findings(verdicts(said(AURORA, opened=700.0, linked=1)), detect=[wanted], forbid=[]) == [False]


def test_what_must_not_be_said_is_found_by_layer() -> None:
    forbidden = {"verdict": "outage", "layer": "region"}
    assert findings(verdicts(said(AURORA)), detect=[], forbid=[forbidden]) == [True]
    wrong = OutageVerdict("1", "region", {"region": "us-east"}, 0.0, 900.0)
    assert findings(verdicts(wrong), detect=[], forbid=[forbidden]) == [False]


def test_a_scope_that_is_named_as_the_same_satisfies_and_breaks_nothing() -> None:
    beside = {"verdict": "outage", "layer": "region"}
    told = verdicts(said(AURORA, opened=700.0, equivalents=({"region": "us-east"},)))
    assert findings(told, detect=[beside], forbid=[beside]) == [True, True]


def test_devices_that_a_fault_hit_may_be_called_offline_others_not() -> None:
    hit = min(members(AURORA))
    spared = min(members({}) - members(AURORA))
    forbidden = {"verdict": "device"}
    assert findings(device_verdicts(**{hit: [(700.0, None)]}), detect=[], forbid=[forbidden]) == [True]
    assert findings(device_verdicts(**{spared: [(700.0, None)]}), detect=[], forbid=[forbidden]) == [False]


BOILER = fault("ailment", name="boiler", what="boiler_out", at="1h", leak="4h")
COLD: Fields = {"devices": 2, "kinds": {"thermostat": 1.0}, "mean_celsius": -15.0}
WARNED: Fields = {"verdict": "welfare", "sign": "FreezeRisk", "fault": "boiler", "ahead": "1h"}


@pytest.fixture(scope="module")
def cold_house() -> World:
    """One of two rooms cools down to frost and further."""
    world = World(scenario(BOILER, duration="12h", fleet=COLD, must_detect=[WARNED]))
    run(world)
    return world


def warned(world: World, *, before_frost: float, cold: bool = True) -> bool:
    """Whether a warning so many seconds before the frost meets the demand for an hour."""
    (hit,) = world.truth()[0].devices
    (spared,) = {device.id for device in world.population} - {hit}
    room = world.population.by_id[hit].thermostat
    assert room is not None
    assert room.frozen_at is not None
    shown = SignShown(room.frozen_at - before_frost, hit if cold else spared, "FreezeRisk")
    (finding,) = examine(world.scenario, Verdicts("d", signs=[shown]), world.truth(), world.population)
    return finding.met


def test_a_warning_counts_only_if_it_leaves_the_time_that_is_demanded(cold_house: World) -> None:
    assert warned(cold_house, before_frost=3700.0)
    assert not warned(cold_house, before_frost=3500.0)
    assert not warned(cold_house, before_frost=3700.0, cold=False)


def test_a_warning_for_a_room_that_never_freezes_was_never_ahead_of_its_frost() -> None:
    world = World(scenario(BOILER, duration="2h", fleet={**COLD, "mean_celsius": 12.0}, must_detect=[WARNED]))
    run(world)
    (hit,) = world.truth()[0].devices
    shown = SignShown(world.start + 3601.0, hit, "FreezeRisk")
    (finding,) = examine(world.scenario, Verdicts("d", signs=[shown]), world.truth(), world.population)
    assert not finding.met


def test_an_alert_about_many_is_found_by_its_severity() -> None:
    for severity, met in (("warning", False), ("critical", True)):
        wanted: Fields = {"verdict": "welfare", "sign": "MealsAtRisk", "severity": "critical", "fault": "cut"}
        world = World(scenario(CUT, must_detect=[wanted]))
        told = Verdicts("d", signs=[SignShown(world.start + 700.0, "", "MealsAtRisk", severity)])
        (finding,) = examine(world.scenario, told, world.truth(), world.population)
        assert finding.met is met


def test_a_detector_is_asked_only_for_what_it_can_say() -> None:
    silent = Verdicts("d", vocabulary=ONLY_DEVICES)
    assert findings(silent, detect=[{"verdict": "outage"}], forbid=[{"verdict": "device"}]) == [True]
