"""What probes find and what people are told of it, over time and beside a fleet."""

from monitor.core.decisions import IncidentChanged, IncidentLogged
from monitor.core.engine import EngineSettings
from monitor.core.probing.judge import MOST_PROBES
from monitor.core.probing.settings import ProbingSettings
from tests.timeline import Timeline, alert, incident, no_alert, no_incident
from tests.unit.core.probing.answers import (
    AURORA,
    AURORA_PAGE,
    BOREALIS,
    BOREALIS_PAGE,
    CONTROL,
    MAIL,
    keep_asking,
    result,
)

AURORAS = [f"a-{number}" for number in range(12)]
OTHERS = [f"b-{number}" for number in range(12)]


def two_providers(*, silent_from: str | None = None, until: str = "50m") -> Timeline:
    """Twelve devices of aurora, which may fall silent, and twelve of borealis, which do not."""
    timeline = Timeline().info(*AURORAS, provider="aurora").info(*OTHERS, provider="borealis")
    return timeline.heartbeats(*AURORAS, until=silent_from or until).heartbeats(*OTHERS, until=until)


def evidence(timeline: Timeline, source: str) -> list[float]:
    """What a witness weighed in the incident, each time that it was told anew."""
    changes = [each.incident for each in timeline.of(IncidentChanged)]
    return [piece.weight_nats for each in changes for piece in each.evidence if piece.source == source]


def reason(timeline: Timeline, name: str) -> str:
    """Why an alert was over."""
    return timeline.alerts(name, "resolved")[-1].annotations["resolution"]


def test_a_provider_that_is_down_while_its_page_is_green_for_twenty_minutes() -> None:
    timeline = two_providers(silent_from="30m", until="2h")
    keep_asking(timeline, "page", AURORA_PAGE, "healthy", start="1m", until="110m")
    keep_asking(timeline, "other-page", BOREALIS_PAGE, "healthy", start="1m", until="110m")
    keep_asking(timeline, "api", AURORA, "healthy", start="1m", until="29m")
    keep_asking(timeline, "api", AURORA, "failing", start="31m", until="110m", answered=1.0)
    timeline.at("50m").expect(incident("provider", provider="aurora"), no_alert("ProviderPageDisagrees"))
    timeline.at("56m").expect(alert("ProviderPageDisagrees", provider="aurora"), no_alert("ControlPlaneDown"))
    told = timeline.alerts("ProviderPageDisagrees")[0]
    assert len(timeline.alerts("ProviderPageDisagrees")) == 1
    assert told.summary == "we see 100 % of provider aurora silent, their page is green for 20 min"
    assert max(evidence(timeline, "probe:api")) == 3.9
    assert min(evidence(timeline, "page:page")) < 0 < min(evidence(timeline, "probe:api"))
    red = {"impact": "major"}
    for moment in ("111m", "112m"):
        timeline.tell(result("page", AURORA_PAGE, "failing", moment, "It reports trouble.", **red))
    timeline.at("114m").expect(alert("ProviderPageDisagrees", state="resolved"))
    assert "the page agrees now" in reason(timeline, "ProviderPageDisagrees")
    assert evidence(timeline, "page:page")[-1] == 4.0
    said = "page (provider aurora) is failing: It reports trouble."
    assert any(said in line.text for line in timeline.of(IncidentLogged))


def test_a_green_page_is_forgotten_with_the_outage() -> None:
    timeline = two_providers(silent_from="30m", until="3h").heartbeats(*AURORAS, start="70m", until="3h")
    keep_asking(timeline, "page", AURORA_PAGE, "healthy", start="1m", until="2h")
    timeline.at("65m").expect(alert("ProviderPageDisagrees"))
    timeline.at("110m").expect(alert("ProviderPageDisagrees", state="resolved"))
    assert reason(timeline, "ProviderPageDisagrees") == "the outage is over"


def test_a_page_that_cannot_be_read_is_neither_green_nor_red() -> None:
    timeline = two_providers(silent_from="30m", until="95m")
    keep_asking(timeline, "page", AURORA_PAGE, "unknown", start="1m", until="90m")
    timeline.at("90m").expect(incident("provider", provider="aurora"), no_alert("ProviderPageDisagrees"))
    assert set(evidence(timeline, "page:page")) == {0.0}


def test_a_page_that_turns_unreadable_ends_the_disagreement_without_agreeing() -> None:
    timeline = two_providers(silent_from="30m", until="80m")
    keep_asking(timeline, "page", AURORA_PAGE, "healthy", start="1m", until="60m")
    keep_asking(timeline, "page", AURORA_PAGE, "unknown", start="61m", until="70m")
    timeline.at("66m").expect(alert("ProviderPageDisagrees", state="resolved"))
    assert reason(timeline, "ProviderPageDisagrees") == "the page cannot be read any more, which says nothing"


def test_a_dead_api_beside_healthy_devices_is_the_control_plane_and_no_outage() -> None:
    timeline = two_providers(until="65m")
    keep_asking(timeline, "api", AURORA, "failing", start="10m", until="40m", answered=1.0)
    keep_asking(timeline, "api", AURORA, "healthy", start="41m", until="60m")
    timeline.at("14m").expect(no_alert())
    timeline.at("16m").expect(alert("ControlPlaneDown", provider="aurora"), no_incident())
    told = timeline.alerts("ControlPlaneDown")[0]
    assert (
        "remote control is down, meals planned on devices are not affected; 12 of its 12 devices are heard"
        in told.summary
    )
    assert (told.annotations["devices"], told.annotations["silent"]) == ("12", "0")
    timeline.at("45m").expect(alert("ControlPlaneDown", state="resolved"), no_incident())
    assert reason(timeline, "ControlPlaneDown") == "it answers again: It answers as it should."


def test_a_dead_api_is_folded_into_the_outage_that_explains_it() -> None:
    timeline = two_providers(silent_from="30m", until="65m")
    keep_asking(timeline, "api", AURORA, "failing", start="10m", until="60m", answered=1.0)
    timeline.at("20m").expect(alert("ControlPlaneDown"))
    timeline.at("40m").expect(alert("ControlPlaneDown", state="resolved"), alert("ProviderOutage"))
    assert "folded into incident" in reason(timeline, "ControlPlaneDown")


def test_the_outage_of_one_provider_explains_nothing_about_another() -> None:
    timeline = two_providers(silent_from="30m", until="65m")
    keep_asking(timeline, "front-door", BOREALIS, "failing", start="10m", until="45m", answered=1.0)
    keep_asking(timeline, "front-door", BOREALIS, "healthy", start="46m", until="60m")
    timeline.at("44m").expect(alert("ProviderOutage"), alert("ProviderProbeFailing", provider="borealis"))
    timeline.at("50m").expect(alert("ProviderProbeFailing", state="resolved"))
    assert reason(timeline, "ProviderProbeFailing") == "it answers again: It answers as it should."


def test_no_word_of_a_dead_api_while_an_outage_of_it_is_only_suspected() -> None:
    timeline = two_providers(silent_from="30m", until="65m")
    keep_asking(timeline, "api", AURORA, "failing", start="26m50s", until="60m", answered=1.0)
    timeline.at("60m").expect(no_alert("ControlPlaneDown"), alert("ProviderOutage"))


def test_a_probe_of_a_provider_without_devices_here_is_told_as_just_that() -> None:
    timeline = Timeline()
    keep_asking(timeline, "front-door", BOREALIS, "failing", start="1m", until="20m", answered=1.0)
    timeline.at("8m").expect(alert("ProviderProbeFailing", provider="borealis"))
    assert "no device of it is known here" in timeline.alerts()[0].annotations["description"]


def test_when_we_are_cut_off_ourselves_no_provider_is_blamed() -> None:
    timeline = two_providers(silent_from="30m", until="75m")
    for probe, about in (("api", AURORA), ("other-api", BOREALIS), ("control", CONTROL)):
        keep_asking(timeline, probe, about, "healthy", start="1m", until="29m")
        keep_asking(timeline, probe, about, "failing", start="30m", until="60m")
        keep_asking(timeline, probe, about, "healthy", start="61m", until="70m")
    timeline.at("55m").expect(
        alert("ProbesCutOff"), alert("ProviderOutage"), no_alert("ControlPlaneDown"), no_alert("ProviderProbeFailing")
    )
    assert evidence(timeline, "probe:api")[-1] == 0.0
    said = [piece.statement for piece in timeline.incidents("opened")[-1].evidence if piece.source == "probe:api"]
    assert "probably cut off" in said[0]
    timeline.at("65m").expect(alert("ProbesCutOff", state="resolved"))


def test_a_failure_counts_once_the_control_has_answered_since() -> None:
    timeline = two_providers()
    keep_asking(timeline, "api", AURORA, "failing", start="10m", until="40m")
    keep_asking(timeline, "control", CONTROL, "healthy", start="1m", until="10m")
    timeline.at("30m").expect(no_alert())
    timeline.tell(result("control", CONTROL, "healthy", "30m30s"))
    timeline.at("31m").expect(alert("ControlPlaneDown"), no_alert("ProbesCutOff"))


def test_when_our_way_out_comes_back_nobody_is_blamed_for_the_time_without_it() -> None:
    timeline = two_providers()
    keep_asking(timeline, "api", AURORA, "failing", start="10m", until="30m")
    keep_asking(timeline, "control", CONTROL, "failing", start="10m5s", until="30m5s")
    keep_asking(timeline, "control", CONTROL, "healthy", start="30m20s", until="40m")
    keep_asking(timeline, "api", AURORA, "healthy", start="31m", until="40m")
    timeline.at("29m").expect(alert("ProbesCutOff"))
    timeline.at("40m").expect(no_alert("ControlPlaneDown"), alert("ProbesCutOff", state="resolved"))


def test_a_control_that_fails_alone_is_broken_itself() -> None:
    timeline = two_providers()
    keep_asking(timeline, "control", CONTROL, "failing", start="1m", until="40m")
    keep_asking(timeline, "api", AURORA, "healthy", start="1m", until="40m")
    timeline.at("40m").expect(no_alert())


def test_mail_that_bounces_for_half_an_hour_is_a_support_channel_down() -> None:
    timeline = Timeline()
    keep_asking(timeline, "mail", MAIL, "failing", start="1m", until="50m", answered=1.0)
    keep_asking(timeline, "mail", MAIL, "healthy", start="51m", until="60m")
    timeline.at("30m").expect(no_alert())
    timeline.at("32m").expect(alert("SupportChannelDown", channel="support-mail"))
    timeline.at("55m").expect(alert("SupportChannelDown", state="resolved"))


def test_greylisted_mail_is_unknown_and_nobody_is_told() -> None:
    timeline = Timeline()
    keep_asking(timeline, "mail", MAIL, "unknown", start="1m", until="3h")
    timeline.at("3h").expect(no_alert())
    assert timeline.engine.probing.standings["mail"].verdict == "unknown"


def test_what_is_not_configured_any_more_is_told_no_longer() -> None:
    timeline = Timeline()
    keep_asking(timeline, "front-door", BOREALIS, "failing", start="1m", until="20m", answered=1.0)
    timeline.at("8m").expect(alert("ProviderProbeFailing"))
    timeline.restarted(away="1m")
    timeline.engine.probing.retain({"another"})
    timeline.at("9m5s").expect(alert("ProviderProbeFailing", state="resolved"))
    assert reason(timeline, "ProviderProbeFailing") == "it cannot be told any more"


def test_one_bad_answer_between_good_ones_means_nothing() -> None:
    timeline = two_providers()
    keep_asking(timeline, "api", AURORA, "healthy", start="1m", until="20m")
    for moment in ("5m30s", "9m30s", "13m30s"):
        timeline.tell(result("api", AURORA, "failing", moment, answered=1.0))
    timeline.at("30m").expect(no_alert())


def test_a_result_that_is_too_old_proves_nothing() -> None:
    timeline = two_providers()
    keep_asking(timeline, "api", AURORA, "failing", start="1m", until="10m", answered=1.0)
    timeline.at("10m").expect(alert("ControlPlaneDown"))
    timeline.at("16m").expect(alert("ControlPlaneDown", state="resolved"))
    assert timeline.engine.probing.standings["api"].stale
    assert reason(timeline, "ControlPlaneDown") == "it cannot be told any more"


def test_a_probe_that_nobody_asks_any_more_is_forgotten_with_its_certificate() -> None:
    timeline = Timeline()
    timeline.tell(result("form", MAIL, "healthy", "1m", certificate_ends_at=timeline.now + 86_400.0))
    timeline.at("23h").expect(alert("CertificateExpiring"))
    timeline.at("1d10m").expect(alert("CertificateExpiring", state="resolved"))
    assert timeline.engine.probing.standings == {}


def test_a_probe_that_begins_to_time_out_after_errors_is_blamed_all_along() -> None:
    timeline = two_providers()
    keep_asking(timeline, "api", AURORA, "failing", start="1m", until="10m", answered=1.0)
    timeline.tell(result("control", CONTROL, "healthy", "9m30s"), result("api", AURORA, "unknown", "10m30s"))
    keep_asking(timeline, "api", AURORA, "failing", start="11m", until="20m")
    timeline.at("20m").expect(alert("ControlPlaneDown"))
    assert len(timeline.alerts("ControlPlaneDown")) == 1


def test_a_certificate_that_ends_within_two_weeks_is_told_until_a_longer_one_is_seen() -> None:
    timeline = Timeline()
    ends_at = timeline.now + 14 * 86_400.0 + 3600
    timeline.tell(result("form", MAIL, "healthy", "1m", certificate_ends_at=ends_at)).at("50m").expect(no_alert())
    timeline.at("61m").expect(alert("CertificateExpiring", probe="form"))
    assert timeline.alerts()[0].summary == "the certificate that probe form sees ends in 14 d"
    timeline.tell(result("form", MAIL, "failing", "62m")).at("63m").expect(alert("CertificateExpiring"))
    timeline.tell(result("form", MAIL, "healthy", "64m", certificate_ends_at=ends_at + 90 * 86_400.0))
    timeline.at("65m").expect(alert("CertificateExpiring", state="resolved"))


def test_certificates_are_nobodys_business_where_that_is_switched_off() -> None:
    timeline = Timeline(EngineSettings(probing=ProbingSettings(certificate_days=0)))
    timeline.tell(result("form", MAIL, "healthy", "1m", certificate_ends_at=timeline.now + 60.0))
    timeline.at("10m").expect(no_alert())


def test_while_we_are_blind_no_provider_is_judged_and_support_is() -> None:
    timeline = two_providers()
    keep_asking(timeline, "api", AURORA, "failing", start="1m", until="2m", answered=1.0)
    keep_asking(timeline, "mail", MAIL, "failing", start="1m", until="40m", answered=1.0)
    timeline.at("3m").link(up=False)
    timeline.at("4m").at("40m").expect(no_alert("ControlPlaneDown"), alert("SupportChannelDown"))


def test_what_fires_when_we_go_blind_fires_on() -> None:
    timeline = two_providers()
    keep_asking(timeline, "api", AURORA, "failing", start="1m", until="40m", answered=1.0)
    timeline.at("10m").expect(alert("ControlPlaneDown")).link(up=False)
    timeline.at("30m").expect(alert("ControlPlaneDown"))


def test_what_was_found_survives_a_restart() -> None:
    timeline = two_providers()
    keep_asking(timeline, "api", AURORA, "failing", start="1m", until="20m", answered=1.0)
    timeline.at("10m").expect(alert("ControlPlaneDown"))
    timeline.restarted(away="1m").at("20m").expect(alert("ControlPlaneDown"))
    assert len(timeline.alerts("ControlPlaneDown")) == 1


def test_a_page_that_changes_its_mind_once_weighs_nothing_until_it_says_so_again() -> None:
    timeline = two_providers(silent_from="30m")
    keep_asking(timeline, "page", AURORA_PAGE, "healthy", start="1m", until="31m")
    timeline.tell(result("page", AURORA_PAGE, "failing", "32m", impact="critical")).at("40m")
    said = [piece for piece in timeline.incidents()[0].evidence if piece.source == "page:page"]
    assert [(piece.weight_nats, piece.statement) for piece in said] == [
        (0.0, "No answer. Not yet confirmed by another try.")
    ]


def test_an_answer_from_before_an_outage_does_not_speak_against_it() -> None:
    timeline = two_providers(silent_from="30m")
    keep_asking(timeline, "api", AURORA, "healthy", start="1m", until="30m")
    timeline.at("34m").expect(incident("provider", provider="aurora"))
    said = [piece for piece in timeline.incidents()[0].evidence if piece.source == "probe:api"]
    assert [(piece.weight_nats, piece.statement) for piece in said] == [
        (0.0, "It answers as it should. That was before this began.")
    ]


def test_of_more_probes_than_anybody_configures_the_oldest_are_forgotten() -> None:
    timeline = Timeline()
    for number in range(MOST_PROBES + 1):
        timeline.tell(result(f"probe-{number}", CONTROL, "healthy"))
    timeline.at("1s")
    assert len(timeline.engine.probing.standings) == MOST_PROBES
    assert "probe-0" not in timeline.engine.probing.standings
