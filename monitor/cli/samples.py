"""Alerts that never fired, to show what a receiver would be told."""

from collections.abc import Mapping

from monitor.core.alert_kinds import ALERTS
from monitor.core.alerts import AlertBook
from monitor.core.decisions import Alert
from monitor.core.incidents import ALERT_OF_LAYER

HOME = {"tenant": "example", "site": "cabin", "provider": "aurora"}
SCOPES = {
    "provider": {"provider": "aurora"},
    "region": {"region": "us-east"},
    "network": {"network": "acme-telecom"},
    "site": {"tenant": "example", "site": "cabin"},
    "gateway": {"tenant": "example", "parent": "hub-7"},
    "release": {"model": "pf-2", "firmware": "1.4.1"},
}
READINGS = {"FreezeRisk": 6.4, "FreezeRiskCritical": 4.2, "OverheatRisk": 36.1, "HeatingNotEffective": 11.8}


def samples(public_url: str, at: float) -> dict[str, Alert]:
    """One of each kind of alert, all of it made up, as if it fired at `at`."""
    layers = {alert: layer for layer, alert in ALERT_OF_LAYER.items()}
    return {name: _sample(name, layers.get(name, ""), AlertBook(public_url), at) for name in ALERTS}


def _sample(name: str, layer: str, book: AlertBook, at: float) -> Alert:
    celsius = READINGS.get(name)
    kind = "feeder" if "Feeder" in name else "thermostat"
    labels: Mapping[str, str] = {**HOME, "kind": kind, "device": f"{kind}-1"}
    about = f"{kind} example/{kind}-1"
    if layer:
        labels = {"incident": "3f9a1c20", **SCOPES.get(layer, {})}
        about = f"{layer} {', '.join(SCOPES.get(layer, {}).values())}"
    measured = f"{celsius} °C at " if celsius is not None else ""
    return book.fire(
        name,
        f"sample/{name}/{about}",
        at,
        since=at - 300,
        summary=f"{measured}{about}: an example of {name}, nothing happened",
        description=f"This is what {name} looks like. It is made up; {about} does not exist.",
        labels=labels,
        incident="3f9a1c20" if layer else "",
        counts={"devices": 3120, "silent": 2934} if layer else None,
        readings={"temperature_c": celsius} if celsius is not None else None,
    ).alert
