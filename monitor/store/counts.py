"""The fleet's counts by the minute, so that the plots go on over a restart."""

from collections.abc import Sequence
from typing import Protocol

from monitor.core.census import Count


class Counts(Protocol):
    """The part of a store that keeps counts."""

    async def keep(self, count: Count) -> None:
        """Keep one count. Raises StoreError."""
        ...

    async def since(self, at: float) -> Sequence[Count]:
        """The counts from a moment on, oldest first."""
        ...
