"""What the ways out have in common."""

from typing import Literal, Protocol

from monitor.subscribers.messages import Post

Fate = Literal["sent", "later", "never", "closed"]
"""What became of one message: taken; to be tried again; never to be taken; or the whole way is closed for now."""


class Carrier(Protocol):
    """One way out. It never raises for what a server or a network does, and never logs an address."""

    async def send(self, post: Post) -> Fate:
        """Hand over one message to its one recipient."""
        ...

    async def rest(self) -> None:
        """Nothing more to send for now: let go of connections."""
        ...
