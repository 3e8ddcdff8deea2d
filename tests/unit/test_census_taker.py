"""The worker that counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from monitor.census import CensusTaker
from monitor.clock import VirtualClock
from monitor.core.census import Count
from monitor.store.counts import Counts
from monitor.store.memory_counts import MemoryCounts
from monitor.store.protocol import StoreError
from tests.small_fleet import ShownEngine, device


class FullDisk:
    """Keeps nothing."""

    async def keep(self, count: Count) -> None:
        """Refuse."""
        raise StoreError(f"no room for the count of {count.at}")

    async def since(self, at: float) -> Sequence[Count]:
        """Nothing was kept."""
        return [] if at else ()


@asynccontextmanager
async def counting(clock: VirtualClock, kept: Counts, engine: ShownEngine) -> AsyncIterator[CensusTaker]:
    taker = CensusTaker(engine, kept, clock)
    running = asyncio.ensure_future(taker.run())
    await clock.advance_to(clock.now())
    yield taker
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def one_feeder() -> ShownEngine:
    engine = ShownEngine()
    device(engine.fleet, "acme/f1")
    return engine


async def test_the_fleet_is_counted_on_every_full_minute_and_over_restarts() -> None:
    engine, clock, kept = one_feeder(), VirtualClock(90.0), MemoryCounts()
    async with counting(clock, kept, engine):
        await clock.advance_to(190.0)
        engine.blind["link"] = 200.0
        await clock.advance_to(250.0)
    async with counting(clock, kept, engine) as again:
        await clock.advance_to(310.0)
        seen = [(count.at, count.blind) for count in again.since(0.0)]
    assert seen == [(90.0, False), (120.0, False), (180.0, False), (240.0, True), (300.0, True)]


async def test_a_store_that_takes_no_count_does_not_stop_the_counting() -> None:
    async with counting(VirtualClock(90.0), FullDisk(), one_feeder()) as taker:
        assert [count.at for count in taker.since(0.0)] == [90.0]
