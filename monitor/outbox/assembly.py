"""Puts deliveries together from what is configured and what the engine knows."""

import contextlib
import itertools
from collections.abc import Iterator, Sequence

from monitor.clock import Clock
from monitor.core.alerts import watchdog
from monitor.core.decisions import Alert
from monitor.core.engine import Engine
from monitor.core.routing import Addressee, RouteSettings, Routing
from monitor.egress import Egress
from monitor.notifiers import NotifierSettings
from monitor.notifiers.protocol import Notifier
from monitor.outbox.dispatch import Outbox
from monitor.outbox.lane import Knowledge
from monitor.outbox.settings import OutboxSettings
from monitor.store.protocol import Store


def addressees(receivers: Sequence[NotifierSettings]) -> list[Addressee]:
    """The receivers as routing knows them: an Alertmanager does its own."""
    return [
        Addressee(
            entry.name,
            entry.tenants,
            routed=entry.type != "alertmanager",
            acknowledges=entry.type in ("pagerduty", "opsgenie"),
        )
        for entry in receivers
    ]


def open_receiver(entry: NotifierSettings, egress: Egress, clock: Clock, stack: contextlib.AsyncExitStack) -> Notifier:
    """A receiver with its door, both closed with the stack. Raises EgressError."""
    ca_file = getattr(entry, "ca_file", None)
    door = egress.door(
        entry.name,
        trust=entry.trust,
        timeout_seconds=entry.timeout_seconds,
        ca_file=ca_file,
        fields=entry.fields,
    )
    notifier = entry.open(door, clock)
    stack.push_async_callback(notifier.aclose)
    stack.push_async_callback(door.aclose)
    return notifier


def assemble(  # noqa: PLR0913 -- keywords, each named at the one call
    *,
    receivers: Sequence[NotifierSettings],
    routes: Sequence[RouteSettings],
    settings: OutboxSettings,
    store: Store,
    clock: Clock,
    engine: Engine,
    egress: Egress,
    stack: contextlib.AsyncExitStack,
) -> Outbox:
    """An outbox with its receivers open, which close with the stack. Raises EgressError."""
    notifiers = [open_receiver(entry, egress, clock, stack) for entry in receivers]
    always = watchdog(clock.now(), engine.settings.public_url)

    def firing() -> Iterator[Alert]:
        told = (alert for key, alert in engine.alerts.items() if not engine.desk.hush.untold(key))
        return itertools.chain(told, (always,))

    def standing(alert: Alert) -> str:
        incident = engine.desk.find(alert.incident)
        if alert.key not in engine.alerts:
            return "over"
        if engine.desk.hush.covering(alert.labels, clock.now()):
            return "silenced"
        return "acknowledged" if incident is not None and incident.acknowledged_at is not None else ""

    known = Knowledge(egress.admit, firing, engine.desk.find, standing, lambda: always)
    pauses = {entry.name: entry.watchdog_seconds for entry in receivers if entry.watchdog_seconds is not None}
    routing = Routing(addressees(receivers), routes)
    return Outbox(store, clock, notifiers, known=known, routing=routing, settings=settings, watchdogs=pauses)
