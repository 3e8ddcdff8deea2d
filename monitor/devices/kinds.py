"""The table of kinds, and all readings that the contract knows."""

from collections.abc import Mapping
from types import MappingProxyType

from monitor.devices.feeder import FEEDER
from monitor.devices.gateway import GATEWAY
from monitor.devices.profile import Kind
from monitor.devices.reading import DeviceKind, Reading, distinct
from monitor.devices.thermostat import THERMOSTAT

READINGS: tuple[Reading, ...] = distinct(reading for kind in (FEEDER, THERMOSTAT, GATEWAY) for reading in kind.readings)

# What a device is may be learned after its first readings, so one of unknown kind keeps what any kind would read.
GENERIC = DeviceKind(name="generic", readings=READINGS)

KINDS_BY_NAME: Mapping[Kind, DeviceKind] = MappingProxyType(
    {kind.name: kind for kind in (FEEDER, THERMOSTAT, GATEWAY, GENERIC)}
)
