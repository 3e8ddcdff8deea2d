"""Finding devices among many: in order, page by page, without holding the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import NoReturn

from monitor.core.fleet import Device, Fleet
from monitor.web.devices import SLICE, DeviceIndex, Wanted, rest_seconds
from tests.small_fleet import NOW, device


def fleet_of(names: list[str]) -> Fleet:
    fleet = Fleet()
    for name in names:
        fleet.add(Device(name, NOW))
    return fleet


async def ids(index: DeviceIndex, fleet: Fleet, wanted: Wanted | None = None, limit: int = 100) -> list[str]:
    found = await index.find(fleet, wanted or Wanted(), after="", limit=limit)
    return [each.id for each in found.devices]


async def test_devices_come_in_the_order_of_their_ids_whatever_the_order_of_arrival() -> None:
    assert await ids(DeviceIndex(), fleet_of(["b/2", "a/9", "b/1", "a/10"])) == ["a/10", "a/9", "b/1", "b/2"]


async def test_one_tenant_is_found_among_names_that_begin_alike() -> None:
    fleet = fleet_of(["acme/f", "acme-2/f", "acme0/f", "acm/f", "acme/a", "b/f"])
    assert await ids(DeviceIndex(), fleet, Wanted(tenant="acme")) == ["acme/a", "acme/f"]


async def test_devices_that_came_or_went_are_noticed() -> None:
    index, fleet = DeviceIndex(), fleet_of(["a/1", "a/3"])
    assert await ids(index, fleet) == ["a/1", "a/3"]
    fleet.add(Device("a/2", NOW))
    assert await ids(index, fleet) == ["a/1", "a/2", "a/3"]
    fleet.remove(fleet.devices["a/1"])
    assert await ids(index, fleet) == ["a/2", "a/3"]


async def test_many_devices_are_put_in_order_and_the_loop_turns_meanwhile() -> None:
    names = [f"t/{number * 7919 % 100_003:06}" for number in range(4 * SLICE)]
    index, fleet = DeviceIndex(), fleet_of(names)
    turns = 0

    async def turning() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.ensure_future(turning())
    found = await ids(index, fleet, Wanted(q="000"), limit=5000)
    other.cancel()
    assert found == sorted(name for name in names if "000" in name)
    assert turns > 8


async def test_a_large_fleet_that_grows_is_not_put_in_order_at_every_request() -> None:
    now = 100.0
    index, fleet = DeviceIndex(lambda: now), fleet_of([f"a/{number:06}" for number in range(2 * SLICE)])
    await ids(index, fleet)
    fleet.add(Device("a/!", NOW))
    assert await ids(index, fleet, limit=1) == ["a/000000"]
    now += rest_seconds(2 * SLICE)
    assert await ids(index, fleet, limit=1) == ["a/!"]
    assert 0 < rest_seconds(2 * SLICE) < rest_seconds(1_000_000) <= 20


class WalkedOnce(dict[str, Device]):
    """Devices that may be listed once only."""

    walks = 0

    def __iter__(self) -> Iterator[str]:
        self.walks += 1
        return super().__iter__()

    def values(self) -> NoReturn:
        raise AssertionError("a page went through all devices")


async def test_a_page_does_not_go_through_the_whole_fleet_again() -> None:
    index, fleet = DeviceIndex(), fleet_of([f"a/{number:04}" for number in range(500)])
    fleet.devices = devices = WalkedOnce(fleet.devices)
    after = ""
    for _ in range(5):
        after = (await index.find(fleet, Wanted(), after=after, limit=50)).after or ""
    assert after == "a/0249"
    assert devices.walks == 1


async def test_a_healthy_fleet_is_not_searched_for_what_the_counts_exclude() -> None:
    fleet = Fleet()
    device(fleet, "a/1")
    fleet.devices = devices = WalkedOnce(fleet.devices)
    assert await ids(DeviceIndex(), fleet, Wanted(status=frozenset({"offline"}))) == []
    assert await ids(DeviceIndex(), fleet, Wanted(provider="borealis")) == []
    assert devices.walks == 0


async def test_two_who_ask_at_once_get_the_same_order_made_once() -> None:
    index, fleet = DeviceIndex(), fleet_of([f"a/{number}" for number in range(9)])
    fleet.devices = devices = WalkedOnce(fleet.devices)
    one, other = await asyncio.gather(ids(index, fleet), ids(index, fleet))
    assert one == other
    assert devices.walks == 1
