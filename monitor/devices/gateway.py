"""The gateway or bridge: it carries other devices, which name it as their `parent`, and reads nothing itself."""

from monitor.devices.reading import DeviceKind

GATEWAY = DeviceKind(name="gateway")
