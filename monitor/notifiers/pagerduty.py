"""PagerDuty, by its Events API version 2: trigger, acknowledge and resolve under the alert's own key."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AnyHttpUrl, Field

from monitor.clock import Clock
from monitor.core.decisions import Alert
from monitor.egress import Door
from monitor.notifiers.http import HttpNotifier, KeyedHttpReceiverSettings, key_within
from monitor.notifiers.message import shortened
from monitor.notifiers.protocol import (
    Parcel,
    labels_of,
    link_of,
    rfc3339,
    without_credentials,
)

SUMMARY = 1024
DEDUP_KEY = 255
DETAIL = 2000
DETAILS = 60
"""Limits of the API, and some of our own that keep an event far below its 512 kB."""


class PagerDutySettings(KeyedHttpReceiverSettings):
    """`[[notifiers]] type = "pagerduty"`; the secret is the integration key of a service (Events API v2)."""

    type: Literal["pagerduty"]
    url: Annotated[
        AnyHttpUrl, AfterValidator(without_credentials), Field(description="where events go; set it for the EU region")
    ] = AnyHttpUrl("https://events.pagerduty.com/v2/enqueue")

    def open(self, door: Door, clock: Clock) -> "PagerDuty":  # noqa: ARG002 -- every member is opened alike
        """The receiver that these settings describe."""
        return PagerDuty(self, door, str(self.url))


class PagerDuty(HttpNotifier[PagerDutySettings]):
    """One service of PagerDuty. Its alerts follow ours; it does its own paging, so let its rules escalate."""

    async def send(self, parcel: Parcel) -> None:
        """One event for each alert. A repeat has the same keys, so what was taken before changes nothing."""
        key = self._settings.secret()
        for alert in parcel.alerts:
            action = _action(alert, acknowledged=parcel.reason == "acknowledged")
            body = event(alert, key, action)
            self._require_accepted(await self._post(self._address, body, [alert], {}, parcel.key_for([alert])))


def event(alert: Alert, routing_key: str, action: str) -> dict[str, Any]:
    """The body of one event."""
    envelope: dict[str, Any] = {"routing_key": routing_key, "event_action": action, "dedup_key": dedup_key(alert)}
    if action != "trigger":
        return envelope
    labels = labels_of(alert)
    notes = {note: text for note, text in alert.annotations.items() if note != "summary"}
    details = {key: shortened(text, DETAIL) for key, text in [*labels.items(), *notes.items()][:DETAILS]}
    links = [
        {"href": alert.annotations[note], "text": text}
        for note, text in (("runbook_url", "Runbook"), ("dashboard_url", "Dashboard"), ("link", "Incident"))
        if alert.annotations.get(note, "").startswith("http")
    ]
    return {
        **envelope,
        "client": "Hearthbeat",
        **({"client_url": link_of(alert)} if link_of(alert).startswith("http") else {}),
        "links": links,
        "payload": {
            "summary": shortened(alert.summary or alert.name, SUMMARY),
            "source": labels.get("device") or labels.get("provider") or "hearthbeat",
            "severity": alert.severity,
            "timestamp": rfc3339(alert.starts_at),
            "component": labels.get("kind", ""),
            "group": alert.incident,
            "class": alert.name,
            "custom_details": details,
        },
    }


def dedup_key(alert: Alert) -> str:
    """The alert's own key, as far as it fits. After a resolve, the same key begins a new incident."""
    return key_within(alert, DEDUP_KEY)


def _action(alert: Alert, *, acknowledged: bool) -> Literal["trigger", "acknowledge", "resolve"]:
    if alert.state == "resolved":
        return "resolve"
    return "acknowledge" if acknowledged else "trigger"
