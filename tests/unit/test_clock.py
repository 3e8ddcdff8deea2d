"""Time as the workers know it: it never steps, and tests move it."""

import asyncio

import pytest

from monitor.clock import ScaledClock, SystemClock, VirtualClock

HOUR = 3600.0


class Host:
    """A host whose wall clock somebody sets, while its steady clock goes on."""

    def __init__(self) -> None:
        self.wall = 1_790_000_000.0
        self.steady = 500.0

    def clock(self) -> SystemClock:
        return SystemClock(lambda: self.wall, lambda: self.steady)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_jump_of_the_hosts_clock_moves_nothing(jump: float) -> None:
    host = Host()
    clock = host.clock()
    begun = clock.now()
    host.wall += jump
    host.steady += 10
    assert clock.now() == begun + 10


def test_a_clock_begins_with_the_hosts_wall_time() -> None:
    host = Host()
    assert host.clock().now() == host.wall


async def test_an_event_ends_a_wait_and_says_so() -> None:
    event = asyncio.Event()
    waiting = asyncio.ensure_future(SystemClock().wait(event, None))
    await asyncio.sleep(0)
    event.set()
    assert await waiting


async def test_a_moment_in_the_past_ends_a_wait_at_once() -> None:
    clock = SystemClock()
    assert not await clock.wait(asyncio.Event(), clock.now() - HOUR)
    assert not await clock.wait(None, clock.now() - HOUR)


async def test_fast_time_passes_fast_from_where_it_is_told_to_begin() -> None:
    clock = ScaledClock(1000.0, origin=0.0)
    assert not await clock.wait(None, 5.0)
    assert clock.now() >= 5.0


def test_time_that_stands_still_or_goes_back_is_refused() -> None:
    with pytest.raises(ValueError, match="speed is 0"):
        ScaledClock(0)


async def test_virtual_time_wakes_waiters_in_the_order_of_their_moments() -> None:
    clock = VirtualClock(0.0)
    woken: list[float] = []

    async def wait_until(moment: float) -> None:
        await clock.wait(None, moment)
        woken.append(clock.now())

    waiters = [asyncio.ensure_future(wait_until(moment)) for moment in (30.0, 10.0, 20.0)]
    await asyncio.sleep(0)
    await clock.advance_to(25.0)
    assert woken == [10.0, 20.0]
    await clock.advance_to(30.0)
    await asyncio.gather(*waiters)
    assert woken == [10.0, 20.0, 30.0]
    assert clock.now() == 30.0
