"""A fleet of any size in the engine, made quickly: the ground that the other benchmarks stand on."""

from collections.abc import Iterator

from monitor.core.engine import Engine, EngineSettings
from monitor.core.observations import DeviceInfo, Heartbeat
from monitor.core.settings import LimitSettings
from monitor.core.welfare.settings import WelfareSettings
from monitor.devices.profile import Profile

INTERVAL_SECONDS = 60


def engine_with(devices: int, welfare: WelfareSettings | None = None) -> Engine:
    """An engine that knows so many feeders and thermostats of four providers, eight regions and six releases."""
    limits = LimitSettings(devices=max(devices, 1_000_000), verdicts_per_step=1_000_000)
    settings = EngineSettings(limits=limits, welfare=welfare or WelfareSettings())
    engine = Engine(settings, at=0.0, path="link")
    for number in range(devices):
        profile = Profile(
            kind="feeder" if number % 3 else "thermostat",
            provider=f"provider-{number % 4}",
            region=f"region-{number // 4 % 8}",
            model=f"model-{number % 5}",
            firmware=f"{number % 6}.0",
            site=f"site-{number // 3}",
            interval_seconds=float(INTERVAL_SECONDS),
        )
        engine.observe(DeviceInfo(name(number), 0.0, profile))
    return engine


def minute(number: int, devices: int) -> Iterator[tuple[float, list[Heartbeat]]]:
    """The heartbeats of one minute second by second, every device once."""
    for second in range(INTERVAL_SECONDS):
        at = float(number * INTERVAL_SECONDS + second)
        yield at, [beat(device, at, number) for device in range(second, devices, INTERVAL_SECONDS)]


def beat(device: int, at: float, seq: int) -> Heartbeat:
    """One heartbeat with the vital signs that devices usually send."""
    return Heartbeat(
        name(device),
        at,
        boot_id="boot",
        seq=seq,
        interval_seconds=float(INTERVAL_SECONDS),
        sent_at=at,
        uptime_seconds=at,
        clock="ntp",
        rssi_dbm=-60.0,
        power_source="mains",
        cloud_connected=True,
    )


def name(device: int) -> str:
    """The id of a device by its number."""
    return f"acme/device-{device}"
