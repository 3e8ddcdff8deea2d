"""What an alert is about, and which alerts nothing may hold back."""

from monitor.core.decisions import Alert, Incident

WELFARE = ("Feeder", "Meals", "Rooms", "Freeze", "Overheat", "Heating", "Hvac", "Temperature", "Thermostat")
"""How the names of alerts about animals and homes begin."""
MONITOR = frozenset(
    {
        "MonitorBlind",
        "StoreFailing",
        "DeviceLimitReached",
        "PrometheusNotScraping",
        "HearthbeatWatchdog",
        "HearthbeatTest",
    }
)
"""Alerts about the monitor itself."""
NEVER_HELD = frozenset(
    {
        "FeederMealMissed",
        "FeederMealsUnconfirmedRepeated",
        "FeederNoFoodDispensed",
        "FeederJammed",
        "MealsAtRisk",
        "RoomsAtRisk",
        "FreezeRisk",
        "FreezeRiskBlind",
        "FreezeRiskCritical",
    }
)
"""Missed meals, jams and freezing: whatever their severity, no night and no digest holds them back."""
KINDS = ("feeder", "thermostat", "gateway", "generic", "outage", "device", "welfare", "monitor")
"""What a route may ask for: kinds of devices, and of incidents."""


def never_held(alert: Alert) -> bool:
    """Whether an animal or a home may come to harm while this alert waits."""
    return alert.name in NEVER_HELD or (alert.severity == "critical" and alert.name.startswith(WELFARE))


def kinds_of(alert: Alert, incident: Incident | None) -> frozenset[str]:
    """What a route may know the alert by: the kind of its device, that of its incident, and what it is about."""
    found = {alert.labels.get("kind", "")}
    if incident is not None:
        found.add(incident.kind)
    if alert.name.startswith(WELFARE):
        found.add("welfare")
    elif alert.name in MONITOR:
        found.add("monitor")
    elif alert.labels.get("device"):
        found.add("device")
    else:
        found.add("outage")
    return frozenset(found)
