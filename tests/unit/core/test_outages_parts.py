"""The parts of outage detection, one by one, where a whole fleet is not needed to see what they do."""

from math import exp

import pytest

from monitor.core.leaf import NOTHING, Leaf
from monitor.core.outages import evidence
from monitor.core.outages.confirm import LONGEST_SECONDS, UNEXPLAINED_SECONDS, judge
from monitor.core.outages.counting import Counting
from monitor.core.outages.cusum import BANK, FLOOR, Normal, threshold, weights
from monitor.core.outages.localise import Explanation, Question, Search, gain_of
from monitor.core.outages.members import Members
from monitor.core.outages.memory import load_slices, load_watch, save_slices, save_watch
from monitor.core.outages.past import Past
from monitor.core.outages.rates import FRESH, LARGEST_MISS, SMALLEST_MISS, Rates
from monitor.core.outages.rates import NOTHING as NO_OUTCOMES
from monitor.core.outages.scopes import as_mapping, as_text, breadth_of, layer_of, of_mapping, outage_id, price_of
from monitor.core.outages.slices import Slice
from monitor.core.outages.speech import Speaker
from monitor.core.outages.sums import Sums
from monitor.core.outages.suspicions import Suspicions
from monitor.core.outages.watch import Watch
from monitor.core.outages.witnesses import Witnesses
from monitor.core.settings import OutageSettings

SETTINGS = OutageSettings()
AURORA = (("provider", "aurora"),)
PAIR = (("provider", "aurora"), ("region", "east"))


def a_watch(
    scope: tuple[tuple[str, str], ...] = AURORA, *, seen: float = 100.0, at: float = 100.0
) -> tuple[Watch, Slice]:
    part = Slice(scope)
    part.sums.add(NOTHING._replace(size=200, intervals=((60, 200),)))
    watch = Watch(scope, "sudden", part.sums, suspected_at=0.0, onset=-10.0)
    watch.explanation = Explanation(part, 200, seen, seen, 200.0, 0.5, 300.0, 300.0)
    watch.explained_at = at
    watch.fell = 50
    return watch, part


def test_a_suspicion_is_confirmed_when_those_that_fell_stay_silent() -> None:
    watch, part = a_watch()
    assert judge(watch, part, 59.0, SETTINGS) == "wait"
    watch.explained_at = 60.0
    assert judge(watch, part, 60.0, SETTINGS) == "confirm"


def test_those_that_came_back_refute_it_unless_others_missed_their_second_chance() -> None:
    watch, part = a_watch()
    part.returns = 40
    assert judge(watch, part, 100.0, SETTINGS) == "wait"
    part.run = [0, 90, 10, 20, 2, 8]
    assert judge(watch, part, 100.0, SETTINGS) == "confirm"
    part.run = [0, 90, 30, 20, 12, 8]
    assert judge(watch, part, 100.0, SETTINGS) == "wait"


def test_returns_that_are_usual_refute_nothing() -> None:
    watch, part = a_watch()
    part.returns = 40
    part.run = [4000, 50, 0, 0, 0, 0]
    assert judge(watch, part, 100.0, SETTINGS) == "confirm"


def test_a_suspicion_is_cleared_when_most_are_back_or_when_it_takes_too_long() -> None:
    watch, part = a_watch(seen=39.0)
    watch.peak = 100.0
    assert judge(watch, part, 100.0, SETTINGS) == "clear"
    watch, part = a_watch(at=LONGEST_SECONDS + 1)
    assert judge(watch, part, LONGEST_SECONDS + 1, SETTINGS) == "clear"


def test_a_suspicion_that_half_recovered_waits() -> None:
    watch, part = a_watch(seen=50.0)
    watch.peak = 100.0
    assert judge(watch, part, 100.0, SETTINGS) == "wait"


def test_a_suspicion_that_nothing_explains_is_cleared_after_a_while() -> None:
    watch, part = a_watch(at=100.0)
    assert judge(watch, part, 101.0, SETTINGS) == "wait"
    assert judge(watch, part, 100.0 + UNEXPLAINED_SECONDS, SETTINGS) == "clear"


def test_after_blindness_a_suspicion_waits() -> None:
    watch, part = a_watch()
    watch.not_before = 500.0
    assert judge(watch, part, 100.0, SETTINGS) == "wait"


def test_weights_are_log_likelihood_ratios() -> None:
    normal = Normal(0.01, 0.2, 0.5)
    for q in BANK:
        kept, missed, *_ = weights(normal, q)
        assert 0.99 * exp(kept) + 0.01 * exp(missed) == pytest.approx(1.0)


def test_one_kept_heartbeat_has_a_limited_say() -> None:
    assert weights(Normal(1e-6, 0.2, 0.5), 0.9)[2] == FLOOR


def test_more_slices_and_a_smaller_budget_need_more_evidence() -> None:
    assert threshold(100, 1.0, 0.01) > threshold(10, 1.0, 0.01)
    assert threshold(100, 1.0, 0.001) > threshold(100, 1.0, 0.01)
    assert threshold(0, 0.0, 0.01) > 0


def test_rates_are_learned_a_minute_late_and_stay_within_bounds() -> None:
    rates = Rates()
    rates.learn((900, 100, 30, 70, 10, 60), 60)
    assert rates.normal(FRESH) == FRESH
    rates.forget_waiting()
    rates.learn((900, 100, 30, 70, 10, 60), 60)
    rates.learn(NO_OUTCOMES, 60)
    learned = rates.normal(FRESH)
    assert learned.miss > FRESH.miss
    for _ in range(2000):
        rates.learn((0, 1000, 0, 1000, 0, 1000), 60)
    assert rates.normal(FRESH) == Normal(LARGEST_MISS, 0.95, 0.95)
    calm = Rates()
    for _ in range(2000):
        calm.learn((1000, 0, 10, 0, 10, 0), 60)
    assert calm.normal(FRESH).miss == SMALLEST_MISS
    again = Rates()
    again.restore(rates.save())
    assert again.normal(FRESH) == rates.normal(FRESH)


def test_scopes_say_what_they_are() -> None:
    gateway = (("site", "acme/home"), ("parent", "acme/hub"))
    assert as_mapping(gateway) == {"tenant": "acme", "site": "home", "parent": "hub"}
    assert of_mapping(as_mapping(gateway)) == gateway
    assert [layer_of(scope) for scope in ((), AURORA, PAIR, gateway, (("vendor", "v"),))] == [
        "fleet",
        "provider",
        "provider",
        "site",
        "release",
    ]
    assert as_text(PAIR) == "provider aurora in region east"
    assert as_text(()) == "the whole fleet"
    assert price_of(()) == 0 < price_of(AURORA) < price_of(PAIR)
    assert sorted([PAIR, (), AURORA], key=breadth_of) == [(), AURORA, PAIR]
    assert outage_id(AURORA, 100.2) == outage_id(AURORA, 100.0) != outage_id(AURORA, 200.0)


def test_a_slice_without_devices_has_no_interval() -> None:
    sums = Sums()
    assert sums.typical_interval == 0
    sums.add(NOTHING._replace(size=3, intervals=((30, 1), (60, 1), (900, 1))))
    assert sums.typical_interval == 60
    assert sums.tested(60) == pytest.approx(2 + 60 / 900)
    sums.add(NOTHING._replace(size=-1, intervals=((900, -1),)))
    assert sums.intervals == {30: 1, 60: 1}


def test_a_share_no_higher_than_expected_gains_nothing() -> None:
    assert gain_of(1, 100, 0.01) == 0.0
    assert gain_of(1, 0, 0.01) == 0.0
    assert gain_of(10, 10, 0.01) == pytest.approx(46.05, abs=0.01)


def members_of(*rows: tuple[str, str, int]) -> tuple[Members, list[Leaf]]:
    members = Members(("provider", "region"), (("provider", "region"),))
    leaves = []
    for provider, region, size in rows:
        leaf = Leaf((provider, region), 0)
        leaf.move(NOTHING._replace(size=size, intervals=((60, size),)))
        members.follow(members.join(leaf))
        leaves.append(leaf)
    return members, leaves


def a_question(seen: dict[Leaf, float], **changes: float) -> Question:
    values = {"devices": 4, "share": 0.05, "expected": 0.01, "tested": 1.0, "own": 0.01, **changes}
    return Question(
        seen=lambda member: seen.get(member.leaf, 0.0),
        tested=lambda part: part.sums.size * values["tested"],
        expected=lambda _: values["expected"],
        own=lambda _: values["own"],
        present=lambda _: 0.0,
        devices=int(values["devices"]),
        share=values["share"],
    )


def test_too_few_devices_explain_nothing() -> None:
    members, (leaf, _) = members_of(("aurora", "east", 10), ("boreal", "west", 10))
    search = Search(members, list(members), a_question({leaf: 3}))
    assert search.run() == []
    assert search.weigh(members.slice_of(AURORA)) is None


def test_a_slice_that_is_known_for_it_explains_nothing() -> None:
    members, (leaf, _) = members_of(("aurora", "east", 50), ("boreal", "west", 50))
    assert Search(members, list(members), a_question({leaf: 20}, own=0.4)).run() == []


def test_slices_that_hold_only_each_other_are_told_together() -> None:
    members, (leaf, _) = members_of(("aurora", "east", 50), ("boreal", "west", 50))
    search = Search(members, list(members), a_question({leaf: 50}))
    (explanation,) = search.run()
    assert explanation.slice.scope == AURORA
    assert explanation.equivalents == (PAIR, (("region", "east"),))
    assert search.seen_in(members.fleet) == 0.0


def test_a_pair_that_is_all_of_one_member_says_nothing_of_it_elsewhere() -> None:
    members, _ = members_of(("aurora", "east", 50), ("boreal", "east", 50))
    told = evidence.unaffected(members.slice_of(PAIR), members, 0.0)
    assert told == "50 of 50 other devices are no more silent than usual; region east elsewhere has 0 % silent"
    assert evidence.unaffected(members.fleet, members, 0.0) == ""
    alone, _ = members_of(("aurora", "east", 50))
    assert evidence.unaffected(alone.slice_of(AURORA), alone, 0.0) == ""


def test_many_neighbours_are_not_all_listed() -> None:
    members, _ = members_of(*((f"p{index}", "east", 5) for index in range(8)))
    told = evidence.unaffected(members.slice_of((("provider", "p0"),)), members, 2.0)
    assert told == "33 of 35 other devices are no more silent than usual; other providers: p1, p2, p3, p4 and 3 more"


def test_terms_are_put_in_the_order_of_their_pair() -> None:
    members, _ = members_of()
    assert members.ordered(tuple(reversed(PAIR))) == PAIR
    assert members.ordered(AURORA) == AURORA


def test_a_leaf_that_lost_its_devices_is_forgotten() -> None:
    members, (leaf, _) = members_of(("aurora", "east", 2), ("boreal", "west", 2))
    member = members.of(leaf)
    assert member is not None
    leaf.move(NOTHING._replace(size=-2, intervals=((60, -2),)))
    members.follow(member)
    assert members.of(leaf) is None
    part = members.slice_of(AURORA)
    assert list(members.within(AURORA)) == []
    part.tidy()
    assert part.members == []


def test_a_watch_without_evidence_survives_as_plain_data() -> None:
    members, _ = members_of(("aurora", "east", 50))
    watch, _ = a_watch()
    again = load_watch(save_watch(watch), members)
    assert (again.scope, again.silence, again.fell) == (AURORA, None, 50)


def test_an_onset_is_not_moved_by_evidence_that_is_spent() -> None:
    members, _ = members_of(("aurora", "east", 50))
    past = Past()
    counting = Counting(members, past, lambda _: None)
    suspicions = Suspicions(SETTINGS, members, past, counting, Speaker(members, Witnesses()))
    watch, part = a_watch()
    explanation = watch.explanation
    assert explanation is not None
    part.zero_at = [-500.0] * len(BANK)
    suspicions._refresh(watch, explanation, 200.0)
    assert (watch.onset, watch.explained_at) == (-10.0, 200.0)
    part.nats = [1.0] * len(BANK)
    suspicions._refresh(watch, explanation, 200.0)
    assert watch.onset < -500


def test_blind_time_is_no_time_in_which_heartbeats_fell_due() -> None:
    past = Past()
    past.blind(100.0, 160.0)
    assert past.seeing_seconds(90.0, 200.0) == 50.0
    assert past.seeing_seconds(170.0, 200.0) == 30.0
    assert past.seeing_seconds(200.0, 200.0) == 1.0


def test_few_reports_of_the_cloud_are_no_evidence() -> None:
    assert evidence.cloud(Sums(), Sums()) is None
    assert evidence.wills(2, 0.0) is None


def test_kept_heartbeats_are_weighed_later_with_the_same_result() -> None:
    at_once, later = Slice(AURORA), Slice(AURORA)
    for part in (at_once, later):
        part.stir(1.0)
        part.outcomes = [0, 5, 0, 0, 0, 0]
        part.step(1.0)
    for second in range(2, 12):
        at_once.stir(float(second))
        at_once.outcomes = [3, 0, 0, 0, 0, 0]
        at_once.step(float(second))
    later.quiet = 30
    later.flush()
    assert later.nats == pytest.approx(at_once.nats)
    assert later.run == at_once.run
    assert later.take_minute() == at_once.take_minute() == (30, 5, 0, 0, 0, 0)


def test_a_held_slice_keeps_its_counts_when_its_evidence_is_spent() -> None:
    part = Slice(AURORA)
    part.stir(1.0)
    part.outcomes = [0, 5, 0, 0, 0, 0]
    part.step(1.0)
    part.held = True
    part.quiet = 10_000
    part.flush()
    assert part.nats == [0.0] * len(BANK)
    assert part.run[1] == 5
    part.held = False
    part.calm()
    assert part.run == [0] * 6


def test_a_leaf_that_an_outage_covered_has_no_news_of_who_is_gone_when_it_ends() -> None:
    members = Members(("provider",), ())
    member = members.join(Leaf(("aurora",), 0))
    part = members.slice_of(AURORA)
    member.leaf.move(NOTHING._replace(size=5, gone=3, intervals=((60, 5),)))
    members.follow(member)
    assert (part.sums.gone, part.pardoned) == (3, 0)
    watch, _ = a_watch()
    members.cover(member, watch)
    assert (part.sums.gone, part.pardoned) == (0, 0)
    members.cover(member, None)
    assert (part.sums.gone, part.pardoned) == (3, 3)
    member.leaf.move(NOTHING._replace(gone=-2))
    members.follow(member)
    assert (part.sums.gone, part.pardoned) == (1, 1)


def test_what_was_saved_before_anybody_counted_as_gone_can_be_read() -> None:
    members = Members(("provider",), ())
    members.slice_of(AURORA).sums.add(NOTHING._replace(size=50, intervals=((60, 50),)))
    saved = save_slices(members)
    (before,) = [{key: value for key, value in each.items() if key != "gone"} for each in saved]
    load_slices([before], members)
    assert save_slices(members) == saved
    watch, _ = a_watch()
    older = {key: value for key, value in save_watch(watch).items() if key not in ("trait", "usual")}
    assert load_watch(older, members).trait == "silent"
