"""All receivers together: what the rest of the program talks to."""

import asyncio
import contextlib
import random
from collections.abc import Mapping, Sequence

import structlog

from monitor.clock import Clock
from monitor.core.decisions import Alert, Decision, Incident, IncidentChanged
from monitor.core.routing import Addressee, Letter, Routing
from monitor.metrics.distribution import Distribution
from monitor.metrics.sources import DeliveryFigures
from monitor.notifiers.protocol import Notifier
from monitor.outbox.lane import Knowledge, Lane, Means
from monitor.outbox.settings import OutboxSettings
from monitor.store.protocol import Store, StoreError

DELIVERY_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds that one sending may take."""
STRAND_AGAIN_SECONDS = 30.0

log = structlog.get_logger()


class Outbox:
    """The lanes of all receivers. Without a routing, everything is owed to everybody at once.

    `watchdogs` names the receivers that are shown again and again that we live, with the seconds in between.
    """

    def __init__(  # noqa: PLR0913 -- keywords, each named at the call
        self,
        store: Store,
        clock: Clock,
        notifiers: Sequence[Notifier],
        *,
        known: Knowledge,
        routing: Routing | None = None,
        settings: OutboxSettings | None = None,
        watchdogs: Mapping[str, float] | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self.receivers = tuple(notifier.name for notifier in notifiers)
        """The names of those who can be told."""
        self.figures = DeliveryFigures.for_receivers(self.receivers)
        self.figures.duration = {name: Distribution(DELIVERY_BOUNDS) for name in self.receivers}
        self.routing = routing or Routing(Addressee(name) for name in self.receivers)
        chance = chance or random.Random()  # noqa: S311 -- spreads retries, keeps no secret
        means = Means(store, clock, self.routing, known, settings or OutboxSettings(), chance, self.figures)
        self._firing = known.firing
        self._store = store
        self._clock = clock
        pauses = watchdogs or {}
        self._lanes = {each.name: Lane(each, means, watchdog_seconds=pauses.get(each.name)) for each in notifiers}

    def letters(self, decisions: Sequence[Decision], incidents: Mapping[str, Incident]) -> list[Letter]:
        """What a step owes, for the store to keep with it."""
        taken_on = any(isinstance(each, IncidentChanged) and each.state == "acknowledged" for each in decisions)
        return self.routing.letters(decisions, incidents, list(self._firing()) if taken_on else ())

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(self._strand(), name="outbox-strand")
            for lane in self._lanes.values():
                lanes.create_task(lane.run(), name=f"outbox-{lane.name}")

    def wake(self, receiver: str | None = None) -> None:
        """Say that something was committed, to one receiver or to all."""
        for name, lane in self._lanes.items():
            if receiver in (None, name):
                lane.wake.set()

    def direct(self, alert: Alert) -> None:
        """Send an alert that cannot wait for the disk: the one about the disk. Returns at once; repeats are dropped."""
        for lane in self._lanes.values():
            lane.take_direct(alert)

    async def _strand(self) -> None:
        """Turn what is owed to receivers that the configuration no longer has into dead letters: nobody can send it."""
        while True:
            with contextlib.suppress(StoreError):
                stranded = await self._store.strand(self.receivers, self._clock.now())
                for receiver, number in sorted(stranded.items()):
                    log.error("alerts_owed_to_unknown_receiver", receiver=receiver, dead_letters=number)
                return
            await self._clock.wait(None, self._clock.now() + STRAND_AGAIN_SECONDS)
