"""How each component is by what we know: from confirmed outages, from meals, and from what fires about ourselves."""

from collections.abc import Collection, Iterable, Mapping

from monitor.core.decisions import Alert, Incident
from monitor.core.publication.bulletins import CONDITIONS, Bulletin, Condition, worst
from monitor.core.publication.components import Capability, Component, touched
from monitor.core.welfare.harm import Toll

MOST = 0.9
"""From this share of silent devices on nearly nobody is served."""
MANY = 0.25
PLACES = frozenset({"provider", "region"})
SIGNS: Mapping[str, tuple[Capability, Condition]] = {
    "MonitorBlind": ("alert_delivery", "partial_outage"),
    "StoreFailing": ("alert_delivery", "partial_outage"),
    "SupportChannelDown": ("support", "partial_outage"),
    "ControlPlaneDown": ("remote_control", "major_outage"),
}
"""Alerts that mean something to owners without any device being silent; those with a provider label touch it alone."""

Conditions = Mapping[Component, Condition]


def of_outage(incident: Incident, toll: Toll | None, components: Iterable[Component]) -> dict[Component, Condition]:
    """What a confirmed outage means for the components that it touches."""
    extra = incident.scope.keys() - PLACES
    if "tenant" in extra or (incident.scope and not incident.scope.keys() & PLACES):
        return {}
    silence = _of_share(incident.silent, incident.devices)
    if extra:  # a part of the provider's devices: not everybody there is without service
        silence = min(silence, "partial_outage", key=CONDITIONS.index)
    degraded = incident.form == "degraded"
    by_capability: dict[Capability, Condition] = {
        "telemetry": "operational" if degraded else silence,
        "remote_control": silence,
        "feeding": of_meals(toll),
    }
    return {each: by_capability[each.capability] for each in touched(components, incident.scope)}


def of_meals(toll: Toll | None) -> Condition:
    """How scheduled feeding is, by the meals planned since the outage began.

    A meal that nobody can confirm is not a meal that failed: feeders that hold their plan go on without us. But it is
    not all well either, and owners should look at the bowl.
    """
    if toll is None or not toll.feeders:
        return "operational" if toll is not None else "degraded_performance"
    known = toll.confirmed + toll.missed
    if toll.missed and toll.missed >= known / 2:
        return "major_outage"
    if toll.held_by_cloud >= toll.feeders / 2:
        return "major_outage"
    if toll.missed or toll.held_by_cloud:
        return "partial_outage"
    return "operational" if toll.fed == toll.feeders and not toll.unconfirmed else "degraded_performance"


def of_alerts(alerts: Iterable[Alert], components: Collection[Component]) -> dict[Component, Condition]:
    """What fires about ourselves, our channels and providers' ways in, and is no outage of devices."""
    found: dict[Component, Condition] = {}
    for alert in alerts:
        if alert.name not in SIGNS:
            continue
        capability, condition = SIGNS[alert.name]
        provider = alert.labels.get("provider", "")
        for each in components:
            if each.capability == capability and provider in ("", "none", each.provider):
                found[each] = worst(found.get(each, "operational"), condition)
    return found


def merged(*several: Conditions) -> dict[Component, Condition]:
    """The worst that any of them says of each."""
    found: dict[Component, Condition] = {}
    for conditions in several:
        for component, condition in conditions.items():
            found[component] = worst(found.get(component, "operational"), condition)
    return found


def of_bulletins(bulletins: Iterable[Bulletin], now: float) -> dict[str, Condition]:
    """What was published and holds, by component id; planned work counts while it is its time."""
    found: dict[str, Condition] = {}
    for bulletin in bulletins:
        if not bulletin.open or bulletin.audience:
            continue
        plan = bulletin.plan
        if plan is not None and not plan.starts_at <= now < plan.ends_at:
            continue
        for component, condition in bulletin.latest.conditions.items():
            said: Condition = "under_maintenance" if plan is not None else condition
            found[component] = worst(found.get(component, "operational"), said)
    return found


def _of_share(silent: int, devices: int) -> Condition:
    share = silent / devices if devices else 0.0
    if share >= MOST:
        return "major_outage"
    return "partial_outage" if share >= MANY else "degraded_performance"
