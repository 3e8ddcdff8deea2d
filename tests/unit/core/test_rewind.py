"""The host's clock was set back while the monitor was away."""

from __future__ import annotations

import pytest

from monitor.core.decisions import AlertOwed, StatusChanged
from monitor.core.rewind import Rewind
from tests.timeline import START, Timeline, alert, no_alert, no_incident, status

HOUR = 3600.0
FLEET = [f"feeder-{number}" for number in range(1, 9)]


def set_back(timeline: Timeline) -> Timeline:
    """Two and a half hours in, the clock goes back by two."""
    return timeline.at("2h30m").restarted(away="1m", set_back="2h").link(up=True)


def test_nobody_is_judged_before_there_is_evidence() -> None:
    timeline = Timeline(path="echo").link(up=True).heartbeats(*FLEET, until="2h30m")
    timeline = timeline.at("2h30m").restarted(away="1m", set_back="2h")
    before = len(timeline.decisions)
    timeline.link(up=True).at("31m10s").heartbeats(*FLEET, until="4h").at("4h")
    told = [each for each in timeline.decisions[before:] if isinstance(each, StatusChanged | AlertOwed)]
    assert told == []
    timeline.expect(no_alert(), no_incident(), *(status(device, "online") for device in FLEET))


def test_what_died_meanwhile_is_found_as_soon_as_if_the_clock_had_not_moved() -> None:
    timeline = set_back(Timeline(path="echo").link(up=True).heartbeats("feeder-1", until="2h29m"))
    timeline.at("32m").expect(status("feeder-1", "online"))
    timeline.at("33m").expect(status("feeder-1", "offline"))
    timeline.at("34m").expect(alert("DeviceOffline"))


def test_an_alert_that_was_waiting_waits_no_longer_than_before() -> None:
    timeline = Timeline(path="echo").link(up=True).heartbeats("feeder-1", until="2h27m")
    timeline.at("2h30m").expect(status("feeder-1", "offline"), no_alert())
    timeline.restarted(away="1s", set_back="2h").link(up=True).at("33m").expect(alert("DeviceOffline"))


def test_what_fired_goes_on_firing_and_did_not_begin_in_the_future() -> None:
    timeline = Timeline(path="echo").link(up=True).heartbeats("feeder-1", until="1h").heartbeats("feeder-2", until="5h")
    timeline = set_back(timeline.at("2h"))
    (firing,) = timeline.engine.alerts.values()
    assert firing.starts_at <= timeline.now
    timeline.heartbeats("feeder-1", until="2h").at("40m").expect(alert("DeviceOffline", state="resolved"))
    (over,) = timeline.alerts("DeviceOffline", "resolved")
    assert over.ends_at is not None
    assert over.ends_at - over.starts_at >= 0


def test_an_outage_goes_on_and_ends_in_time() -> None:
    timeline = Timeline(path="echo").link(up=True).heartbeats(*FLEET, until="2h")
    timeline = set_back(timeline)
    assert len(timeline.engine.incidents) == 1
    assert all(incident.opened_at <= timeline.now for incident in timeline.engine.incidents.values())
    timeline.heartbeats(*FLEET, until="3h").at("50m").expect(alert("FleetDown", state="resolved"))
    assert not timeline.engine.incidents


def test_times_of_day_and_a_devices_own_words_stay_as_they_were() -> None:
    rewind = Rewind(START + HOUR, START)
    row = {
        "id": "acme/f1",
        "last_seen": START + HOUR - 60,
        "messages": 120,
        "interval": 60.0,
        "maintenance": True,
        "flaps": [START + 60.0],
        "reading": {"last_dispense_ts": START},
        "welfare": {"planned_to": START + 2 * HOUR, "food_at": START + 30.0, "signs": {"x": [START + 1.0, "word"]}},
    }
    (moved,) = rewind.devices([row])
    assert moved["last_seen"] == START - 60
    assert (moved["messages"], moved["interval"], moved["maintenance"]) == (120, 60.0, True)
    assert moved["flaps"] == [START + 60.0 - HOUR]
    assert moved["reading"] == row["reading"]
    assert moved["welfare"] == {
        "planned_to": START + 2 * HOUR,
        "food_at": START + 30.0 - HOUR,
        "signs": {"x": [START + 1.0 - HOUR, "word"]},
    }
    memory = {"sight": {"returned_at": START}, "desk": {"silences": [START + 9 * HOUR]}}
    assert rewind.memory(memory) == {"sight": {"returned_at": START - HOUR}, "desk": memory["desk"]}


def test_a_row_that_was_not_saved_since_the_clock_went_back_is_moved_by_itself() -> None:
    rows = [{"last_seen": START + HOUR, "since": START + HOUR - 90}, {"last_seen": START - 5, "since": START - 9}]
    moved = list(Rewind(START - 10, START).devices(rows))
    assert moved == [{"last_seen": START, "since": START - 90}, rows[1]]


@pytest.mark.parametrize("ahead", [0.0, -60.0])
def test_where_the_clock_did_not_go_back_nothing_moves(ahead: float) -> None:
    rewind = Rewind(START + ahead, START)
    row = {"last_seen": START - 1}
    assert list(rewind.devices([row])) == [row]
    assert rewind.memory({"sight": row}) == {"sight": row}
