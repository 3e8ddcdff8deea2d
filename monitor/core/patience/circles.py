"""Where few silences are known of a device's peers, those of its whole model count too, whatever its release.

There it ends: what devices of other models do must never change a verdict about this one.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from math import ceil, log2
from typing import Any

from monitor.core.patience.peers import BINS, Peers
from monitor.core.patience.survival import blended, outset, surviving

LEAST_BLIPS = 20
"""With fewer of a model nothing is known of it, and the fixed rule holds."""
WIDER_SLOTS = 500.0
"""The rate of the wider circle counts as much as so many due heartbeats of one's own."""
NEWS = 0.01
"""Chances are worked out anew when the blips they come from have grown by this share."""
DEEPEST = 200
"""Longer blips are not told apart; only devices faster than one heartbeat in 3 s have any."""
PEERS_KEPT = 4096
"""Groups of devices alike; devices of further models or releases count as of an unknown one."""

Key = tuple[int, str, str]


class Circle:
    """Devices alike in some respect, and the chances that follow from what they have shown.

    `rate` is the chance that a due heartbeat begins a blip, 0.0 while too few are known. `survival[bin][n - 1]` is the
    chance that a blip of a device of that loss bin lasts at least `n` misses, and `hazards` are those of all bins. They
    change only when they are drawn; that is done while silence is judged, so that the order in which heartbeats of one
    moment arrive makes no difference.
    """

    __slots__ = (
        "_depth",
        "_drawings",
        "_drawn",
        "_seen",
        "hazards",
        "learned",
        "members",
        "rate",
        "survival",
        "wider",
    )

    def __init__(self, depth: int, wider: "Circle | None" = None) -> None:
        self._depth = depth
        self.wider = wider
        self._drawn = 0.0
        self._drawings = 0
        self._seen = 0
        self.members: list[Peers] = []
        self.learned = 0.0
        self.rate = 0.0
        self.hazards: list[float] = []
        self.survival: list[list[float]] = []

    def take_in(self, peers: Peers) -> None:
        """From now on these peers belong to this circle, and to the wider one, whose chances they begin with."""
        for circle in self._outwards():
            circle.members.append(peers)
            circle.learned += peers.starts
        self._draw()

    def news(self) -> None:
        """One of the members has learned of a blip."""
        for circle in self._outwards():
            circle.learned += 1.0

    def draw(self) -> int:
        """Work out rate, hazards and survival, unless little has changed since; how often that was done so far."""
        seen = self.wider.draw() if self.wider else 0
        if self.learned > self._drawn * (1 + NEWS) or seen != self._seen or not self._drawings:
            self._seen = seen
            self._drawings += 1
            self._draw()
        return self._drawings

    def _draw(self) -> None:
        starts = sum(peers.starts for peers in self.members)
        slots = sum(peers.slots for peers in self.members)
        self._drawn = self.learned = starts
        by_bin = [_added([peers.blips[loss_bin] for peers in self.members]) for loss_bin in range(BINS)]
        blips = _added(by_bin)
        if self.wider is None:
            self.rate = starts / max(slots, starts) if starts >= LEAST_BLIPS else 0.0
            usual = outset(blips, self._depth)
        else:
            known = self.wider.rate > 0
            self.rate = (WIDER_SLOTS * self.wider.rate + starts) / (WIDER_SLOTS + slots) if known else 0.0
            usual = self.wider.hazards
        self.hazards = blended(blips, usual)
        self.survival = [surviving(blended(counts, self.hazards)) for counts in by_bin]

    def _outwards(self) -> Iterator["Circle"]:
        circle: Circle | None = self
        while circle is not None:
            yield circle
            circle = circle.wider


class Circles:
    """All peers, and the circles around them. `longest_seconds` is the longest silence that anybody waits out."""

    def __init__(self, longest_seconds: float, longest_intervals: float) -> None:
        self._longest = (longest_seconds, longest_intervals)
        self._peers: dict[Key, tuple[Peers, Circle]] = {}
        self._models: dict[tuple[int, str], Circle] = {}

    def of(self, model: str, firmware: str, interval: float) -> tuple[Peers, Circle]:
        """The peers of devices of this model, firmware and interval in seconds, and the circle around them."""
        key = (round(log2(interval)), model, firmware)
        found = self._peers.get(key)
        if found is None and len(self._peers) >= PEERS_KEPT:
            key = (key[0], "", "")
            found = self._peers.get(key)
        return found or self._meet(key)

    def save(self) -> list[dict[str, Any]]:
        """What the peers have shown, as plain data."""
        return [
            {"interval_class": key[0], "model": key[1], "firmware": key[2], **peers.save()}
            for key, (peers, _) in self._peers.items()
        ]

    def restore(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """From plain data; before any device is met."""
        for row in rows:
            key = (int(row["interval_class"]), str(row["model"]), str(row["firmware"]))
            peers = Peers(key[0])
            peers.restore(row)
            self._meet(key, peers)
        for _, circle in self._peers.values():
            circle.draw()

    def _meet(self, key: Key, peers: Peers | None = None) -> tuple[Peers, Circle]:
        interval_class, model, _ = key
        peers = peers or Peers(interval_class)
        depth = self._depth_at(interval_class)
        circle = Circle(depth, self._models.setdefault((interval_class, model), Circle(depth)))
        circle.take_in(peers)
        self._peers[key] = peers, circle
        return peers, circle

    def _depth_at(self, interval_class: int) -> int:
        """How many beats the longest silence can take, of the shortest interval of the class."""
        seconds, intervals = self._longest
        shortest, longest = 2 ** (interval_class - 0.5), 2 ** (interval_class + 0.5)
        return min(DEEPEST, ceil(max(seconds, intervals * longest) / shortest))


def _added(counts: Sequence[Sequence[float]]) -> list[float]:
    return [sum(numbers) for numbers in zip_longest(*counts, fillvalue=0.0)]
