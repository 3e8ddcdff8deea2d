"""Channels to people, one file per channel: Alertmanager, webhook, console, PagerDuty, Opsgenie, apprise.

The union below is the registry. A channel takes a parcel of alerts and delivers it or raises DeliveryError; it does
not wait, retry or remember (the outbox does), opens no connection of its own (it is given a door), and never decides
what a receiver may know (the egress does). To add one: a file with its settings and its class, and its settings'
name in the union; the suite in tests/unit/notifiers then asks of it what it asks of all.
"""

from typing import Annotated

from pydantic import AfterValidator, Field

from monitor.notifiers.alertmanager import AlertmanagerSettings
from monitor.notifiers.apprise import AppriseSettings
from monitor.notifiers.console import ConsoleSettings
from monitor.notifiers.opsgenie import OpsgenieSettings
from monitor.notifiers.pagerduty import PagerDutySettings
from monitor.notifiers.webhook import WebhookSettings

NotifierSettings = Annotated[
    AlertmanagerSettings | WebhookSettings | ConsoleSettings | PagerDutySettings | OpsgenieSettings | AppriseSettings,
    Field(discriminator="type"),
]


def _distinct_names(entries: tuple[NotifierSettings, ...]) -> tuple[NotifierSettings, ...]:
    names = [entry.name for entry in entries]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{names.count(name)} receivers are named {name!r}; give each its own name")
    return entries


Receivers = Annotated[tuple[NotifierSettings, ...], AfterValidator(_distinct_names)]
"""All of `[[notifiers]]`."""

__all__ = ["NotifierSettings", "Receivers"]
