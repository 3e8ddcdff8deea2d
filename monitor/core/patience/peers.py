"""What devices alike have shown: how often a due heartbeat is missed, and how long such blips lasted."""

from collections.abc import Mapping
from typing import Any

BINS = 4
FADE_SECONDS = 30 * 86_400.0
"""What was counted loses half its weight in this time."""


class Peers:
    """Devices of one model, firmware and interval class, added up.

    `slots` counts due heartbeats of which the one before had come, `starts` those of them that began a blip, and
    `blips[bin][n - 1]` the blips of `n` misses, among devices of each loss bin. Counts fade, so they are not whole.
    `interval_class` is the power of two next to their interval in seconds.
    """

    __slots__ = ("blips", "faded_at", "interval_class", "slots", "starts")

    def __init__(self, interval_class: int) -> None:
        self.interval_class = interval_class
        self.slots = 0
        self.starts = 0.0
        self.blips: list[list[float]] = [[] for _ in range(BINS)]
        self.faded_at = 0.0

    def learn(self, loss_bin: int, length: int, at: float) -> None:
        """A device of this loss bin was silent for `length` due heartbeats and went on."""
        if at - self.faded_at >= FADE_SECONDS:
            self._fade(at)
        counts = self.blips[loss_bin]
        counts += [0.0] * (length - len(counts))
        counts[length - 1] += 1.0
        self.slots += 1
        self.starts += 1.0

    def save(self) -> dict[str, Any]:
        """As plain data."""
        blips = [list(counts) for counts in self.blips]
        return {"slots": self.slots, "starts": self.starts, "blips": blips, "faded_at": self.faded_at}

    def restore(self, data: Mapping[str, Any]) -> None:
        """From plain data."""
        self.slots = int(data["slots"])
        self.starts = float(data["starts"])
        self.blips = [[float(number) for number in counts] for counts in data["blips"]]
        self.faded_at = float(data["faded_at"])

    def _fade(self, at: float) -> None:
        if self.faded_at:
            self.slots //= 2
            self.starts /= 2
            self.blips = [[number / 2 for number in counts] for counts in self.blips]
        self.faded_at = at


STRANGERS = Peers(0)
"""Stands for the peers of a device that has not been given any yet; counts nothing that is ever read."""
