"""The choices that an operator makes about welfare: `[welfare]` of the configuration."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from monitor.core.settings import Seconds, Section, Share
from monitor.devices.profile import Kind

Celsius = Annotated[float, Field(ge=-60, le=60)]
Kelvin = Annotated[float, Field(gt=0, le=30)]
Factor = Annotated[float, Field(gt=1, le=100)]


class FeederWelfare(Section):
    """`[welfare.feeders]`: when an animal may be hungry, or eats too much."""

    meal_grace_seconds: Annotated[
        Seconds, Field(description="a planned meal is waited for this long before it counts as missed or unconfirmed")
    ] = 600.0
    match_seconds: Annotated[
        Seconds, Field(description="a feeding up to this far from the plan still belongs to the planned meal")
    ] = 5400.0
    report_seconds: Annotated[
        Seconds, Field(description="a feeder that was out of sight gets this long to tell what it did meanwhile")
    ] = 600.0
    hungry_factor: Annotated[
        Factor, Field(description="longest planned gaps without confirmed food until FeederNoFoodDispensed")
    ] = 1.5
    overfed_factor: Annotated[Factor, Field(description="days' rations in one day until FeederOverDispensed")] = 1.5
    overfed_hold_seconds: Annotated[float, Field(ge=0, le=86_400, description="how long that must show")] = 300.0
    runaway_factor: Annotated[
        Factor, Field(description="largest planned meals within runaway_seconds until FeederRunaway")
    ] = 3.0
    runaway_seconds: Annotated[Seconds, Field(description="the time over which runaway_factor counts")] = 600.0
    drift_seconds: Annotated[Seconds, Field(description="meals this far off the plan raise FeederScheduleDrift")] = (
        900.0
    )
    hopper_low_ratio: Annotated[Share, Field(description="a hopper below this is low, whatever it says itself")] = 0.15
    hopper_low_hold_seconds: Annotated[float, Field(ge=0, le=86_400, description="how long that must show")] = 3600.0
    backup_hold_seconds: Annotated[
        float, Field(ge=0, le=86_400, description="time on battery until FeederOnBackupPower")
    ] = 600.0


class ThermostatWelfare(Section):
    """`[welfare.thermostats]`: when a home may freeze or overheat, or its heating fails."""

    freeze_celsius: Annotated[Celsius, Field(description="colder rooms endanger pipes: FreezeRiskCritical")] = 5.0
    freeze_hold_seconds: Annotated[float, Field(ge=0, le=86_400, description="how long that must show")] = 600.0
    cold_celsius: Annotated[Celsius, Field(description="in colder rooms the forecast is watched: FreezeRisk")] = 10.0
    cold_hold_seconds: Annotated[float, Field(ge=0, le=86_400, description="how long that must show")] = 900.0
    forecast_seconds: Annotated[
        Seconds, Field(description="FreezeRisk if freeze_celsius will be reached within this time")
    ] = 14_400.0
    window_seconds: Annotated[
        float, Field(ge=0, le=86_400, description="an open window excuses a cold room for this long")
    ] = 3600.0
    frost_celsius: Annotated[Celsius, Field(description="colder outdoors, a silent thermostat is a risk")] = 0.0
    blind_hold_seconds: Annotated[
        Seconds, Field(description="silence of a thermostat in frost until FreezeRiskBlind")
    ] = 7200.0
    assumed_outdoor_celsius: Annotated[
        Celsius, Field(description="temperature outdoors in the cold months for forecasts where none is known")
    ] = -5.0
    overheat_celsius: Annotated[Celsius, Field(description="warmer rooms raise OverheatRisk")] = 35.0
    overheat_hold_seconds: Annotated[float, Field(ge=0, le=86_400, description="how long that must show")] = 900.0
    overshoot_kelvin: Annotated[Kelvin, Field(description="heating on this far above its setpoint is overheating")] = (
        4.0
    )
    overshoot_seconds: Annotated[Seconds, Field(description="how long that must show")] = 1800.0
    ineffective_kelvin: Annotated[
        Kelvin, Field(description="heating this far below its setpoint must warm the room")
    ] = 2.0
    held_kelvin: Annotated[
        Kelvin, Field(description="a room this much warmer than outdoors that does not cool is heated with effect")
    ] = 12.0
    ineffective_seconds: Annotated[
        Seconds, Field(description="without any rise for this long, HeatingNotEffective")
    ] = 3600.0
    effort_kelvin: Annotated[
        Kelvin, Field(description="in a room this much warmer than outdoors, heating without rest is no fault")
    ] = 18.0
    nonstop_share: Annotated[Share, Field(description="share of nonstop_seconds spent heating: HvacRunsNonstop")] = 0.97
    nonstop_seconds: Annotated[Seconds, Field(description="the time over which nonstop_share counts")] = 21_600.0
    starts_per_hour: Annotated[
        int, Field(ge=1, le=1000, description="more starts of the heating in an hour are HvacShortCycling")
    ] = 8
    stuck_seconds: Annotated[
        Seconds, Field(description="no change of the reading for this long while it heats: TemperatureSensorStuck")
    ] = 43_200.0
    schedule_kelvin: Annotated[Kelvin, Field(description="a setpoint this far from the plan is not the plan's")] = 0.6
    schedule_seconds: Annotated[Seconds, Field(description="how long until ThermostatScheduleNotApplied")] = 2700.0


class VitalWelfare(Section):
    """`[welfare.vitals]`: what any device can suffer from."""

    battery_low_ratio: Annotated[Share, Field(description="charge below this, off mains: DeviceBatteryLow")] = 0.15
    battery_hold_seconds: Annotated[float, Field(ge=0, le=86_400, description="how long that must show")] = 1800.0
    drain_per_day: Annotated[Share, Field(description="charge lost per day: DeviceBatteryDrain")] = 0.2
    drain_seconds: Annotated[Seconds, Field(description="the time over which drain_per_day is measured")] = 21_600.0
    clock_skew_seconds: Annotated[Seconds, Field(description="a clock this wrong raises DeviceClockSkew")] = 120.0
    clock_hold_seconds: Annotated[float, Field(ge=0, le=86_400, description="how long that must show")] = 900.0
    boots_per_hour: Annotated[int, Field(ge=2, le=1000, description="starts in an hour: DeviceRebootLoop")] = 4
    signal_weak_dbm: Annotated[
        float,
        Field(ge=-120, le=-70, description="a weaker radio signal explains lost heartbeats: DeviceSignalWeak"),
    ] = -80.0
    lost_share: Annotated[
        Share, Field(description="share of heartbeats lost at a weak signal, in an hour or in 48 intervals")
    ] = 0.3
    fault_hold_seconds: Annotated[
        float, Field(ge=0, le=86_400, description="a fault that a device reports lasts this long until DeviceFault")
    ] = 300.0


class Thresholds(Section):
    """All numbers that hold for one device."""

    feeders: FeederWelfare = FeederWelfare()
    thermostats: ThermostatWelfare = ThermostatWelfare()
    vitals: VitalWelfare = VitalWelfare()


class WelfareOverride(Section):
    """`[[welfare.overrides]]`: other numbers for a kind, a tenant, a site or a device; later ones win."""

    kind: Annotated[Kind | Literal[""], Field(description="only devices of this kind; empty means all")] = ""
    tenant: Annotated[str, Field(description="only this tenant")] = ""
    site: Annotated[str, Field(description="only this site")] = ""
    device: Annotated[str, Field(description="only this device, without its tenant")] = ""
    numbers: Annotated[
        dict[str, float],
        Field(
            description="keys of `[welfare.feeders]`, `[welfare.thermostats]` or `[welfare.vitals]` and their values"
        ),
    ]

    def covers(self, tenant: str, site: str, device: str, kind: str) -> bool:
        """Whether it speaks of this device."""
        return (
            self.device in ("", device)
            and self.site in ("", site)
            and self.tenant in ("", tenant)
            and self.kind in ("", kind)
        )


class WelfareSettings(Thresholds):
    """`[welfare]`: what harms animals and homes, and from when on we say so."""

    enabled: Annotated[bool, Field(description="false watches for outages and silence only")] = True
    ledger_seconds: Annotated[Seconds, Field(description="settled meals can be corrected for this long")] = 93_600.0
    unsettled_seconds: Annotated[
        Seconds, Field(description="meals that nobody knows of can be corrected for this long")
    ] = 864_000.0
    grouped_after: Annotated[
        int,
        Field(ge=1, le=1000, description="single jams, cold rooms and the like per incident until they are one alert"),
    ] = 10
    overrides: tuple[WelfareOverride, ...] = ()

    @model_validator(mode="after")
    def _overrides_are_numbers_we_know(self) -> Self:
        for number, override in enumerate(self.overrides):
            for key in override.numbers:
                if not any(key in part.model_fields for part in PARTS.values()):
                    known = ", ".join(sorted(key for part in PARTS.values() for key in part.model_fields))
                    raise ValueError(f"overrides.{number}.numbers: {key} is not known; it may be one of {known}")
            changed(Thresholds(feeders=self.feeders, thermostats=self.thermostats, vitals=self.vitals), override)
        return self


PARTS: dict[str, type[Section]] = {
    "feeders": FeederWelfare,
    "thermostats": ThermostatWelfare,
    "vitals": VitalWelfare,
}


def changed(thresholds: Thresholds, override: WelfareOverride) -> Thresholds:
    """The numbers with those of an override in their place."""
    parts: dict[str, Any] = {}
    for name, part in PARTS.items():
        own = {key: value for key, value in override.numbers.items() if key in part.model_fields}
        parts[name] = part.model_validate({**getattr(thresholds, name).model_dump(), **own})
    return Thresholds(**parts)


class Choices:
    """Gives each device its numbers; devices under the same overrides share them."""

    def __init__(self, settings: WelfareSettings) -> None:
        self._overrides = settings.overrides
        self._general = [n for n, each in enumerate(self._overrides) if not each.device]
        self._single: dict[str, list[int]] = {}
        for n, each in enumerate(self._overrides):
            if each.device:
                self._single.setdefault(each.device, []).append(n)
        plain = Thresholds(feeders=settings.feeders, thermostats=settings.thermostats, vitals=settings.vitals)
        self._known: dict[tuple[int, ...], Thresholds] = {(): plain}
        self.for_all = None if self._overrides else plain
        """The numbers of every device; None if they differ."""

    def of(self, tenant: str, site: str, device: str, kind: str) -> Thresholds:
        """The numbers for one device."""
        near = sorted((*self._general, *self._single.get(device, ())))
        which = tuple(n for n in near if self._overrides[n].covers(tenant, site, device, kind))
        if which not in self._known:
            numbers = self._known[()]
            for n in which:
                numbers = changed(numbers, self._overrides[n])
            self._known[which] = numbers
        return self._known[which]
