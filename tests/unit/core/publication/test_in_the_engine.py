"""The desk for the public within the engine: it hears of outages, speaks in its timelines, and goes on while blind."""

from monitor.core.decisions import IncidentLogged
from monitor.core.engine import EngineSettings
from monitor.core.publication.bulletins import BulletinChanged, UpdatePublished
from monitor.core.publication.settings import PublicationSettings
from tests.timeline import Timeline, alert, incident, no_alert

AURORA = [f"a-{number}" for number in range(12)]
BOREALIS = [f"b-{number}" for number in range(12)]


def outage(until: str) -> Timeline:
    """Aurora falls silent at five minutes."""
    timeline = Timeline(EngineSettings(status_page=PublicationSettings(minimum_devices=10)))
    timeline.info(*AURORA, kind="feeder", provider="aurora").info(*BOREALIS, kind="feeder", provider="borealis")
    timeline.heartbeats(*AURORA, until="5m").heartbeats(*BOREALIS, until=until)
    return timeline.at("10m").expect(incident("provider", provider="aurora"))


def speak(timeline: Timeline) -> str:
    """Publish what is suggested; the id of the outage."""
    desk = timeline.engine.publication
    (matter,) = desk.to_say()
    draft = desk.draft(matter.id)
    assert draft is not None
    timeline.decisions += timeline.engine.observe(UpdatePublished(matter.id, timeline.now, "kim", draft))
    return matter.id


def test_the_public_must_hear_of_an_outage_also_while_the_monitor_is_blind() -> None:
    timeline = outage("12m").expect(no_alert("PublicUpdateOverdue"))
    timeline.at("12m").link(up=False)
    timeline.at("30m").expect(alert("MonitorBlind"), alert("PublicUpdateOverdue", severity="warning"))
    speak(timeline)
    timeline.expect(alert("PublicUpdateOverdue", state="resolved"))
    board = timeline.engine.publication.board
    delivery = next(each.id for each in board.components if each.capability == "alert_delivery")
    assert board.conditions[delivery] == "partial_outage"


def test_a_word_is_kept_in_the_timeline_and_over_a_restart() -> None:
    timeline = outage("25m").at("11m")
    name = speak(timeline)
    assert [each.bulletin.id for each in timeline.of(BulletinChanged)] == [name]
    assert [each.author for each in timeline.of(IncidentLogged) if each.kind == "said"] == ["kim"]
    timeline.restarted(away="1m")
    desk = timeline.engine.publication
    assert desk.bulletins[name].latest.author == "kim"
    assert [matter.said_at for matter in desk.to_say()] == [desk.bulletins[name].latest.at]
    assert "major_outage" in desk.board.conditions.values()
    timeline.at("25m").expect(no_alert("PublicUpdateOverdue"))
