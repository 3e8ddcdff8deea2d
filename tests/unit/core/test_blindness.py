"""Blind is not silent: nobody is judged by what we could not have heard."""

import pytest

from monitor.core.decisions import BlindChanged, StatusChanged
from monitor.core.engine import EngineSettings
from monitor.core.observations import Heartbeat, LinkChanged, SightChanged
from monitor.core.settings import LimitSettings
from tests.timeline import START, Timeline, alert, no_alert, no_incident, status

FLEET = [f"feeder-{number}" for number in range(30)]


def sighted(settings: EngineSettings | None = None) -> Timeline:
    """Sees from the first moment on; heartbeats begin with the first second of sight."""
    timeline = Timeline(settings, path="echo").link(up=True).at("0s")
    assert not timeline.engine.blind
    return timeline


def test_a_monitor_that_never_saw_judges_nobody_and_says_so() -> None:
    timeline = Timeline(path="echo").echoes(on=False)
    timeline.at("10s").expect(no_alert())
    timeline.at("20s").expect(alert("MonitorBlind", cause="link"))


def test_losing_the_broker_for_an_hour_makes_no_device_offline() -> None:
    timeline = sighted().heartbeats(*FLEET, until="10m").at("10m1s").link(up=False).echoes(on=False)
    timeline.at("1h10m").expect(alert("MonitorBlind", cause="link"), status("feeder-1", "online"))
    timeline.link(up=True).echoes(on=True).heartbeats(*FLEET, start="1h10m20s", until="2h")
    timeline.at("2h").expect(
        status("feeder-1", "online"), alert("MonitorBlind", "resolved"), no_alert("DeviceOffline"), no_incident()
    )
    assert "offline" not in timeline.statuses("feeder-1")


def test_a_frozen_broker_shows_by_the_missing_echo() -> None:
    timeline = sighted().heartbeats("feeder-1", until="10m").at("10m").echoes(on=False)
    timeline.at("10m10s").expect(no_alert())
    timeline.at("10m20s").expect(alert("MonitorBlind", cause="echo"))
    timeline.at("5h").expect(status("feeder-1", "online"))


def test_devices_that_died_while_we_were_blind_are_still_found() -> None:
    timeline = sighted().heartbeats("feeder-1", "feeder-2", until="10m").at("10m1s").link(up=False).echoes(on=False)
    timeline.at("1h").link(up=True).echoes(on=True).heartbeats("feeder-2", until="2h")
    timeline.at("1h3m").expect(status("feeder-1", "offline"), status("feeder-2", "online"))
    timeline.at("1h5m").expect(alert("DeviceOffline", device="feeder-1"))
    assert "unwatched" in timeline.device("feeder-1").reason


def test_what_was_queued_before_the_first_echo_proves_nothing() -> None:
    timeline = sighted().heartbeats("feeder-1", until="10m").at("11m").link(up=False).echoes(on=False)
    timeline.at("30m").link(up=True).tell(Heartbeat("acme/feeder-1", START + 1800.5, "boot-1", seq=12)).at(
        "30m1s"
    ).echoes(on=True)
    timeline.at("31m")
    assert timeline.device("feeder-1").last_seen == START + 600
    assert timeline.device("feeder-1").beat.seq == 12  # type: ignore[union-attr]
    assert timeline.engine.fleet.anomalies["backlog"] == 1


class TestAWillThatGreetsAReturningMonitor:
    """The broker restarted: it ended every session, told of it by wills, and devices take their time to connect."""

    @pytest.fixture
    def greeted(self) -> Timeline:
        timeline = sighted().heartbeats("feeder-1", until="10m").at("10m1s").link(up=False).echoes(on=False)
        timeline.at("10m20s").link(up=True).status("feeder-1", "offline", will=True, retained=True)
        return timeline.at("10m21s").echoes(on=True)

    def test_gives_the_device_as_long_as_silence_would(self, greeted: Timeline) -> None:
        greeted.heartbeats("feeder-1", start="12m", until="1h", boot="boot-1").at("1h")
        assert "offline" not in greeted.statuses("feeder-1")

    def test_counts_in_the_end(self, greeted: Timeline) -> None:
        greeted.at("13m").expect(status("feeder-1", "offline"))
        assert greeted.device("feeder-1").cause == "will"


def test_a_will_that_comes_while_we_see_counts_after_its_hold() -> None:
    timeline = sighted().heartbeats("feeder-1", until="10m").at("10m1s").status("feeder-1", "offline", will=True)
    timeline.at("10m30s").expect(status("feeder-1", "online"))
    timeline.at("10m40s").expect(status("feeder-1", "offline"))


def test_a_short_loss_of_the_link_is_no_page() -> None:
    timeline = sighted().heartbeats("feeder-1", until="1h").at("10m1s").link(up=False).echoes(on=False)
    timeline.at("10m8s").link(up=True).echoes(on=True).at("1h").expect(no_alert(), status("feeder-1", "online"))
    assert [change.blind for change in timeline.of(BlindChanged)][-2:] == [True, False]


def test_the_device_gets_its_interval_after_sight_returns() -> None:
    timeline = sighted().heartbeats("feeder-1", every="60s", until="10m").at("12m20s").link(up=False).echoes(on=False)
    timeline.at("13m").link(up=True).echoes(on=True)
    timeline.at("14m").expect(status("feeder-1", "late"))
    timeline.at("14m10s").expect(status("feeder-1", "offline"))


def test_an_overloaded_inbox_judges_nobody() -> None:
    timeline = sighted().heartbeats("feeder-1", until="10m").at("10m1s")
    timeline.tell(SightChanged(timeline.now, blind=True, cause="overload")).at("40m").expect(
        status("feeder-1", "online"), alert("MonitorBlind", cause="overload")
    )
    timeline.tell(SightChanged(timeline.now, blind=False, cause="overload")).at("45m").expect(
        status("feeder-1", "offline"), alert("MonitorBlind", "resolved")
    )


def test_a_failing_store_has_an_alert_of_its_own() -> None:
    timeline = sighted().tell(SightChanged(START + 5, blind=True, cause="store", detail="disk full")).at("10s")
    timeline.expect(alert("StoreFailing"))
    assert "disk full" in timeline.alerts("StoreFailing")[0].annotations["description"]
    timeline.tell(SightChanged(timeline.now, blind=False, cause="store")).at("20s").expect(
        alert("StoreFailing", "resolved")
    )


def test_in_a_trace_the_link_lines_are_the_sight() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="10m").tell(LinkChanged(START + 601, up=False))
    timeline.tell(LinkChanged(START + 3601, up=True)).at("59m").expect(status("feeder-1", "online"))
    timeline.at("1h5m").expect(status("feeder-1", "offline"))


class TestRestart:
    def test_an_hour_of_absence_makes_nobody_offline(self) -> None:
        timeline = sighted().heartbeats(*FLEET, until="10m").at("10m30s").restarted(away="1h")
        timeline.link(up=True).heartbeats(*FLEET, until="2h")
        timeline.at("2h").expect(status("feeder-1", "online"), no_alert(), no_incident())

    def test_what_died_meanwhile_is_found(self) -> None:
        timeline = sighted().heartbeats("feeder-1", until="10m").at("10m30s").restarted(away="1h").link(up=True)
        timeline.at("1h16m").expect(status("feeder-1", "offline"), alert("DeviceOffline"))

    def test_what_was_announced_is_not_announced_again_and_keeps_its_since(self) -> None:
        timeline = sighted().heartbeats("feeder-1", until="10m").at("20m").restarted(away="10m").link(up=True)
        timeline.at("2h")
        assert len(timeline.alerts("DeviceOffline", "firing")) == 1
        assert timeline.device("feeder-1").since == pytest.approx(START + 751, abs=5)

    def test_an_alert_that_was_waiting_still_goes_out(self) -> None:
        timeline = (
            sighted().heartbeats("feeder-1", until="10m").at("13m").expect(status("feeder-1", "offline"), no_alert())
        )
        timeline.restarted(away="5m").link(up=True).at("30m").expect(alert("DeviceOffline"))

    def test_a_crash_loses_only_what_came_after_the_last_save(self) -> None:
        timeline = (
            sighted().heartbeats("feeder-1", until="1h").at("30m").restarted(away="1s", saved="29m").link(up=True)
        )
        timeline.at("1h").expect(status("feeder-1", "online"), no_alert())

    def test_a_replayed_monitor_can_be_restored_too(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", until="10m").at("10m30s").restarted(away="1h")
        timeline.at("1h20m").expect(status("feeder-1", "offline"))


def test_a_stall_of_the_monitor_is_read_before_it_is_judged() -> None:
    """The loop stood still for 150 s: everything that came meanwhile is read before anybody is judged."""
    timeline = sighted().heartbeats(*FLEET, until="10m").at("10m")
    engine = timeline.engine
    for moment in range(601, 750):
        for number, device in enumerate(FLEET):
            if moment % 60 == 0:
                engine.observe(Heartbeat(f"acme/{device}", START + moment, "boot-1", seq=100 + moment + number))
    decisions = engine.wake(START + 750)
    assert not [each for each in decisions if isinstance(each, StatusChanged)]


def test_work_per_step_is_bounded_and_nothing_is_forgotten() -> None:
    settings = EngineSettings(limits=LimitSettings(verdicts_per_step=1))
    timeline = Timeline(settings).heartbeats(*FLEET, until="10m")
    timeline.at("14m")
    assert all(timeline.device(device).status == "offline" for device in FLEET)
    engine = Timeline(settings).heartbeats(*FLEET, until="0s").at("1s").engine
    rounds = 0
    while (deadline := engine.next_deadline()) is not None and deadline <= START + 300 and rounds < 10_000:
        before = sum(device.status == "offline" for device in engine.fleet)
        engine.wake(START + 300)
        assert sum(device.status == "offline" for device in engine.fleet) - before <= 10
        rounds += 1
    assert all(device.status == "offline" for device in engine.fleet)


def test_slow_devices_keep_their_own_rhythm_after_a_blink_instead_of_falling_due_together() -> None:
    """One moment for all would turn the few heartbeats that get lost within a quarter of an hour into a cliff."""
    timeline = sighted()
    for name, start in (("early", "0s"), ("later", "7m"), ("soon", "11m")):
        timeline.heartbeats(name, start=start, every="15m", until="1h9m", interval_seconds=900.0)
    timeline.at("1h10m").link(up=False).echoes(on=False).at("1h10m30s").link(up=True).echoes(on=True)
    missed = []
    for minute in (76, 83, 87):
        timeline.at(f"{minute}m")
        missed.append([timeline.device(name).misses for name in ("early", "later", "soon")])
    assert missed == [[1, 0, 0], [1, 1, 0], [1, 1, 1]], "the one due while devices connect again is given another turn"
