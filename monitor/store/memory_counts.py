"""Counts in the process."""

from collections.abc import Sequence

from monitor.core.census import Count


class MemoryCounts:
    """Counts that end with the process."""

    def __init__(self) -> None:
        self.kept: dict[float, Count] = {}

    async def keep(self, count: Count) -> None:
        """Keep one count."""
        self.kept.setdefault(count.at, count)

    async def since(self, at: float) -> Sequence[Count]:
        """The counts from a moment on, oldest first."""
        return [self.kept[moment] for moment in sorted(self.kept) if moment >= at]
