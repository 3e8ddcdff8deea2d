"""All receivers together: what the rest of the program talks to."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Iterable, Sequence

import structlog

from monitor.clock import Clock
from monitor.core.decisions import Alert
from monitor.metrics.distribution import Distribution
from monitor.metrics.sources import DeliveryFigures
from monitor.notifiers.protocol import Notifier
from monitor.outbox.lane import Lane, Means
from monitor.outbox.settings import OutboxSettings
from monitor.store.protocol import Store, StoreError

DELIVERY_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds that one sending may take."""

log = structlog.get_logger()


class Outbox:
    """The lanes of all receivers. `firing` gives the alerts that fire now, for receivers that must be told again."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        notifiers: Sequence[Notifier],
        *,
        admit: Callable[[str, Alert], Alert],
        firing: Callable[[], Iterable[Alert]],
        settings: OutboxSettings | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self.receivers = tuple(notifier.name for notifier in notifiers)
        """The names that a step owes its alerts to."""
        self.figures = DeliveryFigures.for_receivers(self.receivers)
        self.figures.duration = {name: Distribution(DELIVERY_BOUNDS) for name in self.receivers}
        chance = chance or random.Random()  # noqa: S311 -- spreads retries, keeps no secret
        means = Means(store, clock, admit, firing, settings or OutboxSettings(), chance, self.figures)
        self._store = store
        self._lanes = [Lane(notifier, means) for notifier in notifiers]

    async def run(self) -> None:
        """Deliver until cancelled."""
        await self._name_strangers()
        async with asyncio.TaskGroup() as lanes:
            for lane in self._lanes:
                lanes.create_task(lane.run(), name=f"outbox-{lane.name}")

    def wake(self) -> None:
        """Say that alerts were committed."""
        for lane in self._lanes:
            lane.wake.set()

    def direct(self, alert: Alert) -> None:
        """Send an alert that cannot wait for the disk: the one about the disk. Returns at once; repeats are dropped."""
        for lane in self._lanes:
            lane.take_direct(alert)

    async def _name_strangers(self) -> None:
        """Say what is owed to receivers that the configuration no longer has: nobody will deliver it."""
        with contextlib.suppress(StoreError):
            for stranger in sorted((await self._store.oldest_owed()).keys() - set(self.receivers)):
                log.warning("alerts_owed_to_unknown_receiver", receiver=stranger)
