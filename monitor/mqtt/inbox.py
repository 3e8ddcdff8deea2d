"""What was read and not yet taken: one bounded queue, in the order of reading."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.observations import Echo, LinkChanged, SightChanged
from monitor.decoders.protocol import Message

Item = Message | LinkChanged | Echo | SightChanged


@dataclass(frozen=True, slots=True)
class Receipt:
    """The broker waits for our word that this delivery is safe; `serial` is the connection that it came by."""

    serial: int
    packet: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Items in the order of reading, and the receipts that are due once they are safe."""

    items: Sequence[Item]
    receipts: Sequence[Receipt] = ()


class Inbox:
    """A queue with a mark at `limit`.

    The mark binds messages, and whoever reads the socket heeds it; the few items that speak of the link itself are
    always taken in.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[Item] = deque()
        self._receipts: deque[tuple[int, Receipt]] = deque()
        self._taken = 0
        self.filled = asyncio.Event()
        """Set while there is something to take."""
        self.roomy = asyncio.Event()
        """Set while at most half full."""
        self.roomy.set()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def full(self) -> bool:
        """Whether no more should be read."""
        return len(self._items) >= self._limit

    def put(self, item: Item) -> None:
        """Add an item."""
        self._items.append(item)
        self.filled.set()
        if len(self._items) * 2 > self._limit:
            self.roomy.clear()

    def expect(self, receipt: Receipt) -> None:
        """Remember that a receipt is due for what was put in last, or for a delivery just after it that was no item."""
        self._receipts.append((self._taken + len(self._items), receipt))

    def take(self, limit: int) -> Batch:
        """Remove up to `limit` items and the receipts due for them."""
        items = [self._items.popleft() for _ in range(min(limit, len(self._items)))]
        self._taken += len(items)
        receipts = []
        while self._receipts and self._receipts[0][0] <= self._taken:
            receipts.append(self._receipts.popleft()[1])
        if not self._items:
            self.filled.clear()
        if len(self._items) * 2 <= self._limit:
            self.roomy.set()
        return Batch(items, receipts)
