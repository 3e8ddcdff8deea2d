"""Verdicts in words, for incidents and for devices, in every situation in which somebody may ask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.decisions import Evidence, Incident
from monitor.core.explain import DeviceExplanation, Explainer, IncidentExplanation
from monitor.core.explain.device import explain_device
from monitor.core.explain.incident import explain_incident
from monitor.core.explain.weights import likelihood, strength
from monitor.core.observations import MaintenanceSet, Witness
from monitor.core.settings import OutageSettings
from monitor.store.protocol import StatusLine
from tests.small_fleet import NOW, outage
from tests.timeline import START, Timeline, full_id

FLEET = [f"f-{number}" for number in range(20)]
OTHERS = [f"o-{number}" for number in range(20)]


def explained(incident: Incident, *, now: float = NOW, withheld: int = 0) -> IncidentExplanation:
    return explain_incident(incident, now, withheld, OutageSettings())


def provider_outage(moment: str) -> Timeline:
    """Aurora's feeders fall silent at 30 minutes; all but one return at 50."""
    timeline = Timeline()
    timeline.info(*FLEET, kind="feeder", provider="aurora").info(*OTHERS, kind="feeder", provider="borealis")
    timeline.heartbeats(*OTHERS, until="2h").heartbeats(*FLEET, until="30m")
    return timeline.heartbeats(*FLEET[1:], start="50m", until="2h").at(moment)


def of(timeline: Timeline, device: str) -> DeviceExplanation:
    return Explainer(timeline.engine).device(timeline.device(device), timeline.now)


class TestAnIncident:
    def test_says_what_was_expected_what_was_seen_and_how_that_is_weighed(self) -> None:
        timeline = provider_outage("45m")
        (incident,) = timeline.engine.incidents.values()
        told = Explainer(timeline.engine).incident(incident, timeline.now)
        assert told.expected.startswith("Each of the 20 devices of provider aurora is due to be heard")
        assert "Normally" in told.expected
        assert told.seen.startswith("20 of 20 devices fell silent within")
        assert told.seen.endswith("Now 20 of 20 are silent.")
        assert [(piece.source, piece.words) for piece in told.evidence] == [
            ("prior", "strong evidence against it"),
            ("silence", "decisive evidence for it"),
        ]
        assert told.withheld == 20
        assert told.notices == "20 notices about single devices are held back for it."
        assert "20 of 20 other devices are no more silent than usual" in told.unaffected

    def test_every_main_statement_tells_the_usual_after_a_semicolon(self) -> None:
        timeline = provider_outage("45m")
        (incident,) = timeline.engine.incidents.values()
        main = next(piece for piece in incident.evidence if piece.source == "silence")
        assert main.statement.count("; ") == 1

    def test_says_since_when_as_far_as_that_is_known(self) -> None:
        began = replace(outage(), started_at=NOW - 330, opened_at=NOW - 240, onset_uncertainty_seconds=12.0)
        assert explained(began).since == (
            "Began about 14:07:50 UTC, give or take 12 s; confirmed at 14:09:20 UTC, 1 min 30 s later; "
            "it has lasted 5 min 30 s so far."
        )

    def test_that_is_over_says_who_stayed_away_and_holds_nothing_back(self) -> None:
        left = tuple(f"acme/f-{number}" for number in range(12))
        told = explained(replace(outage(), resolved_at=NOW - 60, stragglers=left))
        assert "over at" in told.since
        assert told.seen.endswith("At the end 117 of 120 are silent.")
        assert told.notices == "It is over and holds no notices back any more."
        assert told.stayed_away.startswith("12 devices had not come back when it ended: acme/f-0, ")
        assert told.stayed_away.endswith(" and 2 more.")

    @pytest.mark.parametrize(("ago", "said"), [(60.0, "this incident goes on"), (7200.0, "a new incident")])
    def test_that_is_over_may_go_on_for_a_while(self, ago: float, said: str) -> None:
        (told,) = explained(replace(outage(opened_at=NOW - 9000), resolved_at=NOW - ago)).would_change
        assert said in told

    def test_says_what_would_end_it_and_how_much_a_probe_could_take_away(self) -> None:
        over, wider, probe = explained(outage()).would_change
        assert "90 % of those that fell silent are heard again" in over
        assert "wider scope" in wider
        assert "up to 8.0 nats" in probe
        assert "leave it possible" in probe

    def test_that_comes_and_goes_says_for_how_long_it_must_be_steady(self) -> None:
        over, *_ = explained(replace(outage(), reopened=2)).would_change
        assert over.endswith("are heard again and it stays so for 30 min, for it comes and goes.")

    def test_of_which_probes_have_spoken_says_nothing_of_them(self) -> None:
        probed = (*outage().evidence, Evidence("probe:api", "the API does not answer", 4.0))
        assert len(explained(replace(outage(), evidence=probed)).would_change) == 2

    def test_of_the_whole_fleet_has_nothing_wider_and_nobody_outside(self) -> None:
        told = explained(outage(scope={}, layer="fleet"))
        assert len(told.would_change) == 1
        assert told.considered[0].startswith("It is not the monitor: its own messages came back")
        assert "the whole fleet" in told.expected
        assert explained(replace(outage(scope={}), unaffected="")).unaffected.startswith("Nobody outside")

    def test_of_clouds_out_of_reach_speaks_of_clouds(self) -> None:
        said = Evidence("cloud", "38 of 40 devices say that their cloud does not answer; elsewhere 0 %", 20.0)
        told = explained(replace(outage(), form="degraded", evidence=(said,)))
        assert (
            told.expected
            == "Those of the 120 devices of provider aurora that can tell should reach their cloud. Elsewhere 0 %."
        )
        assert told.seen.endswith("Now 117 of 120 cannot reach their cloud.")
        assert "lost their cloud reach it again" in told.would_change[0]

    def test_names_what_lost_and_what_cannot_be_told_apart(self) -> None:
        told = explained(
            replace(outage(), alternatives=("region eu (score 12 against 90)",), equivalents=({"site": "s9"},))
        )
        assert told.considered == ("Region eu (score 12 against 90).",)
        assert told.indistinguishable == ("Site s9: here the same devices.",)
        assert "No other scope" in explained(outage()).considered[0]

    def test_without_any_evidence_says_only_what_is_silent(self) -> None:
        told = explained(replace(outage(), evidence=(), silent=1, opened_at=NOW - 500, started_at=NOW - 400))
        assert told.seen == "Now 1 of 120 is silent."
        assert "confirmed at" in told.since
        assert "at once" in told.since
        assert told.notices.startswith("No notice")

    def test_with_one_notice_counts_one(self) -> None:
        assert explained(outage(), withheld=1).notices == "1 notice about single devices is held back for it."

    def test_is_never_more_sure_than_the_method_allows(self) -> None:
        assert "at least 99.99 %" in explained(replace(outage(), confidence=0.9999)).sure
        assert "97 %" in explained(outage()).sure


class TestADevice:
    def test_that_is_heard_is_expected_by_a_moment(self) -> None:
        told = of(Timeline().heartbeats("f-1", until="10m").at("10m30s"), "f-1")
        assert told.summary == "Device acme/f-1 is online: heard."
        assert "A heartbeat every 1 min" in told.expected
        assert "usually every 1 min" in told.seen
        assert told.next[0].startswith("Offline at ")
        assert (told.cause, told.explained_by) == ("", ())

    def test_that_went_silent_is_announced_at_a_moment_that_is_told(self) -> None:
        timeline = Timeline().info("f-1", kind="feeder").heartbeats("f-1", until="10m").at("12m50s")
        told = of(timeline, "f-1")
        assert told.summary.startswith("Feeder acme/f-1 is offline")
        assert told.cause == "It was silent for longer than it may be."
        assert told.next[0].startswith("Its alert is owed at 22:26:")
        assert of(timeline.at("15m"), "f-1").next[0].startswith("DeviceOffline fires since")

    def test_whose_alert_waits_for_the_next_look_says_so(self) -> None:
        timeline = Timeline().heartbeats("f-1", until="10m").at("12m50s")
        late = explain_device(timeline.engine, timeline.device("f-1"), timeline.now + 3600, ())
        assert "with the next look" in late.next[0]

    def test_inside_an_outage_is_explained_by_it(self) -> None:
        timeline = provider_outage("32m45s")
        assert "will be withheld" in of(timeline, "f-1").next[0]
        told = of(timeline.at("45m"), "f-1")
        assert told.explained_by[0].startswith("Incident ")
        assert "Provider aurora fell silent" in told.explained_by[0]
        assert told.next[0].startswith("Its notice is withheld: incident ")
        heard = of(timeline.at("51m"), "f-1")
        assert heard.explained_by[0].endswith("This device is heard all the same.")

    def test_under_suspicion_names_the_scope(self) -> None:
        timeline = provider_outage("31m")
        while not any(each.scope for each in timeline.engine.suspicions.values()):
            timeline.at(f"{timeline.now + 1 - START:.0f}s")
        assert "suspected of an outage" in of(timeline, "f-1").explained_by[0]
        assert "provider aurora" in of(timeline, "f-1").explained_by[0]
        assert of(timeline, "o-1").explained_by in ((), ("A scope that it belongs to is suspected of an outage.",))

    def test_behind_a_gateway_that_is_gone_is_counted_there(self) -> None:
        timeline = Timeline().info("hub", kind="gateway", liveness="session").info("f-1", parent="hub")
        timeline.heartbeats("hub", "f-1", until="10m").at("10m5s").status("hub", "offline", reason="shutdown")
        told = of(timeline.at("10m10s"), "f-1")
        assert told.cause == "Its gateway cannot be reached."
        assert "gateway acme/hub is offline since" in told.explained_by[0]
        assert "that of its gateway counts it" in told.next[0]

    def test_under_maintenance_owes_no_alert(self) -> None:
        timeline = Timeline().heartbeats("f-1", until="10m").at("10m1s")
        timeline.tell(MaintenanceSet(full_id("f-1"), timeline.now, on=True, author="sam")).at("20m")
        told = of(timeline, "f-1")
        assert ", under maintenance" in told.summary
        assert told.explained_by == ("Somebody set it under maintenance.",)
        assert told.next[0] == "No alert is owed while it is under maintenance."

    def test_whose_connection_broke_has_until_its_hold_ends(self) -> None:
        timeline = Timeline().heartbeats("f-1", until="10m").at("10m1s").status("f-1", "offline", will=True)
        told = of(timeline.at("10m5s"), "f-1")
        assert told.next[0].startswith("Offline at 22:23:")
        assert "unless it reconnects" in told.next[0]

    def test_that_is_judged_by_its_session_fears_no_silence(self) -> None:
        timeline = Timeline().info("hub", kind="gateway", liveness="session").heartbeats("hub", until="10m").at("11m")
        assert "silence alone means nothing" in of(timeline, "hub").next[0]

    def test_that_sleeps_is_expected_to_wake(self) -> None:
        timeline = Timeline().info("s-1", liveness="sleepy").heartbeats("s-1", until="1m").at("1m5s")
        told = of(timeline.status("s-1", "sleeping", next_seen="6h").at("2h"), "s-1")
        assert "unless it wakes" in told.next[0]

    def test_that_was_never_heard_is_listed_and_never_alerted(self) -> None:
        timeline = Timeline().status("f-1", "offline", retained=True).at("1s")
        told = of(timeline, "f-1")
        assert told.seen.startswith("It was never heard")
        timeline = Timeline().status("f-1", "online", retained=True).at("1s")
        assert "never alerted" in of(timeline, "f-1").next[0]
        assert "never heard" in of(timeline.at("3h"), "f-1").next[0]

    def test_that_comes_and_goes_is_stood_for_by_one_alert(self) -> None:
        timeline = Timeline()
        for number in range(8):
            timeline.heartbeats("f-1", start=f"{10 * number}m", until=f"{10 * number + 2}m")
        told = of(timeline.at("77m"), "f-1")
        assert "DeviceFlapping stands for all its changes" in told.next[-1]

    def test_seen_by_a_blind_monitor_is_told_as_of_then(self) -> None:
        timeline = Timeline().heartbeats("f-1", until="10m").at("10m1s").link(up=False).at("20m")
        told = of(timeline, "f-1")
        assert told.explained_by[0].startswith("The monitor is blind since ")
        assert told.next == ("Nothing is judged until the monitor sees again; then it has an interval to be heard.",)

    def test_has_a_past_that_is_told_newest_first_and_briefly(self) -> None:
        timeline = Timeline().heartbeats("f-1", until="1m").at("1m")
        past = [StatusLine(START - 86_400 * n, "acme/f-1", "late", "online", "silent") for n in range(9)]
        told = explain_device(timeline.engine, timeline.device("f-1"), timeline.now, past)
        assert len(told.changes) == 5
        assert told.changes[0] == "22:13:20 UTC: online → late, silent"
        assert told.changes[1] == "2023-11-13 22:13:20 UTC: online → late, silent"


def test_weights_are_told_in_words() -> None:
    assert strength(9.0) == "decisive evidence for it"
    assert strength(-4.0) == "strong evidence against it"
    assert strength(1.5) == "some evidence for it"
    assert strength(-0.2) == "hardly any evidence against it"
    assert strength(0.0) == "says nothing either way"
    assert [likelihood(nats) for nats in (8, 4, 1, -1)] == ["almost certain", "likely", "possible", "unlikely"]


def test_a_witness_shows_among_the_evidence() -> None:
    timeline = provider_outage("31m")
    timeline.tell(Witness(timeline.now, "probe:api", {"provider": "aurora"}, "the API does not answer", 3.9)).at("45m")
    (incident,) = timeline.engine.incidents.values()
    told = Explainer(timeline.engine).incident(incident, timeline.now)
    assert ("probe:api", "strong evidence for it") in [(piece.source, piece.words) for piece in told.evidence]
