"""A fast world for outage detection alone: devices keep or miss due heartbeats, second by second, as leaf counts."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from monitor.core.leaf import NOTHING, Leaf
from monitor.core.leaves import Leaves
from monitor.core.outages import Finding, OutageDetector
from monitor.core.settings import OutageSettings

Mask = npt.NDArray[np.bool_]
START = 1_790_000_000.0


class LeafWorld:
    """A fleet of devices, each a row of dimension values with an interval and a loss of its own."""

    def __init__(
        self,
        values: Mapping[str, Sequence[str]],
        intervals: npt.ArrayLike,
        *,
        seed: int,
        settings: OutageSettings | None = None,
        loss: npt.ArrayLike | None = None,
        again: float = 0.2,
        thrice: float = 0.58,
        shards: int = 1,
    ) -> None:
        self.rng = np.random.default_rng([seed, 7])
        self.settings = settings or OutageSettings()
        self.intervals = np.asarray(intervals, dtype=float)
        self.size = len(self.intervals)
        self.columns = {name: np.asarray(column) for name, column in values.items()}
        self.loss = self._mixed_loss() if loss is None else np.broadcast_to(np.asarray(loss, dtype=float), self.size)
        self.continues = np.array([0.0, again, thrice, 0.75])
        self.now = START
        self.misses = np.zeros(self.size, dtype=int)
        self.margin = np.maximum(1.0, 0.03 * self.intervals) + 0.5
        self.due = self.now + self.rng.random(self.size) * self.intervals + self.margin
        self.outages: list[tuple[Mask, float, float]] = []
        self.storms: list[tuple[Mask, float, float, float]] = []
        self.stalls: list[tuple[float, float]] = []
        self.dies_at = np.full(self.size, np.inf)
        self.cloud: dict[int, bool] = {}
        self.was_cut = np.zeros(self.size, dtype=bool)
        self.detector = OutageDetector(self.settings)
        self.mix: Callable[[list[Leaf]], None] = lambda _: None
        self.leaves = Leaves(self.settings)
        self.parts = [Leaves(self.settings) for _ in range(shards)] if shards > 1 else [self.leaves]
        self._settle_leaves()

    def _mixed_loss(self) -> npt.NDArray[np.float64]:
        return self.rng.choice([0.0017, 0.015, 0.07], p=[0.7, 0.25, 0.05], size=self.size)

    def _settle_leaves(self) -> None:
        rows = []
        for dimension in self.settings.dimensions:
            column = self.columns.get(dimension)
            if column is None:
                rows.append([""] * self.size)
                continue
            counts = Counter(column.tolist())
            rows.append([value if counts[value] >= 4 else "" for value in column.tolist()])
        keys = list(zip(*rows, strict=True))
        self.leaf_of: list[Leaf] = []
        for index, key in enumerate(keys):
            part = self.parts[index % len(self.parts)]
            leaf = part.leaf_of(key, 0)
            leaf.move(NOTHING._replace(size=1, intervals=((int(self.intervals[index]), 1),)))
            part._touch(leaf)
            self.leaf_of.append(leaf)

    def where(self, **values: str) -> Mask:
        """The devices with these values."""
        mask = np.ones(self.size, dtype=bool)
        for name, value in values.items():
            mask &= self.columns[name] == value
        return mask

    def some(self, mask: Mask, share: float) -> Mask:
        """A share of these devices."""
        return mask & (self.rng.random(self.size) < share)

    def fail(self, mask: Mask, start: float, end: float = float("inf")) -> None:
        """Cut these devices off from `start` until `end` seconds after the beginning."""
        self.outages.append((mask, START + start, START + end))

    def storm(self, mask: Mask, factor: float, start: float, end: float) -> None:
        """Multiply the loss of these devices."""
        self.storms.append((mask, factor, START + start, START + end))

    def stall(self, start: float, end: float) -> None:
        """Hold all heartbeats back and deliver them together."""
        self.stalls.append((START + start, START + end))

    def ramp(self, mask: Mask, start: float, seconds: float) -> None:
        """Let these devices die one after the other."""
        self.dies_at[mask] = START + start + self.rng.random(int(mask.sum())) * seconds

    def tick(self) -> None:
        """Let one second pass and count what fell due in it."""
        self.now += 1
        for _, end in self.stalls:
            if end == self.now:
                self._deliver_held()
        due = np.flatnonzero(self.due <= self.now)
        if len(due):
            self._fall_due(due)

    def _fall_due(self, due: npt.NDArray[np.int64]) -> None:
        lost = self._lost(due)
        self.due[due] += self.intervals[due]
        self.was_cut[due] &= lost
        for index, before, gone in zip(due.tolist(), self.misses[due].tolist(), lost.tolist(), strict=True):
            self._count(index, before, gone=gone)

    def _lost(self, due: npt.NDArray[np.intp]) -> Mask:
        """Which of the heartbeats that fall due now did not come."""
        # They were sent a margin ago, and are lost if the device was cut off then.
        sent = self.due[due] - self.margin[due]
        lost = sent >= self.dies_at[due]
        for who, start, end in self.outages:
            if start <= self.now and self.now < end + 120:
                lost |= who[due] & (sent >= start) & (sent < end)
        self.was_cut[due] |= lost
        # Loss comes in bursts, but a device that was cut off is heard with its next heartbeat.
        misses = np.where(self.was_cut[due], 0, self.misses[due])
        chance = np.where(misses == 0, self.loss[due], self.continues[np.minimum(misses, 3)])
        for who, factor, start, end in self.storms:
            if start <= self.now < end:
                chance = np.where(who[due] & (misses == 0), np.minimum(0.9, chance * factor), chance)
        lost |= self.rng.random(len(due)) < chance
        for start, end in self.stalls:
            if start <= self.now < end:
                lost |= sent >= start
        return np.asarray(lost, dtype=bool)

    def _deliver_held(self) -> None:
        for index in np.flatnonzero((self.misses > 0) & (self.dies_at > self.now)).tolist():
            self._count(index, int(self.misses[index]), gone=False)

    def _count(self, index: int, before: int, *, gone: bool) -> None:
        leaf = self.leaf_of[index]
        if gone:
            self.misses[index] = min(3, before + 1)
            if before == 0:
                leaf.miss0 += 1
                leaf.missing += 1
                leaf.moved = True
            elif before == 1:
                leaf.miss1 += 1
            elif before == 2:
                leaf.miss2 += 1
                leaf.silent += 1
                leaf.moved = True
            else:
                return
        else:
            self.misses[index] = 0
            if before == 0:
                leaf.ok0 += 1
            else:
                leaf.returned += 1
                leaf.missing -= 1
                leaf.moved = True
                if before == 1:
                    leaf.ok1 += 1
                elif before == 2:
                    leaf.ok2 += 1
                else:
                    leaf.silent -= 1
        self.touch(index)

    def touch(self, index: int) -> None:
        """Something changed in the leaf of this device."""
        self.parts[index % len(self.parts)]._touch(self.leaf_of[index])

    def run(self, seconds: int) -> Iterator[tuple[float, Finding]]:
        """Let time pass; findings with the seconds since the beginning."""
        for _ in range(seconds):
            self.tick()
            if self.parts[0] is not self.leaves:
                for part in self.parts:
                    for tally in part.drain():
                        self.leaves.absorb(tally)
            self.mix(self.leaves.touched)
            for finding in self.detector.tick(self.now, self.leaves):
                yield self.now - START, finding


def fleet_like(
    size: int, seed: int, gateways: int | None = None
) -> tuple[dict[str, list[str]], npt.NDArray[np.float64]]:
    """A fleet with skewed providers, nested networks and gateways, mixed models, firmware and intervals."""
    rng = np.random.default_rng(seed)
    provider = rng.choice(["acme", "boreal", "cirrus", "dorado"], p=[0.5, 0.25, 0.15, 0.10], size=size)
    region_index = rng.choice(8, p=np.array([30, 20, 15, 10, 10, 6, 5, 4]) / 100, size=size)
    network_index = region_index * 8 + rng.choice(8, size=size)
    homes = gateways or max(1, size // 80)
    home = rng.integers(0, homes, size=size)
    model = rng.choice(["m1", "m2", "m3", "m4", "m5"], p=[0.4, 0.25, 0.2, 0.1, 0.05], size=size)
    firmware = rng.choice(["1.0", "1.1", "2.0", "2.1", "3.0", "3.1"], p=[0.1, 0.1, 0.2, 0.3, 0.2, 0.1], size=size)
    intervals = rng.choice([30.0, 60.0, 300.0, 900.0], p=[0.6, 0.2, 0.15, 0.05], size=size)
    values = {
        "provider": provider.tolist(),
        "region": [f"r{index}" for index in region_index],
        "network": [f"as{index}" for index in network_index],
        "parent": [f"t/g{region}-{index}" for region, index in zip(region_index, home, strict=True)],
        "model": model.tolist(),
        "firmware": firmware.tolist(),
    }
    return values, intervals


def small_world(
    size: int = 360,
    *,
    loss: float = 0.0,
    settings: OutageSettings | None = None,
    more: dict[str, str] | None = None,
    number: int = 0,
) -> LeafWorld:
    """A fleet in which every provider is in every region, model and firmware go across, and homes hold six devices.

    A `number` of devices of a cohort with the values of `more` is added to it.
    """
    index = range(size)
    values = {
        "provider": ["aurora" if each % 6 < 3 else "boreal" if each % 6 < 5 else "cirrus" for each in index],
        "region": [("east", "west", "north")[each // 6 % 3] for each in index],
        "site": [f"acme/home-{each // 6}" for each in index],
        "model": [("m1", "m2")[each // 18 % 2] for each in index],
        "firmware": [("1.0", "2.0")[each // 36 % 2] for each in index],
    }
    columns = {name: [*column, *[(more or {}).get(name, "")] * number] for name, column in values.items()}
    intervals = [30.0 if each % 4 else 60.0 for each in range(size + number)]
    return LeafWorld(columns, intervals, seed=5, loss=loss, settings=settings)


def told(world: LeafWorld, until: float) -> list[tuple[float, str, Finding]]:
    """Let time pass until so many seconds after the beginning: when, what, and the finding."""
    passing = world.run(round(START + until - world.now))
    return [(at, type(finding).__name__, finding) for at, finding in passing]


def story(found: list[tuple[float, str, Finding]]) -> list[tuple[str, dict[str, str]]]:
    """What was found, without the updates in between."""
    return [(name, dict(finding.scope)) for _, name, finding in found if name != "Updated"]


def report_cloud(world: LeafWorld, mask: Mask, *, down: bool) -> None:
    """From now on these devices say of their cloud that it answers, or does not."""
    for index in np.flatnonzero(mask).tolist():
        leaf = world.leaf_of[index]
        before = world.cloud.get(index)
        leaf.move(NOTHING._replace(cloud_known=before is None, cloud_down=int(down) - int(before or 0)))
        world.cloud[index] = down
        world.touch(index)
