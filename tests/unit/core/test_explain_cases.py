"""Incidents of one device and of the monitor in words: what is open about them and when that ends."""

from monitor.core.engine import EngineSettings
from monitor.core.explain import Explainer, IncidentExplanation
from monitor.core.settings import AlertSettings
from tests.timeline import Timeline, alert


def told_of(timeline: Timeline, kind: str) -> IncidentExplanation:
    """The latest incident of this kind, open or over, in words."""
    known = {**timeline.engine.desk.cases.ended, **timeline.engine.desk.open}
    (incident,) = [each for each in known.values() if each.kind == kind]
    return Explainer(timeline.engine).incident(incident, timeline.now)


def blind() -> Timeline:
    return Timeline(path="link").heartbeats("feeder-1", until="2h").at("10m").link(up=False).at("15m")


def test_a_blind_monitor_is_explained_without_devices_or_rivals() -> None:
    told = told_of(blind().expect(alert("MonitorBlind")), "monitor")
    assert told.expected.startswith("The monitor hears its own messages come back")
    assert told.seen.startswith("MonitorBlind: The monitor is blind: the broker does not answer.")
    assert "; told at " in told.since
    assert (told.evidence, told.considered, told.unaffected, told.notices) == ((), (), "", "")
    assert told.would_change == (
        "It is over with the last of its alerts, and goes on if one fires again within 30 min of that.",
    )


def test_a_monitor_that_sees_again_says_for_how_long_this_may_go_on() -> None:
    timeline = blind().link(up=True).at("20m")
    assert told_of(timeline, "monitor").would_change == (
        "If one of its alerts fires again within 30 min of its end, this incident goes on.",
    )


def test_what_ended_long_ago_does_not_go_on() -> None:
    timeline = blind()
    (incident,) = [each for each in timeline.engine.desk.open.values() if each.kind == "monitor"]
    timeline.link(up=True).at("20m")
    over = timeline.engine.desk.cases.ended[incident.id]
    told = Explainer(timeline.engine).incident(over, timeline.now + 86_400)
    assert told.would_change[0].startswith("Nothing: it ended more than 30 min ago")


def test_a_dead_device_is_explained_by_its_alert() -> None:
    settings = EngineSettings(alerts=AlertSettings(critical_devices=("acme/feeder-1",)))
    timeline = Timeline(settings).heartbeats("feeder-1", until="10m").at("1h").expect(alert("DeviceOffline"))
    told = told_of(timeline, "device")
    assert told.expected.startswith("Device acme/feeder-1 is heard in time")
    assert told.seen.startswith("DeviceOffline: Device acme/feeder-1 offline: silent for")
    assert told.sure.startswith("Nothing had to be weighed")
