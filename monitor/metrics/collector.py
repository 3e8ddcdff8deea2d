"""Reads fleet and monitor when somebody scrapes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import get_args

from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from monitor.core.decisions import STATUSES, Layer, Severity, Status
from monitor.core.fleet import ANOMALIES, Cohort
from monitor.core.observations import BlindCause
from monitor.metrics.egress import collect_egress
from monitor.metrics.families import Families
from monitor.metrics.operations import collect_operations
from monitor.metrics.probes import collect_probes
from monitor.metrics.public import collect_public
from monitor.metrics.sources import DATA_CLASSES, Sources
from monitor.metrics.welfare import collect_welfare

OUTAGE_STATES = ("suspected", "confirmed", "recovering")
"""What recovers stays confirmed until it is over: rules and panels that ask for `confirmed` need not know more."""
OVERFLOW = Cohort("other", "other", "other", "other")
"""Where cohorts past the cap are added up, so that sums over all series stay right."""


class FleetCollector(Collector):
    """Everything on `/metrics`: sums only. With a tenant it shows that tenant's fleet and whether we see at all.

    `dropped` counts, by metric, series that a cap kept out; it outlives the collector. The caps are numbers of cohorts
    and of scopes.
    """

    def __init__(
        self,
        sources: Sources,
        dropped: Counter[str],
        *,
        tenant: str | None = None,
        cohort_cap: int = 2000,
        scope_cap: int = 200,
    ) -> None:
        self._sources = sources
        self._dropped = dropped
        self._tenant = tenant
        self._cohort_cap = cohort_cap
        self._scope_cap = scope_cap

    def collect(self) -> Iterator[Family]:
        """One scrape."""
        families = Families()
        cohorts = self._cohorts()
        self._collect_devices(families, cohorts)
        self._collect_trouble(families)
        self._collect_outages(families)
        self._collect_welfare(families, cohorts)
        _collect_sight(families, self._sources)
        if self._tenant is None:
            _collect_totals(families, self._sources)
            _collect_ingest(families, self._sources)
            _collect_steps(families, self._sources)
            _collect_delivery(families, self._sources)
            if self._sources.desk is not None:
                collect_operations(families, self._sources.desk, self._sources.engine.alerts, self._sources.now())
            collect_probes(families, self._sources.probes())
            if self._sources.public is not None:
                collect_public(families, self._sources.public, self._sources.now())
            if self._sources.egress is not None:
                collect_egress(families, self._sources.egress)
            for name in ("fleet_devices", "fleet_outage_state", "fleet_device_state"):
                families.put("hearthbeat_metric_series_dropped_total", self._dropped[name], name)
        yield from families

    def _cohorts(self) -> dict[Cohort, Counter[Status]]:
        """Devices by cohort and status; cohorts past the cap are added up."""
        fleet = self._sources.engine.fleet
        cohorts: dict[Cohort, Counter[Status]] = {}
        for (cohort, status), number in fleet.counts.items():
            if number == 0 or (self._tenant is not None and cohort.tenant != self._tenant):
                continue
            if cohort not in cohorts and len(cohorts) >= self._cohort_cap:
                self._dropped["fleet_devices"] += 1
                cohorts.setdefault(OVERFLOW, Counter())[status] += number
            else:
                cohorts.setdefault(cohort, Counter())[status] += number
        return cohorts

    def _collect_devices(self, families: Families, cohorts: Mapping[Cohort, Counter[Status]]) -> None:
        maintenance: Counter[Cohort] = Counter()
        for cohort, number in self._sources.engine.fleet.in_maintenance.items():
            if self._tenant is None or cohort.tenant == self._tenant:
                maintenance[cohort if cohort in cohorts else OVERFLOW] += number
        for cohort, counts in cohorts.items():
            for status in STATUSES:
                families.put("fleet_devices", counts[status], *cohort, status)
            families.put("fleet_devices_in_maintenance", maintenance[cohort], *cohort)

    def _collect_trouble(self, families: Families) -> None:
        engine, tenant = self._sources.engine, self._tenant
        layers = Counter(incident.layer for incident in engine.incidents.values() if self._shows(incident.scope))
        for layer in get_args(Layer):
            families.put("fleet_incidents_open", layers[layer], layer)
        severities = Counter(
            alert.severity for alert in engine.alerts.values() if tenant is None or alert.labels.get("tenant") == tenant
        )
        for severity in get_args(Severity):
            families.put("fleet_alerts_active", severities[severity], severity)

    def _collect_outages(self, families: Families) -> None:
        engine = self._sources.engine
        outages = [incident for incident in engine.incidents.values() if incident.kind == "outage"]
        told = {"ongoing": {"confirmed"}, "recovering": {"confirmed", "recovering"}}
        # What is certain comes first, so that the cap never hides it behind what is not.
        suspected = [(layer, scope, {"suspected"}) for layer, scope in self._sources.suspicions()]
        found = [*((each.layer, each.scope, told[each.phase]) for each in outages), *suspected]
        states: dict[tuple[str, str], set[str]] = {}
        for layer, scope, holding in found:
            if self._shows(scope):
                states.setdefault((layer, _scope_text(scope)), holding)
        for number, ((layer, text), holding) in enumerate(states.items()):
            if number >= self._scope_cap:
                self._dropped["fleet_outage_state"] += len(OUTAGE_STATES)
            else:
                families.put_states("fleet_outage_state", holding, OUTAGE_STATES, layer, text)

    def _collect_welfare(self, families: Families, cohorts: Mapping[Cohort, Counter[Status]]) -> None:
        if self._sources.welfare is None:
            return

        def place(cohort: Cohort) -> Cohort | None:
            if self._tenant is not None and cohort.tenant != self._tenant:
                return None
            return cohort if cohort in cohorts or len(cohorts) < self._cohort_cap else OVERFLOW

        collect_welfare(families, self._sources.welfare, iter(cohorts), place)

    def _shows(self, scope: Mapping[str, str]) -> bool:
        """Whether a scope is this tenant's business: its own, or one that its devices are seen to be in."""
        if self._tenant is None:
            return True
        if not scope.keys() <= set(Cohort._fields):
            return scope.get("tenant") == self._tenant
        wanted = {"tenant": self._tenant} | dict(scope)
        return wanted["tenant"] == self._tenant and any(
            number and all(getattr(cohort, key) == value for key, value in wanted.items())
            for (cohort, _), number in self._sources.engine.fleet.counts.items()
        )


def _scope_text(scope: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(scope.items())) or "everything"


def _collect_sight(families: Families, sources: Sources) -> None:
    families.put("hearthbeat_build_info", 1, sources.version, sources.revision)
    for cause in get_args(BlindCause):
        families.put("hearthbeat_blind", float(cause in sources.engine.blind), cause)
    families.put("hearthbeat_horizon_timestamp_seconds", sources.engine.horizon)
    families.put("hearthbeat_path_echo", float(sources.path() == "echo"))


def _collect_totals(families: Families, sources: Sources) -> None:
    fleet = sources.engine.fleet
    for status in STATUSES:
        families.put("fleet_status_changes_total", sources.steps.status_changes[status], status)
    for anomaly in ANOMALIES:
        families.put("fleet_anomalies_total", fleet.anomalies[anomaly], anomaly)
    families.put("hearthbeat_devices_refused_total", fleet.refused)


def _collect_ingest(families: Families, sources: Sources) -> None:
    if sources.link is not None:
        families.put("hearthbeat_mqtt_connected", float(sources.link.connected), sources.broker)
        families.put("hearthbeat_mqtt_reconnects_total", sources.link.reconnects, sources.broker)
    for dialect, number in sources.ingest.messages.items():
        families.put("hearthbeat_ingest_messages_total", number, dialect)
    for (dialect, reason), number in sources.ingest.rejected.items():
        families.put("hearthbeat_ingest_rejected_total", number, dialect, reason)
    for (dialect, field_class), number in sources.ingest.dropped_fields.items():
        families.put("hearthbeat_ingest_dropped_fields_total", number, dialect, field_class)
    for dialect, lag in sources.ingest.lag.items():
        families.put_distribution("hearthbeat_ingest_lag_seconds", lag, dialect)
    families.put("hearthbeat_inbox_length", sources.inbox_length())


def _collect_steps(families: Families, sources: Sources) -> None:
    families.put_distribution("hearthbeat_step_duration_seconds", sources.steps.duration)
    families.put("hearthbeat_step_last_timestamp_seconds", sources.steps.last_at)
    for verdict, latency in sources.steps.detection.items():
        families.put_distribution("hearthbeat_detection_latency_seconds", latency, verdict)


def _collect_delivery(families: Families, sources: Sources) -> None:
    now, delivery = sources.now(), sources.delivery
    for receiver, duration in delivery.duration.items():
        oldest = delivery.oldest_owed_at.get(receiver, now)
        families.put("hearthbeat_outbox_oldest_seconds", max(0.0, now - oldest), receiver)
        families.put("hearthbeat_deliveries_owed", delivery.owed.get(receiver, 0), receiver)
        families.put("hearthbeat_dead_letters", delivery.dead.get(receiver, 0), receiver)
        taken_at = delivery.last_success_at.get(receiver, 0.0)
        families.put("hearthbeat_notification_last_success_timestamp_seconds", taken_at, receiver)
        families.put_distribution("hearthbeat_notification_duration_seconds", duration, receiver)
    for (receiver, outcome), number in delivery.attempts.items():
        families.put("hearthbeat_notifications_total", number, receiver, outcome)
    families.put("hearthbeat_checkin_last_success_timestamp_seconds", sources.checked_in_at())
    families.put("hearthbeat_store_writable", float(sources.store_writable()))
    done = {**dict.fromkeys(DATA_CLASSES, 0.0), **sources.retention()}
    for data_class, at in done.items():
        families.put("hearthbeat_retention_last_success_timestamp_seconds", at, data_class)
