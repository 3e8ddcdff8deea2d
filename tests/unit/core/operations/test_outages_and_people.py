"""Outages and what people do about them, in virtual time."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.core.alerts import AlertBook
from monitor.core.decisions import AlertOwed, IncidentChanged, IncidentLogged
from monitor.core.explain.incident import explain_incident
from monitor.core.incidents import Incidents
from monitor.core.observations import DeviceRemoved
from monitor.core.operations.acts import (
    IncidentAcknowledged,
    IncidentNoted,
    IncidentResolvedByHand,
    SilenceEnded,
    SilenceSet,
)
from monitor.core.operations.links import companions
from monitor.core.operations.lives import stage_of
from monitor.core.operations.settings import IncidentSettings
from monitor.core.operations.silences import Silence, parse_matcher
from monitor.core.outages import Resolved, Updated
from monitor.core.settings import OutageSettings
from tests.timeline import START, Timeline, alert, incident

PROVIDERS = ("aurora", "boreal", "cirrus", "dorado")


def fleet(*silent: str, again: str = "", to: str = "2h", each: int = 8, **until: str) -> Timeline:
    """Four providers with a few devices each; those named fall silent, after 20 min or when is said; some return."""
    ends = {**dict.fromkeys(silent, "20m"), **until}
    timeline = Timeline()
    for number, provider in enumerate(PROVIDERS):
        names = [f"{provider}-{place}" for place in range(each)]
        for place, name in enumerate(names):
            timeline.info(name, kind="feeder", provider=provider, site=f"{provider}-home-{place}")
            start = f"{number + 4 * place}s"
            timeline.heartbeats(name, start=start, until=ends.get(provider, to))
            if provider in silent and again:
                timeline.heartbeats(name, start=again, until=to)
    return timeline


def lines(timeline: Timeline, name: str) -> list[tuple[str, str]]:
    return [(line.kind, line.text) for line in timeline.of(IncidentLogged) if line.incident == name]


def told(timeline: Timeline, name: str) -> list[tuple[str, str]]:
    owed = [made for made in timeline.of(AlertOwed) if made.alert.name == name]
    return [(made.alert.state, made.silenced_by) for made in owed]


def states(timeline: Timeline) -> Sequence[str]:
    return [change.state for change in timeline.of(IncidentChanged) if change.state != "updated"]


def test_somebody_takes_care_of_an_outage_and_that_outlasts_a_restart() -> None:
    timeline = fleet("aurora").at("26m").expect(incident("provider", provider="aurora"))
    (opened,) = timeline.incidents()
    timeline.tell(IncidentAcknowledged(opened.id, timeline.now, "ada")).at("27m")
    timeline.tell(IncidentAcknowledged(opened.id, timeline.now, "bob")).at("28m")
    timeline.restarted(away="1m").at("30m")
    (known,) = timeline.engine.incidents.values()
    assert (stage_of(known), known.acknowledged_by) == ("acknowledged", "ada"), "whoever was first stays named"
    assert states(timeline) == ["opened", "acknowledged"]
    timeline.tell(IncidentNoted(opened.id, timeline.now, "ada", "called them")).at("31m")
    assert ("done", "acknowledged") in lines(timeline, opened.id)
    assert lines(timeline, opened.id)[-1] == ("done", "called them")


def test_the_timeline_tells_what_was_seen_and_decided_once() -> None:
    timeline = fleet("aurora", again="40m").at("1h30m")
    (over,) = timeline.incidents("resolved")
    story = lines(timeline, over.id)
    assert story[0][0] == "decided"
    assert story[0][1].startswith("opened: Provider aurora fell silent: 8 of 8 devices silent")
    assert any(kind == "seen" and text.startswith("silence: ") for kind, text in story)
    assert any(text.startswith("not affected: ") for _, text in story)
    assert any(text.startswith("ProviderOutage (critical): Provider aurora fell silent") for _, text in story)
    assert ("seen", "recovering: 0 of 8 silent (0 %)") in story
    assert ("decided", over.summary) in story
    assert any(text.startswith("ProviderOutage is over: over after ") for _, text in story)
    assert len(story) == len(set(story)), "nothing is said twice"


def test_a_relapse_opens_the_same_incident_again_and_nobody_has_taken_it_yet() -> None:
    timeline = fleet("aurora", again="30m", to="40m").at("26m")
    (opened,) = timeline.incidents()
    timeline.tell(IncidentAcknowledged(opened.id, timeline.now, "ada")).at("39m")
    assert timeline.incidents("resolved")
    timeline.restarted().at("40m")
    for number, provider in enumerate(PROVIDERS[1:]):
        for place in range(8):
            timeline.heartbeats(f"{provider}-{place}", start=f"40m{number + 4 * place}s", until="2h")
    timeline.at("55m")
    (again,) = timeline.incidents("reopened")
    assert (again.id, again.opened_at, again.reopened) == (opened.id, opened.opened_at, 1)
    assert (stage_of(again), again.acknowledged_by, again.resolved_at) == ("open", "", None)
    assert ("decided", f"began again: {again.summary}") in lines(timeline, opened.id)
    assert len(timeline.incidents()) == 1
    timeline.expect(alert("ProviderOutage", "firing"))


def test_an_outage_declared_over_by_hand_stays_over_while_nothing_new_happens() -> None:
    timeline = fleet("aurora").at("26m")
    (opened,) = timeline.incidents()
    timeline.tell(IncidentResolvedByHand(opened.id, timeline.now, "ada", "they switched it off")).at("1h30m")
    (over,) = timeline.incidents("resolved")
    assert (over.resolved_by, over.stragglers != ()) == ("ada", True)
    assert over.summary.endswith("declared over by hand: they switched it off")
    (ended,) = timeline.alerts("ProviderOutage", "resolved")
    assert ended.annotations["resolution"].endswith("; declared over by hand"), "what people wrote stays with us"
    assert timeline.incidents("reopened") == []
    timeline.expect(alert("DevicesStillOffline"))
    assert ("done", "declared over by hand: they switched it off") in lines(timeline, opened.id)


def test_an_outage_that_the_detector_lost_can_be_declared_over_too() -> None:
    timeline = fleet("aurora").at("26m")
    (opened,) = timeline.incidents()
    timeline.engine.outages.give_up(opened.id, timeline.now, "lost")
    timeline.tell(IncidentResolvedByHand(opened.id, timeline.now, "ada")).at("27m")
    assert [each.silent for each in timeline.incidents("resolved")] == [8]


def test_what_is_unknown_or_over_is_left_alone() -> None:
    timeline = fleet("aurora", again="30m").at("1h")
    (over,) = timeline.incidents("resolved")
    before = len(timeline.decisions)
    for name in (over.id, "never-was"):
        timeline.tell(IncidentAcknowledged(name, timeline.now, "ada"))
        timeline.tell(IncidentResolvedByHand(name, timeline.now, "ada"))
    timeline.tell(SilenceEnded("never-was", timeline.now, "ada")).at("1h1s")
    assert timeline.decisions[before:] == []


def test_three_providers_that_fail_within_ten_minutes_are_probably_one_cause() -> None:
    timeline = fleet(aurora="20m", boreal="24m", cirrus="28m").at("40m")
    ids = {each.id for each in timeline.incidents()}
    assert len(ids) == 3
    for each in timeline.engine.incidents.values():
        assert {each.id, *each.related} == ids, "both directions"
        assert each.summary.endswith("2 other outages began together with it: probably one common cause")
        assert any("probably one common cause with " in text for _, text in lines(timeline, each.id))
    last = timeline.alerts("ProviderOutage")[-1]
    assert "2 other outages began together" in last.summary, "the third alert says it"


def test_one_that_is_over_by_then_is_linked_as_well_and_long_after_nothing_is() -> None:
    timeline = fleet(aurora="20m", boreal="24m", cirrus="29m")
    for place in range(8):
        timeline.heartbeats(f"aurora-{place}", start=f"22m{4 * place}s", until="2h")
    timeline.at("40m")
    over = timeline.incidents("resolved")[0]
    assert timeline.engine.desk.find(over.id) is not None
    found = timeline.engine.desk.find(over.id)
    assert found is not None
    assert set(found.related) == set(timeline.engine.incidents)
    assert found.resolved_at == over.resolved_at
    timeline.engine.desk.pass_time(timeline.now + 86_400.0)
    assert timeline.engine.desk.find(over.id) is None, "forgotten after a day"


def test_outages_are_linked_like_a_chain_as_far_as_anybody_knows_when_each_began() -> None:
    (opened,) = fleet("aurora").at("26m").incidents()
    sure = replace(opened, onset_uncertainty_seconds=0.0)
    chain = [replace(sure, id=f"p{number}", started_at=600.0 * number) for number in range(4)]
    for each in chain:
        assert {near.id for near in companions(each, chain, IncidentSettings())} == {"p0", "p1", "p2", "p3"} - {each.id}
    late = [*chain[:2], replace(chain[2], started_at=1210.0)]
    assert companions(late[0], late, IncidentSettings()) == [], "two are too few"
    unsure = [*late[:2], replace(late[2], onset_uncertainty_seconds=10.0)]
    assert len(companions(unsure[0], unsure, IncidentSettings())) == 2


def test_sites_that_fail_together_are_not_linked() -> None:
    (opened,) = fleet("aurora").at("26m").incidents()
    sites = [replace(opened, id=f"s{number}", layer="site") for number in range(5)]
    assert companions(sites[0], sites, IncidentSettings()) == []
    assert companions(opened, sites, IncidentSettings()) == []


def test_when_all_its_devices_have_left_the_fleet_an_outage_says_so() -> None:
    timeline = fleet("aurora").at("26m")
    for place in range(8):
        name = f"acme/aurora-{place}"
        timeline.tell(DeviceRemoved(name, timeline.now, "info"), DeviceRemoved(name, timeline.now, "status"))
    timeline.at("30m")
    texts = [each.summary for each in (*timeline.incidents("updated"), *timeline.incidents("resolved"))]
    assert texts, "somebody is told"
    assert not any("0 of 0" in text for text in texts)
    for each in (*timeline.incidents("updated"), *timeline.incidents("resolved")):
        assert "0 of 0" not in explain_incident(each, timeline.now, 0, OutageSettings()).seen


def test_the_end_of_an_outage_names_as_many_devices_as_its_list_of_those_that_stayed_away() -> None:
    timeline = Timeline()
    for place in range(48):
        model, name = ("f3" if place < 4 else "f2"), f"aurora-{place}"
        timeline.info(name, kind="feeder", provider="aurora", model=model, site=f"home-{place}")
        # The first two were offline already, and their alerts are folded into the outage.
        timeline.heartbeats(name, start=f"{place}s", until="10m" if place < 2 else "20m")
        timeline.heartbeats(f"boreal-{place}", start=f"{place}s", until="2h")
        timeline.info(f"boreal-{place}", kind="feeder", provider="boreal", site=f"b-{place}")
        if place >= 4:
            timeline.heartbeats(name, start=f"40m{place}s", until="2h")
    timeline.at("1h")
    (over,) = timeline.incidents("resolved")
    assert over.stragglers == tuple(f"acme/aurora-{place}" for place in range(4))
    assert over.summary.endswith("; 4 devices of 48 did not return (8 %); all of them are model f3")
    (ended,) = timeline.alerts("ProviderOutage", "resolved")
    assert "4 devices of 48 did not return (8 %)" in ended.annotations["resolution"]
    (listed,) = timeline.alerts("DevicesStillOffline", "firing")
    assert listed.summary == f"4 devices did not return after incident {over.id}"


def test_findings_about_outages_that_are_unknown_change_nothing() -> None:
    engine = Timeline().engine
    incidents = Incidents(AlertBook(""), engine.notices, IncidentSettings(), engine.outages.give_up)
    for kind in (Updated, Resolved):
        finding = kind("x", "provider", {"provider": "aurora"}, "sudden", START, 1.0, 8, 8, 0, 0.99)
        assert incidents.take(finding, START) == []


def test_a_silenced_outage_is_decided_and_told_to_nobody_until_the_silence_ends() -> None:
    timeline = fleet("aurora", again="50m")
    made = Silence("s1", (parse_matcher("provider=aurora"),), START, START + 2400.0, "ada", "planned")
    timeline.tell(SilenceSet(made, START)).at("39m").expect(incident("provider", provider="aurora"))
    assert told(timeline, "ProviderOutage") == [("firing", "s1")]
    (opened,) = timeline.incidents()
    assert any(text.endswith("; told to nobody because of silence s1") for _, text in lines(timeline, opened.id))
    assert lines(timeline, "") == [("done", 'silence s1 set for provider="aurora": planned')]
    timeline.restarted().at("41m")
    assert told(timeline, "ProviderOutage") == [("firing", "s1"), ("firing", "")], "still true, so it is told now"
    assert lines(timeline, "")[-1] == ("decided", "silence s1 ended; 1 alert owed anew")
    timeline.at("1h30m")
    assert told(timeline, "ProviderOutage")[-1] == ("resolved", "")


def test_a_silence_ended_by_hand_owes_what_it_kept() -> None:
    timeline = fleet("aurora")
    made = Silence("s1", (parse_matcher("provider=aurora"),), START, START + 9e4, "ada")
    timeline.tell(SilenceSet(made, START)).at("30m").tell(SilenceEnded("s1", timeline.now, "bob")).at("31m")
    assert told(timeline, "ProviderOutage") == [("firing", "s1"), ("firing", "")]
    (line,) = [each for each in timeline.of(IncidentLogged) if each.author == "bob"]
    assert line.text == "silence s1 ended; 1 alert owed anew"


def test_going_blind_is_part_of_every_open_outages_story() -> None:
    timeline = fleet("aurora").at("26m").link(up=False).at("30m").link(up=True).at("31m")
    (opened,) = timeline.incidents()
    story = lines(timeline, opened.id)
    assert ("seen", "the monitor went blind: link") in story
    assert ("seen", "the monitor sees again") in story
