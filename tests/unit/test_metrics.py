"""What `/metrics` and `/metrics/devices` say about a known fleet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NoReturn

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.core.decisions import IncidentChanged, StatusChanged
from monitor.core.engine import Engine, EngineSettings
from monitor.core.fleet import Cohort, Device
from monitor.core.welfare.harm import Risk
from monitor.core.welfare.servings import Servings
from monitor.egress import Egress, EgressSettings, Pseudonyms, Traffic
from monitor.metrics.catalogue import CATALOGUE
from monitor.metrics.collector import FleetCollector
from monitor.metrics.devices import DeviceCollector
from monitor.metrics.distribution import Distribution
from monitor.metrics.families import Families
from monitor.metrics.meter import StepMeter
from monitor.metrics.page import MetricsPage
from monitor.metrics.public import MailFigures, PublicSource
from monitor.metrics.sources import DeliveryFigures, IngestFigures, Sources
from tests.provider_outage import Outage
from tests.small_fleet import NOW, ShownEngine, a_probe, alert, device, outage

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@dataclass
class KnownLink:
    connected: bool = True
    reconnects: int = 3


AURORA = Cohort("acme", "aurora", "us-east", "feeder")


@dataclass
class KnownHarm:
    """One meal missed of two, one of them confirmed later, and a jam."""

    meals_settled: Counter[tuple[Cohort, str, str]] = field(
        default_factory=lambda: Counter({(AURORA, "missed", "schedule"): 1, (AURORA, "dispensed", "schedule"): 1})
    )
    meals_corrected: Counter[tuple[Cohort, str, str]] = field(
        default_factory=lambda: Counter({(AURORA, "missed", "late"): 1})
    )
    showing: Counter[tuple[Cohort, str]] = field(default_factory=lambda: Counter({(AURORA, "FeederJammed"): 1}))

    cooling: Counter[tuple[Cohort, str, str]] = field(
        default_factory=lambda: Counter({(AURORA._replace(kind="thermostat"), "5", "4h"): 2})
    )
    servings: Servings = field(default_factory=Servings)

    def risks(
        self,
        now: float,  # noqa: ARG002 -- a view's shape
        *,
        tenant: str = "",  # noqa: ARG002
        kind: str = "",  # noqa: ARG002
        incident: str = "",  # noqa: ARG002
    ) -> list[Risk]:
        return []


def an_egress() -> Egress:
    egress = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows"))
    egress.traffic["team"] = Traffic()
    egress.ledger.expect("team", "alert")
    return egress


def sources(engine: ShownEngine) -> Sources:
    return Sources(
        engine=engine,
        now=lambda: NOW,
        version="1.2.3",
        broker="127.0.0.1:1883",
        link=KnownLink(),
        ingest=IngestFigures.for_dialects(["native"], reasons=["too_large"], field_classes=["unknown"]),
        inbox_length=lambda: 7,
        delivery=DeliveryFigures.for_receivers(["team"]),
        egress=an_egress(),
        retention=lambda: {"incidents": NOW - 60},
        welfare=KnownHarm(),
        desk=Engine(EngineSettings(), at=NOW).desk,
        probes=lambda: [a_probe("failing"), a_probe("unknown")],
        public=PublicSource(Outage().desk, MailFigures()),
    )


def samples(body: bytes) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def scrape(engine: ShownEngine, tenant: str | None = None) -> Samples:
    return samples(MetricsPage(sources(engine)).fleet(tenant=tenant)[0])


def of(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


COHORT = {"tenant": "acme", "provider": "aurora", "region": "us-east", "kind": "feeder"}


def test_devices_are_counted_by_cohort_and_state_and_empty_states_are_zero() -> None:
    engine = ShownEngine()
    device(engine.fleet, "acme/f1")
    device(engine.fleet, "acme/f2", "offline")
    device(engine.fleet, "acme/f3", "offline", maintenance=True)
    found = scrape(engine)
    assert found[of("fleet_devices", **COHORT, state="online")] == 1
    assert found[of("fleet_devices", **COHORT, state="offline")] == 2
    assert found[of("fleet_devices", **COHORT, state="sleeping")] == 0
    assert found[of("fleet_devices_in_maintenance", **COHORT)] == 1


def test_a_dimension_that_is_not_stated_shows_as_none() -> None:
    engine = ShownEngine()
    engine.fleet.add(Device("acme/f1", NOW))
    unstated = {"tenant": "acme", "provider": "none", "region": "none", "kind": "generic"}
    assert scrape(engine)[of("fleet_devices", **unstated, state="new")] == 1


def test_a_cohort_that_emptied_has_no_series() -> None:
    engine = ShownEngine()
    engine.fleet.remove(device(engine.fleet, "acme/f1"))
    assert not [name for name, _ in scrape(engine) if name == "fleet_devices"]


def test_a_tenant_sees_its_own_counts_only_and_nothing_about_the_monitors_traffic() -> None:
    engine = ShownEngine(alerts={"1": alert("1", tenant="acme"), "2": alert("2", tenant="other")})
    device(engine.fleet, "acme/f1")
    device(engine.fleet, "other/f1")
    found = scrape(engine, tenant="acme")
    tenants = {dict(labels)["tenant"] for _, labels in found if "tenant" in dict(labels)}
    assert tenants == {"acme"}
    assert found[of("fleet_alerts_active", severity="critical")] == 1
    assert of("hearthbeat_blind", cause="link") in found
    assert not [name for name, _ in found if "ingest" in name or name.startswith("process_")]


@pytest.mark.parametrize(
    ("scope", "shown"),
    [
        ({"provider": "aurora"}, True),
        ({"provider": "borealis"}, False),
        ({"tenant": "acme", "site": "s1"}, True),
        ({"tenant": "other", "site": "s1"}, False),
        ({"model": "Bowl 2"}, False),
    ],
)
def test_a_tenant_sees_an_outage_only_if_its_devices_may_be_in_it(scope: dict[str, str], *, shown: bool) -> None:
    engine = ShownEngine(incidents={"i": outage("i", scope)})
    device(engine.fleet, "acme/f1", provider="aurora")
    device(engine.fleet, "other/f1", provider="borealis")
    found = scrape(engine, tenant="acme")
    assert found[of("fleet_incidents_open", layer="provider")] == float(shown)
    assert bool([name for name, _ in found if name == "fleet_outage_state"]) is shown


def test_an_outage_of_everything_concerns_every_tenant() -> None:
    engine = ShownEngine(incidents={"i": outage("i", {}, layer="fleet")})
    device(engine.fleet, "acme/f1")
    assert scrape(engine, "acme")[of("fleet_outage_state", layer="fleet", scope="everything", state="confirmed")] == 1


def test_an_outage_has_one_series_per_state_and_certainty_wins() -> None:
    engine = ShownEngine(incidents={"i": outage("i", {"provider": "aurora", "region": "us-east"})})
    suspected = [("provider", {"provider": "aurora", "region": "us-east"}), ("site", {"tenant": "acme", "site": "s1"})]
    given = Sources(engine=engine, now=lambda: NOW, version="1", suspicions=lambda: suspected)
    found = samples(MetricsPage(given).fleet()[0])
    aurora = {"layer": "provider", "scope": "provider=aurora,region=us-east"}
    assert found[of("fleet_outage_state", **aurora, state="confirmed")] == 1
    assert found[of("fleet_outage_state", **aurora, state="suspected")] == 0
    assert found[of("fleet_outage_state", layer="site", scope="site=s1,tenant=acme", state="suspected")] == 1


def test_an_outage_that_recovers_is_confirmed_still_so_that_whoever_asks_for_that_sees_no_end_of_it() -> None:
    recovering = replace(outage("i", {"provider": "aurora"}), phase="recovering")
    found = scrape(ShownEngine(incidents={"i": recovering}))
    aurora = {"layer": "provider", "scope": "provider=aurora"}
    names = ("suspected", "confirmed", "recovering")
    states = {state: found[of("fleet_outage_state", **aurora, state=state)] for state in names}
    assert states == {"suspected": 0.0, "confirmed": 1.0, "recovering": 1.0}


def test_outcome_counters_exist_at_zero_before_anything_happened() -> None:
    found = scrape(ShownEngine())
    zeros = [
        of("hearthbeat_ingest_messages_total", dialect="native"),
        of("hearthbeat_ingest_rejected_total", dialect="native", reason="too_large"),
        of("hearthbeat_ingest_dropped_fields_total", dialect="native", field_class="unknown"),
        of("hearthbeat_notifications_total", receiver="team", outcome="abandoned"),
        of("hearthbeat_detection_latency_seconds_count", verdict="offline"),
        of("hearthbeat_metric_series_dropped_total", metric="fleet_devices"),
        of("fleet_status_changes_total", state="offline"),
        of("fleet_anomalies_total", anomaly="duplicate"),
        of("fleet_incidents_open", layer="provider"),
    ]
    assert {zero: found.get(zero) for zero in zeros} == dict.fromkeys(zeros, 0.0)


def test_blindness_names_its_cause() -> None:
    found = scrape(ShownEngine(blind={"echo": NOW - 30}))
    assert found[of("hearthbeat_blind", cause="echo")] == 1
    assert found[of("hearthbeat_blind", cause="link")] == 0


def test_the_age_of_the_oldest_undelivered_alert_is_told_by_receiver() -> None:
    engine = ShownEngine()
    given = sources(engine)
    assert samples(MetricsPage(given).fleet()[0])[of("hearthbeat_outbox_oldest_seconds", receiver="team")] == 0
    given.delivery.oldest_owed_at["team"] = NOW - 12
    assert samples(MetricsPage(given).fleet()[0])[of("hearthbeat_outbox_oldest_seconds", receiver="team")] == 12


def test_cohorts_past_the_cap_are_added_up_and_counted_as_dropped() -> None:
    engine = ShownEngine()
    for number in range(5):
        device(engine.fleet, f"t{number}/f1", maintenance=True)
    dropped: Counter[str] = Counter()
    families = {family.name: family for family in FleetCollector(sources(engine), dropped, cohort_cap=2).collect()}
    online = {s.labels["tenant"]: s.value for s in families["fleet_devices"].samples if s.labels["state"] == "online"}
    assert online == {"t0": 1, "t1": 1, "other": 3}
    maintained = {s.labels["tenant"]: s.value for s in families["fleet_devices_in_maintenance"].samples}
    assert maintained == {"t0": 1, "t1": 1, "other": 3}
    assert dropped["fleet_devices"] == 3


def test_scopes_past_the_cap_are_dropped_and_counted_and_suspicions_go_first() -> None:
    engine = ShownEngine(incidents={"i": outage("i", {"provider": "sure"})})
    given = Sources(engine=engine, now=lambda: NOW, version="1", suspicions=lambda: [("site", {"site": "unsure"})])
    dropped: Counter[str] = Counter()
    families = {family.name: family for family in FleetCollector(given, dropped, scope_cap=1).collect()}
    assert {s.labels["scope"] for s in families["fleet_outage_state"].samples} == {"provider=sure"}
    assert dropped["fleet_outage_state"] == 3


class UncountableFleet(dict[str, Device]):
    """Devices that must not be walked through."""

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("a scrape went through the devices")

    def values(self) -> NoReturn:
        raise AssertionError("a scrape went through the devices")

    def items(self) -> NoReturn:
        raise AssertionError("a scrape went through the devices")


def test_a_scrape_never_goes_through_the_devices() -> None:
    engine = ShownEngine(incidents={"i": outage()}, alerts={"a": alert()})
    device(engine.fleet, "acme/f1")
    engine.fleet.devices = UncountableFleet(engine.fleet.devices)
    assert scrape(engine)[of("fleet_devices", **COHORT, state="online")] == 1
    assert scrape(engine, tenant="acme")[of("fleet_devices", **COHORT, state="online")] == 1


def test_the_page_remembers_when_the_whole_fleet_was_last_read() -> None:
    page = MetricsPage(sources(ShownEngine()))
    page.fleet(tenant="acme")
    assert page.last_scraped_at is None
    page.fleet()
    assert page.last_scraped_at == NOW


def test_openmetrics_is_served_to_those_who_ask_for_it() -> None:
    body, content_type = MetricsPage(sources(ShownEngine())).fleet(accept="application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n")


def test_meals_are_summed_by_outcome_and_every_outcome_begins_at_zero() -> None:
    engine = ShownEngine()
    device(engine.fleet, "acme/f1")
    found = scrape(engine)
    labels = {"tenant": "acme", "provider": "aurora", "region": "us-east", "kind": "feeder"}
    assert found[of("fleet_feeder_meals_total", **labels, outcome="missed", source="schedule")] == 1
    assert found[of("fleet_feeder_meals_total", **labels, outcome="partial", source="remote")] == 0
    assert found[of("fleet_feeder_meals_corrected_total", **labels, was="missed", became="late")] == 1
    assert found[of("fleet_welfare_devices", **labels, sign="FeederJammed")] == 1
    assert not [key for key in scrape(engine, tenant="zoo") if key[0] == "fleet_welfare_devices"]


def test_rooms_that_will_be_cold_are_counted_by_temperature_and_time_and_begin_at_zero() -> None:
    engine = ShownEngine()
    room = device(engine.fleet, "acme/t1")
    engine.fleet.set_profile(room, replace(room.profile, kind="thermostat"))
    found = scrape(engine)
    labels = {"tenant": "acme", "provider": "aurora", "region": "us-east", "kind": "thermostat"}
    assert found[of("fleet_thermostat_cold_forecast_rooms", **labels, celsius="5", within="4h")] == 2
    assert found[of("fleet_thermostat_cold_forecast_rooms", **labels, celsius="10", within="24h")] == 0


def test_everything_that_is_exported_is_in_the_catalogue_and_everything_in_it_can_be_exported() -> None:
    engine = ShownEngine(incidents={"i": outage()}, alerts={"a": alert()})
    device(engine.fleet, "acme/f1")
    page = MetricsPage(sources(engine))
    exported = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in text_string_to_metric_families(page.fleet()[0].decode())
        if not family.name.startswith("process_")
    }
    assert exported == {metric.name for metric in CATALOGUE.values() if metric.path == "/metrics"}


def test_a_metric_outside_the_catalogue_cannot_be_exported() -> None:
    with pytest.raises(KeyError):
        Families().put("fleet_made_up", 1)


def test_a_value_cannot_be_put_where_a_histogram_belongs_nor_the_reverse() -> None:
    with pytest.raises(TypeError, match="not a gauge or counter"):
        Families().put("hearthbeat_step_duration_seconds", 1)
    with pytest.raises(TypeError, match="not a histogram"):
        Families().put_distribution("fleet_alerts_active", Distribution((1.0,)))


def test_a_distribution_counts_each_value_in_its_bucket_and_negative_ones_as_zero() -> None:
    distribution = Distribution((1.0, 5.0))
    for value in (-3.0, 1.0, 4.0, 60.0):
        distribution.observe(value)
    assert distribution.buckets() == [("1.0", 2.0), ("5.0", 3.0), ("+Inf", 4.0)]
    assert distribution.total == 65.0
    assert distribution.count == 4


def test_a_verdict_is_timed_from_the_last_sign_of_life() -> None:
    engine, meter = ShownEngine(), StepMeter()
    device(engine.fleet, "acme/f1", last_seen=NOW - 200)
    device(engine.fleet, "acme/f2", last_seen=0.0)
    gone = [
        StatusChanged(name, NOW, "offline", "late", "silent for 200 s")
        for name in ("acme/f1", "acme/f2", "acme/forgotten")
    ]
    meter.record(NOW, 0.002, [*gone, StatusChanged("acme/f1", NOW, "online", "offline", "heard")], engine.fleet)
    assert (meter.detection["offline"].count, meter.detection["offline"].total) == (1, 200.0)
    assert (meter.duration.count, meter.last_at) == (1, NOW)
    assert meter.status_changes == {"offline": 3, "online": 1}


def test_an_outage_is_timed_from_its_onset_once() -> None:
    meter = StepMeter()
    opened = outage(opened_at=NOW)
    changes = [IncidentChanged(NOW, "opened", opened), IncidentChanged(NOW + 9, "updated", opened)]
    meter.record(NOW, 0.001, changes, ShownEngine().fleet)
    assert (meter.detection["outage"].count, meter.detection["outage"].total) == (1, 90.0)


def test_each_device_has_its_series_on_the_page_for_devices() -> None:
    engine = ShownEngine()
    fed = device(engine.fleet, "acme/f1")
    fed.reading = {"hopper_pct": 40.0, "hopper_state": "low", "next_meal_ts": None, "lid_open": True}
    warm = device(engine.fleet, "acme/t1", "offline", kind="thermostat")
    warm.reading = {"temperature_c": 19.5, "system_mode": 7}
    device(engine.fleet, "acme/g1", "new", kind="generic", last_seen=0.0).beat = None
    found = samples(MetricsPage(sources(engine)).devices()[0])
    feeder = {"tenant": "acme", "site": "s1", "kind": "feeder", "device": "f1"}
    thermostat = {"tenant": "acme", "site": "s1", "kind": "thermostat", "device": "t1"}
    generic = {"tenant": "acme", "site": "s1", "kind": "generic", "device": "g1"}
    assert found[of("fleet_device_up", **feeder)] == 1
    assert found[of("fleet_device_up", **thermostat)] == 0
    assert found[of("fleet_feeder_hopper_ratio", **feeder)] == 0.4
    assert found[of("fleet_feeder_hopper_state", **feeder, state="low")] == 1
    assert found[of("fleet_feeder_hopper_state", **feeder, state="ok")] == 0
    assert of("fleet_feeder_next_meal_timestamp_seconds", **feeder) not in found
    assert found[of("fleet_thermostat_temperature_celsius", **thermostat)] == 19.5
    assert of("fleet_thermostat_system_mode", **thermostat, state="heat") not in found
    assert found[of("fleet_device_rssi_dbm", **feeder)] == -61
    assert of("fleet_device_rssi_dbm", **generic) not in found
    assert of("fleet_device_last_seen_timestamp_seconds", **generic) not in found


def test_devices_past_the_cap_get_no_series_and_are_counted_as_dropped() -> None:
    engine = ShownEngine()
    for number in range(4):
        device(engine.fleet, f"acme/f{number}")
    device(engine.fleet, "other/f0")
    dropped: Counter[str] = Counter()
    families = {f.name: f for f in DeviceCollector(engine.fleet, dropped, cap=1, tenant="acme").collect()}
    assert [sample.labels["device"] for sample in families["fleet_device_up"].samples] == ["f0"]
    assert dropped["fleet_device_state"] == 3 * 5
