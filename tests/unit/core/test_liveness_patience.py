"""What the engine makes of silences that end: which teach patience, and which were real."""

from collections.abc import Callable, Iterable

import pytest

from monitor.core.decisions import StatusChanged
from monitor.core.engine import EngineSettings
from monitor.core.observations import Heartbeat, SightChanged, Telemetry
from monitor.core.settings import LivenessSettings, OutageSettings
from tests.timeline import START, Timeline, full_id, no_incident, status

LONE: tuple[int, ...] = (1, 1, 2, 1, 1, 3)
"""Lengths of the bad spells of a device with poor reception, one every ten minutes."""


def reports(
    timeline: Timeline,
    device: str,
    minutes: Iterable[int],
    *,
    lost: Callable[[int], bool] = lambda _: False,
    boot: str = "boot-1",
) -> Timeline:
    """One heartbeat a minute, numbered by the minute; those that are lost were sent and never arrive."""
    return timeline.tell(
        *(
            Heartbeat(full_id(device), START + 60 * minute, boot, seq=minute, interval_seconds=60)
            for minute in minutes
            if not lost(minute)
        )
    )


def poor(minute: int) -> bool:
    """Whether poor reception swallows the heartbeat of this minute."""
    return 0 < minute % 10 <= LONE[minute // 10 % len(LONE)]


def poorly_received(hours: int = 24, settings: EngineSettings | None = None) -> Timeline:
    """A feeder that has lost heartbeats for hours."""
    timeline = reports(Timeline(settings), "feeder-1", range(60 * hours + 1), lost=poor)
    return timeline.at(f"{hours}h")


@pytest.mark.slow
def test_a_device_with_poor_reception_is_called_offline_until_the_monitor_knows_it() -> None:
    timeline = poorly_received()
    wrong = [each.at - START for each in timeline.of(StatusChanged) if each.status == "offline"]
    assert wrong
    assert max(wrong) < 6 * 3600


@pytest.mark.slow
def test_patience_ends_and_a_poorly_received_device_that_dies_is_found() -> None:
    timeline = poorly_received()
    limit = timeline.device("feeder-1").timeout
    assert 150 < limit <= 600
    timeline.at("24h2m40s").expect(status("feeder-1", "late"))
    timeline.at("24h11m").expect(status("feeder-1", "offline"))
    assert "a blip this long comes about once in" in timeline.device("feeder-1").reason


@pytest.mark.slow
def test_with_a_fixed_timeout_nothing_is_learned_into_it() -> None:
    settings = EngineSettings(liveness=LivenessSettings(mode="fixed"))
    poorly_received(settings=settings).at("24h2m31s").expect(status("feeder-1", "offline"))


@pytest.mark.slow
def test_what_was_learned_survives_a_restart_of_the_monitor() -> None:
    timeline = poorly_received()
    timeline.engine.liveness.patience.reconsider(timeline.device("feeder-1"))
    before = timeline.device("feeder-1").timeout
    timeline.restarted(away="1m")
    assert timeline.device("feeder-1").timeout == before
    assert timeline.device("feeder-1").peers.starts == timeline.device("feeder-1").starts


def test_slots_are_counted_one_per_heartbeat_that_fell_due() -> None:
    timeline = reports(Timeline(), "feeder-1", range(121)).at("2h")
    assert timeline.device("feeder-1").slots == pytest.approx(120, abs=2)
    assert timeline.device("feeder-1").peers.slots == timeline.device("feeder-1").slots


@pytest.mark.slow
def test_a_device_whose_losses_grow_moves_to_another_loss_bin_and_stays_in_the_pool() -> None:
    timeline = poorly_received()
    device = timeline.device("feeder-1")
    assert device.loss_bin == 3
    assert device.leaf is not None


class TestWhatIsSaid:
    def test_lost_heartbeats_are_told_from_a_device_that_paused(self) -> None:
        timeline = reports(Timeline(), "lossy", [*range(10), *range(14, 20)])
        timeline.tell(*(Heartbeat("acme/pausing", START + 60 * k, "b", seq=k, interval_seconds=60) for k in range(10)))
        timeline.tell(Heartbeat("acme/pausing", START + 60 * 14, "b", seq=10, interval_seconds=60)).at("14m1s")
        assert timeline.device("lossy").reason == (
            "heard again after 5 min; it had gone on sending, 4 heartbeats got lost"
        )
        assert timeline.device("pausing").reason == "heard again after 5 min; it had sent nothing meanwhile"

    def test_of_a_device_that_restarted_neither_is_said(self) -> None:
        timeline = reports(Timeline(), "feeder-1", range(10))
        reports(timeline, "feeder-1", range(14, 20), boot="boot-2").at("14m1s")
        assert timeline.device("feeder-1").reason == "heard again after 5 min"

    def test_any_device_can_be_explained_at_any_time(self) -> None:
        timeline = reports(Timeline(), "feeder-1", range(10)).info("lock", liveness="session")
        timeline.status("lock", "online").info("valve", liveness="sleepy", interval_seconds=3600.0)
        timeline.heartbeats("valve", until="0s", interval_seconds=3600.0).at("9m30s")
        explain = timeline.engine.liveness.explain
        told = {name: explain(timeline.device(name), timeline.now) for name in ("feeder-1", "lock", "valve")}
        assert told == {
            "feeder-1": "silent for 30 s, usually every 1 min ± 2 s, limit 2 min 30 s",
            "lock": "silent for 9 min 30 s, judged by its session alone",
            "valve": "silent for 9 min 30 s, sleeps by design, limit 2 h 1 min",
        }

    def test_time_in_which_nobody_could_see_is_said_apart(self) -> None:
        timeline = reports(Timeline(), "feeder-1", range(10)).at("9m30s")
        timeline.tell(SightChanged(timeline.now, blind=True, cause="overload")).at("19m30s")
        timeline.tell(SightChanged(timeline.now, blind=False, cause="overload")).at("23m")
        assert timeline.device("feeder-1").reason == (
            "silent for 12 min 31 s (10 min of it unwatched), usually every 1 min ± 2 s, limit 2 min 30 s"
        )


class TestWhatTeachesNothing:
    def test_a_restart_of_the_device(self) -> None:
        timeline = reports(Timeline(), "feeder-1", range(10))
        reports(timeline, "feeder-1", range(14, 20), boot="boot-2").at("20m")
        assert timeline.device("feeder-1").starts == 0

    def test_a_device_that_counts_anew(self) -> None:
        timeline = reports(Timeline(), "feeder-1", range(10))
        again = (Heartbeat("acme/feeder-1", START + 60 * k, "boot-1", k - 13, 60) for k in range(14, 20))
        timeline.tell(*again).at("20m")
        assert timeline.device("feeder-1").starts == 0

    def test_an_absence_longer_than_anybody_waits_for(self) -> None:
        timeline = reports(Timeline(), "feeder-1", [*range(10), *range(25, 30)]).at("30m")
        assert timeline.device("feeder-1").starts == 0

    def test_the_silence_after_a_goodbye_teaches_no_patience(self) -> None:
        timeline = reports(Timeline(), "feeder-1", [*range(10), *range(14, 20)]).at("9m10s")
        timeline.status("feeder-1", "offline", reason="shutdown").at("20m")
        assert timeline.device("feeder-1").starts == 0

    def test_a_silence_in_which_the_monitor_was_blind(self) -> None:
        timeline = reports(Timeline(), "feeder-1", [*range(10), *range(14, 20)]).at("10m30s")
        timeline.tell(SightChanged(timeline.now, blind=True, cause="overload")).at("11m")
        timeline.tell(SightChanged(timeline.now, blind=False, cause="overload")).at("20m")
        assert timeline.device("feeder-1").starts == 0

    def test_a_silence_behind_a_gateway_that_was_gone(self) -> None:
        timeline = Timeline().info("hub", kind="gateway").info("bowl", parent="hub")
        reports(timeline, "hub", [*range(10), *range(20, 30)])
        reports(timeline, "bowl", [*range(10), *range(18, 30)]).at("30m")
        assert timeline.device("bowl").starts == 0

    def test_lost_heartbeats_of_a_device_that_was_heard_otherwise(self) -> None:
        timeline = reports(Timeline(), "feeder-1", [*range(10), *range(13, 20)])
        talk = (Telemetry("acme/feeder-1", START + 60 * 9 + 50 * k, {}) for k in range(1, 5))
        timeline.tell(*talk).at("20m")
        assert timeline.device("feeder-1").starts == 0
        assert timeline.device("feeder-1").sequence_gaps == 3

    def test_a_silence_that_an_outage_explains(self) -> None:
        timeline = Timeline(EngineSettings(outages=OutageSettings(dimensions=("provider",), pairs=())))
        names = [f"{provider}-{number}" for provider in ("aurora", "boreal") for number in range(20)]
        for name in names:
            timeline.info(name, provider=name.partition("-")[0])
        for name in names:
            gone = name.startswith("aurora")
            reports(timeline, name, range(60), lost=lambda minute, gone=gone: gone and 30 <= minute < 36)  # type: ignore[misc]
        timeline.at("1h")
        assert timeline.incidents()
        assert sum(timeline.device(name).starts for name in names) == 0


def test_a_silence_that_nothing_explains_teaches() -> None:
    timeline = reports(Timeline(), "feeder-1", [*range(10), *range(14, 20)]).at("20m").expect(no_incident())
    assert timeline.device("feeder-1").starts == 1
    assert timeline.device("feeder-1").peers.blips[0] == [0, 0, 0, 1]


def test_a_connection_that_broke_while_the_device_went_on_is_a_blip() -> None:
    timeline = reports(Timeline(), "feeder-1", [*range(10), *range(14, 20)]).at("9m10s")
    timeline.status("feeder-1", "offline", will=True).at("20m")
    assert timeline.device("feeder-1").starts == 1


def test_heartbeats_that_come_late_widen_the_margin() -> None:
    timeline = Timeline()
    moments = [60.0 * k + (25.0 if k % 4 == 0 else 0.0) for k in range(240)]
    timeline.tell(*(Heartbeat("acme/a", START + at, "b", seq=k, interval_seconds=60) for k, at in enumerate(moments)))
    timeline.at("4h")
    assert timeline.device("a").deviation > 5
    assert timeline.device("a").starts == 0
