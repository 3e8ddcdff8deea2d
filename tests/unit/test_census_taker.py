"""The worker that counts."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from monitor.census import CensusTaker
from monitor.clock import VirtualClock
from tests.small_fleet import ShownEngine, device


async def test_the_fleet_is_counted_on_every_full_minute() -> None:
    engine, clock = ShownEngine(), VirtualClock(90.0)
    device(engine.fleet, "acme/f1")
    taker = CensusTaker(engine, clock)
    counting = asyncio.ensure_future(taker.run())
    await clock.advance_to(90.0)
    await clock.advance_to(190.0)
    engine.blind["link"] = 200.0
    await clock.advance_to(250.0)
    counting.cancel()
    with suppress(asyncio.CancelledError):
        await counting
    seen = [(count.at, count.blind) for count in taker.since(0.0)]
    assert seen == [(90.0, False), (120.0, False), (180.0, False), (240.0, True)]
