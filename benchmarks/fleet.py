"""A fleet of any size in the engine, made quickly: the ground that the other benchmarks stand on."""

from collections.abc import Iterator
from random import Random

from monitor.core.engine import Engine, EngineSettings
from monitor.core.observations import DeviceInfo, Heartbeat
from monitor.core.settings import LimitSettings, OutageSettings
from monitor.core.welfare.settings import WelfareSettings
from monitor.devices.profile import Profile

INTERVAL_SECONDS = 60
HOME_SIZES = 1, 2, 3, 4, 6, 8, 30
HOME_WEIGHTS = 20, 25, 20, 15, 10, 9, 1
GATEWAY_SHARE = 0.2
LN_2 = 0.693


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


def lived_in(devices: int) -> tuple[Engine, list[str]]:
    """An engine that knows homes as there are, and the provider of each device.

    Homes have one to thirty devices, hang on networks of their region, and a fifth of them on a gateway; models belong
    to providers, and all is skewed: the largest provider has half of the devices.
    """
    rng = Random(1)
    profiles: list[Profile] = []
    networks: dict[str, str] = {}
    while len(profiles) < devices:
        site = f"s{len(networks)}"
        region = _skewed(rng, 8)
        networks[site] = f"isp-{region}-{_skewed(rng, 12)}"
        parent = f"gateway-{site}" if rng.random() < GATEWAY_SHARE else ""
        for _ in range(rng.choices(HOME_SIZES, HOME_WEIGHTS)[0]):
            model = _skewed(rng, 12)
            profiles.append(
                Profile(
                    kind="feeder" if model % 3 else "thermostat",
                    provider=f"provider-{model % 4}",
                    region=f"region-{region}",
                    model=f"model-{model}",
                    firmware=f"{_skewed(rng, 4)}.{model}",
                    site=site,
                    parent=parent,
                    interval_seconds=float(INTERVAL_SECONDS),
                )
            )
    del profiles[devices:]
    limits = LimitSettings(devices=max(devices, 1_000_000))
    engine = Engine(EngineSettings(limits=limits, outages=OutageSettings(networks=networks)), at=0.0, path="link")
    for number, profile in enumerate(profiles):
        engine.observe(DeviceInfo(name(number), 0.0, profile))
    return engine, [profile.provider for profile in profiles]


def _skewed(rng: Random, values: int) -> int:
    """The first of so many values half of the time, each further one half as often as the one before."""
    return min(values - 1, int(rng.expovariate(LN_2)))


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
