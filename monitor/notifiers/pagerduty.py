"""PagerDuty, by its Events API version 2: trigger, acknowledge and resolve under the alert's own key."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AnyHttpUrl, Field

from monitor.clock import Clock
from monitor.core.decisions import Alert
from monitor.egress import Door, content_of
from monitor.notifiers.message import shortened
from monitor.notifiers.protocol import (
    DeliveryError,
    KeyedReceiverSettings,
    Parcel,
    labels_of,
    link_of,
    require_accepted,
    rfc3339,
    without_credentials,
)

SUMMARY = 1024
DEDUP_KEY = 255
DETAIL = 2000
DETAILS = 60
"""Limits of the API, and some of our own that keep an event far below its 512 kB."""


class PagerDutySettings(KeyedReceiverSettings):
    """`[[notifiers]] type = "pagerduty"`; the secret is the integration key of a service (Events API v2)."""

    type: Literal["pagerduty"]
    url: Annotated[
        AnyHttpUrl, AfterValidator(without_credentials), Field(description="where events go; set it for the EU region")
    ] = AnyHttpUrl("https://events.pagerduty.com/v2/enqueue")
    ca_file: Annotated[
        Path | None, Field(description="PEM file of the authority that signed the receiver's certificate")
    ] = None

    def open(self, door: Door, clock: Clock) -> "PagerDuty":  # noqa: ARG002 -- every member is opened alike
        """The receiver that these settings describe."""
        return PagerDuty(self, door)


class PagerDuty:
    """One service of PagerDuty. Its alerts follow ours; it does its own paging, so let its rules escalate."""

    def __init__(self, settings: PagerDutySettings, door: Door) -> None:
        self.name = settings.name
        self.resend_seconds: float | None = None
        self._settings = settings
        self._door = door

    async def send(self, parcel: Parcel) -> None:
        """One event for each alert. A repeat has the same keys, so what was taken before changes nothing."""
        key = self._settings.secret()
        for alert in parcel.alerts:
            action = _action(alert, acknowledged=parcel.reason == "acknowledged")
            body = json.dumps(event(alert, key, action)).encode()
            headers = {"Content-Type": "application/json", "Idempotency-Key": parcel.key_for([alert])}
            answer = await self._door.post(str(self._settings.url), body, headers, content=content_of([alert]))
            require_accepted(answer, f"{self.name} at {self._settings.url.host}")

    async def try_out(self) -> list[str]:
        """Connect, without sending anything: any event would page."""
        try:
            self._settings.secret()
        except DeliveryError as error:
            return [str(error)]
        reason = await self._door.reach(str(self._settings.url))
        return [f"{self.name}: {reason}"] if reason else []

    async def aclose(self) -> None:
        """Release connections."""
        await self._door.aclose()


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
    """The alert's own key, hashed if it is too long. After a resolve, the same key begins a new incident."""
    return alert.key if len(alert.key) <= DEDUP_KEY else hashlib.sha256(alert.key.encode()).hexdigest()


def _action(alert: Alert, *, acknowledged: bool) -> Literal["trigger", "acknowledge", "resolve"]:
    if alert.state == "resolved":
        return "resolve"
    return "acknowledge" if acknowledged else "trigger"
