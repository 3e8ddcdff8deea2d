"""Who is alive, told as timetables."""

import pytest

from monitor.core.engine import EngineSettings
from monitor.core.observations import DeviceEvent, Heartbeat, MaintenanceSet, Telemetry
from monitor.core.settings import KindLiveness, LivenessSettings
from monitor.core.transitions import HAPPENINGS, TRANSITIONS
from monitor.devices.events import Booted
from tests.timeline import START, Timeline, alert, no_alert, status


def test_a_feeder_that_goes_silent_is_late_before_it_is_offline() -> None:
    timeline = Timeline().heartbeats("feeder-1", every="60s", until="10m")
    timeline.at("11m20s").expect(status("feeder-1", "online"))
    timeline.at("11m32s").expect(status("feeder-1", "late"))
    timeline.at("12m29s").expect(status("feeder-1", "late"))
    timeline.at("12m31s").expect(status("feeder-1", "offline"))
    timeline.at("13m30s").expect(no_alert())
    timeline.at("13m32s").expect(alert("DeviceOffline", tenant="acme", device="feeder-1"))


def test_a_device_that_returns_is_online_and_its_alert_is_resolved() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="10m")
    timeline.at("20m").expect(alert("DeviceOffline"))
    timeline.heartbeats("feeder-1", until="25m")
    timeline.at("26m").expect(status("feeder-1", "online"), alert("DeviceOffline", "resolved"))
    assert "offline for 10 min" in timeline.alerts(state="resolved")[0].annotations["resolution"]


def test_a_device_that_returns_within_the_hold_is_never_announced() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="10m")
    timeline.at("13m").expect(status("feeder-1", "offline"))
    timeline.heartbeats("feeder-1", until="30m").at("30m").expect(no_alert())


def test_a_short_interval_does_not_make_the_timeout_shorter_than_the_minimum() -> None:
    timeline = Timeline().heartbeats("feeder-1", every="10s", until="10m")
    timeline.at("11m28s").expect(status("feeder-1", "late"))
    timeline.at("11m31s").expect(status("feeder-1", "offline"))


def test_factor_and_minimum_can_differ_by_kind() -> None:
    liveness = LivenessSettings(kinds={"thermostat": KindLiveness(factor=5, minimum_seconds=10)})
    timeline = Timeline(EngineSettings(liveness=liveness))
    timeline.info("hall", kind="thermostat").info("feeder-1", kind="feeder")
    timeline.heartbeats("hall", "feeder-1", every="60s", until="10m")
    timeline.at("14m").expect(status("feeder-1", "offline"), status("hall", "late"))
    timeline.at("15m2s").expect(status("hall", "offline"))


def test_the_interval_in_the_heartbeat_wins_over_the_one_in_info() -> None:
    timeline = Timeline().info("feeder-1", interval_seconds=30.0).heartbeats("feeder-1", every="15m", until="2h")
    timeline.at("2h20m").expect(status("feeder-1", "online"))
    timeline.at("2h38m").expect(status("feeder-1", "offline"))


def test_an_interval_that_nobody_declares_is_learned() -> None:
    timeline = Timeline().heartbeats("feeder-1", every="5m", until="2h", interval_seconds=None)
    timeline.at("2h5m").expect(status("feeder-1", "online"))
    timeline.at("2h12m").expect(status("feeder-1", "late"))
    assert timeline.device("feeder-1").interval == pytest.approx(300)


def test_an_interval_that_grows_after_an_update_is_believed_at_once() -> None:
    timeline = Timeline().heartbeats("feeder-1", every="30s", until="10m")
    timeline.at("10m5s").heartbeats("feeder-1", every="15m", until="1h")
    timeline.at("1h").expect(status("feeder-1", "online"), no_alert())
    assert "late" not in timeline.statuses("feeder-1")


def test_a_sign_of_life_other_than_a_heartbeat_counts() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="10m")
    timeline.tell(Telemetry("acme/feeder-1", START + 660, {"hopper_pct": 40.0}))
    timeline.tell(DeviceEvent("acme/feeder-1", START + 720, "e1", Booted()))
    timeline.at("13m").expect(status("feeder-1", "online"))
    assert timeline.device("feeder-1").last_seen == START + 720


def test_a_replayed_event_proves_nothing_about_now() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="10m")
    timeline.tell(DeviceEvent("acme/feeder-1", START + 740, "e1", Booted(), replayed=True))
    timeline.at("13m").expect(status("feeder-1", "offline"))


def test_a_heartbeat_at_the_very_moment_of_the_deadline_is_in_time() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="10m")
    timeline.at("12m30s").heartbeats("feeder-1", until="12m30s").at("12m31s").expect(status("feeder-1", "online"))


class TestSessions:
    def test_a_last_will_waits_for_a_reconnect(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", every="5m", until="10m").at("11m")
        timeline.status("feeder-1", "offline", will=True)
        timeline.at("11m29s").expect(status("feeder-1", "online"))
        timeline.at("11m31s").expect(status("feeder-1", "offline"))
        assert timeline.device("feeder-1").cause == "will"

    def test_a_reconnect_within_the_hold_makes_the_will_void(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", every="5m", until="20m").at("11m")
        timeline.status("feeder-1", "offline", will=True).at("11m10s").status("feeder-1", "online")
        timeline.at("14m").expect(status("feeder-1", "online"))

    def test_a_heartbeat_after_the_will_makes_it_void(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", every="60s", until="20m").at("11m50s")
        timeline.status("feeder-1", "offline", will=True).at("13m").expect(status("feeder-1", "online"))

    def test_a_graceful_goodbye_acts_at_once(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", until="10m").at("10m10s")
        timeline.status("feeder-1", "offline", reason="shutdown").at("10m11s").expect(status("feeder-1", "offline"))
        assert "shutdown" in timeline.device("feeder-1").reason

    def test_the_will_of_an_older_boot_never_kills_a_newer_session(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", until="10m", boot="old").at("10m5s")
        timeline.status("feeder-1", "online", boot="new").heartbeats("feeder-1", until="30m", boot="new")
        timeline.at("11m").status("feeder-1", "offline", boot="old", will=True)
        timeline.at("30m").expect(status("feeder-1", "online"), no_alert())
        assert timeline.engine.fleet.anomalies["stale_will"] == 1
        assert timeline.device("feeder-1").reboots == 1

    def test_the_will_of_a_boot_never_seen_is_believed(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", every="5m", until="10m", boot="old").at("10m5s")
        timeline.status("feeder-1", "offline", boot="unseen", will=True).at("10m36s").expect(
            status("feeder-1", "offline")
        )

    @pytest.mark.slow
    def test_a_session_device_is_not_judged_by_silence(self) -> None:
        timeline = Timeline().info("lock-1", liveness="session").status("lock-1", "online")
        timeline.at("2d").expect(status("lock-1", "online"))
        timeline.status("lock-1", "offline", will=True).at("2d1m").expect(status("lock-1", "offline"))

    def test_a_retained_online_proves_life_in_session_mode_only(self) -> None:
        timeline = Timeline().info("lock-1", liveness="session").info("feeder-1")
        timeline.status("lock-1", "online", retained=True).status("feeder-1", "online", retained=True)
        timeline.at("10s").expect(status("lock-1", "online"), status("feeder-1", "new"))

    def test_a_device_known_only_from_retained_messages_is_listed_and_never_alerted(self) -> None:
        timeline = Timeline().info("feeder-1").status("feeder-1", "online", retained=True)
        timeline.at("2m").expect(status("feeder-1", "new"))
        timeline.at("1h").expect(status("feeder-1", "offline"), no_alert())
        assert timeline.device("feeder-1").reason == "never heard"

    def test_a_retained_offline_applies_in_every_mode(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", every="30m", until="30m", boot="b").at("31m")
        timeline.status("feeder-1", "offline", boot="b", will=True, retained=True)
        timeline.at("32m").expect(status("feeder-1", "offline"))


class TestSleepers:
    @pytest.mark.slow
    def test_a_sleepy_device_may_sleep_through_the_night(self) -> None:
        timeline = Timeline().info("valve", liveness="sleepy", interval_seconds=21_600.0)
        timeline.heartbeats("valve", every="6h", until="2d").at("2d12h").expect(status("valve", "online"), no_alert())

    @pytest.mark.slow
    def test_a_sleepy_device_that_never_wakes_again_is_found(self) -> None:
        timeline = Timeline().info("valve", liveness="sleepy").heartbeats("valve", every="6h", until="2d")
        timeline.at("2d12h2m").expect(status("valve", "offline"))

    @pytest.mark.slow
    def test_a_sleepy_device_without_a_period_gets_the_default(self) -> None:
        timeline = Timeline().info("valve", liveness="sleepy").heartbeats("valve", until="0s", interval_seconds=None)
        timeline.at("24h59m").expect(status("valve", "online"))
        timeline.at("25h1m").expect(status("valve", "offline"))

    def test_an_announced_sleep_is_a_status_of_its_own(self) -> None:
        timeline = Timeline().heartbeats("valve", until="10m").at("10m1s")
        timeline.status("valve", "sleeping", next_seen="1h").at("1h50m").expect(status("valve", "sleeping"), no_alert())
        timeline.heartbeats("valve", until="1h50m").at("1h51m").expect(status("valve", "online"))

    def test_an_announced_sleep_that_never_ends_is_offline(self) -> None:
        timeline = Timeline().heartbeats("valve", until="10m").at("10m1s").status("valve", "sleeping", next_seen="1h")
        timeline.at("2h12m").expect(status("valve", "offline"))


class TestOrder:
    def test_repeats_and_late_arrivals_are_counted_and_prove_nothing(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", until="10m")
        timeline.tell(
            Heartbeat("acme/feeder-1", START + 700, "boot-1", seq=11),
            Heartbeat("acme/feeder-1", START + 602, "boot-1", seq=9),
        )
        timeline.at("12m31s").expect(status("feeder-1", "offline"))
        assert timeline.engine.fleet.anomalies["duplicate"] == 1
        assert timeline.engine.fleet.anomalies["reordered"] == 1

    def test_gaps_in_the_numbering_are_visible(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", until="5m")
        timeline.tell(Heartbeat("acme/feeder-1", START + 360, "boot-1", seq=10)).at("7m")
        assert timeline.device("feeder-1").sequence_gaps == 3

    def test_a_device_that_counts_anew_without_a_new_boot_is_still_alive(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", until="10m")
        timeline.tell(
            *(
                Heartbeat("acme/feeder-1", START + 600 + 60 * k, "boot-1", seq=k, interval_seconds=60)
                for k in range(1, 30)
            )
        )
        timeline.at("38m").expect(status("feeder-1", "online"), no_alert())
        assert timeline.engine.fleet.anomalies["sequence_reset"] == 1

    def test_heartbeats_of_a_replaced_boot_are_ignored(self) -> None:
        timeline = (
            Timeline()
            .heartbeats("feeder-1", until="5m", boot="a")
            .at("5m30s")
            .heartbeats("feeder-1", until="10m", boot="b")
        )
        timeline.tell(Heartbeat("acme/feeder-1", START + 660, "a", seq=99)).at("11m30s")
        assert timeline.engine.fleet.anomalies["stale_boot"] == 1
        assert timeline.device("feeder-1").last_seen < START + 660

    def test_a_clock_that_is_hours_wrong_changes_nothing_but_the_shown_offset(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", until="10m", sent_at=START - 7200)
        timeline.at("11m").expect(status("feeder-1", "online"))
        assert timeline.device("feeder-1").clock_offset_seconds == pytest.approx(-7800)


class TestMaintenance:
    def test_maintenance_withholds_the_alert_and_never_the_truth(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", until="10m")
        timeline.tell(MaintenanceSet("acme/feeder-1", START + 605, on=True))
        timeline.at("1h").expect(status("feeder-1", "offline"), no_alert())
        assert sum(timeline.engine.fleet.in_maintenance.values()) == 1

    def test_the_end_of_maintenance_announces_what_is_still_offline_once(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", until="10m")
        timeline.tell(
            MaintenanceSet("acme/feeder-1", START + 605, on=True),
            MaintenanceSet("acme/feeder-1", START + 3600, on=False),
        )
        timeline.at("1h30s").expect(no_alert())
        timeline.at("2h")
        assert len(timeline.alerts("DeviceOffline", "firing")) == 1

    def test_the_end_of_maintenance_does_not_announce_again_what_was_known(self) -> None:
        timeline = Timeline().heartbeats("feeder-1", until="10m")
        timeline.tell(
            MaintenanceSet("acme/feeder-1", START + 1800, on=True),
            MaintenanceSet("acme/feeder-1", START + 3600, on=False),
        )
        timeline.at("2h")
        assert len(timeline.alerts("DeviceOffline", "firing")) == 1


def test_every_happening_has_a_place_in_the_table() -> None:
    assert {happening for _, happening in TRANSITIONS} == set(HAPPENINGS)
