"""The pet feeder: what it reads and how it shows trouble. An animal goes hungry when it fails."""

from monitor.devices.reading import Choice, Count, DeviceKind, Flag, Moment, Number, Symptom

FEEDER = DeviceKind(
    name="feeder",
    readings=(
        Choice("hopper_state", ("ok", "low", "empty", "unknown")),
        Number("hopper_pct", "%", 0, 100),
        Number("bowl_g", "g", 0, 20_000),
        Count("portions_today", high=1000),
        Number("dispensed_today_g", "g", 0, 20_000),
        Moment("last_dispense_ts"),
        Moment("next_meal_ts"),
        Count("schedule_rev"),
        Flag("outlet_blocked"),
        Flag("lid_open"),
        Choice("motor_state", ("idle", "running", "stalled")),
    ),
    symptoms=(
        Symptom("jammed", "outlet_blocked", equals=True),
        Symptom("motor_stalled", "motor_state", equals="stalled"),
        Symptom("hopper_empty", "hopper_state", equals="empty"),
        Symptom("hopper_low", "hopper_state", equals="low"),
        Symptom("lid_open", "lid_open", equals=True),
    ),
)
