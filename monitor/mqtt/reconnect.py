"""When to try again, and when trying again is a fight with somebody else over one client id."""

import random

from monitor.retrying import delay_after

STEADY_SECONDS = 10.0
"""A connection that lived this long was not taken from us by somebody who wants it back."""
FIRST_DELAY_SECONDS = 0.25


class ClientIdTakenError(Exception):
    """Another client keeps taking our session."""

    def __init__(self, client_id: str, url: str, times: int) -> None:
        super().__init__(
            f"the broker at {url} lets us in as client_id {client_id!r} and drops us within seconds, {times} times in a"
            " row. Most likely another program, perhaps a second Hearthbeat, is connected with the same client_id:"
            " stop it, or give this one its own [mqtt] client_id."
        )
        self.client_id = client_id


class Backoff:
    """Waits that double up to a maximum, each shortened by up to half at random so that clients spread out."""

    def __init__(self, longest_seconds: float, dice: random.Random) -> None:
        self._longest = longest_seconds
        self._dice = dice
        self._tries = 0

    def reset(self) -> None:
        """Start again from the shortest wait."""
        self._tries = 0

    def next_seconds(self) -> float:
        """How long to wait this time."""
        self._tries += 1
        return delay_after(self._tries, FIRST_DELAY_SECONDS, self._longest, self._dice)


class TakeoverWatch:
    """Tells a fight over a session from a broker that restarts.

    MQTT 3.1.1 gives no reason when a session is taken over, but it looks like this: the broker lets us in, drops us
    within seconds, and lets us in again at once. A broker that restarts is away for a moment, so a try that fails ends
    the count. We are tried at once after each drop, which is what makes the two differ. Whoever was connected in peace
    before holds out longer, so that of two monitors the newcomer gives up.
    """

    DOUBTFUL_DROPS = 2
    NEWCOMER_DROPS = 5
    RESIDENT_DROPS = 25

    def __init__(self) -> None:
        self.drops = 0
        self._resident = False

    @property
    def doubtful(self) -> bool:
        """Whether it is time to ask if we give the broker another reason to drop us."""
        return self.drops == self.DOUBTFUL_DROPS

    @property
    def lost(self) -> bool:
        """Whether the fight is lost."""
        return self.drops >= (self.RESIDENT_DROPS if self._resident else self.NEWCOMER_DROPS)

    def failed(self) -> None:
        """A try to connect came to nothing, so the broker itself was away."""
        self.drops = 0

    def ended(self, lived_seconds: float, *, by_peer: bool) -> None:
        """A connection that had been accepted ended."""
        steady = lived_seconds >= STEADY_SECONDS
        self._resident = self._resident or steady
        self.drops = self.drops + 1 if by_peer and not steady else 0
