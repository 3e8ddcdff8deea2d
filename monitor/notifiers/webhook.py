"""Webhook: Alertmanager's own payload, version 4, so that whatever listens to Alertmanager can listen to us."""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AnyHttpUrl, Field

from monitor.clock import Clock
from monitor.core.decisions import Alert
from monitor.egress import Door
from monitor.notifiers.http import HttpNotifier
from monitor.notifiers.protocol import (
    HttpReceiverSettings,
    Parcel,
    labels_of,
    link_of,
    rfc3339,
    without_credentials,
)

NEVER = "0001-01-01T00:00:00Z"
"""How the payload says that an alert has not ended."""


class WebhookSettings(HttpReceiverSettings):
    """`[[notifiers]] type = "webhook"`: where to POST."""

    type: Literal["webhook"]
    url: Annotated[AnyHttpUrl, AfterValidator(without_credentials), Field(description="where to POST")]

    def open(self, door: Door, clock: Clock) -> "Webhook":  # noqa: ARG002 -- every member is opened alike
        """The receiver that these settings describe."""
        return Webhook(self, door, str(self.url))


class Webhook(HttpNotifier[WebhookSettings]):
    """One address that takes JSON. Alerts of one name make one request, as a group of Alertmanager does."""

    async def send(self, parcel: Parcel) -> None:
        """One request for each alert name, or one for a bundle; each has its own idempotency key, also on a repeat."""
        headers = self._settings.headers()
        for name, alerts in _groups(parcel):
            body = payload(self.name, name, alerts)
            self._require_accepted(await self._post(self._address, body, alerts, headers, parcel.key_for(alerts)))


def _groups(parcel: Parcel) -> list[tuple[str, list[Alert]]]:
    """What makes one request each: alerts of one name, or, under no name, what a route put together."""
    if parcel.bundle:
        return [("", list(parcel.alerts))]
    return [(name, list(alerts)) for name, alerts in groupby(sorted(parcel.alerts, key=_name), key=_name)]


def payload(receiver: str, name: str, alerts: Sequence[Alert]) -> dict[str, Any]:
    """The body of one request: what Alertmanager sends for a group of alerts with one name, or with none."""
    entries = [_entry(alert) for alert in alerts]
    return {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{name}"}}' if name else "{}:{}",
        "truncatedAlerts": 0,
        "status": "firing" if any(alert.state == "firing" for alert in alerts) else "resolved",
        "receiver": receiver,
        "groupLabels": {"alertname": name} if name else {},
        "commonLabels": _shared([entry["labels"] for entry in entries]),
        "commonAnnotations": _shared([entry["annotations"] for entry in entries]),
        "externalURL": link_of(alerts[0]),
        "alerts": entries,
    }


def _entry(alert: Alert) -> dict[str, Any]:
    labels = labels_of(alert)
    return {
        "status": alert.state,
        "labels": labels,
        "annotations": dict(alert.annotations),
        "startsAt": rfc3339(alert.starts_at),
        "endsAt": NEVER if alert.ends_at is None else rfc3339(alert.ends_at),
        "generatorURL": link_of(alert),
        "fingerprint": fingerprint(labels),
    }


def fingerprint(labels: Mapping[str, str]) -> str:
    """What tells one alert from another: 16 hexadecimal digits that depend on its labels alone."""
    text = "\xff".join(f"{label}\xff{labels[label]}" for label in sorted(labels))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _shared(maps: Sequence[Mapping[str, str]]) -> dict[str, str]:
    first, *rest = maps
    return {key: value for key, value in first.items() if all(other.get(key) == value for other in rest)}


def _name(alert: Alert) -> str:
    return alert.name
