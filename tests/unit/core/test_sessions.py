"""Devices that are judged by their session alone: locks that keep a connection, and gateways."""

from collections.abc import Iterable

import pytest

from monitor.core.decisions import AlertOwed, SuspicionChanged
from monitor.core.engine import EngineSettings
from monitor.core.leaf import Leaf
from monitor.core.observations import MaintenanceSet
from monitor.core.settings import AlertSettings
from tests.timeline import START, Timeline, alert, incident, no_alert, no_incident, status


def locks(timeline: Timeline, number: int = 60, *, retained: bool = False) -> list[str]:
    """Locks of two providers in one region, their sessions up; those of one provider share a first letter."""
    names = [f"{'ab'[index % 2]}-{index}" for index in range(number)]
    for name in names:
        provider = {"a": "aurora", "b": "boreal"}[name[0]]
        timeline.info(name, liveness="session", provider=provider, region="us-east", model="m1")
        timeline.status(name, "online", retained=retained)
    return names


def lose(timeline: Timeline, names: Iterable[str]) -> None:
    """The broker tells now that the connections of these broke."""
    for name in names:
        timeline.status(name, "offline", will=True)


def births(timeline: Timeline, names: Iterable[str], *, retained: bool = False) -> None:
    """Their sessions begin again now, or are found to have begun again."""
    for name in names:
        timeline.status(name, "online", retained=retained)


def of_aurora(names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith("a")]


def single(timeline: Timeline) -> list[str]:
    """The devices that were announced by themselves."""
    return [
        each.alert.labels["device"]
        for each in timeline.of(AlertOwed)
        if each.alert.key.startswith("device/") and each.alert.state == "firing"
    ]


class TestAnOutage:
    @pytest.mark.parametrize("retained", [False, True], ids=["born before our eyes", "known from retained births"])
    def test_of_a_provider_whose_devices_only_have_sessions_is_one_alert(self, retained: bool) -> None:  # noqa: FBT001
        timeline = Timeline()
        names = locks(timeline, retained=retained)
        lose(timeline.at("20m"), of_aurora(names))
        timeline.at("23m").expect(
            incident("provider", provider="aurora"), alert("ProviderOutage"), no_alert("DeviceOffline")
        )
        opened = timeline.incidents()[0]
        assert (opened.devices, len(timeline.incidents())) == (30, 1)
        assert timeline.device("a-0").status == "offline"
        births(timeline.at("50m"), of_aurora(names))
        timeline.at("2h").expect(alert("ProviderOutage", "resolved"), no_alert("DevicesStillOffline"))
        assert single(timeline) == []

    def test_tells_who_did_not_return_as_one_list(self) -> None:
        timeline = Timeline()
        names = of_aurora(locks(timeline))
        lose(timeline.at("20m"), names)
        births(timeline.at("50m"), names[2:])
        timeline.at("2h").expect(alert("DevicesStillOffline"), no_alert("DeviceOffline"))
        assert timeline.alerts("DevicesStillOffline")[0].annotations["silent"] == "2"

    def test_lasts_longer_than_silent_devices_are_remembered(self) -> None:
        """That a birth was long ago does not make a device gone: what counts is when its session was lost."""
        timeline = Timeline()
        names = of_aurora(locks(timeline))
        lose(timeline.at("26h"), names)
        timeline.at("28h").expect(incident("provider", provider="aurora"))
        assert timeline.incidents("resolved") == []
        assert timeline.device("a-0").leaf is not None

    def test_goes_on_over_a_restart_and_ends_with_the_births(self) -> None:
        timeline = Timeline()
        names = of_aurora(locks(timeline))
        lose(timeline.at("20m"), names)
        opened = timeline.at("25m").incidents()[0]
        births(timeline.restarted(away="2m").at("40m"), names, retained=True)
        timeline.at("2h").expect(no_alert("DeviceOffline"))
        assert [each.id for each in timeline.incidents()] == [opened.id]
        assert [each.id for each in timeline.incidents("resolved")] == [opened.id]

    def test_shown_by_heartbeats_covers_devices_that_only_have_a_session(self) -> None:
        timeline = Timeline()
        feeders = [f"f-{n}" for n in range(40)]
        timeline.info(*feeders, provider="aurora", region="us-east")
        timeline.info("lock", liveness="session", provider="aurora", region="us-east").status("lock", "online")
        for number, name in enumerate(feeders):
            timeline.heartbeats(name, start=f"{number}s", until="20m" if number % 2 else "2h", every="60s")
        lose(timeline.at("20m"), ["lock"])
        timeline.at("1h")
        assert timeline.incidents()
        assert single(timeline) == []


class TestNoOutage:
    def test_is_made_of_sessions_that_come_back_before_the_will_counts(self) -> None:
        timeline = Timeline()
        names = locks(timeline)
        lose(timeline.at("20m"), of_aurora(names))
        births(timeline.at("20m20s"), of_aurora(names))
        timeline.at("1h").expect(no_incident(), no_alert())
        assert timeline.of(SuspicionChanged) == []

    def test_is_made_of_one_that_is_lost(self) -> None:
        timeline = Timeline()
        locks(timeline)
        lose(timeline.at("20m"), ["a-0"])
        timeline.at("1h").expect(no_incident(), alert("DeviceOffline", device="a-0"))
        assert timeline.of(SuspicionChanged) == []

    def test_is_made_of_gateways_that_restart_one_after_the_other(self) -> None:
        timeline = Timeline()
        names = locks(timeline)
        for minute, name in enumerate(names):
            lose(timeline.at(f"{20 + 2 * minute}m"), [name])
            births(timeline.at(f"{21 + 2 * minute}m30s"), [name])
        timeline.at("5h").expect(no_incident())
        assert timeline.of(SuspicionChanged) == []

    def test_is_made_of_one_gateway_that_restarts_with_all_that_hangs_on_it(self) -> None:
        timeline = Timeline()
        locks(timeline)
        children = [f"valve-{n}" for n in range(8)]
        timeline.info("gw", kind="gateway", liveness="session", site="s1").status("gw", "online")
        timeline.info(*children, kind="thermostat", parent="gw", site="s1")
        timeline.heartbeats(*children, every="30s", until="20m").heartbeats(
            *children, every="30s", start="22m", until="1h"
        )
        lose(timeline.at("20m20s"), ["gw"])
        births(timeline.at("21m50s"), ["gw"])
        timeline.at("1h").expect(no_incident(), no_alert())

    def test_is_made_of_goodbyes(self) -> None:
        timeline = Timeline()
        names = of_aurora(locks(timeline))
        timeline.at("20m")
        for name in names:
            timeline.status(name, "offline", reason="reboot")
        timeline.at("20m40s")
        births(timeline, names)
        timeline.at("1h").expect(no_incident(), no_alert())
        assert timeline.device("a-0").leaf is not None

    def test_is_made_of_a_link_that_was_down(self) -> None:
        timeline = Timeline()
        names = locks(timeline)
        timeline.at("20m").link(up=False)
        timeline.at("40m").link(up=True)
        lose(timeline, names)
        births(timeline.at("40m45s"), names)
        timeline.at("2h").expect(no_incident(), no_alert("DeviceOffline"))


def test_a_session_is_counted_once_a_minute_and_a_loss_three_times() -> None:
    timeline = Timeline()
    locks(timeline, 4)
    lose(timeline.at("20m"), ["a-0"])
    timeline.at("20m29s").expect(status("a-0", "online"))
    leaf = timeline.device("a-0").leaf
    assert isinstance(leaf, Leaf)
    assert (leaf.size, leaf.missing, leaf.intervals) == (4, 0, ((60, 4),))
    timeline.at("21m31s")
    assert (leaf.missing, leaf.silent) == (1, 0)
    timeline.at("24m")
    assert (leaf.missing, leaf.silent) == (1, 1)
    births(timeline, ["a-0"])
    timeline.at("25m")
    assert (leaf.missing, leaf.silent) == (0, 0)


def test_a_session_is_counted_no_oftener_than_once_a_minute_whatever_it_says() -> None:
    timeline = Timeline()
    names = locks(timeline)
    for minute in range(30):
        births(timeline.at(f"{minute}m"), names)
    (everything,) = [each for each in timeline.engine.save()["outages"]["slices"] if not each["scope"]]
    assert 25 * 60 < everything["rates"][0] <= 30 * 60


def test_a_session_lost_for_very_long_is_gone_from_outage_detection() -> None:
    timeline = Timeline()
    locks(timeline, 4)
    lose(timeline.at("20m"), ["a-0"])
    leaf = timeline.at("18h").device("a-0").leaf
    assert isinstance(leaf, Leaf)
    timeline.at("18h30m")
    assert (timeline.device("a-0").leaf, leaf.size, leaf.gone) == (None, 3, 1)
    births(timeline, ["a-0"])
    timeline.at("19h")
    assert (leaf.size, leaf.missing, leaf.gone) == (4, 0, 0)


def test_an_alert_says_when_the_session_was_lost_not_when_it_began() -> None:
    timeline = Timeline()
    locks(timeline, 4)
    lose(timeline.at("10h"), ["a-0"])
    (told,) = timeline.at("10h10m").alerts("DeviceOffline")
    assert told.starts_at == pytest.approx(START + 36_031, abs=1)
    assert told.annotations["description"].startswith("Its session ended 1 min ago, its connection broke")


class TestAGateway:
    """A house of ten devices behind one gateway; one of them has been dead for long when the gateway goes."""

    def house(self, *, hold: float = 60.0, children_until: str = "20m") -> Timeline:
        timeline = Timeline(EngineSettings(alerts=AlertSettings(device_hold_seconds=hold)))
        locks(timeline)
        timeline.info("gw", kind="gateway", liveness="session", site="s1").status("gw", "online")
        timeline.info(*self.children, kind="thermostat", parent="gw", site="s1")
        for number, name in enumerate(self.children):
            timeline.heartbeats(name, start=f"{number}s", every="30s", until=children_until if number else "5m")
        lose(timeline.at("20m10s"), ["gw"])
        return timeline

    @property
    def children(self) -> list[str]:
        return [f"valve-{n}" for n in range(10)]

    def back(self, timeline: Timeline, moment: str) -> Timeline:
        for number, name in enumerate(self.children):
            timeline.heartbeats(name, start=f"{moment}{number}s", every="30s", until="3h")
        return timeline.at(moment)

    def test_is_not_announced_while_its_house_is_under_suspicion_nor_beside_its_outage(self) -> None:
        timeline = self.house().at("22m").expect(status("gw", "offline"))
        assert timeline.engine.cover(timeline.device("gw")) == ("suspicion", "")
        timeline.at("40m")
        assert len(timeline.incidents()) == 1
        assert single(timeline) == ["valve-0"]

    def test_that_was_announced_before_folds_into_the_outage(self) -> None:
        timeline = self.house(hold=0, children_until="22m")
        timeline.at("21m").expect(alert("GatewayOffline", device="gw"))
        timeline.at("40m").expect(alert("GatewayOffline", "resolved", device="gw"))
        assert timeline.engine.notices.withheld["acme/gw"] == timeline.incidents()[0].id

    def test_that_stays_away_after_the_outage_is_on_its_list(self) -> None:
        timeline = self.back(self.house().at("40m"), "50m").at("2h")
        (told,) = timeline.expect(alert("DevicesStillOffline")).alerts("DevicesStillOffline")
        assert "acme/gw" in told.annotations["description"]

    def test_that_died_alone_is_told_in_words_that_its_children_do_not_contradict(self) -> None:
        timeline = Timeline()
        locks(timeline)
        timeline.info("gw", kind="gateway", liveness="session").status("gw", "online")
        timeline.info("valve", kind="thermostat", parent="gw").heartbeats("valve", every="30s", until="20m")
        lose(timeline.at("20m10s"), ["gw"])
        (told,) = timeline.at("30m").expect(alert("GatewayOffline", device="gw")).alerts("GatewayOffline")
        assert told.annotations["description"].endswith("apart from those behind it, the devices there are heard.")


def test_a_sleepy_device_inside_an_outage_is_not_announced() -> None:
    """It takes no part in outage detection, for it has nothing to miss; what it belongs to is known all the same."""
    timeline = Timeline()
    feeders = [f"f-{n}" for n in range(40)]
    timeline.info(*feeders[:20], provider="aurora").info(*feeders[20:], provider="boreal")
    timeline.info("leak", "worked-on", "stranger", liveness="sleepy", interval_seconds=600.0, provider="aurora")
    timeline.tell(MaintenanceSet("acme/worked-on", START + 60, on=True))
    for number, name in enumerate(feeders):
        timeline.heartbeats(name, start=f"{number}s", until="20m" if number < 20 else "3h")
    timeline.heartbeats("leak", "worked-on", every="10m", until="20m")
    timeline.at("55m").expect(
        incident("provider", provider="aurora"), status("leak", "offline"), no_alert("DeviceOffline")
    )
    assert timeline.device("leak").leaf is None
    assert timeline.engine.cover(timeline.device("leak"))[0] == "incident"
    assert [timeline.engine.cover(timeline.device(name))[0] for name in ("worked-on", "stranger")] == ["", ""]
    assert timeline.engine.notices.withheld["acme/leak"] == timeline.incidents()[0].id
