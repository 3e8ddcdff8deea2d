"""Finding devices among very many, without holding the loop: in a stable order, page by page."""

import asyncio
import heapq
import math
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from monitor.core.decisions import Status
from monitor.core.fleet import Cohort, Device, Fleet

SLICE = 2000
"""Devices looked at before others get their turn on the loop."""
DEVICES_PER_SECOND = 50_000
"""How fast a large fleet may be gone through, so that a page that is looked at takes little of the processor."""
_DIMENSIONS = ("kind", "provider", "region", "site", "parent")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which devices are asked for; empty or None means any. `q` is a part of the id, `only` a last test of any sort."""

    tenant: str = ""
    status: frozenset[Status] = frozenset()
    kind: str = ""
    provider: str = ""
    region: str = ""
    site: str = ""
    parent: str = ""
    maintenance: bool | None = None
    q: str = ""
    only: Callable[[Device], bool] | None = None

    def tests(self) -> list[Callable[[Device], bool]]:
        """One test for each thing asked for."""
        tests = [_stated(name, getattr(self, name)) for name in _DIMENSIONS if getattr(self, name)]
        if self.status:
            tests.append(lambda device: device.status in self.status)
        if self.maintenance is not None:
            tests.append(lambda device: device.maintenance == self.maintenance)
        if self.q:
            tests.append(lambda device: self.q in device.id)
        if self.only is not None:
            tests.append(self.only)
        return tests

    def possible(self, fleet: Fleet) -> bool:
        """Whether the counts leave room for even one such device; spares a search through a healthy fleet."""
        return any(number and self._fits(cohort, status) for (cohort, status), number in fleet.counts.items())

    def _fits(self, cohort: Cohort, status: Status) -> bool:
        if self.status and status not in self.status:
            return False
        return all(getattr(self, name) in ("", getattr(cohort, name)) for name in Cohort._fields)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of devices, and the id after which the next begins; None if this was the last."""

    devices: list[Device]
    after: str | None


class DeviceIndex:
    """All ids in alphabetical order. It is made anew when the fleet grew or shrank, a slice at a time.

    `seconds` tells the time for resting in between; nothing is judged by it.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._ids: list[str] = []
        self._made_of: tuple[int, str] = (0, "")
        self._made_at = -math.inf
        self._making = asyncio.Lock()

    async def find(self, fleet: Fleet, wanted: Wanted, *, after: str, limit: int) -> Found:
        """The first `limit` devices with an id greater than `after` that are wanted."""
        if not wanted.possible(fleet):
            return Found([], None)
        ids = await self._order(fleet)
        at, end = self._span(ids, wanted.tenant, after)
        tests, found = wanted.tests(), list[Device]()
        while at < end:
            for position in range(at, min(at + SLICE, end)):
                device = fleet.get(ids[position])
                if device is None or not all(test(device) for test in tests):
                    continue
                if len(found) == limit:
                    return Found(found, found[-1].id)
                found.append(device)
            at += SLICE
            await asyncio.sleep(0)
        return Found(found, None)

    def _span(self, ids: list[str], tenant: str, after: str) -> tuple[int, int]:
        first = bisect_right(ids, after) if after else 0
        if not tenant:
            return first, len(ids)
        # "0" follows "/", so this is just past the last id of the tenant.
        return max(first, bisect_left(ids, f"{tenant}/")), bisect_left(ids, f"{tenant}0")

    async def _order(self, fleet: Fleet) -> list[str]:
        async with self._making:
            now = self._seconds()
            made_of = (len(fleet), next(reversed(fleet.devices), ""))
            if made_of != self._made_of and now >= self._made_at + rest_seconds(len(self._ids)):
                self._ids = await _sorted(list(fleet.devices))
                self._made_of, self._made_at = made_of, now
            return self._ids


def rest_seconds(devices: int) -> float:
    """How long to leave so many devices alone after going through them all; a small fleet needs no rest."""
    return 0.0 if devices <= SLICE else devices / DEVICES_PER_SECOND


def _stated(name: str, value: str) -> Callable[[Device], bool]:
    return lambda device: getattr(device.profile, name) == value


async def _sorted(ids: list[str]) -> list[str]:
    """Sort without holding the loop for longer than a slice takes."""
    runs = []
    for first in range(0, len(ids), SLICE):
        runs.append(sorted(ids[first : first + SLICE]))
        await asyncio.sleep(0)
    if len(runs) <= 1:
        return runs[0] if runs else []
    merging, merged = heapq.merge(*runs), list[str]()
    while batch := list(islice(merging, SLICE)):
        merged += batch
        await asyncio.sleep(0)
    return merged
