"""Every metric that is exported, as data. A series that is not listed here cannot be exported."""

from dataclasses import dataclass
from typing import Literal

MetricType = Literal["counter", "gauge", "histogram"]
Path = Literal["/metrics", "/metrics/devices"]

COHORT = ("tenant", "provider", "region", "kind")
DEVICE = ("tenant", "site", "kind", "device")


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `labels` are in the order in which values are given; `path` is where it is served."""

    name: str
    type: MetricType
    help: str
    labels: tuple[str, ...] = ()
    path: Path = "/metrics"


def _fleet() -> tuple[Metric, ...]:
    return (
        Metric("fleet_devices", "gauge", "Devices by state.", (*COHORT, "state")),
        Metric(
            "fleet_devices_in_maintenance", "gauge", "Devices under maintenance, in whatever state they are.", COHORT
        ),
        Metric(
            "fleet_status_changes_total", "counter", "Status changes of devices by the state they entered.", ("state",)
        ),
        Metric(
            "fleet_anomalies_total",
            "counter",
            "Oddities seen that did no harm, such as duplicates and reboots.",
            ("anomaly",),
        ),
        Metric("fleet_incidents_open", "gauge", "Open incidents by the layer they affect.", ("layer",)),
        Metric("fleet_alerts_active", "gauge", "Firing alerts by severity.", ("severity",)),
        Metric(
            "fleet_outage_state",
            "gauge",
            "1 for the state that a scope's outage is in; scopes without an outage have no series.",
            ("layer", "scope", "state"),
        ),
    )


def _welfare() -> tuple[Metric, ...]:
    return (
        Metric(
            "fleet_feeder_meals_total",
            "counter",
            "Planned meals by how they ended, as it was first believed.",
            (*COHORT, "outcome", "source"),
        ),
        Metric(
            "fleet_feeder_meals_corrected_total",
            "counter",
            "Planned meals that turned out to have ended otherwise than was believed.",
            (*COHORT, "was", "became"),
        ),
        Metric("fleet_welfare_devices", "gauge", "Devices that show a sign of harm.", (*COHORT, "sign")),
        Metric(
            "fleet_thermostat_cold_forecast_rooms",
            "gauge",
            "Rooms that will be as cold as this within this time, as their readings or the last ones foretell.",
            (*COHORT, "celsius", "within"),
        ),
    )


def _sight() -> tuple[Metric, ...]:
    return (
        Metric(
            "hearthbeat_build_info", "gauge", "Always 1; the labels name the running version.", ("version", "revision")
        ),
        Metric(
            "hearthbeat_blind", "gauge", "1 while the monitor cannot see for this cause and judges nobody.", ("cause",)
        ),
        Metric(
            "hearthbeat_horizon_timestamp_seconds", "gauge", "Moment up to which everything sent to us has been read."
        ),
        Metric(
            "hearthbeat_path_echo",
            "gauge",
            "1 if our own messages coming back prove that we see, 0 if the state of the connection has to do.",
        ),
        Metric("hearthbeat_mqtt_connected", "gauge", "1 while the connection to the broker is up.", ("broker",)),
        Metric(
            "hearthbeat_mqtt_reconnects_total", "counter", "Connections made again after one was lost.", ("broker",)
        ),
    )


def _ingest() -> tuple[Metric, ...]:
    return (
        Metric("hearthbeat_ingest_messages_total", "counter", "Messages taken from the broker.", ("dialect",)),
        Metric(
            "hearthbeat_ingest_rejected_total", "counter", "Messages that said nothing usable.", ("dialect", "reason")
        ),
        Metric(
            "hearthbeat_ingest_dropped_fields_total",
            "counter",
            "Fields outside the contract that were dropped at the door and never kept.",
            ("dialect", "field_class"),
        ),
        Metric(
            "hearthbeat_ingest_lag_seconds", "histogram", "Arrival of a message after its own time stamp.", ("dialect",)
        ),
        Metric(
            "hearthbeat_devices_refused_total",
            "counter",
            "Messages of unknown devices turned away because the fleet is full.",
        ),
        Metric("hearthbeat_inbox_length", "gauge", "Messages read from the broker that wait to be judged."),
    )


def _judgement() -> tuple[Metric, ...]:
    return (
        Metric("hearthbeat_step_duration_seconds", "histogram", "How long one step took: read, decide, commit."),
        Metric(
            "hearthbeat_step_last_timestamp_seconds", "gauge", "When the last step was committed, 0 before the first."
        ),
        Metric(
            "hearthbeat_detection_latency_seconds",
            "histogram",
            "From the last sign of life of a device, or the onset of an outage, to the verdict.",
            ("verdict",),
        ),
    )


def _operations() -> tuple[Metric, ...]:
    return (
        Metric(
            "hearthbeat_incidents", "gauge", "Open incidents by whether somebody took care of them.", ("kind", "state")
        ),
        Metric("hearthbeat_incidents_refused_total", "counter", "Incidents of single devices that stayed alerts only."),
        Metric("hearthbeat_silences", "gauge", "Silences that are on."),
        Metric("hearthbeat_alerts_untold", "gauge", "Firing alerts of which nobody was told because of a silence."),
        Metric("hearthbeat_maintenance_windows", "gauge", "Maintenance windows that are on or planned.", ("state",)),
    )


def _probes() -> tuple[Metric, ...]:
    probe = ("probe", "type", "about")
    return (
        Metric("hearthbeat_probe_up", "gauge", "1 if the probe finds all well, 0 if not; absent while unknown.", probe),
        Metric("hearthbeat_probe_duration_seconds", "gauge", "How long the probe last took.", probe),
        Metric("hearthbeat_probe_last_timestamp_seconds", "gauge", "When the probe last asked.", probe),
        Metric("hearthbeat_probe_results_total", "counter", "What the probe found so far.", (*probe, "verdict")),
        Metric(
            "hearthbeat_probe_certificate_expiry_timestamp_seconds",
            "gauge",
            "When the certificate ends that the probe was last shown.",
            probe,
        ),
    )


def _delivery() -> tuple[Metric, ...]:
    return (
        Metric(
            "hearthbeat_outbox_oldest_seconds",
            "gauge",
            "How late the oldest alert is that should have been delivered, 0 if none is late.",
            ("receiver",),
        ),
        Metric("hearthbeat_notifications_total", "counter", "Attempts to deliver alerts.", ("receiver", "outcome")),
        Metric(
            "hearthbeat_deliveries_owed",
            "gauge",
            "Alerts that the receiver is still to get, what waits by its route included.",
            ("receiver",),
        ),
        Metric("hearthbeat_dead_letters", "gauge", "Alerts that were given up for the receiver.", ("receiver",)),
        Metric(
            "hearthbeat_notification_last_success_timestamp_seconds",
            "gauge",
            "When the receiver last took something, 0 before it did.",
            ("receiver",),
        ),
        Metric(
            "hearthbeat_checkin_last_success_timestamp_seconds",
            "gauge",
            "When the address outside last heard that we live, 0 before it did or if none is configured.",
        ),
        Metric("hearthbeat_notification_duration_seconds", "histogram", "How long one delivery took.", ("receiver",)),
        Metric("hearthbeat_store_writable", "gauge", "1 if the last write to the store succeeded."),
        Metric(
            "hearthbeat_retention_last_success_timestamp_seconds",
            "gauge",
            "When data past its age was last removed, 0 before the first run.",
            ("data_class",),
        ),
        Metric(
            "hearthbeat_metric_series_dropped_total",
            "counter",
            "Series left out of a scrape, or added up under `other`, because a cap was reached.",
            ("metric",),
        ),
    )


def _egress() -> tuple[Metric, ...]:
    return (
        Metric(
            "hearthbeat_egress_messages_total",
            "counter",
            "What was sent through the door out, by what became of it.",
            ("receiver", "purpose", "outcome"),
        ),
        Metric("hearthbeat_egress_bytes_total", "counter", "Bytes of content that were sent.", ("receiver", "purpose")),
        Metric(
            "hearthbeat_egress_withheld_fields_total",
            "counter",
            "Fields of alerts that a receiver was not given because it may not know them.",
            ("receiver",),
        ),
        Metric(
            "hearthbeat_egress_unrecorded_total",
            "counter",
            "Sendings whose line was not in the ledger in time: it follows; what was for customers stayed here.",
            ("purpose",),
        ),
        Metric("hearthbeat_egress_ledger_waiting_lines", "gauge", "Lines in memory that the ledger does not have yet."),
        Metric(
            "hearthbeat_egress_ledger_lost_lines_total",
            "counter",
            "Lines that never came into the ledger because too many were waiting.",
        ),
        Metric("hearthbeat_egress_ledger_lines", "gauge", "Lines in the ledger of what left."),
        Metric(
            "hearthbeat_egress_ledger_verified", "gauge", "1 if the ledger's chain was whole when last walked along."
        ),
        Metric(
            "hearthbeat_egress_ledger_verified_timestamp_seconds",
            "gauge",
            "When the ledger was last found whole, 0 if it is not, or was never verified.",
        ),
        Metric(
            "hearthbeat_egress_ledger_oldest_timestamp_seconds",
            "gauge",
            "When the oldest line that is left in the ledger was written, 0 if there is none.",
        ),
    )


def _device(name: str, kind: MetricType, text: str, *labels: str) -> Metric:
    return Metric(name, kind, text, (*DEVICE, *labels), "/metrics/devices")


def _public() -> tuple[Metric, ...]:
    return (
        Metric(
            "hearthbeat_public_update_overdue_seconds",
            "gauge",
            "For how long the public has waited for a word that is due; 0 if none is overdue.",
        ),
        Metric("hearthbeat_public_bulletins_open", "gauge", "Troubles and planned work that the public reads of."),
        Metric("hearthbeat_public_components", "gauge", "Lines of the public page by condition.", ("condition",)),
        Metric(
            "hearthbeat_subscribers",
            "gauge",
            "Who asked to be told of what is published, and who confirmed it.",
            ("kind", "state"),
        ),
        Metric(
            "hearthbeat_subscriber_messages_total",
            "counter",
            "Messages to subscribers; failed ones are tried again.",
            ("kind", "outcome"),
        ),
        Metric("hearthbeat_sign_ups_refused_total", "counter", "Sign-ups refused because too many came at once."),
    )


def _per_device() -> tuple[Metric, ...]:
    info = ("provider", "region", "vendor", "model", "firmware", "power", "liveness")
    return (
        _device("fleet_device_info", "gauge", "Always 1; the labels say what the device is.", *info),
        _device(
            "fleet_device_up", "gauge", "1 if the device is online, late or asleep as announced; 0 if new or offline."
        ),
        _device("fleet_device_state", "gauge", "1 for the state that the device is in.", "state"),
        _device("fleet_device_maintenance", "gauge", "1 while the device is under maintenance."),
        _device("fleet_device_last_seen_timestamp_seconds", "gauge", "Last sign of life; absent if there was none."),
        _device("fleet_device_expected_interval_seconds", "gauge", "Expected time between heartbeats."),
        _device("fleet_device_messages_total", "counter", "Messages from the device."),
        _device("fleet_device_sequence_gaps_total", "counter", "Gaps in the numbering of its heartbeats."),
        _device("fleet_device_reboots_total", "counter", "Reboots seen."),
        _device("fleet_device_clock_offset_seconds", "gauge", "Its clock minus ours."),
        _device("fleet_device_rssi_dbm", "gauge", "Strength of its radio signal."),
        _device("fleet_device_battery_ratio", "gauge", "Charge of its battery, 0 to 1."),
        _device("fleet_device_power_mains", "gauge", "1 on mains power, 0 on battery."),
        _device("fleet_device_cloud_connected", "gauge", "1 if the device reaches its provider's cloud."),
    )


def _readings() -> tuple[Metric, ...]:
    return (
        _device("fleet_feeder_hopper_ratio", "gauge", "Food left in the hopper, 0 to 1."),
        _device("fleet_feeder_hopper_state", "gauge", "1 for the state that the hopper is in.", "state"),
        _device("fleet_feeder_dispensed_today_grams", "gauge", "Food given today."),
        _device("fleet_feeder_last_dispense_timestamp_seconds", "gauge", "When food was last given."),
        _device("fleet_feeder_next_meal_timestamp_seconds", "gauge", "When the next meal is planned."),
        _device(
            "fleet_feeder_last_confirmed_food_timestamp_seconds", "gauge", "When food last came for sure, by any hand."
        ),
        _device("fleet_feeder_longest_scheduled_gap_seconds", "gauge", "The longest time between two planned meals."),
        _device("fleet_feeder_meal_delay_seconds", "gauge", "How much later than planned the last planned meal came."),
        _device(
            "fleet_thermostat_cold_forecast_timestamp_seconds",
            "gauge",
            "When a room that cools will be as cold as this; absent while it does not cool.",
            "celsius",
            "bound",
        ),
        _device("fleet_thermostat_temperature_celsius", "gauge", "Room temperature."),
        _device("fleet_thermostat_humidity_ratio", "gauge", "Relative humidity, 0 to 1."),
        _device("fleet_thermostat_heating_setpoint_celsius", "gauge", "Temperature to heat to."),
        _device("fleet_thermostat_cooling_setpoint_celsius", "gauge", "Temperature to cool to."),
        _device("fleet_thermostat_scheduled_heating_setpoint_celsius", "gauge", "Temperature to heat to by the plan."),
        _device("fleet_thermostat_running_state", "gauge", "1 for what the thermostat is doing.", "state"),
        _device("fleet_thermostat_system_mode", "gauge", "1 for the mode that the thermostat is set to.", "state"),
        _device("fleet_thermostat_heating_seconds_total", "counter", "Time spent heating."),
        _device("fleet_thermostat_cooling_seconds_total", "counter", "Time spent cooling."),
        _device("fleet_thermostat_heating_cycles_total", "counter", "Starts of the heating."),
    )


ROOMS = (
    _fleet,
    _welfare,
    _sight,
    _ingest,
    _judgement,
    _operations,
    _probes,
    _delivery,
    _egress,
    _public,
    _per_device,
    _readings,
)
CATALOGUE: dict[str, Metric] = {metric.name: metric for room in ROOMS for metric in room()}
"""By name, in the order in which they are documented."""
