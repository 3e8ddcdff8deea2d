"""The thermostat: what it reads and how it shows trouble. Pipes freeze when it fails in winter."""

from monitor.devices.reading import Choice, Count, DeviceKind, Flag, Number, Symptom

FREEZING_BELOW_CELSIUS = 5.0
COLD_BELOW_CELSIUS = 10.0
OVERHEATED_ABOVE_CELSIUS = 35.0

THERMOSTAT = DeviceKind(
    name="thermostat",
    readings=(
        Number("temperature_c", "°C", -60, 100),
        Number("humidity_pct", "%", 0, 100),
        Number("heating_setpoint_c", "°C", -20, 60),
        Number("cooling_setpoint_c", "°C", -20, 60),
        Number("scheduled_heating_setpoint_c", "°C", -20, 60),
        Number("outdoor_temperature_c", "°C", -90, 70),
        Choice("system_mode", ("off", "heat", "cool", "auto")),
        Choice("running_state", ("idle", "heat", "cool", "fan_only")),
        Number("heating_demand_pct", "%", 0, 100),
        Choice("hold", ("none", "temporary", "permanent")),
        Number("heating_s", "s", 0, 1e10),
        Number("cooling_s", "s", 0, 1e10),
        Count("heating_cycles"),
        Number("supply_mv", "mV", 0, 400_000),
        Flag("window_open"),
        Flag("valve_alarm"),
    ),
    symptoms=(
        Symptom("freezing", "temperature_c", below=FREEZING_BELOW_CELSIUS),
        Symptom("cold", "temperature_c", below=COLD_BELOW_CELSIUS),
        Symptom("overheated", "temperature_c", above=OVERHEATED_ABOVE_CELSIUS),
        Symptom("valve_stuck", "valve_alarm", equals=True),
        Symptom("window_open", "window_open", equals=True),
    ),
)
