"""Leaves: the fleet as outage detection sees it, integer counts per distinct tuple of dimension values."""

from collections.abc import Collection

from monitor.core.fleet import Device
from monitor.core.leaf import Gauges, Leaf, Tally, difference, negated
from monitor.core.sessions import LOOK_SECONDS, trusts_session
from monitor.core.settings import OutageSettings

__all__ = ["SILENT_MISSES", "TENANT_BOUND", "Leaf", "Leaves"]

SMALLEST_VALUE = 4
SILENT_MISSES = 3
TENANT_BOUND = ("site", "parent")
"""Dimensions whose values are unique only within a tenant; a value is written `tenant/value`."""

_MISSING, _SILENT, _CLOUD_KNOWN, _CLOUD_DOWN = 1, 2, 4, 8
_FLAG_BITS = 4


class Leaves:
    """All leaves, and the place of each device in them.

    A value of fewer than four devices counts as none in its dimension, so that homes do not explode the table. `fold`
    names the dimensions for which this holds; a shard that cannot see all devices of a provider leaves it out.
    """

    def __init__(self, settings: OutageSettings, fold: Collection[str] | None = None) -> None:
        self.dimensions = settings.dimensions
        self._networks = settings.networks
        self._fold = frozenset(settings.dimensions if fold is None else fold)
        self._leaves: dict[tuple[tuple[str, ...], int], Leaf] = {}
        self._promoted: set[tuple[int, str]] = set()
        self._waiting: dict[tuple[int, str], list[Device]] = {}
        self._gone: dict[str, Leaf] = {}
        self.touched: list[Leaf] = []
        """Leaves that changed since the last `settle`."""

    def __len__(self) -> int:
        return len(self._leaves)

    def place_of(self, device: Device) -> Leaf:
        """The device's leaf; of a device that takes no part the one to which it would belong, which counts nobody."""
        leaf = device.leaf
        return leaf if isinstance(leaf, Leaf) else Leaf(self._values_of(device), 0)

    def place(self, device: Device) -> None:
        """The device takes part: find its leaf anew from what it is, and count it there."""
        raw = self._values_of(device)
        values = tuple([value if self._is_known(index, value, device) else "" for index, value in enumerate(raw)])
        leaf = device.leaf
        counted = _counted_of(device)
        if isinstance(leaf, Leaf) and leaf.values == values and device.counted == counted:
            return
        self.remove(device)
        device.leaf = leaf = self.leaf_of(values, 0)
        device.counted = counted
        leaf.move(_gauges_of(counted))
        self._touch(leaf)

    def give_up(self, device: Device) -> None:
        """The device was silent for so long that it takes no part any longer; its leaf remembers it as gone."""
        leaf = device.leaf
        self.remove(device)
        if isinstance(leaf, Leaf):
            self._gone[device.id] = leaf
            self._count_gone(leaf, 1)

    def remove(self, device: Device) -> None:
        """The device takes no part any longer, nor is it counted as gone."""
        if (gone := self._gone.pop(device.id, None)) is not None:
            self._count_gone(gone, -1)
        leaf = device.leaf
        if isinstance(leaf, Leaf):
            leaf.move(negated(_gauges_of(device.counted)))
            self._touch(leaf)
        device.leaf = None
        device.counted = 0

    def slot_missed(self, device: Device, misses_before: int) -> None:
        """A due heartbeat did not come; call before counting the miss on the device."""
        leaf = device.leaf
        if not isinstance(leaf, Leaf):
            return
        if misses_before == 0:
            leaf.miss0 += 1
            leaf.missing += not device.counted & _MISSING
            device.counted |= _MISSING
            leaf.moved = True
        elif misses_before == 1:
            leaf.miss1 += 1
        elif misses_before == SILENT_MISSES - 1:
            leaf.miss2 += 1
            leaf.silent += not device.counted & _SILENT
            device.counted |= _SILENT
            leaf.moved = True
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
        elif misses_before == SILENT_MISSES - 1:
            leaf.ok2 += 1
        self._touch(leaf)

    def returned(self, device: Device) -> None:
        """A heartbeat ended a silence of at least one miss."""
        leaf = device.leaf
        if not isinstance(leaf, Leaf):
            return
        leaf.returned += 1
        leaf.missing -= bool(device.counted & _MISSING)
        leaf.silent -= bool(device.counted & _SILENT)
        leaf.moved = True
        device.counted &= ~(_MISSING | _SILENT)
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
        now, before = _cloud_of(device), device.counted
        leaf.cloud_known += bool(now & _CLOUD_KNOWN) - bool(before & _CLOUD_KNOWN)
        leaf.cloud_down += bool(now & _CLOUD_DOWN) - bool(before & _CLOUD_DOWN)
        leaf.moved = True
        device.counted = before & ~(_CLOUD_KNOWN | _CLOUD_DOWN) | now
        self._touch(leaf)

    def settle(self) -> None:
        """The tick is over: begin the next one."""
        for leaf in self.touched:
            leaf.clear()
            if not leaf.size and not leaf.gone:
                self._leaves.pop((leaf.values, leaf.bin), None)
        self.touched = []

    def drain(self) -> list[Tally]:
        """What a shard passes on: what the leaves touched since the last drain counted. The next tick begins."""
        tallies = []
        for leaf in self.touched:
            now = leaf.gauges()
            outcomes = (leaf.ok0, leaf.miss0, leaf.ok1, leaf.miss1, leaf.ok2, leaf.miss2)
            change = difference(now, leaf.sent)
            tallies.append(Tally(leaf.values, leaf.bin, outcomes, leaf.returned, leaf.departed, change))
            leaf.sent = now
        self.settle()
        return tallies

    def absorb(self, tally: Tally) -> None:
        """Add what a shard counted."""
        leaf = self.leaf_of(tally.values, tally.bin)
        ok0, miss0, ok1, miss1, ok2, miss2 = tally.outcomes
        leaf.ok0 += ok0
        leaf.miss0 += miss0
        leaf.ok1 += ok1
        leaf.miss1 += miss1
        leaf.ok2 += ok2
        leaf.miss2 += miss2
        leaf.returned += tally.returned
        leaf.departed += tally.departed
        leaf.move(tally.change)
        self._touch(leaf)

    def leaf_of(self, values: tuple[str, ...], loss_bin: int) -> Leaf:
        """The leaf of these values, made if need be."""
        leaf = self._leaves.get((values, loss_bin))
        if leaf is None:
            leaf = self._leaves[values, loss_bin] = Leaf(values, loss_bin)
        return leaf

    def _count_gone(self, leaf: Leaf, devices: int) -> None:
        leaf.gone += devices
        leaf.moved = True
        self._touch(leaf)

    def _touch(self, leaf: Leaf) -> None:
        if not leaf.touched:
            leaf.touched = True
            self.touched.append(leaf)

    def _values_of(self, device: Device) -> tuple[str, ...]:
        return tuple([self._value_of(device, dimension) for dimension in self.dimensions])

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
        return len(waiting) >= SMALLEST_VALUE and self._promote(known, device)

    def _promote(self, known: tuple[int, str], newest: Device) -> bool:
        """Enough devices have this value, unless some of them have left or changed it since."""
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
    """What a device adds to its leaf, as one number: the interval at which it testifies, and four flags."""
    misses = device.misses
    interval = LOOK_SECONDS if trusts_session(device) else max(1, round(device.interval))
    flags = (_MISSING if misses else 0) | (_SILENT if misses >= SILENT_MISSES else 0) | _cloud_of(device)
    return interval << _FLAG_BITS | flags


def _cloud_of(device: Device) -> int:
    connected = None if device.beat is None else device.beat.cloud_connected
    return 0 if connected is None else _CLOUD_KNOWN if connected else _CLOUD_KNOWN | _CLOUD_DOWN


def _gauges_of(counted: int) -> Gauges:
    return Gauges(
        1,
        bool(counted & _MISSING),
        bool(counted & _SILENT),
        bool(counted & _CLOUD_KNOWN),
        bool(counted & _CLOUD_DOWN),
        ((counted >> _FLAG_BITS, 1),),
    )
