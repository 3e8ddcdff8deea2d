"""Leaves: the fleet as outage detection sees it, integer counts per distinct tuple of dimension values."""

from collections.abc import Collection
from typing import NamedTuple

from monitor.core.fleet import Device
from monitor.core.settings import OutageSettings

SMALLEST_VALUE = 4
SILENT_MISSES = 3
TENANT_BOUND = ("site", "parent")
"""Dimensions whose values are unique only within a tenant; a value is written `tenant/value`."""

_MISSING, _SILENT, _CLOUD_KNOWN, _CLOUD_DOWN = 1, 2, 4, 8
_FLAG_BITS = 4

Key = tuple[tuple[str, ...], int]
Intervals = tuple[tuple[int, int], ...]
"""Devices by interval in whole seconds, sorted."""


class Leaf:
    """One distinct tuple of dimension values and loss bin. All counts are integers, so leaves add up in any order.

    Gauges: `size` devices take part; of those `missing` have missed at least one due heartbeat in a row and `silent` at
    least three; `cloud_known` report whether they reach their cloud and `cloud_down` report that they do not;
    `intervals` counts devices by interval. Counts of the tick being filled: `ok<k>` and `miss<k>` are
    due heartbeats that came or did not after k misses in a row, `returned` silences that ended, `departed` last wills.
    `moved` tells that devices came or went in the tick.
    """

    __slots__ = (
        "bin",
        "cloud_down",
        "cloud_known",
        "departed",
        "intervals",
        "miss0",
        "miss1",
        "miss2",
        "missing",
        "moved",
        "ok0",
        "ok1",
        "ok2",
        "returned",
        "sent",
        "silent",
        "size",
        "touched",
        "values",
    )

    def __init__(self, values: tuple[str, ...], loss_bin: int) -> None:
        self.values = values
        self.bin = loss_bin
        self.size = 0
        self.missing = 0
        self.silent = 0
        self.cloud_known = 0
        self.cloud_down = 0
        self.intervals: Intervals = ()
        self.sent = NOTHING
        self.clear()

    def clear(self) -> None:
        """Begin a new tick."""
        self.ok0 = self.ok1 = self.ok2 = 0
        self.miss0 = self.miss1 = self.miss2 = 0
        self.returned = self.departed = 0
        self.touched = self.moved = False

    def gauges(self) -> "Gauges":
        """The gauges as they stand."""
        return Gauges(self.size, self.missing, self.silent, self.cloud_known, self.cloud_down, self.intervals)


class Gauges(NamedTuple):
    """A leaf's gauges, or by how much they changed."""

    size: int
    missing: int
    silent: int
    cloud_known: int
    cloud_down: int
    intervals: Intervals


class Tally(NamedTuple):
    """What one leaf counted in one tick, in a form that adds up across shards: tick counts and changes of gauges."""

    values: tuple[str, ...]
    bin: int
    outcomes: tuple[int, int, int, int, int, int]
    returned: int
    departed: int
    change: Gauges


NOTHING = Gauges(0, 0, 0, 0, 0, ())


class Leaves:
    """All leaves, and the place of each device in them.

    A value of fewer than four devices counts as none in its dimension, so that homes do not explode the table. `fold`
    names the dimensions for which this holds; a shard that cannot see all devices of a provider leaves it out.
    """

    def __init__(self, settings: OutageSettings, fold: Collection[str] | None = None) -> None:
        self.dimensions = settings.dimensions
        self._networks = settings.networks
        self._fold = frozenset(settings.dimensions if fold is None else fold)
        self._leaves: dict[Key, Leaf] = {}
        self._promoted: set[tuple[int, str]] = set()
        self._waiting: dict[tuple[int, str], list[Device]] = {}
        self.touched: list[Leaf] = []
        """Leaves that changed since the last `settle`."""

    def __len__(self) -> int:
        return len(self._leaves)

    def place(self, device: Device) -> None:
        """The device takes part: find its leaf anew from what it is, and count it there."""
        raw = self._values_of(device)
        values = tuple([value if self._is_known(index, value, device) else "" for index, value in enumerate(raw)])
        leaf = device.leaf
        counted = _counted_of(device)
        if isinstance(leaf, Leaf) and leaf.values == values and device.counted == counted:
            return
        self._uncount(device)
        device.leaf = self._leaf(values, 0)
        self._count(device, counted)

    def remove(self, device: Device) -> None:
        """The device takes no part any longer."""
        self._uncount(device)
        device.leaf = None

    def slot_missed(self, device: Device, misses_before: int) -> None:
        """A due heartbeat did not come; call before counting the miss on the device."""
        leaf = device.leaf
        if not isinstance(leaf, Leaf):
            return
        if misses_before == 0:
            leaf.miss0 += 1
            self._flag(device, leaf, _MISSING)
        elif misses_before == 1:
            leaf.miss1 += 1
        elif misses_before == 2:  # noqa: PLR2004
            leaf.miss2 += 1
            self._flag(device, leaf, _SILENT)
        self._touch(leaf)

    def slot_kept(self, device: Device, misses_before: int) -> None:
        """A due heartbeat came after so many misses in a row."""
        leaf = device.leaf
        if not isinstance(leaf, Leaf):
            return
        if misses_before == 0:
            leaf.ok0 += 1
        elif misses_before == 1:
            leaf.ok1 += 1
        elif misses_before == 2:  # noqa: PLR2004
            leaf.ok2 += 1
        self._touch(leaf)

    def returned(self, device: Device) -> None:
        """A heartbeat ended a silence of at least one miss."""
        leaf = device.leaf
        if not isinstance(leaf, Leaf):
            return
        leaf.returned += 1
        flags = device.counted
        leaf.missing -= bool(flags & _MISSING)
        leaf.silent -= bool(flags & _SILENT)
        device.counted = flags & ~(_MISSING | _SILENT)
        self._touch(leaf)

    def departed(self, device: Device) -> None:
        """A last will came for the device."""
        leaf = device.leaf
        if isinstance(leaf, Leaf):
            leaf.departed += 1
            self._touch(leaf)

    def cloud_changed(self, device: Device) -> None:
        """The device's last heartbeat says something else about its cloud than the one before."""
        leaf = device.leaf
        if not isinstance(leaf, Leaf):
            return
        flags = _cloud_of(device)
        leaf.cloud_known += bool(flags & _CLOUD_KNOWN) - bool(device.counted & _CLOUD_KNOWN)
        leaf.cloud_down += bool(flags & _CLOUD_DOWN) - bool(device.counted & _CLOUD_DOWN)
        device.counted = device.counted & ~(_CLOUD_KNOWN | _CLOUD_DOWN) | flags
        self._touch(leaf)

    def settle(self) -> None:
        """The tick is over: begin the next one."""
        for leaf in self.touched:
            leaf.clear()
            if not leaf.size and self._leaves.get((leaf.values, leaf.bin)) is leaf:
                del self._leaves[leaf.values, leaf.bin]
        self.touched = []

    def drain(self) -> list[Tally]:
        """What a shard passes on: the leaves touched since the last drain, and begin the next tick."""
        tallies = []
        for leaf in self.touched:
            now = leaf.gauges()
            change = difference(now, leaf.sent)
            outcomes = (leaf.ok0, leaf.miss0, leaf.ok1, leaf.miss1, leaf.ok2, leaf.miss2)
            tallies.append(Tally(leaf.values, leaf.bin, outcomes, leaf.returned, leaf.departed, change))
            leaf.sent = now
        self.settle()
        return tallies

    def absorb(self, tally: Tally) -> None:
        """Add what a shard counted."""
        leaf = self._leaf(tally.values, tally.bin)
        ok0, miss0, ok1, miss1, ok2, miss2 = tally.outcomes
        leaf.ok0 += ok0
        leaf.miss0 += miss0
        leaf.ok1 += ok1
        leaf.miss1 += miss1
        leaf.ok2 += ok2
        leaf.miss2 += miss2
        leaf.returned += tally.returned
        leaf.departed += tally.departed
        change = tally.change
        leaf.size += change.size
        leaf.missing += change.missing
        leaf.silent += change.silent
        leaf.cloud_known += change.cloud_known
        leaf.cloud_down += change.cloud_down
        if change.intervals:
            leaf.intervals = merged(leaf.intervals, change.intervals)
            leaf.moved = True
        self._touch(leaf)

    def _leaf(self, values: tuple[str, ...], loss_bin: int) -> Leaf:
        leaf = self._leaves.get((values, loss_bin))
        if leaf is None:
            leaf = self._leaves[values, loss_bin] = Leaf(values, loss_bin)
        return leaf

    def _touch(self, leaf: Leaf) -> None:
        if not leaf.touched:
            leaf.touched = True
            self.touched.append(leaf)

    def _flag(self, device: Device, leaf: Leaf, flag: int) -> None:
        if not device.counted & flag:
            device.counted |= flag
            if flag == _MISSING:
                leaf.missing += 1
            else:
                leaf.silent += 1

    def _count(self, device: Device, counted: int) -> None:
        device.counted = counted
        leaf = device.leaf
        if isinstance(leaf, Leaf):
            self._add_gauges(leaf, counted, 1)

    def _uncount(self, device: Device) -> None:
        leaf = device.leaf
        if isinstance(leaf, Leaf):
            self._add_gauges(leaf, device.counted, -1)
        device.counted = 0

    def _add_gauges(self, leaf: Leaf, counted: int, step: int) -> None:
        leaf.size += step
        leaf.missing += step * bool(counted & _MISSING)
        leaf.silent += step * bool(counted & _SILENT)
        leaf.cloud_known += step * bool(counted & _CLOUD_KNOWN)
        leaf.cloud_down += step * bool(counted & _CLOUD_DOWN)
        leaf.intervals = merged(leaf.intervals, ((counted >> _FLAG_BITS, step),))
        leaf.moved = True
        self._touch(leaf)

    def _values_of(self, device: Device) -> list[str]:
        return [self._value_of(device, dimension) for dimension in self.dimensions]

    def _value_of(self, device: Device, dimension: str) -> str:
        profile = device.profile
        if dimension == "network":
            site = profile.site
            return self._networks.get(f"{device.tenant}/{site}") or self._networks.get(site, "") if site else ""
        if dimension == "parent":
            # A gateway belongs to the slice of what hangs on it.
            parent = profile.parent or (device.name if profile.kind == "gateway" else "")
            return f"{device.tenant}/{parent}" if parent else ""
        value = str(getattr(profile, dimension) or "")
        return f"{device.tenant}/{value}" if value and dimension in TENANT_BOUND else value

    def _is_known(self, index: int, value: str, device: Device) -> bool:
        if not value:
            return False
        known = (index, value)
        if known in self._promoted or self.dimensions[index] not in self._fold:
            return True
        waiting = self._waiting.setdefault(known, [])
        if not any(other is device for other in waiting):
            waiting.append(device)
        if len(waiting) < SMALLEST_VALUE:
            return False
        return self._promote(known, device)

    def _promote(self, known: tuple[int, str], newest: Device) -> bool:
        index, value = known
        others = [
            device
            for device in self._waiting[known]
            if device is not newest
            and device.leaf is not None
            and self._value_of(device, self.dimensions[index]) == value
        ]
        if len(others) + 1 < SMALLEST_VALUE:
            self._waiting[known] = [*others, newest]
            return False
        del self._waiting[known]
        self._promoted.add(known)
        for device in others:
            self.place(device)
        return True


def _counted_of(device: Device) -> int:
    misses = device.misses
    flags = (_MISSING if misses else 0) | (_SILENT if misses >= SILENT_MISSES else 0) | _cloud_of(device)
    return max(1, round(device.interval)) << _FLAG_BITS | flags


def _cloud_of(device: Device) -> int:
    connected = None if device.beat is None else device.beat.cloud_connected
    return 0 if connected is None else _CLOUD_KNOWN if connected else _CLOUD_KNOWN | _CLOUD_DOWN


def merged(one: Intervals, other: Intervals) -> Intervals:
    """The sum of two counts by interval."""
    if not one:
        return other
    total = dict(one)
    for interval, number in other:
        total[interval] = total.get(interval, 0) + number
    return tuple(sorted((interval, number) for interval, number in total.items() if number))


def difference(now: Gauges, before: Gauges) -> Gauges:
    """By how much gauges changed."""
    if now.intervals == before.intervals:
        intervals: Intervals = ()
    else:
        intervals = merged(now.intervals, tuple((interval, -number) for interval, number in before.intervals))
    return Gauges(
        now.size - before.size,
        now.missing - before.missing,
        now.silent - before.silent,
        now.cloud_known - before.cloud_known,
        now.cloud_down - before.cloud_down,
        intervals,
    )
