"""A provider that is away again and again, in virtual time: one incident, few alerts, and a course that shows."""

import json

from monitor.core.decisions import AlertOwed, Incident, IncidentChanged, IncidentLogged
from monitor.core.engine import Engine
from monitor.core.operations.acts import IncidentAcknowledged
from monitor.core.publication.bulletins import ConditionChanged, PublicDecision
from monitor.core.snapshot import load_incident, save_incident
from tests.timeline import START, Timeline, alert

EIGHT = [f"aurora-{place}" for place in range(8)]
AWAY, BACK = 10, 12
"""Minutes."""


def flapping(times: int, *, first: int = 20, to: str = "6h", left: int = 0) -> Timeline:
    """A provider with eight devices that is away for ten minutes out of 22, and two that never are.

    So many as are `left` do not return after the last time.
    """
    timeline = Timeline()
    for number, provider in enumerate(("boreal", "cirrus")):
        for place in range(8):
            name = f"{provider}-{place}"
            timeline.info(name, kind="feeder", provider=provider, site=f"{provider}-home-{place}")
            timeline.heartbeats(name, start=f"{number + 4 * place}s", until=to)
    for place, name in enumerate(EIGHT):
        timeline.info(name, kind="feeder", provider="aurora", site=f"aurora-home-{place}")
        since = f"{2 + 4 * place}s"
        for time in range(times):
            falls = first + time * (AWAY + BACK)
            timeline.heartbeats(name, start=since, until=f"{falls}m")
            since = f"{falls + AWAY}m{4 * place}s"
        if place >= left:
            timeline.heartbeats(name, start=since, until=to)
    return timeline


def told(timeline: Timeline, name: str = "ProviderOutage") -> list[str]:
    return [each.state for each in timeline.alerts(name)]


def minutes(timeline: Timeline, state: str) -> list[int]:
    changes = [each for each in timeline.of(IncidentChanged) if each.state == state]
    return [round((each.at - START) / 60) for each in changes]


def shown(timeline: Timeline) -> Incident:
    (known,) = timeline.engine.incidents.values()
    return known


def test_a_provider_that_comes_and_goes_all_day_is_one_incident_of_three_alerts() -> None:
    timeline = flapping(10).at("6h")
    (opened,) = timeline.incidents()
    assert {each.id for each in timeline.incidents("reopened")} == {opened.id}
    assert told(timeline) == ["firing", "resolved"] * 3, "twice as any outage; then that it comes and goes"
    third = timeline.alerts("ProviderOutage", "firing")[-1]
    assert third.summary.startswith("Provider aurora comes and goes, 3 times so far: 8 of 8 devices silent")
    assert third.annotations["description"].endswith("until then its single changes are not announced.")
    (over,) = timeline.incidents("resolved")[2:]
    assert over.reopened == 9, "each time is counted"
    assert minutes(timeline, "resolved")[-1] == 20 + 10 * 22 - 12 + 30, "steady for `reopen_seconds`, all are back"


def test_while_an_outage_comes_and_goes_no_single_device_and_no_reader_of_the_page_hears_of_it() -> None:
    timeline = flapping(10).at("1h15m")
    before = len(timeline.decisions)
    timeline.at("4h10m")
    since = timeline.decisions[before:]
    names = {each.alert.name for each in since if isinstance(each, AlertOwed)}
    assert names <= {"PublicUpdateOverdue"}, "that the public waits for a word is told to us, once for each step"
    assert len(timeline.alerts("PublicUpdateOverdue", "firing")) <= 4
    assert not [each for each in since if isinstance(each, PublicDecision) and not isinstance(each, ConditionChanged)]
    timeline.at("6h").expect(alert("PublicUpdateOverdue", "resolved"))
    assert not timeline.alerts("DeviceOffline")
    assert not timeline.alerts("DeviceFlapping")


def test_the_timeline_of_an_outage_that_comes_and_goes_notes_each_change() -> None:
    timeline = flapping(6).at("6h")
    (opened,) = timeline.incidents()
    story = [line.text for line in timeline.of(IncidentLogged) if line.incident == opened.id]
    assert len([text for text in story if text.startswith("began again: ")]) == 2
    assert len([text for text in story if text.startswith("failing again: ")]) == 3
    assert len([text for text in story if text.startswith("recovering: ")]) == 6


def test_after_a_restart_an_outage_that_comes_and_goes_is_still_the_same_and_nobody_is_told_again() -> None:
    timeline = flapping(8).at("1h50m").restarted(away="30s").at("2h3m")
    assert (shown(timeline).phase, shown(timeline).reopened) == ("recovering", 4)
    timeline.restarted(away="30s")
    timeline.at("6h")
    assert told(timeline) == ["firing", "resolved"] * 3
    assert timeline.incidents("resolved")[-1].reopened == 7


def test_what_an_older_version_saved_of_an_outage_that_comes_and_goes_is_enough_to_go_on() -> None:
    timeline = flapping(8).at("1h20m")
    old, rows = timeline.engine, timeline.engine.rows(list(timeline.engine.fleet.devices))
    saved = json.loads(json.dumps(old.save()))
    for watch in saved["outages"]["open"]:
        del watch["relapses"]
    for told_of in saved["desk"]["journal"].values():
        del told_of["phase"]
    known = {name: value for name, value in save_incident(shown(timeline)).items() if name != "phase"}
    alerts = list(old.alerts.values())
    timeline.engine = Engine(timeline.settings, at=timeline.now, path="link")
    timeline.engine.restore(
        at=timeline.now,
        saved_at=timeline.now,
        engine=saved,
        devices=rows,
        incidents=[load_incident(known)],
        alerts=alerts,
    )
    timeline.at("6h")
    assert told(timeline) == ["firing", "resolved"] * 3


def test_an_outage_that_comes_and_goes_is_known_by_its_incident_alone() -> None:
    timeline = flapping(8).at("1h30m")
    rows = timeline.engine.rows(list(timeline.engine.fleet.devices))
    incidents, alerts = [shown(timeline)], list(timeline.engine.alerts.values())
    timeline.engine = Engine(timeline.settings, at=timeline.now, path="link")
    at = timeline.now
    timeline.engine.restore(at=at, saved_at=at, engine={}, devices=rows, incidents=incidents, alerts=alerts)
    timeline.at("6h")
    assert told(timeline) == ["firing", "resolved"] * 3


def test_who_took_care_of_an_outage_that_comes_and_goes_keeps_it() -> None:
    timeline = flapping(6).at("1h10m")
    timeline.tell(IncidentAcknowledged(shown(timeline).id, timeline.now, "ada")).at("2h16m")
    assert (shown(timeline).reopened, shown(timeline).acknowledged_by) == (5, "ada")


def test_an_outage_says_while_it_recovers_that_it_does_and_nobody_is_paged_for_it() -> None:
    timeline = flapping(1).at("29m")
    assert (shown(timeline).phase, " fell silent: 8 of 8" in shown(timeline).summary) == ("ongoing", True)
    timeline.at("31m30s")
    assert shown(timeline).phase == "recovering"
    assert shown(timeline).summary.startswith("Provider aurora is recovering: ")
    assert " of 8 devices still silent (" in shown(timeline).summary
    assert told(timeline) == ["firing"]
