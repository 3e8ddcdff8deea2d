"""One cause, one alert."""

import pytest

from monitor.core.decisions import SuspicionChanged
from monitor.core.engine import EngineSettings
from monitor.core.observations import DeviceRemoved, Flooding, Scraped
from monitor.core.settings import AlertSettings, LimitSettings, OutageSettings
from tests.timeline import START, Expectation, Timeline, alert, incident, no_alert, no_incident, status

PROVIDERS = ("aurora", "boreal", "cirrus")


def small_fleet(timeline: Timeline, devices: int = 60) -> list[str]:
    """Devices spread over three providers, two regions and two models; names of one provider share a first letter."""
    names = []
    for number in range(devices):
        provider = PROVIDERS[number % 3]
        name = f"{provider}-{number}"
        names.append(name)
        region = ("us-east", "eu-west")[number // 3 % 2]
        timeline.info(
            name, kind="feeder", provider=provider, region=region, model=f"m{number % 2}", site=f"home-{number}"
        )
    return names


def beat(timeline: Timeline, names: list[str], *, start: str, until: str) -> None:
    """Heartbeats every minute, each device at its own second."""
    for number, name in enumerate(names):
        timeline.heartbeats(name, every="60s", start=f"{start}{number}s" if start else f"{number}s", until=until)


def outage(*, missing: int = 0) -> Timeline:
    """Provider aurora is silent from 30 min to 60 min; `missing` of its devices never return."""
    timeline = Timeline()
    names = small_fleet(timeline)
    aurora = [name for name in names if name.startswith("aurora")]
    beat(timeline, [name for name in names if name not in aurora], start="", until="3h")
    beat(timeline, aurora, start="", until="30m")
    beat(timeline, aurora[missing:], start="60m", until="3h")
    return timeline


class TestOutage:
    def test_a_failing_provider_is_one_alert_and_no_device_alerts(self) -> None:
        timeline = (
            outage()
            .at("58m")
            .expect(
                incident("provider", provider="aurora"),
                alert("ProviderOutage", provider="aurora"),
                no_alert("DeviceOffline"),
            )
        )
        assert len(timeline.incidents()) == 1
        assert timeline.device("aurora-0").status == "offline"

    def test_it_is_suspected_before_any_device_is_offline(self) -> None:
        timeline = outage().at("31m30s")
        raised = timeline.of(SuspicionChanged)[-1]
        assert (raised.state, raised.scope) == ("raised", {"provider": "aurora"})
        assert not [each for each in timeline.engine.fleet if each.status == "offline"]

    def test_the_incident_began_when_the_silence_began(self) -> None:
        opened = outage().at("58m").incidents()[0]
        assert abs(opened.started_at - (START + 1800)) < 60
        assert opened.devices == opened.silent == 20
        assert "boreal" in opened.unaffected

    def test_recovery_resolves_the_alert_and_nobody_is_announced(self) -> None:
        timeline = (
            outage()
            .at("3h")
            .expect(alert("ProviderOutage", "resolved"), no_alert("DeviceOffline"), no_alert("DevicesStillOffline"))
        )
        assert len(timeline.incidents("resolved")) == 1

    def test_how_many_are_concerned_is_told_as_plain_numbers_too(self) -> None:
        timeline = outage(missing=2).at("2h")
        (firing, *_) = timeline.alerts("ProviderOutage")
        assert {name: firing.annotations[name] for name in ("devices", "silent")} == {"devices": "20", "silent": "20"}
        assert timeline.alerts("DevicesStillOffline")[0].annotations["silent"] == "2"

    def test_those_that_do_not_return_are_one_list(self) -> None:
        timeline = outage(missing=2).at("2h").expect(alert("DevicesStillOffline"), no_alert("DeviceOffline"))
        listed = timeline.alerts("DevicesStillOffline")[0].annotations["description"]
        assert "aurora-0" in listed
        assert "aurora-3" in listed

    def test_the_list_is_resolved_when_the_last_of_it_is_back(self) -> None:
        timeline = outage(missing=2).at("2h").heartbeats("aurora-0", "aurora-3", until="2h10m").at("2h5m")
        timeline.expect(alert("DevicesStillOffline", "resolved"))

    def test_a_restart_in_the_middle_continues_the_same_incident(self) -> None:
        timeline = outage().at("40m")
        opened = timeline.incidents()[0]
        timeline.restarted(away="2m").at("3h")
        assert [each.id for each in timeline.incidents()] == [opened.id]
        assert [(each.id, each.started_at) for each in timeline.incidents("resolved")] == [
            (opened.id, opened.started_at)
        ]
        assert len(timeline.alerts("ProviderOutage", "firing")) == 1

    @pytest.mark.slow
    def test_an_outage_of_devices_that_said_goodbye_outlasts_a_monitor_that_was_killed(self) -> None:
        """Who said goodbye was written before it missed a heartbeat, and has missed many all the same."""
        timeline = Timeline(EngineSettings(outages=OutageSettings(resolve_seconds=4)))
        names = small_fleet(timeline)
        gone = [name for name in names if name.startswith("aurora")]
        timeline.heartbeats(*gone, every="2s", until="10m")
        timeline.heartbeats(*(name for name in names if name not in gone), every="2s", until="30m")
        timeline.at("10m")
        for name in gone:
            timeline.status(name, "offline", reason="power_off")
        opened = timeline.at("15m").incidents()[0]
        timeline.restarted(away="5m", killed=True).at("25m")
        assert [each.id for each in timeline.incidents()] == [opened.id]
        assert timeline.incidents("resolved") == []

    def test_a_device_alert_sent_before_folds_into_the_incident(self) -> None:
        """A hold shorter than the time to confirm: the single alert comes first and is taken back."""
        timeline = Timeline(EngineSettings(alerts=AlertSettings(device_hold_seconds=0)))
        names = small_fleet(timeline)
        beat(timeline, names[1:], start="", until="30m")
        beat(timeline, [names[0]], start="", until="20m")
        beat(timeline, [name for name in names if not name.startswith("aurora")], start="30m", until="2h")
        timeline.at("30m").expect(alert("DeviceOffline", device="aurora-0"))
        timeline.at("45m").expect(incident("provider", provider="aurora"), alert("DeviceOffline", "resolved"))
        assert len(timeline.alerts("DeviceOffline", "firing")) == 1
        assert "folded into incident" in timeline.alerts("DeviceOffline", "resolved")[0].annotations["resolution"]
        assert timeline.engine.notices.withheld["acme/aurora-0"] == timeline.incidents()[0].id


class TestGateways:
    def family(self) -> Timeline:
        """One gateway with two devices behind it, too few for an outage; all speak every minute."""
        timeline = Timeline().info("gw", kind="gateway", site="s1")
        children = ["valve-1", "valve-2"]
        timeline.info(*children, kind="thermostat", parent="gw", site="s1")
        return timeline.heartbeats("gw", *children, until="10m")

    def test_children_of_a_dead_gateway_are_one_problem(self) -> None:
        timeline = (
            self.family()
            .at("20m")
            .expect(status("valve-1", "offline"), alert("GatewayOffline", device="gw"), no_alert("DeviceOffline"))
        )
        assert timeline.device("valve-1").cause == "parent"
        assert "2 devices behind it" in timeline.alerts("GatewayOffline")[0].summary

    def test_a_child_with_a_long_interval_is_unreachable_at_once(self) -> None:
        timeline = Timeline().info("gw", kind="gateway").info("valve", kind="thermostat", parent="gw")
        timeline.heartbeats("valve", every="1h", until="0s").heartbeats("gw", until="10m")
        timeline.at("13m").expect(status("gw", "offline"), status("valve", "offline"))
        assert timeline.device("valve").reason == "its gateway gw is offline"

    def test_children_get_time_to_return_after_their_gateway(self) -> None:
        timeline = (
            self.family()
            .heartbeats("gw", start="30m", until="2h")
            .heartbeats("valve-1", "valve-2", start="31m", until="2h")
        )
        timeline.at("2h").expect(
            no_alert("DeviceOffline"), alert("GatewayOffline", "resolved"), status("valve-1", "online")
        )

    def test_a_child_that_does_not_return_becomes_a_problem_of_its_own(self) -> None:
        timeline = (
            self.family().heartbeats("gw", start="30m", until="2h").heartbeats("valve-1", start="31m", until="2h")
        )
        timeline.at("2h").expect(alert("DeviceOffline", device="valve-2"))

    def test_a_gateway_with_many_devices_behind_it_is_an_outage_of_its_own_layer(self) -> None:
        timeline = Timeline()
        beat(timeline, small_fleet(timeline), start="", until="2h")
        timeline.info("gw", kind="gateway").info(*(f"valve-{n}" for n in range(6)), kind="thermostat", parent="gw")
        for number, name in enumerate(["gw", *(f"valve-{n}" for n in range(6))]):
            timeline.heartbeats(name, start=f"{number}s", until="30m")
        timeline.at("45m").expect(
            incident("gateway", tenant="acme", parent="gw"), alert("GatewayOffline"), no_alert("DeviceOffline")
        )
        assert len(timeline.alerts("GatewayOffline")) == 1


class TestFlapping:
    def test_a_flapping_device_is_one_notice_until_it_is_steady(self) -> None:
        timeline = Timeline()
        for minute in range(0, 120, 10):
            timeline.heartbeats("feeder-1", start=f"{minute}m", until=f"{minute + 2}m")
        timeline.at("2h").expect(alert("DeviceFlapping", device="feeder-1"))
        assert len(timeline.alerts("DeviceFlapping")) == 1
        assert len(timeline.alerts("DeviceOffline", "firing")) <= 3
        timeline.heartbeats("feeder-1", until="4h").at("4h").expect(alert("DeviceFlapping", "resolved"))

    def test_a_device_that_dies_after_flapping_is_announced(self) -> None:
        timeline = Timeline()
        for minute in range(0, 60, 10):
            timeline.heartbeats("feeder-1", start=f"{minute}m", until=f"{minute + 2}m")
        timeline.at("3h").expect(alert("DeviceFlapping", "resolved"), alert("DeviceOffline", device="feeder-1"))


def test_a_single_device_is_never_an_incident() -> None:
    timeline = Timeline()
    names = small_fleet(timeline)
    beat(timeline, names[1:], start="", until="2h")
    beat(timeline, names[:1], start="", until="30m")
    timeline.at("2h").expect(no_incident(), alert("DeviceOffline", device="aurora-0"))


def test_a_device_named_critical_has_a_critical_alert() -> None:
    settings = EngineSettings(alerts=AlertSettings(critical_devices=frozenset({"acme/feeder-1"})))
    timeline = Timeline(settings).heartbeats("feeder-1", until="10m").at("20m")
    timeline.expect(alert("DeviceOffline", severity="critical"))


def test_a_removed_device_leaves_the_fleet_and_its_alert_ends() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="10m").at("20m").expect(alert("DeviceOffline"))
    timeline.tell(
        DeviceRemoved("acme/feeder-1", timeline.now, "status"), DeviceRemoved("acme/feeder-1", timeline.now, "info")
    )
    timeline.at("21m").expect(alert("DeviceOffline", "resolved"))
    assert not timeline.engine.fleet.devices
    assert not +timeline.engine.fleet.counts


def test_one_cleared_topic_alone_removes_nothing() -> None:
    timeline = Timeline().heartbeats("feeder-1", until="10m").at("5m")
    timeline.tell(
        DeviceRemoved("acme/feeder-1", timeline.now, "status"), DeviceRemoved("acme/feeder-2", timeline.now, "info")
    )
    assert list(timeline.at("6m").engine.fleet.devices) == ["acme/feeder-1"]


class TestUpkeep:
    def test_a_full_fleet_turns_newcomers_away_and_says_so(self) -> None:
        timeline = (
            Timeline(EngineSettings(limits=LimitSettings(devices=2))).heartbeats("a", "b", "c", until="10m").at("10m")
        )
        timeline.expect(alert("DeviceLimitReached"), status("a", "online"), status("b", "online"))
        assert len(timeline.engine.fleet) == 2
        assert timeline.engine.fleet.refused == 11
        timeline.at("21m").expect(alert("DeviceLimitReached", "resolved"))

    def test_a_flooding_device_is_named(self) -> None:
        timeline = (
            Timeline()
            .heartbeats("feeder-1", until="10m")
            .tell(Flooding("acme/feeder-1", START + 5, on=True, dropped=9))
        )
        timeline.at("10s").expect(alert("DeviceFlooding", device="feeder-1"))
        timeline.tell(Flooding("acme/feeder-1", START + 15, on=False)).at("20s").expect(
            alert("DeviceFlooding", "resolved")
        )

    def test_metrics_that_nobody_reads_any_more_are_reported(self) -> None:
        timeline = Timeline().tell(Scraped(START + 1)).at("4m").expect(no_alert())
        timeline.at("6m").expect(alert("PrometheusNotScraping"))
        timeline.tell(Scraped(timeline.now)).at("7m").expect(alert("PrometheusNotScraping", "resolved"))

    def test_metrics_that_nobody_ever_read_are_nobodys_loss(self) -> None:
        Timeline().at("1h").expect(no_alert())


@pytest.mark.parametrize(("devices", "severity"), [(12, "warning"), (24, "critical")])
def test_a_home_that_falls_silent_is_a_warning_and_a_larger_site_pages(devices: int, severity: str) -> None:
    timeline = Timeline()
    house = [f"house-{number}" for number in range(devices)]
    others = [f"other-{number}" for number in range(60)]
    for number, name in enumerate([*house, *others]):
        site = "s1" if name in house else f"home-{number}"
        timeline.info(name, kind="feeder", site=site, provider=PROVIDERS[number % 3], model=f"m{number % 2}")
    beat(timeline, house, start="", until="30m")
    beat(timeline, others, start="", until="50m")
    timeline.at("45m").expect(incident("site", tenant="acme", site="s1"))
    assert [each.severity for each in timeline.alerts("SiteOffline")] == [severity]


@pytest.mark.parametrize(
    ("dimension", "told", "name", "severity"),
    [
        ("region", incident("site", tenant="acme", site="s1"), "SiteOffline", "warning"),
        ("firmware", incident("release", firmware="ours"), "FirmwareRegression", "warning"),
        ("provider", incident("provider", provider="ours"), "ProviderOutage", "critical"),
    ],
)
def test_what_is_nothing_but_one_home_is_told_as_the_home_or_as_quietly_but_a_provider_is_not(
    dimension: str, told: Expectation, name: str, severity: str
) -> None:
    timeline = Timeline()
    house = [f"house-{number}" for number in range(12)]
    others = [f"other-{number}" for number in range(60)]
    for number, device in enumerate([*house, *others]):
        inside = device in house
        values = {"provider": PROVIDERS[number % 3], "region": ("east", "west")[number % 2], "firmware": "theirs"}
        values |= {dimension: "ours"} if inside else {}
        timeline.info(device, kind="feeder", site="s1" if inside else f"home-{number}", **values)
    beat(timeline, house, start="", until="30m")
    beat(timeline, others, start="", until="50m")
    timeline.at("45m").expect(told)
    assert [each.severity for each in timeline.alerts(name)] == [severity]
