"""Opsgenie and what speaks like it (Jira Service Management): alerts by alias, closed and acknowledged by it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import AfterValidator, AnyHttpUrl, Field

from monitor.clock import Clock
from monitor.core.decisions import Alert
from monitor.egress import Answer, Door
from monitor.notifiers.http import HttpNotifier, KeyedHttpReceiverSettings, key_within
from monitor.notifiers.message import shortened
from monitor.notifiers.protocol import (
    Parcel,
    labels_of,
    without_credentials,
)

MESSAGE = 130
ALIAS = 512
DESCRIPTION = 15_000
TAGS = 20
TAG = 50
DETAILS = 8000
NOT_FOUND = 404
PRIORITIES = {"critical": "P1", "warning": "P3", "info": "P5"}


class OpsgenieSettings(KeyedHttpReceiverSettings):
    """`[[notifiers]] type = "opsgenie"`; the secret is an API key, sent as `GenieKey`."""

    type: Literal["opsgenie"]
    url: Annotated[
        AnyHttpUrl, AfterValidator(without_credentials), Field(description="base URL; set it for the EU region")
    ] = AnyHttpUrl("https://api.opsgenie.com")

    def open(self, door: Door, clock: Clock) -> "Opsgenie":  # noqa: ARG002 -- every member is opened alike
        """The receiver that these settings describe."""
        return Opsgenie(self, door, f"{str(self.url).rstrip('/')}/v2/alerts")


class Opsgenie(HttpNotifier[OpsgenieSettings]):
    """One account, or one integration of it."""

    async def send(self, parcel: Parcel) -> None:
        """One request for each alert. A repeat has the same alias, so what was taken before changes nothing."""
        headers = {"Authorization": f"GenieKey {self._settings.secret()}"}
        for alert in parcel.alerts:
            url, body = request(self._address, alert, acknowledged=parcel.reason == "acknowledged")
            answer = await self._post(url, body, [alert], headers, parcel.key_for([alert]))
            if not _is_gone(answer, url, self._address):
                self._require_accepted(answer)


def request(base: str, alert: Alert, *, acknowledged: bool) -> tuple[str, dict[str, Any]]:
    """Where to POST what."""
    name = alias(alert)
    place = f"{base}/{quote(name, safe='')}"
    if alert.state == "resolved":
        note = shortened(alert.annotations.get("resolution", "over"), DESCRIPTION)
        return f"{place}/close?identifierType=alias", {"source": "hearthbeat", "note": note}
    if acknowledged:
        return f"{place}/acknowledge?identifierType=alias", {"source": "hearthbeat"}
    labels, notes = labels_of(alert), alert.annotations
    text = "\n".join(notes[note] for note in ("summary", "description", "action", "caution") if notes.get(note))
    return base, {
        "message": shortened(alert.summary or alert.name, MESSAGE),
        "alias": name,
        "description": text[:DESCRIPTION],
        "priority": PRIORITIES[alert.severity],
        "source": "hearthbeat",
        "entity": labels.get("device") or labels.get("provider") or "hearthbeat",
        "tags": [shortened(f"{label}:{value}", TAG) for label, value in sorted(labels.items())][:TAGS],
        "details": _details(notes),
    }


def alias(alert: Alert) -> str:
    """The alert's own key, as far as it fits. After a close, the same alias begins a new alert."""
    return key_within(alert, ALIAS)


def _details(notes: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    room = DETAILS
    for note in sorted(set(notes) - {"summary", "description"}):
        room -= len(note) + len(notes[note])
        if room >= 0:
            found[note] = notes[note]
    return found


def _is_gone(answer: Answer, url: str, base: str) -> bool:
    """Whether an alert that was to be closed or acknowledged is not there any more: then there is nothing to do."""
    return answer.status == NOT_FOUND and url != base
