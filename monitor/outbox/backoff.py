"""How long a failing receiver is left alone."""

import math
import random

from monitor.outbox.settings import OutboxSettings
from monitor.retrying import delay_after


class Backoff:
    """Waits that double with each failure, each shortened by chance so that receivers do not march in step."""

    def __init__(self, settings: OutboxSettings, chance: random.Random) -> None:
        self.until = -math.inf
        self._settings = settings
        self._chance = chance
        self._failures = 0

    def over(self, now: float) -> bool:
        """Whether the receiver may be tried."""
        return now >= self.until

    def failed(self, now: float) -> float:
        """Note a failure; the moment until which to leave the receiver alone."""
        self._failures += 1
        self.until = now + self.delay(self._failures)
        return self.until

    def succeeded(self) -> None:
        """Note that it took something."""
        self._failures = 0
        self.until = -math.inf

    def delay(self, failures: int) -> float:
        """Seconds to wait after so many failures."""
        settings = self._settings
        return delay_after(failures, settings.first_retry_seconds, settings.longest_retry_seconds, self._chance)
