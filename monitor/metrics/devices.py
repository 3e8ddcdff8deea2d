"""Series per device: off unless asked for, on their own path, and never more devices than the cap."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from monitor.core.decisions import STATUSES
from monitor.core.fleet import Device, Fleet
from monitor.core.observations import Value
from monitor.metrics.families import Families
from monitor.metrics.welfare import series_of

UP = frozenset({"online", "late", "sleeping"})


@dataclass(frozen=True, slots=True)
class Reading:
    """How one telemetry field becomes a metric: its unit times `scale`, or one series for each of `states`."""

    metric: str
    scale: float = 1.0
    states: tuple[str, ...] = ()


READINGS: Mapping[str, Mapping[str, Reading]] = {
    "feeder": {
        "hopper_pct": Reading("fleet_feeder_hopper_ratio", 0.01),
        "hopper_state": Reading("fleet_feeder_hopper_state", states=("ok", "low", "empty", "unknown")),
        "dispensed_today_g": Reading("fleet_feeder_dispensed_today_grams"),
        "last_dispense_ts": Reading("fleet_feeder_last_dispense_timestamp_seconds"),
        "next_meal_ts": Reading("fleet_feeder_next_meal_timestamp_seconds"),
    },
    "thermostat": {
        "temperature_c": Reading("fleet_thermostat_temperature_celsius"),
        "humidity_pct": Reading("fleet_thermostat_humidity_ratio", 0.01),
        "heating_setpoint_c": Reading("fleet_thermostat_heating_setpoint_celsius"),
        "cooling_setpoint_c": Reading("fleet_thermostat_cooling_setpoint_celsius"),
        "scheduled_heating_setpoint_c": Reading("fleet_thermostat_scheduled_heating_setpoint_celsius"),
        "running_state": Reading("fleet_thermostat_running_state", states=("idle", "heat", "cool", "fan_only")),
        "system_mode": Reading("fleet_thermostat_system_mode", states=("off", "heat", "cool", "auto")),
        "heating_s": Reading("fleet_thermostat_heating_seconds_total"),
        "cooling_s": Reading("fleet_thermostat_cooling_seconds_total"),
        "heating_cycles": Reading("fleet_thermostat_heating_cycles_total"),
    },
}
"""By kind of device and contract field."""


class DeviceCollector(Collector):
    """Everything on `/metrics/devices`, for the first `cap` devices, counted in order of arrival."""

    def __init__(self, fleet: Fleet, dropped: Counter[str], *, cap: int, tenant: str | None = None) -> None:
        self._fleet = fleet
        self._dropped = dropped
        self._cap = cap
        self._tenant = tenant

    def collect(self) -> Iterator[Family]:
        """One scrape."""
        families = Families()
        shown = (device for device in self._fleet if self._tenant in (None, device.tenant))
        for device in islice(shown, self._cap):
            _put_device(families, device)
        self._dropped["fleet_device_state"] += sum(1 for _ in shown) * len(STATUSES)
        yield from families


def _put_device(families: Families, device: Device) -> None:
    profile = device.profile
    labels = (device.tenant, profile.site, profile.kind, device.name)
    families.put(
        "fleet_device_info",
        1,
        *labels,
        profile.provider,
        profile.region,
        profile.vendor,
        profile.model,
        profile.firmware,
        profile.power or "",
        profile.liveness,
    )
    families.put_states("fleet_device_state", {device.status}, STATUSES, *labels)
    for name, read in _FACTS.items():
        value = read(device)
        if value is not None:
            families.put(name, float(value), *labels)
    for metric, value, more in series_of(device):
        families.put(metric, value, *labels, *more)
    for contract_field, reading in READINGS.get(profile.kind, {}).items():
        _put_reading(families, reading, (device.reading or {}).get(contract_field), labels)


def _put_reading(families: Families, reading: Reading, value: Value, labels: tuple[str, ...]) -> None:
    if reading.states and isinstance(value, str):
        families.put_states(reading.metric, {value}, reading.states, *labels)
    elif isinstance(value, int | float) and not reading.states:
        families.put(reading.metric, value * reading.scale, *labels)


_FACTS: Mapping[str, Callable[[Device], float | None]] = {
    "fleet_device_up": lambda device: device.status in UP,
    "fleet_device_maintenance": lambda device: device.maintenance,
    "fleet_device_last_seen_timestamp_seconds": lambda device: device.last_seen or None,
    "fleet_device_expected_interval_seconds": lambda device: device.interval or None,
    "fleet_device_messages_total": lambda device: device.messages,
    "fleet_device_sequence_gaps_total": lambda device: device.sequence_gaps,
    "fleet_device_reboots_total": lambda device: device.reboots,
    "fleet_device_clock_offset_seconds": lambda device: device.clock_offset_seconds,
    "fleet_device_rssi_dbm": lambda device: device.beat.rssi_dbm if device.beat else None,
    "fleet_device_battery_ratio": lambda device: device.beat.battery_ratio if device.beat else None,
    "fleet_device_power_mains": lambda device: (
        device.beat.power_source == "mains" if device.beat and device.beat.power_source else None
    ),
    "fleet_device_cloud_connected": lambda device: device.beat.cloud_connected if device.beat else None,
}
"""What is known of every device whatever its kind; None where it is not known."""
