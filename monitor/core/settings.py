"""The choices that an operator makes about judgement. They are sections of the configuration file."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from monitor.devices.profile import Kind

Seconds = Annotated[float, Field(gt=0, le=31 * 86_400)]
Share = Annotated[float, Field(gt=0, lt=1)]
PatienceMode = Literal["adaptive", "fixed"]
FalseAlarms = Annotated[float, Field(ge=1, le=365)]
"""Per device and year; with more than one a day a plain fixed timeout is the better judge."""


class Section(BaseModel):
    """A part of the configuration: unknown keys are errors, values never change while we run."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class KindLiveness(Section):
    """`[liveness.kinds.<kind>]`: what differs for one kind of device; what is left out falls back to `[liveness]`."""

    mode: Annotated[PatienceMode | None, Field(description="as `[liveness] mode`, for this kind")] = None
    false_alarms_per_device_year: Annotated[
        FalseAlarms | None, Field(description="as `[liveness] false_alarms_per_device_year`, for this kind")
    ] = None
    factor: Annotated[float | None, Field(ge=1.5, le=100, description="as `[liveness] factor`, for this kind")] = None
    minimum_seconds: Annotated[Seconds | None, Field(description="as `[liveness] minimum_seconds`, for this kind")] = (
        None
    )
    maximum_seconds: Annotated[Seconds | None, Field(description="as `[liveness] maximum_seconds`, for this kind")] = (
        None
    )


class LivenessSettings(Section):
    """`[liveness]`: how long a silence may last."""

    mode: Annotated[
        PatienceMode,
        Field(
            description="`fixed`: offline after `factor` intervals, at least `minimum_seconds`; `adaptive`: that, and"
            " as much longer as the silences of this device and of others like it demand"
        ),
    ] = "adaptive"
    false_alarms_per_device_year: Annotated[
        FalseAlarms,
        Field(
            description="how often a year a living device may be called offline, where patience is adaptive; fewer take"
            " longer to notice real failures"
        ),
    ] = 12.0
    factor: Annotated[
        float, Field(ge=1.5, le=100, description="missed intervals until a device is offline, at the earliest")
    ] = 2.5
    late_factor: Annotated[float, Field(ge=1, le=100, description="missed intervals until a device is late")] = 1.5
    minimum_seconds: Annotated[Seconds, Field(description="no silence shorter than this makes a device offline")] = 90.0
    maximum_seconds: Annotated[
        Seconds,
        Field(
            description="no silence longer than this, or than twice the shortest one allowed, is waited out; whoever is"
            " silent for so long was gone, even if it returns"
        ),
    ] = 600.0
    default_interval_seconds: Annotated[
        Seconds, Field(description="interval of a device that states none, until learned")
    ] = 300.0
    will_hold_seconds: Annotated[Seconds, Field(description="how long a last will waits for a reconnect")] = 30.0
    sleepy_default_seconds: Annotated[
        Seconds, Field(description="allowed silence of a sleepy device that states no wake time")
    ] = 90_000.0
    forget_silent_seconds: Annotated[
        Seconds,
        Field(description="a device silent this long outside any incident is no sudden evidence any more, but gone"),
    ] = 64_800.0
    flap_changes: Annotated[
        int, Field(ge=3, le=1000, description="status changes within flap_window_seconds that make a device flapping")
    ] = 6
    flap_window_seconds: Annotated[Seconds, Field(description="the time over which flap_changes are counted")] = 3600.0
    kinds: dict[Kind, KindLiveness] = Field(default_factory=dict)


class AlertSettings(Section):
    """`[alerts]`: when a verdict becomes a message."""

    device_hold_seconds: Annotated[
        float, Field(ge=0, le=86_400, description="an offline device waits this long before its alert is owed")
    ] = 60.0
    stragglers_after_seconds: Annotated[
        Seconds, Field(description="devices still offline this long after an outage ended are reported as one list")
    ] = 300.0
    scrape_silence_seconds: Annotated[
        float,
        Field(ge=0, le=86_400, description="metrics unread for this long raise PrometheusNotScraping; 0 turns it off"),
    ] = 300.0
    critical_devices: frozenset[str] = Field(
        default_factory=frozenset, description="tenant/device ids whose offline alert is critical instead of warning"
    )


class OutageSettings(Section):
    """`[outages]`: when silence is an outage."""

    dimensions: Annotated[
        tuple[str, ...], Field(description="what devices may have in common when they fall silent")
    ] = (
        "provider",
        "region",
        "network",
        "site",
        "parent",
        "model",
        "firmware",
    )
    pairs: Annotated[
        tuple[tuple[str, str], ...],
        Field(description="two dimensions that are also looked at together, as a provider in a region"),
    ] = (("provider", "region"), ("model", "firmware"))
    confirm_seconds: Annotated[
        Seconds, Field(description="how long a suspicion must last before it is an incident")
    ] = 60.0
    resolve_seconds: Annotated[
        Seconds, Field(description="how long a scope must be healthy before its incident resolves")
    ] = 300.0
    reopen_seconds: Annotated[
        Seconds,
        Field(
            description="a relapse within this time joins the resolved incident; after the second one it comes and"
            " goes, and is over when it has been steady for as long, after the tenth for twice as long"
        ),
    ] = 1800.0
    minimum_devices: Annotated[
        int, Field(ge=2, le=1_000_000, description="fewer silent devices are never an outage")
    ] = 4
    minimum_share: Annotated[Share, Field(description="a smaller silent share of a scope is never an outage")] = 0.05
    false_alarms_per_week: Annotated[
        float, Field(gt=0, le=10, description="how often chance alone may look like an outage; less makes us slower")
    ] = 0.01
    networks: dict[str, str] = Field(default_factory=dict, description="network (ISP) of each site, by site id")


class SightSettings(Section):
    """`[sight]`: how the monitor knows that it sees."""

    echo_seconds: Annotated[float, Field(ge=0.2, le=300, description="a path echo is published this often")] = 5.0
    blind_after_seconds: Annotated[float, Field(ge=1, le=3600, description="no echo for this long means blind")] = 15.0


class LimitSettings(Section):
    """`[limits]`: the most that anything may take."""

    devices: Annotated[
        int, Field(ge=1, le=10_000_000, description="devices in the fleet; more are turned away and counted")
    ] = 1_000_000
    label_values: Annotated[int, Field(ge=10, le=100_000, description="distinct values kept per dimension")] = 10_000
    payload_bytes: Annotated[
        int, Field(ge=256, le=1_048_576, description="size of one message; larger ones are rejected and counted")
    ] = 8192
    inbox_messages: Annotated[
        int, Field(ge=100, le=10_000_000, description="messages that may wait; when it is full, reading pauses")
    ] = 20_000
    batch_messages: Annotated[
        int, Field(ge=1, le=100_000, description="messages judged in one step; the rest waits for the next")
    ] = 2000
    verdicts_per_step: Annotated[
        int, Field(ge=1, le=1_000_000, description="silences judged in one step; the rest waits for the next")
    ] = 2000
    device_messages_per_minute: Annotated[
        int, Field(ge=10, le=1_000_000, description="more from one device in a minute is dropped and named")
    ] = 600
